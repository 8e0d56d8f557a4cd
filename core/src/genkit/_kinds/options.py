# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions of an application that take a subject, options and perhaps the call's context."""

import inspect
from collections.abc import Callable
from typing import Any

from pydantic import BaseModel

from genkit._action.context import ActionRunContext
from genkit._action.function import call_in_thread, refuse_generator
from genkit._action.schema import type_adapter, validate_input
from genkit.types import ActionRef
from genkit.types.reference import as_members


class OptionsFunction:
    """Calls ``fn(*subjects, options[, context])``.

    Args:
        fn: The function, a coroutine function or a plain one; it may also take the subjects alone.
        config_schema: The type of the options; data is turned into it. A JSON schema leaves them as they are.
        what: Whose options they are, for messages.
    """

    def __init__(self, fn: Callable[..., Any], config_schema: Any, what: str) -> None:
        refuse_generator(fn)
        self._fn = fn
        self._what = what
        self._type = None if config_schema is None or isinstance(config_schema, dict) else config_schema
        self._arity = len(inspect.signature(fn).parameters)
        self.documentation = inspect.getdoc(fn) if inspect.isroutine(fn) else None

    def read(self, options: Any) -> Any:
        """Return options as the declared type.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if they do not fit.
        """
        if self._type is None or options is None or type(options) is self._type:
            return options
        return validate_input(type_adapter(self._type), as_declared(options, self._type), self._what)

    async def call(self, subjects: tuple[Any, ...], options: Any, context: ActionRunContext) -> Any:
        """Run the function; a plain one in a worker thread.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if the options do not fit.
        """
        arguments = (*subjects, self.read(options), context)[: self._arity]
        if inspect.iscoroutinefunction(self._fn):
            return await self._fn(*arguments)
        return await call_in_thread(self._fn, *arguments)


def as_declared(options: Any, declared: Any) -> Any:
    """Return options as they are, unless they are a Pydantic model of another class than declared: then what it sets.

    Args:
        options: The caller's.
        declared: The type that is expected, a JSON schema, or None if nothing is.
    """
    if not isinstance(options, BaseModel) or not isinstance(declared, type) or isinstance(options, declared):
        return options
    return as_members(options)


def reference_options(reference: str | ActionRef[Any], options: Any) -> tuple[str, Any]:
    """Return the name in a reference, and a call's options laid over the reference's own."""
    if isinstance(reference, str):
        return reference, options
    return reference.name, reference.merged_config(options)
