# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps credentials out of whatever is recorded."""

import json
import re
from typing import Any, Final, cast


REDACTED: Final = '<redacted>'

_NAMES: Final = (
    r'(?:x[-_])?api[-_]?key|authorization|proxy[-_]authorization|password|passwd|passphrase|'
    r'(?:client|access|refresh|id|auth|bearer|session)?[-_]?(?:secret|token)(?:[-_]?key)?|'
    r'(?:private|secret|access)[-_]?key|credentials?|cookie|set[-_]cookie'
)
_NAME: Final = re.compile(_NAMES, re.IGNORECASE)
_MEMBER: Final = re.compile(rf'"(?:{_NAMES})"\s*:', re.IGNORECASE)
# Every name ends in one of these. Looking for plain words first is ten times as fast as the pattern.
_WORDS: Final = ('key', 'authorization', 'password', 'passwd', 'passphrase', 'secret', 'token', 'cookie', 'credential')
_ENDINGS: Final = (*(f'{word}"' for word in _WORDS), 'credentials"')


def redact_json(text: str) -> str:
    """Return JSON text with the values of members that are named like credentials replaced."""
    lowered = text.lower()
    if not any(ending in lowered for ending in _ENDINGS) or _MEMBER.search(text) is None:
        return text
    return json.dumps(redact(json.loads(text)), ensure_ascii=False, separators=(',', ':'))


def redact(value: Any) -> Any:
    """Return JSON-compatible data with the values of members that are named like credentials replaced."""
    if isinstance(value, dict):
        members = cast('dict[Any, Any]', value)
        return {name: REDACTED if _hides(name, member) else redact(member) for name, member in members.items()}
    if isinstance(value, list):
        return [redact(item) for item in cast('list[Any]', value)]
    return value


def is_secret(name: str) -> bool:
    """Return whether a member of this name holds a credential."""
    return _NAME.fullmatch(name) is not None


def _hides(name: Any, member: Any) -> bool:
    return isinstance(name, str) and is_secret(name) and member not in (None, '')
