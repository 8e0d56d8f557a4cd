# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The program of a warm worker: calls the hooks of one build backend, order after order, as PEP 517 says.

It runs in its own environment that knows nothing of releasekit. An order is a line of JSON with `source`,
`target`, `backend` and `hook`; the answer is a line with what the hook returned as `result`, or with `error`. A hook
that the backend does not have, and need not have, returns nothing.
"""

import contextlib
import importlib
import json
import os
import sys
import traceback


def _obey(order: dict[str, str]) -> dict[str, object]:
    os.chdir(order['source'])
    module, _, attributes = order['backend'].partition(':')
    backend = importlib.import_module(module)
    for attribute in filter(None, attributes.split('.')):
        backend = getattr(backend, attribute)
    asks = order['hook'].startswith('get_requires')
    hook = getattr(backend, order['hook'], None) if asks else getattr(backend, order['hook'])
    with contextlib.redirect_stdout(sys.stderr):
        return {'result': None if hook is None else hook(*(() if asks else (order['target'],)))}


def _main() -> None:
    for line in sys.stdin:
        try:
            answer = _obey(json.loads(line))
        except Exception as error:  # noqa: BLE001 - reported to the parent process
            traceback.print_exc()
            answer = {'error': f'{type(error).__name__}: {error}'}
        sys.stdout.write(json.dumps(answer) + '\n')
        sys.stdout.flush()


if __name__ == '__main__':
    _main()
