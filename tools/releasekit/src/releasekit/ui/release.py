# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How `build`, `publish`, `verify`, `tag`, `status` and `rollback` show their results."""

from typing import TYPE_CHECKING

from releasekit.model.codes import EXIT_CODES
from releasekit.model.documents import to_document
from releasekit.model.names import counted, verb
from releasekit.publish.work import Stage
from releasekit.ui.screen import Screen


if TYPE_CHECKING:
    from pathlib import Path

    from releasekit.commands.build import Built
    from releasekit.commands.publish import Published
    from releasekit.commands.rollback import Choices
    from releasekit.commands.status import PackageState, Status
    from releasekit.commands.tag import Tagged
    from releasekit.index.web_index import Address


def show_built(screen: Screen, built: 'Built') -> None:
    """Print every file with its size and hash, and where they are."""
    rows = [(file.package, file.file, f'{file.size:,}', file.sha256[:16]) for file in built.artefacts]
    if rows:
        screen.table(('package', 'file', 'bytes', 'sha256'), rows)
        screen.line(f'{counted(len(rows), "file")} in {built.store.folder}')
        if built.bundle:
            screen.line(f'bundle sha256 {built.bundle}')
    else:
        screen.line('nothing to build')


def show_built_json(screen: Screen, built: 'Built') -> None:
    """Print the files as a document, `releasekit.build/1`."""
    document: dict[str, object] = {
        'plan': built.digest,
        'folder': str(built.store.folder),
        'files': to_document(built.artefacts),
        'bundle': built.bundle,
    }
    screen.json('releasekit.build/1', document)


def show_published(screen: Screen, published: 'Published') -> None:
    """Print what is public, what is not and why, and the way on."""
    report = published.report
    if not report.stages:
        screen.line('nothing to publish')
        return
    if published.is_dry:
        _show_unsent(screen, published)
        return
    for name, stage in report.stages.items():
        if stage is not Stage.PUBLISHED:
            code = f' [{report.codes[name]}]' if name in report.codes else ''
            screen.line(f'{name}: {stage}{code} {report.texts.get(name, "")}'.rstrip(), 'red')
    for text in published.wrong:
        screen.line(f'wrong: {text}', 'red')
    done = sum(stage is Stage.PUBLISHED for stage in report.stages.values())
    there = len(published.preflight.there)
    before = f'; {counted(there, "file")} {"was" if there == 1 else "were"} there before' if there else ''
    screen.line(
        f'{done} of {counted(len(report.stages), "package")} {verb(done)} on {published.address.name}, '
        f'in {published.seconds:.1f} s{before}',
        'green' if done == len(report.stages) and not published.wrong else 'yellow',
    )
    if report.exit_code:
        screen.line(f'exit code {report.exit_code}: {EXIT_CODES[report.exit_code]}', 'yellow')
    elif published.folder:
        screen.line(f'The files are in {published.folder}', 'dim')
        screen.line('To install from there: releasekit publish --to local --serve', 'dim')


def _show_unsent(screen: Screen, published: 'Published') -> None:
    """Print what a run would send, in its order, and what it would not."""
    stages, there = published.report.stages, set(published.preflight.there)
    new = set(published.preflight.new)
    files = [file for file in published.built.artefacts if file.file not in there]
    rows = [
        (file.package, file.file, f'{file.size:,}', 'new project' if file.package in new else '')
        for file in files
        if stages[file.package] is Stage.WAITING
    ]
    if rows:
        screen.table(('package', 'file', 'bytes', ''), rows)
    for name, stage in stages.items():
        if stage is Stage.POSTPONED:
            screen.line(f'{name}: {stage}: {published.report.texts[name]}', 'yellow')
    would = f'{counted(len(rows), "file")} would be sent to {published.address.name}'
    screen.line(f'{would}, {len(there)} {verb(len(there))} there; nothing was sent', 'green')


def show_served(screen: Screen, address: 'Address', folder: 'Path') -> None:
    """Print where the local index is, and how another project installs from it."""
    screen.line(f'{address.url} serves {folder} until Ctrl-C. In another project:', 'green')
    screen.line(f'  uv add --index {address.url} PACKAGE')
    screen.line(f'  pip install --extra-index-url {address.url} PACKAGE==VERSION')


def show_published_json(screen: Screen, published: 'Published') -> None:
    """Print the report as a document, `releasekit.publish/1`."""
    report = published.report
    packages = [
        {
            'name': name,
            'version': published.built.planned.plan.by_name[name].version,
            'stage': stage,
            'code': report.codes.get(name),
            'text': report.texts.get(name),
        }
        for name, stage in report.stages.items()
    ]
    document: dict[str, object] = {
        'plan': published.built.digest,
        'index': published.address.name,
        'packages': packages,
        'new_projects': list(published.preflight.new),
        'seconds': round(published.seconds, 3),
        'wrong': list(published.wrong),
        'differences': to_document(published.differences),
        'dry_run': published.is_dry,
        'exit_code': 0 if published.is_dry else report.exit_code,
    }
    screen.json('releasekit.publish/1', document)


def show_verified(screen: Screen, packages: int, wrong: tuple[str, ...], *, is_json: bool) -> None:
    """Print what does not stand on the index as it was built, alone or as a document, `releasekit.verify/1`."""
    if is_json:
        screen.json('releasekit.verify/1', {'packages': packages, 'wrong': list(wrong)})
        return
    for text in wrong:
        screen.line(text, 'red')
    if not packages:
        screen.line('nothing to verify: the plan is empty', 'dim')
    elif not wrong:
        screen.line(
            f'{counted(packages, "package")} {verb(packages)} there byte for byte, and can be installed and imported',
            'green',
        )


def show_tagged(screen: Screen, tagged: 'Tagged', *, is_json: bool) -> None:
    """Print the tags, alone or as a document, `releasekit.tag/1`."""
    if is_json:
        screen.json('releasekit.tag/1', to_document(tagged))
        return
    for name in tagged.there:
        screen.line(f'{name} is there', 'dim')
    for name in tagged.written:
        screen.line(f'{name}', 'green')
    for name in tagged.sent:
        screen.line(f'sent {name}', 'green')
    for name in tagged.released:
        screen.line(f'the forge shows the notes of {name}', 'green')
    for text in tagged.unreleased:
        screen.line(f'no notes of {text}', 'yellow')
    for name in tagged.unpublished:
        screen.line(f'{name} is not on the index as it was built: no tag', 'yellow')
    if not any((tagged.there, tagged.written, tagged.unpublished)):
        screen.line('nothing to tag')


def show_status(screen: Screen, status: 'Status', *, is_json: bool) -> None:
    """Print how far each package is and where things are, as a table or a document, `releasekit.status/1`."""
    if is_json:
        packages = [{**to_document(state), 'is_public': state.is_public} for state in status.packages]
        screen.json('releasekit.status/1', {'packages': packages, 'places': to_document(status.places)})
        return
    if status.packages:
        columns = ('package', 'version', 'files built', 'tried', 'on the index', 'public')
        screen.table(columns, [_status_row(state) for state in status.packages])
    else:
        screen.line('nothing to release')
    for what, place in status.places.items():
        screen.line(f'{what}: {place}', 'dim')


def _status_row(state: 'PackageState') -> tuple[str, ...]:
    others = 'with other bytes' if state.built else 'not built here'
    there = f'{state.on_index}, {state.foreign} {others}' if state.foreign else str(state.on_index)
    public = 'yes' if state.is_public else 'perhaps' if state.foreign and not state.built else 'no'
    return (state.name, state.version, str(state.built), str(state.tried), there, public)


def show_choices(screen: Screen, choices: 'Choices', written: str | None, *, is_json: bool) -> None:
    """Print what can be done, alone or as a document, `releasekit.rollback/1`."""
    if is_json:
        screen.json('releasekit.rollback/1', {**to_document(choices), 'written': written})
        return
    if not choices.choices:
        screen.line('nothing to roll back')
    for choice in choices.choices:
        screen.line(f'{choice.package} {choice.version}: {choice.verb}: {choice.text}', 'yellow')
    if written:
        screen.line(f'wrote {written}', 'green')
    elif choices.intent:
        screen.line('\nThis intent file plans the fixed versions (`--write` writes it):\n')
        screen.line(choices.intent.rstrip())
