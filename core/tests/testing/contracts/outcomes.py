# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs fakes of contracts in processes of their own, and tells which of their tests passed."""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as ET


PROCESSES = 4  # they mostly wait
COROUTINES = (
    '-p',
    'pytest_asyncio.plugin',
    '-o',
    'asyncio_mode=auto',
    '-o',
    'asyncio_default_fixture_loop_scope=function',
)


def run_fakes(tests: Sequence[str], folder: Path) -> dict[str, dict[str, bool]]:
    """Return of each fake whether it passed, by test; a test with several cases passes if all do.

    Args:
        tests: What to run, as pytest names it: ``<file>::<class>``, or ``<file>::<class>::<test>``, below ``fakes``.
        folder: Takes the reports.
    """
    running = [begin(tests[first::PROCESSES], folder / f'{first}.xml') for first in range(min(PROCESSES, len(tests)))]
    passed: dict[str, dict[str, bool]] = defaultdict(dict)
    for process, report in running:
        output, _ = process.communicate()
        assert report.exists(), output
        for fake, test, has_passed in read(report):
            passed[fake][test] = has_passed and passed[fake].get(test, True)
    return passed


def begin(tests: Sequence[str], report: Path) -> tuple[subprocess.Popen[str], Path]:
    plain = ['-q', '--tb=no', '-W', 'error', '-c', os.devnull, '--noconftest', '-p', 'no:cacheprovider', *COROUTINES]
    named = report.with_suffix('.txt')  # there are too many for a command line
    named.write_text('\n'.join(str(Path(__file__).with_name('fakes') / test) for test in tests), encoding='utf-8')
    command = [sys.executable, '-m', 'pytest', *plain, f'--junit-xml={report}', f'@{named}']
    environment = {**os.environ, 'PYTEST_DISABLE_PLUGIN_AUTOLOAD': '1'}  # contracts need no more than they say
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ), report


def read(report: Path) -> Iterator[tuple[str, str, bool]]:
    for case in ET.parse(report).iter('testcase'):
        fake = case.attrib['classname'].rpartition('.')[2]
        has_failed = case.find('failure') is not None or case.find('error') is not None
        yield fake, case.attrib['name'].partition('[')[0], not has_failed
