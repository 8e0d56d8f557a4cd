# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What each command does with its arguments: run it, show its result, give the exit code.

Only the command that runs is imported, so that none waits for what another one needs.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from releasekit.model.errors import UsageError
from releasekit.ui.screen import Screen


if TYPE_CHECKING:
    from releasekit.commands.graph import GraphReport


OK = 0
FINDINGS = 1


def run_discover(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """List the members; 0."""
    from releasekit.commands.discover import discover  # noqa: PLC0415 - see above
    from releasekit.ui import discover as view  # noqa: PLC0415 - see above

    workspace = discover(_start(arguments))
    for pattern in workspace.idle_patterns:
        errors.line(f'note: member pattern {pattern!r} matches nothing', 'dim')
    show = view.show_json if arguments.format == 'json' else view.show_table
    show(screen, workspace)
    return OK


def run_graph(arguments: argparse.Namespace, screen: Screen, errors: Screen) -> int:
    """Draw the graph, or answer a question to it; 1 when there is no release order or no chain."""
    from releasekit.commands.graph import graph  # noqa: PLC0415 - see above
    from releasekit.ui import graph as view  # noqa: PLC0415 - see above

    report = graph(_start(arguments))
    if arguments.why or arguments.deps or arguments.rdeps:
        return _answer(arguments, screen, report)
    view.FORMATS[arguments.format or 'levels'](screen, report)
    view.show_cycles(errors, report)
    return OK if report.is_ordered else FINDINGS


def _answer(arguments: argparse.Namespace, screen: Screen, report: 'GraphReport') -> int:
    from releasekit.commands.graph import dependants, dependencies, why  # noqa: PLC0415 - see above
    from releasekit.ui import graph as view  # noqa: PLC0415 - see above

    if arguments.format not in {None, 'levels', 'json'}:
        raise UsageError(f'--format {arguments.format} draws the whole graph; a question is answered in text or json')
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
    from releasekit.commands.check import CheckOptions, check, rules  # noqa: PLC0415 - see above
    from releasekit.ui import check as view  # noqa: PLC0415 - see above

    only, skip = tuple(arguments.rule), tuple(arguments.skip)
    is_json = arguments.format == 'json'
    if arguments.list:
        (view.show_rules_json if is_json else view.show_rules)(screen, rules(only, skip))
        return OK
    report = check(_start(arguments), CheckOptions(only, skip, arguments.fix))
    (view.show_json if is_json else view.show_text)(screen, report)
    return FINDINGS if report.errors else OK


def _start(arguments: argparse.Namespace) -> Path:
    return arguments.root or Path.cwd()
