# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Models in this process."""

from collections.abc import Callable, Iterable
from typing import Any

from genkit import ActionKind, Genkit, GenkitError
from pydantic_core import to_jsonable_python

from conform.model.answer import Answer
from conform.model.errors import RunError
from conform.model.suite import Case


class NativeTarget:
    """Runs model actions of an application that was loaded here."""

    def __init__(self, ai: Genkit) -> None:
        self._registry = ai.registry

    async def prepare(self, keys: Iterable[str]) -> None:
        """Do nothing: a model that is not there is looked for when it is asked."""

    async def run(self, case: Case, on_trace: Callable[[str], None]) -> Answer:
        """Run a case's model action and return what it gave, in its wire form.

        Raises:
            RunError: There is no such model, or it raised.
        """
        chunks: list[Any] = []
        try:
            action = await self._registry.resolve_action_by_key(case.key)
            if action is None:
                raise await self._registry.not_found(*_kind_and_name(case.key))
            answer = await action.arun_raw(
                case.request,
                on_chunk=chunks.append if case.stream else None,
                on_trace_start=lambda trace_id, _: on_trace(trace_id),
            )
            return Answer(_to_wire(answer.response), [_to_wire(chunk) for chunk in chunks])
        except GenkitError as error:
            raise RunError(str(error)) from error
        except ValueError as error:
            raise RunError(f'The answer cannot be sent: {error}') from error


def _kind_and_name(key: str) -> tuple[ActionKind, str]:
    _, kind, name = key.split('/', 2)
    return ActionKind(kind), name


def _to_wire(value: Any) -> Any:
    """Return a value as the runtime would send it."""
    return to_jsonable_python(
        value, by_alias=True, exclude_none=True, bytes_mode='base64', fallback=str, inf_nan_mode='null'
    )
