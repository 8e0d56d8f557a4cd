# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How `version`, `changelog`, `prepare`, `doctor`, `explain`, `init` and `completions` show their results."""

from releasekit.checks.catalogue import RULES
from releasekit.checks.rule import Rule
from releasekit.commands.changelog import ChangelogReport
from releasekit.commands.prepare import BRANCH, Prepared
from releasekit.commands.setup.doctor import Probe, State
from releasekit.commands.setup.init import InitReport
from releasekit.commands.setup.rename import RenameReport
from releasekit.commands.version import VersionReport
from releasekit.model.codes import EXIT_CODES, Code, codes
from releasekit.model.documents import to_document
from releasekit.model.names import counted
from releasekit.ui.screen import Screen


_STYLES = {State.OK: 'green', State.WARNING: 'yellow', State.ERROR: 'red'}


def show_versions(screen: Screen, report: VersionReport) -> None:
    """Print the versions and the files that hold them."""
    for release in report.plan.releases:
        screen.line(f'{release.name} {release.version}')
    verb = 'would write' if report.is_dry else 'wrote'
    for path in report.written:
        screen.line(f'{verb} {path}', 'green')
    for path in report.deleted:
        screen.line(f'{"would delete" if report.is_dry else "deleted"} {path}', 'yellow')
    if not report.written and not report.deleted:
        screen.line('nothing to write')


def show_versions_json(screen: Screen, report: VersionReport) -> None:
    """Print the report as a document, `releasekit.version/1`."""
    document: dict[str, object] = {
        'versions': {release.name: release.version for release in report.plan.releases},
        'written': list(report.written),
        'deleted': list(report.deleted),
        'dry_run': report.is_dry,
    }
    screen.json('releasekit.version/1', document)


def show_prepared(screen: Screen, prepared: Prepared) -> None:
    """Print what was put on the branch, and where it is proposed."""
    if not prepared.plan.releases:
        screen.line('nothing to release')
        return
    for release in prepared.plan.releases:
        screen.line(f'{release.name} {release.version}')
    if prepared.commit is None:
        screen.line(f'nothing to propose: {prepared.base} holds these versions and their notes; publish them')
        return
    state = 'sent' if prepared.sent else 'not sent, as asked' if prepared.is_dry else 'the remote has it already'
    screen.line(f'{BRANCH} at {prepared.commit[:12]}: {state}')
    if prepared.request is not None:
        screen.line(f'proposed to be merged into {prepared.base}: {prepared.request.url}', 'green')


def show_prepared_json(screen: Screen, prepared: Prepared) -> None:
    """Print the report as a document, `releasekit.prepare/1`."""
    request = prepared.request
    document: dict[str, object] = {
        'versions': {release.name: release.version for release in prepared.plan.releases},
        'branch': BRANCH,
        'base': prepared.base,
        'commit': prepared.commit,
        'sent': prepared.sent,
        'request': None if request is None else {'number': request.number, 'url': request.url},
    }
    screen.json('releasekit.prepare/1', document)


def show_changelog(screen: Screen, report: ChangelogReport, *, combined: bool) -> None:
    """Print the sections, or the notes of all packages together; where files were written, only their names."""
    for path in report.written:
        screen.line(f'wrote {path}', 'green')
    if report.written or not report.sections:
        return
    if combined:
        screen.line(report.combined.rstrip())
        return
    for name, text in report.sections.items():
        screen.line(f'# {name}', 'bold')
        screen.line(f'\n{text}')


def show_changelog_json(screen: Screen, report: ChangelogReport) -> None:
    """Print the report as a document, `releasekit.changelog/1`."""
    document: dict[str, object] = {
        'sections': report.sections,
        'combined': report.combined,
        'written': list(report.written),
    }
    screen.json('releasekit.changelog/1', document)


def show_probes(screen: Screen, probes: tuple[Probe, ...]) -> None:
    """Print a line for every probe, and the way out where one is needed."""
    for probe in probes:
        screen.line(f'{probe.state:<7}  {probe.name}: {probe.found}', _STYLES[probe.state])
        if probe.state is not State.OK and probe.way_out:
            screen.line(f'         = {probe.way_out}')


def show_probes_json(screen: Screen, probes: tuple[Probe, ...]) -> None:
    """Print the probes as a document, `releasekit.doctor/1`."""
    screen.json('releasekit.doctor/1', {'probes': to_document(probes)})


def show_explanation(screen: Screen, found: Code | Rule) -> None:
    """Print what a code or a rule means."""
    screen.line(f'{found.id}: {found.summary}', 'bold')
    screen.line()
    if isinstance(found, Code):
        screen.line(found.meaning)
        screen.line(f'Way out: {found.way_out}')
        screen.line(f'Exit code {found.exit_code}: {EXIT_CODES[found.exit_code]}')
    else:
        screen.line(found.explanation)


def show_explanation_json(screen: Screen, found: Code | Rule) -> None:
    """Print the explanation as a document, `releasekit.explain/1`."""
    if isinstance(found, Code):
        document = {'id': found.id, 'summary': found.summary, 'meaning': found.meaning, 'way_out': found.way_out}
        screen.json('releasekit.explain/1', {**document, 'exit_code': found.exit_code})
    else:
        screen.json('releasekit.explain/1', {'id': found.id, 'summary': found.summary, 'meaning': found.explanation})


def show_codes(screen: Screen) -> None:
    """Print every code and rule with its summary."""
    screen.table(('code', 'exit', 'means'), [(code.id, str(code.exit_code), code.summary) for code in codes().values()])
    screen.line()
    screen.table(('rule', 'asks for'), [(rule.id, rule.summary) for rule in RULES])


def show_codes_json(screen: Screen) -> None:
    """Print the catalogue as a document, `releasekit.codes/1`."""
    rules = [{'id': rule.id, 'summary': rule.summary} for rule in RULES]
    exits = {str(code): meaning for code, meaning in EXIT_CODES.items()}
    screen.json(
        'releasekit.codes/1', {'codes': to_document(list(codes().values())), 'rules': rules, 'exit_codes': exits}
    )


def show_init(screen: Screen, report: InitReport) -> None:
    """Print the configuration, or where it was written."""
    screen.line(f'wrote {report.path}' if report.path else report.text.rstrip())


def show_rename(screen: Screen, report: RenameReport) -> None:
    """Print the new names and the files that have them, or would."""
    for old, new in report.names.items():
        screen.line(f'{old} -> {new}')
    done = 'changed' if report.is_written else 'would change; --write does it'
    screen.line(f'{counted(len(report.files), "file")} {done}' if report.files else 'nothing to rename')


def show_script(screen: Screen, script: str, *, is_json: bool) -> None:
    """Print a completion script, alone or in a document, `releasekit.completions/1`."""
    if is_json:
        screen.json('releasekit.completions/1', {'script': script})
    else:
        screen.line(script.rstrip())
