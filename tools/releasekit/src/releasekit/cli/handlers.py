# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What each command does with its arguments: run it, show its result, give the exit code.

Only the command that runs is imported, so that none waits for what another one needs.
"""

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from releasekit.model.codes import FINDINGS, OK
from releasekit.model.errors import UsageError
from releasekit.ui.screen import Screen


if TYPE_CHECKING:
    from releasekit.commands.graph import GraphReport
    from releasekit.commands.plan import PlanOptions


_TWO = 2


def run_discover(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """List the members; 0."""
    from releasekit.commands.discover import discover  # noqa: PLC0415 - see above
    from releasekit.ui import discover as view  # noqa: PLC0415 - see above

    workspace = discover(start_of(arguments))
    for pattern in workspace.idle_patterns:
        errors.line(f'note: member pattern {pattern!r} matches nothing', 'dim')
    show = view.show_json if arguments.format == 'json' else view.show_table
    show(screen, workspace)
    return OK


def run_graph(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """Draw the graph, or answer a question to it; 1 when there is no release order or no chain."""
    from releasekit.commands.graph import graph  # noqa: PLC0415 - see above
    from releasekit.ui import graph as view  # noqa: PLC0415 - see above

    report = graph(start_of(arguments))
    if arguments.why or arguments.deps or arguments.rdeps:
        return _answer(arguments, screen, report)
    view.FORMATS[arguments.format or 'levels'](screen, report)
    view.show_cycles(errors, report)
    return OK if report.is_ordered else FINDINGS


def _answer(arguments: argparse.Namespace, screen: Screen, report: 'GraphReport') -> int:
    from releasekit.commands.graph import dependants, dependencies, why  # noqa: PLC0415 - see above
    from releasekit.ui import graph as view  # noqa: PLC0415 - see above

    if arguments.format not in {None, 'levels', 'json'}:
        raise UsageError(
            'RK-USAGE', f'--format {arguments.format} draws the whole graph; a question is answered in text or json'
        )
    is_json = arguments.format == 'json'
    if arguments.why:
        chain = why(report, *arguments.why)
        (view.show_chain_json if is_json else view.show_chain)(screen, chain)
        return OK if chain.edges else FINDINGS
    found = dependencies(report, arguments.deps) if arguments.deps else dependants(report, arguments.rdeps)
    (view.show_neighbours_json if is_json else view.show_neighbours)(screen, found)
    return OK


def run_check(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:  # noqa: ARG001 - as all handlers
    """Run the rules, or list them; 1 when a rule of severity error finds something."""
    from releasekit.checks.baseline import write_baseline  # noqa: PLC0415 - see above
    from releasekit.commands.check import CheckOptions, check, rules  # noqa: PLC0415 - see above
    from releasekit.ui import check as view  # noqa: PLC0415 - see above

    only, skip = tuple(arguments.rule), tuple(arguments.skip)
    is_json = arguments.format == 'json'
    if arguments.list:
        (view.show_rules_json if is_json else view.show_rules)(screen, rules(only, skip))
        return OK
    report = check(start_of(arguments), CheckOptions(only, skip, arguments.fix, arguments.baseline))
    if arguments.write_baseline:
        write_baseline(arguments.write_baseline, report.findings)
    shown = {'json': view.show_json, 'sarif': view.show_sarif}
    shown.get(arguments.format, view.show_text)(screen, report)
    return FINDINGS if report.errors and not arguments.write_baseline else OK


def run_plan(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """Plan the next release; 1 when the plan has problems, or with `--diff` when the plans differ."""
    from releasekit.commands.plan import difference, plan, plan_digest, plan_text  # noqa: PLC0415 - see above
    from releasekit.ui import plan as view  # noqa: PLC0415 - see above

    is_json = arguments.format == 'json'
    if arguments.diff:
        if len(arguments.diff) > _TWO:
            raise UsageError('RK-USAGE', f'--diff compares two plans, got {len(arguments.diff)} files')
        found = difference(start_of(arguments), plan_options(arguments), tuple(arguments.diff))
        (view.show_difference_json if is_json else view.show_difference)(screen, found)
        return FINDINGS if found else OK
    planned = plan(start_of(arguments), plan_options(arguments))
    made = planned.plan
    for note in planned.notes:
        errors.line(f'note: {note}', 'yellow')
    if arguments.out:
        arguments.out.write_text(plan_text(made), encoding='utf-8', newline='')
        errors.line(f'wrote {arguments.out}, plan {plan_digest(made)[:12]}', 'green')
    if is_json:
        screen.text(plan_text(made))
    else:
        view.show_text(screen, made)
    return FINDINGS if made.problems else OK


def run_version(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:  # noqa: ARG001 - as all handlers
    """Write the planned versions; 0."""
    from releasekit.commands.version import write_versions  # noqa: PLC0415 - see above
    from releasekit.ui import reports as view  # noqa: PLC0415 - see above

    report = write_versions(start_of(arguments), plan_options(arguments), is_dry=arguments.dry_run)
    (view.show_versions_json if arguments.format == 'json' else view.show_versions)(screen, report)
    return OK


def run_changelog(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """Print the notes of the next release, or write the changelogs; 0."""
    from releasekit.commands.changelog import changelog  # noqa: PLC0415 - see above
    from releasekit.ui import reports as view  # noqa: PLC0415 - see above

    report = changelog(start_of(arguments), plan_options(arguments), write=arguments.write)
    if not report.sections:
        errors.line('nothing to release', 'dim')
    elif arguments.write and not report.written:
        errors.line('nothing to write: the changelogs hold the notes already', 'dim')
    if arguments.format == 'json':
        view.show_changelog_json(screen, report)
    else:
        view.show_changelog(screen, report, combined=arguments.combined)
    return OK


def run_prepare(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:  # noqa: ARG001 - as all handlers
    """Put the release on a branch, and propose it; 0."""
    from releasekit.commands.prepare import PrepareRequest, prepare  # noqa: PLC0415 - see above
    from releasekit.forge.choose import choose_forge  # noqa: PLC0415 - see above
    from releasekit.ui import reports as view  # noqa: PLC0415 - see above

    asked = PrepareRequest(plan_options(arguments), arguments.remote, arguments.base, arguments.dry_run)
    prepared = prepare(start_of(arguments), asked, partial(choose_forge, arguments.forge))
    (view.show_prepared_json if arguments.format == 'json' else view.show_prepared)(screen, prepared)
    return OK


def run_doctor(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:  # noqa: ARG001 - as all handlers
    """Look at the environment; 1 when something would stop a release."""
    from releasekit.commands.setup.doctor import State, doctor  # noqa: PLC0415 - see above
    from releasekit.ui import reports as view  # noqa: PLC0415 - see above

    probes = doctor(start_of(arguments))
    (view.show_probes_json if arguments.format == 'json' else view.show_probes)(screen, probes)
    return FINDINGS if any(probe.state is State.ERROR for probe in probes) else OK


def run_explain(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:  # noqa: ARG001 - as all handlers
    """Explain a code or a rule, or list all of them; 0."""
    from releasekit.commands.explain import explain  # noqa: PLC0415 - see above
    from releasekit.ui import reports as view  # noqa: PLC0415 - see above

    is_json = arguments.format == 'json'
    if arguments.code is None:
        (view.show_codes_json if is_json else view.show_codes)(screen)
    else:
        (view.show_explanation_json if is_json else view.show_explanation)(screen, explain(arguments.code))
    return OK


def run_init(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:  # noqa: ARG001 - as all handlers
    """Propose a configuration, or write it; 0."""
    from releasekit.commands.setup.init import init  # noqa: PLC0415 - see above
    from releasekit.ui import reports as view  # noqa: PLC0415 - see above

    report = init(start_of(arguments), is_released=arguments.released, write=arguments.write)
    if arguments.format == 'json':
        written = str(report.path) if report.path else None
        screen.json('releasekit.init/1', {'configuration': report.text, 'written': written})
    else:
        view.show_init(screen, report)
    return OK


def run_rename(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:  # noqa: ARG001 - as all handlers
    """Show the new names of published packages, or write them; 0."""
    from releasekit.commands.setup.rename import rename  # noqa: PLC0415 - see above
    from releasekit.ui import reports as view  # noqa: PLC0415 - see above

    report = rename(start_of(arguments), arguments.prefix, write=arguments.write)
    if arguments.format == 'json':
        files = [str(path) for path in report.files]
        screen.json('releasekit.rename/1', {'names': report.names, 'files': files, 'written': report.is_written})
    else:
        view.show_rename(screen, report)
    return OK


def plan_options(arguments: argparse.Namespace) -> 'PlanOptions':
    """Return what of the next release is asked for."""
    from releasekit.commands.plan import PlanOptions  # noqa: PLC0415 - see above

    file = getattr(arguments, 'plan', None)
    if file and (arguments.only or arguments.kind is not None):
        raise UsageError('RK-USAGE', '--plan has its own --kind and --only; leave them out')
    to, is_offline = getattr(arguments, 'to', None) or '', getattr(arguments, 'offline', False)
    return PlanOptions(arguments.kind, tuple(arguments.only), file, to, is_offline)


def start_of(arguments: argparse.Namespace) -> Path:
    """Return the folder whose workspace is meant."""
    return arguments.root or Path.cwd()
