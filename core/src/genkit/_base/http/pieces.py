# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The body of an HTTP answer, piece by piece."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any


def pieces_of(response: Any) -> aclosing[AsyncGenerator[bytes]]:
    """Give the pieces of a body inside the block, and end the reading with it, however it is left.

    A reader that stops early and is left to the garbage collector would be ended in whatever thread collects it.

    Args:
        response: Of httpx or httpx2, opened as a stream.
    """
    return aclosing(response.aiter_bytes())
