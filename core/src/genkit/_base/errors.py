# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The public exception hierarchy.

::

    GenkitError                 status, message, details; everything below is one
    ├── PublicError             its message is meant for end users (also UserFacingError)
    ├── GenerationResponseError a model answered, but not with anything usable
    │   └── GenerationBlockedError  … because a safety filter stopped it
    ├── Interrupt               a tool pauses the generation for a human (also ToolInterruptError)
    └── UnstableApiError        a feature that needs opting in

It also decides what any exception becomes on the wire (`get_callable_json`, `get_http_status`, `get_reflection_json`)
and in the log (`log_unexpected`), for flows, agents, streams, the developer tools and every web adapter.
"""

import asyncio
import contextlib
import copy
import logging
import traceback
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

from pydantic_core import ValidationError, from_json, to_json

from genkit._base.status import StatusName


_LOGGER: Final = logging.getLogger('genkit')
_LOGGED: Final = '_genkit_logged'
_QUOTES: Final = '_genkit_quotes'


class ErrorReason(StrEnum):
    """The specific reason of a failure, in addition to its status; stored as ``details['reason']``."""

    ANSWER_CUT_OFF = 'ANSWER_CUT_OFF'
    INVALID_SCHEMA = 'INVALID_SCHEMA'
    INVALID_INPUT = 'INVALID_INPUT'
    INVALID_OUTPUT = 'INVALID_OUTPUT'
    INVALID_PART = 'INVALID_PART'
    INVALID_RESUME = 'INVALID_RESUME'
    ACTION_NOT_FOUND = 'ACTION_NOT_FOUND'
    MODEL_NOT_FOUND = 'MODEL_NOT_FOUND'
    TOOL_NOT_FOUND = 'TOOL_NOT_FOUND'
    TOOL_FAILED = 'TOOL_FAILED'
    MAX_TURNS_EXCEEDED = 'MAX_TURNS_EXCEEDED'
    UNRESOLVED_TOOL_REQUEST = 'UNRESOLVED_TOOL_REQUEST'
    UNSUPPORTED_BY_MODEL = 'UNSUPPORTED_BY_MODEL'
    CONNECTION_CLOSED = 'CONNECTION_CLOSED'
    SNAPSHOT_NOT_RESUMABLE = 'SNAPSHOT_NOT_RESUMABLE'


# Their messages show the values that are wrong.
_QUOTING: Final = frozenset({ErrorReason.ANSWER_CUT_OFF, ErrorReason.INVALID_INPUT, ErrorReason.INVALID_OUTPUT})


class GenkitError(Exception):
    """Base class of Genkit's errors: a message with a canonical status, which every transport maps.

    Args:
        message: What happened, what was expected and what to do.
        status: The outcome; when left out, that of ``cause`` if it is a `GenkitError`, else ``INTERNAL``.
        cause: The original exception; also set as ``__cause__``.
        details: Machine-readable facts. Never secrets.
        trace_id: The trace in which it happened, 32 hex digits.
        source: The component that raises the error, such as a plugin's name; put before the status in the text.
        reason: A more specific reason than the status, kept in ``details['reason']``.
    """

    def __init__(
        self,
        message: str,
        *,
        status: StatusName | str | None = None,
        cause: BaseException | None = None,
        details: Mapping[str, Any] | None = None,
        trace_id: str | None = None,
        source: str | None = None,
        reason: ErrorReason | None = None,
    ) -> None:
        inherited = cause.status if isinstance(cause, GenkitError) else StatusName.INTERNAL
        self.status: StatusName = _status(status) if status is not None else inherited
        self.original_message = message
        self.cause = cause
        self.trace_id = trace_id
        self.source = source
        self._details: dict[str, Any] = dict(details or {})
        if reason is not None:
            self._details['reason'] = str(reason)
        super().__init__(message)
        if cause is not None:
            self.__cause__ = cause

    @property
    def message(self) -> str:
        """The message without status and source."""
        return self.original_message

    @property
    def http_code(self) -> int:
        """The HTTP status of this error."""
        return _status(self.status).http_code  # the attribute may have been reassigned

    @property
    def reason(self) -> str | None:
        """The specific reason, or None if none was given."""
        return cast('str | None', self._details.get('reason'))

    @property
    def details(self) -> dict[str, Any]:
        """Machine-readable facts: the details given at construction, the stack and the trace."""
        return {'stack': error_stack(self), **self._details, **({'traceId': self.trace_id} if self.trace_id else {})}

    def __reduce__(self) -> Any:
        """Allow copies and pickles, whatever a subclass's constructor asks for."""
        return _restored, (type(self), self.args, self.__dict__)

    def __repr__(self) -> str:
        """Return ``GenkitError('message', status='STATUS')``."""
        return f'{type(self).__name__}({self.original_message!r}, status={str(self.status)!r})'

    def __str__(self) -> str:
        """Return ``[source: ]STATUS: message[: cause]``."""
        prefix = f'{self.source}: ' if self.source else ''
        return f'{prefix}{self.status}: {error_message(self)}'


class PublicError(GenkitError):
    """An error whose message may be shown to end users unchanged.

    Args:
        status: The outcome, which also chooses the HTTP status.
        message: The text for the user.
        details: Machine-readable facts for the client.
    """

    def __init__(self, status: StatusName | str, message: str, details: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, status=status, details=details)


class UnstableApiError(GenkitError):
    """Raised for the use of an unstable feature that must be enabled first."""

    def __init__(self, level: str = 'beta', message: str = '') -> None:
        text = f'{message} This API needs the {level!r} entry point.'.strip()
        super().__init__(text, status=StatusName.FAILED_PRECONDITION)


class GenerationResponseError(GenkitError):
    """Raised when a model's response has no usable content.

    Args:
        response: The model's response, kept for inspection.
        message: The problem with the response.
        status: The outcome. Default: ``FAILED_PRECONDITION``.
        details: Machine-readable facts.
        reason: A more specific reason than the status.
    """

    def __init__(
        self,
        response: Any,
        message: str,
        status: StatusName | str = StatusName.FAILED_PRECONDITION,
        details: Mapping[str, Any] | None = None,
        reason: ErrorReason | None = None,
    ) -> None:
        super().__init__(message, status=status, details=details, reason=reason)
        self.response = response


class GenerationBlockedError(GenerationResponseError):
    """Raised when the provider blocked the response, usually by a safety filter."""


class Interrupt(GenkitError):  # noqa: N818  (the field's word; it is a pause rather than a failure)
    """Raised in a tool to pause the generation until the caller responds to the request or restarts the tool.

    Args:
        metadata: Information for the caller, sent with the tool request part. Anything but a mapping is
            stored as ``question``.
    """

    def __init__(self, metadata: Any = None) -> None:
        super().__init__(
            'The tool interrupted the generation. Answer with `tool_response` or restart the tool.',
            status=StatusName.FAILED_PRECONDITION,
        )
        said: Any = {'question': metadata}
        if metadata is None or isinstance(metadata, Mapping):
            said = cast('Any', metadata)
        self.metadata: dict[str, Any] = dict(said or {})


ErrorT = TypeVar('ErrorT', bound=GenkitError)

# The names of the older SDK for the same things.
UserFacingError = PublicError
ToolInterruptError = Interrupt


def _status(name: str) -> StatusName:
    return StatusName(name) if name in StatusName.__members__ else StatusName.UNKNOWN


def _restored(kind: type[GenkitError], arguments: tuple[Any, ...], members: dict[str, Any]) -> GenkitError:
    error = kind.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(members)
    return error


def extended(error: ErrorT, note: str, **details: Any) -> ErrorT:
    """Return a copy of an error whose message goes on with a note, and whose details hold more facts."""
    copied = copy.copy(error)
    copied.original_message = f'{error.original_message.removesuffix(".")}. {note}'
    copied.args = (copied.original_message,)
    copied._details = {**error._details, **details}  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return copied


def rewritten(error: GenkitError, rewrite: Callable[[str], str]) -> GenkitError:
    """Return a copy of an error with every text in its message and its details rewritten, and without its cause.

    An error in which nothing changes is returned itself.
    """
    details = error._details  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    message, told = rewrite(error.original_message), _with_texts(details, rewrite)
    if message == error.original_message and told == details:
        return error
    copied = copy.copy(error)
    copied.original_message, copied.args, copied.cause = message, (message,), None
    copied._details = told  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    copied.__suppress_context__ = True
    return copied


def _with_texts(value: Any, rewrite: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return rewrite(value)
    if isinstance(value, dict):
        return {name: _with_texts(member, rewrite) for name, member in cast('dict[Any, Any]', value).items()}
    if isinstance(value, list):
        return [_with_texts(item, rewrite) for item in cast('list[Any]', value)]
    return value


def error_message(error: BaseException) -> str:
    """Return the text of an error without its status, with its cause when that adds something."""
    if not isinstance(error, GenkitError):
        return _text(str, error)
    if error.cause is None or isinstance(error.cause, GenkitError):
        return error.original_message
    return f'{error.original_message}: {_text(repr, error.cause)}'


def error_stack(error: BaseException) -> str:
    """Return the traceback of an error as text; empty if it was never raised."""
    return ''.join(traceback.format_exception(error)) if error.__traceback__ else ''


def get_http_status(error: BaseException) -> int:
    """Return the HTTP status that a server answers this error with."""
    return error.http_code if isinstance(error, GenkitError) else _status_of(error).http_code


def get_reflection_json(error: BaseException) -> dict[str, Any]:
    """Return the error as the developer tools read it: ``{code, message, details: {stack, traceId}}``."""
    details = error.details if isinstance(error, GenkitError) else {'stack': error_stack(error)}
    return {'code': _status_of(error).code, 'message': error_message(error), 'details': details}


def get_callable_json(error: BaseException) -> dict[str, Any]:
    """Return the error as clients may see it: ``{status, message, details?}``.

    Errors outside the tree are masked: their text may hold anything. A `GenkitError` that wraps one says its own
    message and nothing of its cause. Call `log_unexpected` as well when responding with this.
    """
    if not isinstance(error, GenkitError):
        cancelled = isinstance(error, asyncio.CancelledError)
        message = 'The call was cancelled.' if cancelled else 'Internal Error'
        return {'status': _status_of(error).value, 'message': message}
    details = _details_of(error)
    body: dict[str, Any] = {'status': str(error.status), 'message': _encodable(error.original_message)}
    return {**body, 'details': details} if details else body


def _details_of(error: GenkitError) -> Any:
    """Return what an error tells programs, as data that can be written as JSON; what cannot is left out and named."""
    try:
        members = {key: value for key, value in error.details.items() if key != 'stack'}
        return from_json(to_json(members, by_alias=True, exclude_none=True, inf_nan_mode='null', fallback=str))
    except Exception as problem:  # noqa: BLE001  (a failure to describe an error must not hide the error)
        return {'reason': error.reason, 'unwritable': type(problem).__name__} if error.reason else {}


def _encodable(text: Any) -> str:
    """Return a text without halves of characters, which no encoding takes."""
    return str(text).encode('utf-8', 'replace').decode()


def is_unexpected(error: BaseException) -> bool:
    """Return whether an error is masked: it is none of ours, or an ``INTERNAL`` one that only wraps a foreign one."""
    return not any(
        isinstance(link, GenkitError) and (link.status is not StatusName.INTERNAL or _cause_of(link) is None)
        for link in _chain(error)
    )


def quoting(error: ErrorT) -> ErrorT:
    """Return an error, marked as one whose text repeats values of the call, such as a piece of a model's answer."""
    setattr(error, _QUOTES, True)
    return error


def quotes_content(error: BaseException) -> bool:
    """Return whether the text of an error, or of one that a traceback shows with it, repeats values of the call."""
    seen: set[int] = set()
    links: list[BaseException | None] = [error]
    while links:
        link = links.pop()
        if link is None or id(link) in seen:
            continue
        if isinstance(link, ValidationError) or getattr(link, 'reason', None) in _QUOTING:
            return True
        if getattr(link, _QUOTES, False):
            return True
        seen.add(id(link))
        links += [getattr(link, 'cause', None), link.__cause__, link.__context__]
    return False


def log_unexpected(error: BaseException, where: str, trace_id: str | None = None) -> None:
    """Log an error that clients do not see the text of, once: with its traceback and trace, on the logger ``genkit``.

    Errors whose text clients see are not logged, and neither is one that was logged before, on its way up.

    Args:
        error: What was raised.
        where: What failed, as the subject of a sentence, such as ``Flow 'greet'``.
        trace_id: Of the trace, if the error does not say.
    """
    if not is_unexpected(error):
        return
    links = list(_chain(error))
    if any(getattr(link, _LOGGED, False) for link in links):
        return
    for link in links:
        with contextlib.suppress(Exception):  # a custom class may refuse attributes
            setattr(link, _LOGGED, True)
    known = [link.trace_id for link in links if isinstance(link, GenkitError) and link.trace_id]
    trace_id = known[0] if known else trace_id
    _LOGGER.error(
        '%s failed: %s%s',
        where,
        type(links[-1]).__name__,
        f' (trace {trace_id})' if trace_id else '',
        exc_info=(type(error), error, error.__traceback__),
        extra={'trace_id': trace_id} if trace_id else None,
    )


def _status_of(error: BaseException) -> StatusName:
    if isinstance(error, GenkitError):
        return error.status
    return StatusName.CANCELLED if isinstance(error, asyncio.CancelledError) else StatusName.INTERNAL


def _cause_of(error: GenkitError) -> BaseException | None:
    return error.cause or error.__cause__


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and, as long as they are of the tree, what it wraps."""
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = _cause_of(link) if isinstance(link, GenkitError) else None


def _text(show: Callable[[BaseException], str], error: BaseException) -> str:
    try:
        return show(error)
    except Exception:  # noqa: BLE001  (an error that cannot say what it is must not hide that there was one)
        return f'<{type(error).__name__} that cannot be shown>'
