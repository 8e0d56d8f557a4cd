# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The process in which an application runs: `python -m conform.targets.host`, told by its first line of input.

It ends when its input ends: when its parent closes it, and when the parent process has ended for any reason.
"""

import json
import os
import signal
import sys
import threading
import time
from typing import Final

from conform.model.errors import StartError
from conform.targets.loading import Application, serve


_GRACE_SECONDS: Final = 3.0


def main() -> None:
    """Load the application and stay until the end."""
    application = Application(**json.loads(sys.stdin.buffer.readline()))
    lifeline = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    threading.Thread(target=_end_with, args=(lifeline,), daemon=True).start()
    try:
        serve(application)
    except StartError as error:
        sys.exit(error.message)
    threading.Event().wait()


def _end_with(lifeline: int) -> None:
    while os.read(lifeline, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os._exit(1)


if __name__ == '__main__':
    main()
