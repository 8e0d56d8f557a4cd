# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Calls of a flow by URL, with or without streaming."""

from collections.abc import Callable
from typing import Any, TypeVar, Unpack, overload

from pydantic import ValidationError

from genkit._action.schema import describe_problems, type_adapter, validated
from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.secrets import redact
from genkit.client.call import Call, ClientOptions
from genkit.client.stream import FlowStream
from genkit.client.transport import post_for_json


ChunkT = TypeVar('ChunkT')
ResultT = TypeVar('ResultT')


@overload
async def run_flow(
    url: str,
    input: Any = None,
    *,
    output_type: type[ResultT],
    **options: Unpack[ClientOptions],
) -> ResultT: ...
@overload
async def run_flow(
    url: str, input: Any = None, *, output_type: Any = None, **options: Unpack[ClientOptions]
) -> Any: ...
async def run_flow(
    url: str,
    input: Any = None,  # noqa: A002  (the contract's name)
    *,
    output_type: Any = None,
    **options: Unpack[ClientOptions],
) -> Any:
    """Call a served flow and return its result.

    Cancelling the caller closes the connection.

    Args:
        url: The URL of the flow.
        input: Its input; Pydantic models and dataclasses are written by their wire names.
        output_type: The type of the result. Default: the JSON data.
        options: See `ClientOptions`.

    Raises:
        GenkitError: The flow's own error, with its status, message and details, and ``retry_after_ms`` in these if the
            server gave a hint. ``UNAVAILABLE`` if the server cannot be reached, ``DEADLINE_EXCEEDED`` if it is silent
            for too long, ``DATA_LOSS`` for an answer that cannot be read, ``INTERNAL`` with the reason
            ``INVALID_OUTPUT`` and the ``value`` in its details for a result that is not of the type,
            ``INVALID_ARGUMENT`` for an address, an input or a header that cannot be sent.
    """
    call = Call.of(url, input, **options)
    check = _checked(output_type, f'The result of {call.where}')
    return check(await post_for_json(call))


@overload
def stream_flow(
    url: str,
    input: Any = None,
    *,
    output_type: type[ResultT],
    chunk_type: type[ChunkT],
    **options: Unpack[ClientOptions],
) -> FlowStream[ChunkT, ResultT]: ...
@overload
def stream_flow(
    url: str,
    input: Any = None,
    *,
    output_type: type[ResultT],
    chunk_type: Any = None,
    **options: Unpack[ClientOptions],
) -> FlowStream[Any, ResultT]: ...
@overload
def stream_flow(
    url: str,
    input: Any = None,
    *,
    output_type: Any = None,
    chunk_type: type[ChunkT],
    **options: Unpack[ClientOptions],
) -> FlowStream[ChunkT, Any]: ...
@overload
def stream_flow(
    url: str,
    input: Any = None,
    *,
    output_type: Any = None,
    chunk_type: Any = None,
    **options: Unpack[ClientOptions],
) -> FlowStream[Any, Any]: ...
def stream_flow(
    url: str,
    input: Any = None,  # noqa: A002  (the contract's name)
    *,
    output_type: Any = None,
    chunk_type: Any = None,
    **options: Unpack[ClientOptions],
) -> FlowStream[Any, Any]:
    """Call a served flow and stream it: iterate over its chunks, await its ``response``.

    Args:
        url: The URL of the flow.
        input: Its input; Pydantic models and dataclasses are written by their wire names.
        output_type: The type of the result. Default: the JSON data.
        chunk_type: The type of a chunk. Default: the JSON data.
        options: See `ClientOptions`.

    Raises:
        GenkitError: At once, ``INVALID_ARGUMENT`` for an address, an input or a header that cannot be sent. After the
            last chunk, and by ``response``, as `run_flow` does; also ``NOT_FOUND`` if there is no such stream.
        RuntimeError: Outside a running event loop.
    """
    call = Call.of(url, input, **options)
    return FlowStream(
        call,
        _checked(chunk_type, f'A chunk of {call.where}'),
        _checked(output_type, f'The result of {call.where}'),
    )


def _checked(expected: Any, what: str) -> Callable[[Any], Any]:
    """Return the function that turns JSON into a type."""
    if expected is None or expected is Any:
        return lambda value: value
    adapter = type_adapter(expected)

    def check(value: Any) -> Any:
        try:
            return validated(adapter, value)
        except ValidationError as error:
            # Not chained: the validator's own error shows the whole value, secrets and all.
            raise GenkitError(
                f'{what} is not of the type asked for: {describe_problems(error)}',
                status='INTERNAL',
                reason=ErrorReason.INVALID_OUTPUT,
                details={'value': redact(value)},
            ) from None

    return check
