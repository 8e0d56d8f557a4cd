# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`main`: runs a command and turns whatever ends it into an exit code."""

import argparse
import asyncio
import io
import signal
import sys
from collections.abc import Sequence

from conform.cli.arguments import build_parser
from conform.commands.plan import Plan, Selection, make_plans
from conform.commands.run import RunOptions, run_plans
from conform.model.errors import INTERRUPTED, PASSED, USAGE, UsageError
from conform.model.outcome import Report
from conform.targets.opening import TargetOptions
from conform.ui.files import write_json, write_junit
from conform.ui.lists import show_matrix, show_specs
from conform.ui.screen import Screen


def main(argv: Sequence[str] | None = None) -> int:
    """Run `conform` with the given arguments, those of the process by default, and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors='replace')
    arguments = build_parser().parse_args(argv)
    screen, errors = Screen(sys.stdout), Screen(sys.stderr)
    try:
        return _run(arguments, screen)
    except UsageError as error:
        for line in error.message.splitlines():
            errors.line(f'error: {line}', 'red')
        return USAGE
    except KeyboardInterrupt:
        errors.line('interrupted')
        return INTERRUPTED


def _run(arguments: argparse.Namespace, screen: Screen) -> int:
    if arguments.command == 'specs':
        show_specs(screen)
        return PASSED
    if arguments.command == 'matrix':
        show_matrix(screen, arguments.folder)
        return PASSED
    plans = make_plans(_selection(arguments))
    if arguments.list:
        _list(screen, plans)
        return PASSED
    if not arguments.loopback:
        _show_cost(screen, plans)
    report = _run_plans(arguments, screen, plans)
    screen.report(report)
    if arguments.json:
        write_json(arguments.json, report)
    if arguments.junit:
        write_junit(arguments.junit, report)
    return report.exit_code


def _show_cost(screen: Screen, plans: Sequence[Plan]) -> None:
    """Say how many requests go to providers: one for each case."""
    for plan in plans:
        if plan.package and not plan.skip and plan.settings.env:
            screen.line(f'{plan.name}: {sum(not case.skip for case in plan.cases)} requests to the provider')


def _run_plans(arguments: argparse.Namespace, screen: Screen, plans: Sequence[Plan]) -> Report:
    where = TargetOptions(arguments.mode, arguments.runtime, arguments.project, loopback=arguments.loopback)
    options = RunOptions(arguments.jobs, arguments.timeout, arguments.retries)
    total = sum(len(plan.cases) for plan in plans if not plan.skip)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that whatever was started is stopped
    try:
        with screen.progress(total) as progress:
            return asyncio.run(run_plans(plans, where, options, progress.show))
    finally:
        signal.signal(signal.SIGTERM, before)


def _selection(arguments: argparse.Namespace) -> Selection:
    return Selection(
        arguments.specs,
        arguments.plugin,
        arguments.entry,
        arguments.model,
        arguments.supports,
        arguments.test_filter,
        dict(arguments.config),
        arguments.runtime is not None,
        arguments.loopback,
    )


def _list(screen: Screen, plans: Sequence[Plan]) -> None:
    for plan in plans:
        for case in plan.cases:
            note = f'  (skipped: {plan.skip or case.skip})' if plan.skip or case.skip else ''
            screen.line(f'{plan.name}  {case.model}  {case.name}{note}')
