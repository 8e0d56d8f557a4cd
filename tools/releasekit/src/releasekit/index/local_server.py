# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The process of a local index: pypiserver, as long as its parent lives and holds the end of its input."""

import importlib
import os
import runpy
import sys
import threading
from pathlib import Path
from typing import Any, cast

from releasekit.index.guard import Application, guarded


def main() -> None:
    """Run pypiserver with this process's arguments, and end with the input: also a starter that is killed closes it."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    _guard(Path(sys.argv[-1]))
    runpy.run_module('pypiserver', run_name='__main__', alter_sys=True)


def _guard(folder: Path) -> None:
    """Have pypiserver serve what is guarded; it knows of passwords only."""
    pypiserver: Any = importlib.import_module('pypiserver')
    set_up = pypiserver.setup_routes_from_config

    def guarded_set_up(app: Any, config: Any) -> Any:
        return guarded(cast('Application', set_up(app, config)), folder)

    pypiserver.setup_routes_from_config = guarded_set_up


def _end_with_input() -> None:
    while os.read(0, 1 << 10):
        pass
    os._exit(0)


if __name__ == '__main__':
    sys.argv[0] = 'pypiserver'
    main()
