# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The process of a local index: pypiserver, as long as whoever started it lives and holds the end of its input."""

import os
import runpy
import sys
import threading


def main() -> None:
    """Run pypiserver with this process's arguments, and end with the input: also a starter that is killed closes it."""
    threading.Thread(target=_end_with_input, daemon=True).start()
    runpy.run_module('pypiserver', run_name='__main__', alter_sys=True)


def _end_with_input() -> None:
    while os.read(0, 1 << 10):
        pass
    os._exit(0)


if __name__ == '__main__':
    sys.argv[0] = 'pypiserver'
    main()
