# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Marks in rendered text that become roles, history, media and sections, and the helpers that write them.

The format's own marks, ``<<<dotprompt:role:x>>>``, could be written into a value by its author. Ours hold a number
that is random in every process and never shown: only a helper makes one, and those of the format stay plain text.
"""

import re
import secrets
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from genkit._base.suggest import did_you_mean
from genkit._prompt.dotprompt.handlebars.function import Helper, HelperMisuseError, HelperOptions
from genkit._prompt.dotprompt.handlebars.values import to_json_text, to_text
from genkit.types import Role


# Digits only, so that a helper that changes the case of its inside leaves marks whole.
_SECRET: Final = str(secrets.randbelow(10**24)).zfill(24)
_MARK: Final = re.compile(rf'\x00{_SECRET}([^\x00]*)\x00')


class Mark(NamedTuple):
    """What a helper has written: ``role``, ``history``, ``media`` or ``section``, with its values."""

    kind: str
    values: tuple[str, ...]


def marked(kind: str, *values: str) -> str:
    """Return the text of a mark."""
    inside = '\1'.join([kind, *(value.replace('\0', '').replace('\1', '') for value in values)])
    return f'\x00{_SECRET}{inside}\x00'


def split_marks(text: str) -> Iterator[str | Mark]:
    """Return the texts and marks of rendered text, in order."""
    for number, piece in enumerate(_MARK.split(text)):
        if number % 2:
            kind, *values = piece.split('\1')
            yield Mark(kind, tuple(values))
        elif piece:
            yield piece


def _role(name: Any) -> str:
    text = to_text(name)
    if text not in set(Role):
        known = [role.value for role in Role]
        raise HelperMisuseError(f'{text!r} is no role.{did_you_mean(text, known)} There are: {", ".join(known)}.')
    return marked('role', text)


def _history() -> str:
    return marked('history')


def _media(*, url: Any = None, contentType: Any = None) -> str:  # noqa: N803  (the template's spelling)
    if not url:
        raise HelperMisuseError(
            'it needs an address, url=photo; put it in {{#if photo}} … {{/if}} if it may be absent.'
        )
    return marked('media', to_text(url), to_text(contentType))


def _section(name: Any) -> str:
    return marked('section', to_text(name))


def _json(value: Any, *, indent: Any = None) -> str:
    return to_json_text(value, indent or None)


def _if_equals(left: Any, right: Any, *, options: HelperOptions) -> Any:
    return _choose(options, condition=_equal(left, right))


def _unless_equals(left: Any, right: Any, *, options: HelperOptions) -> Any:
    return _choose(options, condition=not _equal(left, right))


def _choose(options: HelperOptions, *, condition: bool) -> Any:
    """Render one of the two parts of a block; as a subexpression return the answer itself."""
    if not options.is_block:
        return condition
    return options.fn() if condition else options.inverse()


def _equal(left: Any, right: Any) -> bool:
    """Compare as JSON does: one and true differ, and so do five and "5"; five and 5.0 are equal."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


DOTPROMPT_HELPERS: Final = {
    name: Helper(name, function, least=least)
    for name, function, least in (
        ('history', _history, 0),
        ('ifEquals', _if_equals, 2),
        ('json', _json, 1),
        ('media', _media, 1),
        ('role', _role, 1),
        ('section', _section, 1),
        ('unlessEquals', _unless_equals, 2),
    )
}
