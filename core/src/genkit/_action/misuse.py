# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Refuses the statements without ``async`` that do not suit a stream, with the line to write instead."""

import inspect
from opcode import opmap
from typing import TYPE_CHECKING, Any, Final, NoReturn

from genkit._base.errors import GenkitError


_GET_ITER: Final = opmap.get('GET_ITER')  # None where an interpreter has no such instruction: all count as unpacking


def refuse_plain(owner: object, statement: str, way_out: str) -> NoReturn:
    """Raise the error for a statement that does not suit a stream.

    Args:
        owner: The stream.
        statement: What was written, such as ``for``.
        way_out: What to write.

    Raises:
        GenkitError: ``FAILED_PRECONDITION``.
    """
    raise GenkitError(
        f'A plain `{statement}` does not suit a {type(owner).__name__}: write {way_out}.', status='FAILED_PRECONDITION'
    )


def is_for_loop() -> bool:
    """Return whether the function that calls this was called by a ``for``, rather than to unpack several values.

    Both call ``__iter__``. A loop does so by its own instruction; where the caller cannot be seen, such as in
    compiled code, it counts as unpacking.
    """
    frame = inspect.currentframe()
    caller = frame and frame.f_back and frame.f_back.f_back
    return caller is not None and caller.f_code.co_code[caller.f_lasti] == _GET_ITER


class AsyncOnly:
    """Something to iterate over with ``async for``."""

    if not TYPE_CHECKING:  # type checkers refuse these by themselves

        def __iter__(self) -> Any:
            """Refuse a plain ``for``."""
            refuse_plain(self, 'for', '`async for chunk in …`')

        def __enter__(self) -> Any:
            """Refuse a plain ``with``."""
            is_both = hasattr(self, '__aenter__')
            refuse_plain(self, 'with', '`async with …`' if is_both else '`async for chunk in …`, without `with`')

        def __exit__(self, *_: object) -> None:
            """Complete the protocol, so that `__enter__` is asked."""
