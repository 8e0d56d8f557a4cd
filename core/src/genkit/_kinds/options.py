# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions of an application that take a subject, options and perhaps the call's context; what they take and give."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from genkit._action.context import ActionRunContext
from genkit._action.function import call_in_thread, refuse_generator
from genkit._action.schema import describe_problems, type_adapter, validate_input, validated
from genkit._base.errors import GenkitError
from genkit._base.json_schema import require_json_schema
from genkit._base.suggest import as_list, refuse
from genkit.types import ActionRef, Document, DocumentData, RetrieverResponse
from genkit.types.reference import as_members


ModelT = TypeVar('ModelT', bound=BaseModel)

OneDocument: TypeAlias = str | DocumentData
DocumentsArgument: TypeAlias = OneDocument | RetrieverResponse | Sequence[OneDocument]

_WAY_OUT = "expected a text or a document, such as Document.from_text('…')."


class OptionsFunction:
    """Calls ``fn(*subjects, options[, context])``.

    Args:
        fn: The function, a coroutine function or a plain one; it may also take the subjects alone.
        config_schema: The type of the options; data is turned into it. A JSON schema leaves them as they are.
        what: Whose options they are, for messages.
    """

    def __init__(self, fn: Callable[..., Any], config_schema: Any, what: str) -> None:
        refuse_generator(fn)
        require_json_schema('config_schema', config_schema)
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


def read_result(result: Any, expected: type[ModelT], source: str, way_out: str) -> ModelT:
    """Return what a function of an application returned as the type of its kind: an instance, or the data of one.

    Args:
        result: What it returned.
        expected: The type.
        source: Whose function it is, such as ``Model 'mine'``.
        way_out: What to return.

    Raises:
        GenkitError: ``INTERNAL`` for anything else.
    """
    if isinstance(result, expected):
        return result
    problem = ''
    if isinstance(result, Mapping):
        try:
            return validated(type_adapter(expected), result)
        except ValidationError as error:
            problem = f' Its members do not fit: {describe_problems(error)}.'
    raise wrong_result(result, source, f'{way_out}.{problem}')


def wrong_result(result: Any, source: str, way_out: str) -> GenkitError:
    """Return the error for a function of an application that returned something else than its kind returns.

    The value itself is not shown: the message may go to clients.
    """
    name = 'None' if result is None else type(result).__name__
    return GenkitError(f'{source} returned {name}; return {way_out}', status='INTERNAL')


def reference_options(reference: str | ActionRef[Any], options: Any, call: str) -> tuple[str, Any]:
    """Return the name in a reference, and a call's options laid over the reference's own.

    Args:
        reference: The name or a reference.
        options: Of the call.
        call: What was called and how it is written, such as ``ai.index('name', documents)``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else than a name or a reference.
    """
    if isinstance(reference, str):
        return reference, options
    if not isinstance(reference, ActionRef):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
        refuse('The first argument', reference, f'expected a name or a reference: write {call}.')
    return reference.name, reference.merged_config(options)


def read_document(name: str, given: Any, way_out: str = _WAY_OUT) -> DocumentData:
    """Return what was given as a document.

    Args:
        name: The argument, for the message.
        given: A text, a document, or its data.
        way_out: What to write instead of anything else.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.
    """
    if isinstance(given, str):
        return Document.from_text(given)
    if isinstance(given, DocumentData):
        return given
    if isinstance(given, dict):
        try:
            return validated(type_adapter(Document), given)
        except ValueError:  # refused below, with the way out
            pass
    return refuse(name, given, way_out)


def read_documents(name: str, given: Any) -> list[DocumentData]:
    """Return what was given as documents: one or many, or the response of a retriever.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for anything else.
    """
    if isinstance(given, RetrieverResponse):
        return list(given.documents)
    if given is None:
        refuse(name, given, f'expected a list of texts or documents: write {name}=[].')
    return [read_document(f'{name}[{n}]', each) for n, each in enumerate(as_list(name, given))]
