# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Work of libraries that keep to no time limit."""

import threading
from collections.abc import Callable


def is_done_within(seconds: float, work: Callable[[], object]) -> bool:
    """Do some work in a thread of its own, and return whether it ended in time; if not, it goes on there."""
    thread = threading.Thread(target=work, name='Telemetry', daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the interpreter ends, and starts none any more
        work()
        return True
    thread.join(max(seconds, 0))
    return not thread.is_alive()
