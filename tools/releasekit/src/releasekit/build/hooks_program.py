# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The program of a warm worker: calls the hooks of one build backend, order after order, as PEP 517 says.

It runs in its own environment that knows nothing of releasekit. An order is a line of JSON with `source`,
`target`, `backend`, `hook` and `variables`, which the environment has meanwhile; the answer is a line with what the
hook returned as `result`, or with `error`. A hook that the backend does not have, and need not have, returns nothing.
"""

import importlib
import json
import os
import traceback
from typing import Any, TextIO


def _obey(order: dict[str, Any]) -> dict[str, object]:
    before = dict(os.environ)
    os.environ.update(order['variables'])
    try:
        return _called(order)
    finally:
        os.environ.clear()
        os.environ.update(before)


def _called(order: dict[str, Any]) -> dict[str, object]:
    os.chdir(order['source'])
    module, _, attributes = order['backend'].partition(':')
    backend = importlib.import_module(module)
    for attribute in filter(None, attributes.split('.')):
        backend = getattr(backend, attribute)
    asks = order['hook'].startswith('get_requires')
    hook = getattr(backend, order['hook'], None) if asks else getattr(backend, order['hook'])
    return {'result': None if hook is None else hook(*(() if asks else (order['target'],)))}


def _main() -> None:
    orders, answers = _channels()
    for line in orders:
        try:
            answer = _obey(json.loads(line))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - reported to the parent process
            traceback.print_exc()
            answer = {'error': f'{type(error).__name__}: {error}'}
        answers.write(json.dumps(answer) + '\n')
        answers.flush()


def _channels() -> tuple[TextIO, TextIO]:
    """Take standard input and output for orders and answers; what a backend prints goes to standard error."""
    orders, answers = os.fdopen(os.dup(0), encoding='utf-8'), os.fdopen(os.dup(1), 'w', encoding='utf-8')
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return orders, answers


if __name__ == '__main__':
    _main()
