# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Imports what distributions declare, and loads their entry points: `NAME:MODULE,MODULE …` as arguments.

It runs in an environment that knows nothing of releasekit. Whatever fails is told, and the exit code is 1.
"""

import importlib
import importlib.metadata
import sys


def _main() -> int:
    failures: list[str] = []
    for argument in sys.argv[1:]:
        name, _, modules = argument.partition(':')
        for module in filter(None, modules.split(',')):
            try:
                importlib.import_module(module)
            except BaseException as error:  # noqa: BLE001 - told, whatever it is
                failures.append(f'{name}: import {module}: {type(error).__name__}: {error}')
        for point in importlib.metadata.distribution(name).entry_points:
            try:
                point.load()
            except BaseException as error:  # noqa: BLE001 - see above
                failures.append(f'{name}: entry point {point.group}:{point.name}: {type(error).__name__}: {error}')
    sys.stderr.write('\n'.join(failures))
    return 1 if failures else 0


if __name__ == '__main__':
    sys.exit(_main())
