# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads media types, which servers and clients write and which go on into data URLs and headers."""

import re
from collections.abc import Collection
from typing import Final

from genkit._base.errors import ErrorReason, GenkitError


# The names that RFC 6838, section 4.2, allows, and parameters whose values need no quotes.
_NAME: Final = r'[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}'
_TYPE: Final = re.compile(rf'({_NAME}/{_NAME})((?:[ \t]*;[ \t]*{_NAME}=[A-Za-z0-9!#$&^_.+-]{{1,128}})*)[ \t]*')
_SHOWN: Final = 80


def check_media_type(text: str, what: str = 'The content type') -> str:
    """Return a media type as it may stand in a data URL.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_PART``: it is not a media type.
    """
    if _TYPE.fullmatch(text) is None:
        raise _malformed(text, what)
    return text


def essence(text: str, what: str = 'The content type') -> str:
    """Return the type and subtype of a ``Content-Type`` header in lower case, empty if there is no header.

    Raises:
        GenkitError: As `check_media_type`; parameters are not looked at.
    """
    name = text.partition(';')[0].strip().lower()
    if name and _TYPE.fullmatch(name) is None:
        raise _malformed(name, what)
    return name


def is_accepted(name: str, accepted: Collection[str]) -> bool:
    """Return whether a type in lower case is one of some types or, such as ``image/``, families of types."""
    return any(name.startswith(kind) if kind.endswith('/') else name == kind for kind in map(str.lower, accepted))


def _malformed(text: str, what: str) -> GenkitError:
    return GenkitError(
        f'{what} is {text[:_SHOWN]!r}; expected a type such as image/png.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_PART,
    )
