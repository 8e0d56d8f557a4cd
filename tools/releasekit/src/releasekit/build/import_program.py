# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Imports what distributions declare, and loads their entry points: `NAME:MODULE,MODULE …` as arguments.

It runs in an environment that knows nothing of releasekit. Failures are reported, and the exit code is 1.

An entry point is loaded by a host, such as pytest, that need not be installed. One that cannot be loaded only because
a module of some other distribution is missing is noted on standard output, and not wrong, where it has extras or its
host is missing. A module of the package itself, and what a command or a host that is there lacks, are wrong.
"""

import importlib
import importlib.machinery
import importlib.metadata
import importlib.util
import re
import sys


NOTE = 'note: '
_COMMANDS = ('console_scripts', 'gui_scripts')
_HOST = re.compile(r'[A-Za-z_]+')


def _main() -> int:
    failures: list[str] = []
    for argument in sys.argv[1:]:
        name, _, modules = argument.partition(':')
        own = tuple(filter(None, modules.split(',')))
        for module in own:
            try:
                importlib.import_module(module)
            except BaseException as error:  # noqa: BLE001 - told, whatever it is
                failures.append(f'{name}: import {module}: {type(error).__name__}: {error}')
        for point in importlib.metadata.distribution(name).entry_points:
            shown = f'{name}: entry point {point.group}:{point.name}'
            try:
                point.load()
            except BaseException as error:  # noqa: BLE001 - see above
                missing = _missing(error)
                if missing and _is_of_others(missing, (*own, point.module)) and _needs_not_be_there(point):
                    sys.stdout.write(f'\n{NOTE}{shown} was not loaded: {missing} is not installed\n')
                else:
                    failures.append(f'{shown}: {type(error).__name__}: {error}')
    sys.stderr.write('\n'.join(failures))
    return 1 if failures else 0


def _missing(error: BaseException | None) -> str | None:
    """Return the module whose absence led to an error, which may be one of the package's own that says so."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError):
            return error.name
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return None


def _is_of_others(missing: str, own: tuple[str, ...]) -> bool:
    """Return whether a module that is missing would come with a distribution that is not installed."""
    if any(f'{module}.'.startswith(f'{missing}.') or missing.startswith(f'{module}.') for module in own):
        return False
    above = missing.rpartition('.')[0]
    return not above or _is_namespace(above)


def _is_namespace(module: str) -> bool:
    spec = _found(module)
    return spec is not None and spec.origin is None


def _needs_not_be_there(point: importlib.metadata.EntryPoint) -> bool:
    if point.extras:
        return True
    host = _HOST.match(point.group)
    return point.group not in _COMMANDS and not (host and _found(host.group()))


def _found(module: str) -> importlib.machinery.ModuleSpec | None:
    try:
        return importlib.util.find_spec(module)
    except (ImportError, ValueError):
        return None


if __name__ == '__main__':
    sys.exit(_main())
