# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads JSON that came from outside, within limits of depth and digits.

Everything that enters as JSON text is read here: the bodies of requests, the answers of providers, files. The limits
hold before anything is built: the parser stops at the first bracket, or digit, that is one too many.
"""

from typing import Any, Final, cast

from pydantic_core import from_json

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.status import StatusName


# Pydantic reads 201 levels and writes 255. A value from outside travels on inside a message, a request, a snapshot and
# a span, which add some twenty levels, and must still be readable there. Structured output of the large providers
# allows ten levels, protocol buffers a hundred.
MAX_JSON_DEPTH: Final = 128

# More digits than these cannot be written out again: `sys.int_info.default_max_str_digits`. The parser has the same.
MAX_JSON_DIGITS: Final = 4300

_PARSER_DEPTH: Final = 201
_SHOWN: Final = 200


def read_json(
    text: str | bytes,
    what: str = 'The text',
    *,
    status: StatusName | str = StatusName.INVALID_ARGUMENT,
    reason: ErrorReason | None = None,
    max_depth: int = MAX_JSON_DEPTH,
    allow_inf_nan: bool = False,
) -> Any:
    """Return the value of a complete JSON text.

    Args:
        text: The JSON; bytes are UTF-8.
        what: Whose text it is, for the message, such as ``The body``.
        status: Of the error.
        reason: For the error's details.
        max_depth: How deep objects and arrays may be nested, at most 201.
        allow_inf_nan: Whether to accept ``NaN`` and ``Infinity``, which JSON does not have.

    Raises:
        GenkitError: The text is not JSON, is nested too deeply, or holds an integer of more than 4300 digits.
    """
    brackets = text.count('[') + text.count('{') if isinstance(text, str) else text.count(b'[') + text.count(b'{')
    try:
        if brackets <= max_depth:
            return from_json(text, allow_inf_nan=allow_inf_nan)
        return _within(text, max_depth, allow_inf_nan=allow_inf_nan)
    except ValueError as error:
        raise _refused(text, what, status, reason, max_depth, error) from error


def check_depth(value: Any, what: str = 'The value', *, max_depth: int = MAX_JSON_DEPTH) -> None:
    """Raise unless JSON-compatible data, read by others, is within the limit of depth. A value in itself is too deep.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    level: list[Any] = [value]
    for _ in range(max_depth):
        level = [item for container in level for item in _items(container) if isinstance(item, dict | list)]
        if not level:
            return
        # What is held at several places is looked at once: a level is never larger than the value itself.
        level = list({id(item): item for item in level}.values())
    raise _too_deep(what, StatusName.INVALID_ARGUMENT, None, max_depth)


def _within(text: str | bytes, max_depth: int, *, allow_inf_nan: bool) -> Any:
    """Read a text inside as many brackets as leave it `max_depth` of the parser's levels.

    A text that closes one of the brackets has to open another, which makes that array longer than one.
    """
    around = max(0, _PARSER_DEPTH - max_depth)
    if isinstance(text, str):
        wrapped: str | bytes = '[' * around + text + ']' * around
    else:
        wrapped = b'[' * around + text + b']' * around
    value = from_json(wrapped, allow_inf_nan=allow_inf_nan)
    for _ in range(around):
        items = cast('list[Any]', value)
        if len(items) != 1:
            raise ValueError('trailing characters')
        value = items[0]
    return value


def _refused(
    text: str | bytes,
    what: str,
    status: StatusName | str,
    reason: ErrorReason | None,
    max_depth: int,
    error: ValueError,
) -> GenkitError:
    """Return the error for a text, with the place as it stands in the text."""
    try:
        from_json(text)
    except ValueError as plain:
        if 'recursion limit' not in str(plain):
            return GenkitError(f'{what} is not JSON: {str(plain)[:_SHOWN]}.', status=status, reason=reason)
        return _too_deep(what, status, reason, max_depth)
    if 'recursion limit' in str(error):
        return _too_deep(what, status, reason, max_depth)
    return GenkitError(f'{what} is not JSON: {str(error)[:_SHOWN]}.', status=status, reason=reason)


def _too_deep(what: str, status: StatusName | str, reason: ErrorReason | None, max_depth: int) -> GenkitError:
    return GenkitError(
        f'{what} is nested more than {max_depth} levels deep; send flatter data.', status=status, reason=reason
    )


def _items(container: Any) -> Any:
    if isinstance(container, dict):
        return cast('dict[Any, Any]', container).values()
    return cast('list[Any]', container) if isinstance(container, list) else ()
