# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the commands that build and publish do with their arguments."""

import argparse
import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from releasekit.cli.handlers import plan_options, start_of
from releasekit.model.codes import OK, PARTIAL
from releasekit.model.errors import UsageError
from releasekit.model.history import escaped
from releasekit.ui.screen import Screen


if TYPE_CHECKING:
    from releasekit.commands.build import BuildRequest
    from releasekit.commands.publish import PublishRequest, Watchers


def run_build(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """Build, look into and prove what the plan releases; 0."""
    from releasekit.commands.build import build  # noqa: PLC0415 - only what runs is imported
    from releasekit.ui import release as view  # noqa: PLC0415 - see above

    built = build(start_of(arguments), _build_request(arguments), _teller(errors))
    (view.show_built_json if arguments.format == 'json' else view.show_built)(screen, built)
    return OK


def run_publish(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """Publish; 0, or 5, 6 or 130 with the way on."""
    from releasekit.commands.publish import publish  # noqa: PLC0415 - see above
    from releasekit.index.addresses import LOCAL  # noqa: PLC0415 - see above
    from releasekit.index.serve import serve  # noqa: PLC0415 - see above
    from releasekit.ui import release as view  # noqa: PLC0415 - see above

    if arguments.serve and arguments.to != LOCAL:
        raise UsageError(
            'RK-USAGE', f'--serve keeps the local index up, and {arguments.to!r} is another; use --to local'
        )
    with _watchers(arguments, screen, errors) as watchers:
        published = publish(start_of(arguments), _publish_request(arguments), watchers)
    if arguments.format == 'json':
        view.show_published_json(screen, published)
    else:
        view.show_published(errors if arguments.events else screen, published)
    if published.is_dry:
        return OK
    code = published.report.exit_code or (PARTIAL if published.wrong else OK)
    if arguments.serve and published.folder and code == OK:
        serve(published.folder, arguments.serve, partial(view.show_served, errors))
    return code


def run_verify(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """Compare the index with what was built, install and import; 0, or 5 where something is wrong."""
    from releasekit.commands.build import build  # noqa: PLC0415 - see above
    from releasekit.commands.publish import verify_index  # noqa: PLC0415 - see above
    from releasekit.ui import release as view  # noqa: PLC0415 - see above

    tell = _teller(errors)
    built = build(start_of(arguments), _stored_request(arguments), tell)
    wrong = asyncio.run(verify_index(built, arguments.to, tell)) if built.files else ()
    view.show_verified(screen, len(built.files), wrong, is_json=arguments.format == 'json')
    return PARTIAL if wrong else OK


def run_tag(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """Tag what the index serves; 0, or 5 where some of it is missing there, or has no notes on the forge."""
    from releasekit.commands.tag import TagRequest, tag  # noqa: PLC0415 - see above
    from releasekit.forge.choose import choose_forge  # noqa: PLC0415 - see above
    from releasekit.index.addresses import LOCAL  # noqa: PLC0415 - see above
    from releasekit.ui import release as view  # noqa: PLC0415 - see above

    if arguments.forge and not arguments.push:
        raise UsageError('RK-USAGE', '--forge shows the notes of tags that are sent; say where with --push')
    request = TagRequest(arguments.to, _stored_request(arguments), arguments.push, arguments.dry_run)
    tagged = tag(start_of(arguments), request, partial(choose_forge, arguments.forge))
    view.show_tagged(screen, tagged, is_json=arguments.format == 'json')
    if tagged.sent and arguments.to == LOCAL:
        text = 'these tags are of a rehearsal, and the next plan takes them for what users have. To take them back'
        errors.line(f'note: {text}: git push {arguments.push} --delete {" ".join(tagged.sent)}', 'yellow')
    return PARTIAL if tagged.unpublished or tagged.unreleased else OK


def run_status(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """Show how far the plan has come, follow a run, or give it an order; 0."""
    from releasekit.commands.status import follow, order, status  # noqa: PLC0415 - see above
    from releasekit.ui import release as view  # noqa: PLC0415 - see above

    start, options = start_of(arguments), plan_options(arguments)
    if arguments.order:
        errors.line(f'wrote to {order(start, options, arguments.to, arguments.order)}', 'dim')
    elif arguments.follow:
        for event in follow(start, options, arguments.to):
            screen.line_at_once(escaped(json.dumps(event, ensure_ascii=False)))
    else:
        view.show_status(screen, status(start, options, arguments.to), is_json=arguments.format == 'json')
    return OK


def run_rollback(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:  # noqa: ARG001 - as all handlers
    """Say what can be done about a release; 0."""
    from releasekit.commands.rollback import rollback  # noqa: PLC0415 - see above
    from releasekit.ui import release as view  # noqa: PLC0415 - see above

    options = plan_options(arguments)
    choices, path = rollback(start_of(arguments), options, arguments.to, arguments.reason, write=arguments.write)
    view.show_choices(screen, choices, str(path) if path else None, is_json=arguments.format == 'json')
    return OK


def _stored_request(arguments: argparse.Namespace) -> 'BuildRequest':
    """Return the request for what was built before; what the store has lost is built again."""
    from releasekit.commands.build import BuildRequest  # noqa: PLC0415 - see above

    return _with_bundle(BuildRequest(plan_options(arguments), resolves=False, to=arguments.to), arguments)


def _build_request(arguments: argparse.Namespace) -> 'BuildRequest':
    from releasekit.build.options import BuildOptions  # noqa: PLC0415 - see above
    from releasekit.build.proof import index_flags  # noqa: PLC0415 - see above
    from releasekit.commands.build import BuildRequest  # noqa: PLC0415 - see above

    return BuildRequest(
        plan_options(arguments),
        BuildOptions(
            arguments.width,
            arguments.isolated,
            arguments.sample,
            index_flags(arguments.index, is_offline=arguments.offline),
        ),
        resolves=not arguments.no_proof,
        installs=getattr(arguments, 'prove_install', False),
        index=arguments.index,
        is_offline=arguments.offline,
        to=arguments.to,
        out=getattr(arguments, 'out', None),
    )


def _with_bundle(request: 'BuildRequest', arguments: argparse.Namespace) -> 'BuildRequest':
    """Return a request that takes over a bundle, if the arguments name one."""
    if arguments.bundle_sha256 and not arguments.bundle:
        raise UsageError('RK-USAGE', '--bundle-sha256 is what a bundle has to be; name the bundle with --from')
    return replace(request, bundle=arguments.bundle, bundle_sha256=arguments.bundle_sha256)


def _publish_request(arguments: argparse.Namespace) -> 'PublishRequest':
    from releasekit.commands.publish import PublishRequest  # noqa: PLC0415 - see above
    from releasekit.publish.lease import LeaseOptions  # noqa: PLC0415 - see above
    from releasekit.publish.policy import Policy  # noqa: PLC0415 - see above

    policy = Policy(
        width=arguments.upload_width,
        attempts=arguments.attempts,
        visible_within=arguments.visible_within,
        is_strict=not arguments.fast,
    )
    request = _with_bundle(_build_request(arguments), arguments)
    lease = LeaseOptions(arguments.lease) if arguments.lease else None
    verifies = not arguments.no_verify
    signs = not arguments.no_attestations
    return PublishRequest(arguments.to, request, policy, arguments.with_uv, verifies, lease, arguments.dry_run, signs)


@contextlib.contextmanager
def _watchers(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> 'Generator[Watchers]':
    """Return the observers: a table on a terminal, lines elsewhere, documents if requested."""
    from releasekit.commands.publish import Watchers  # noqa: PLC0415 - see above
    from releasekit.ui.progress import Lines, live_table  # noqa: PLC0415 - see above

    looked_at = sys.stderr.isatty() and os.environ.get('TERM') != 'dumb' and not os.environ.get('CI')
    if looked_at and not arguments.events:
        with live_table(sys.stderr) as table:
            yield Watchers(table.step, table.begin, table.event)
        return
    lines = Lines(screen if arguments.events else errors, as_documents=arguments.events)
    yield Watchers(lines.step, lines.begin, lines.event)


def _teller(errors: Screen):  # noqa: ANN202 - what builds tell
    def tell(package: str, text: str) -> None:
        errors.line(f'{package}: {text}' if package else text, 'dim')

    return tell
