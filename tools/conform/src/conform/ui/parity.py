# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The table of packages: how much of what there is to be tested each claims and passes."""

from collections.abc import Iterator, Sequence

from conform.model.capabilities import capabilities
from conform.model.outcome import Outcome, Package, Report, Result


HEADINGS = ('plugin', 'JavaScript', 'Python', 'capabilities', 'tests', 'gaps')


def parity_rows(report: Report) -> Iterator[Sequence[str]]:
    """Yield a row for each package: the built-in capabilities that its models pass, its tests, and what is missing.

    A gap is a capability that no model of the package claims, or that one claims and fails.
    """
    for package in report.packages:
        yield _row(package, [result for result in report.results if result.target == package.name])


def _row(package: Package, results: Sequence[Result]) -> Sequence[str]:
    failed = {result.case.name for result in results if result.outcome in (Outcome.FAILED, Outcome.ERROR)}
    passed = {result.case.name for result in results if result.outcome is Outcome.PASSED} - failed
    gaps = [f'{name} (failed)' if name in failed else name for name in capabilities() if name not in passed]
    return (
        package.name,
        package.counterpart or '-',
        package.distribution,
        f'{len(capabilities()) - len(gaps)}/{len(capabilities())}',
        f'{sum(result.outcome is Outcome.PASSED for result in results)}/{len(results)}',
        ', '.join(gaps) or '-',
    )
