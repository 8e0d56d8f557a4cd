# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Keeps credentials out of whatever is recorded."""

import functools
import json
import re
from typing import Any, Final, cast


REDACTED: Final = '<redacted>'

# A name is that of a credential by its last words: `openai_api_key`, `X-Auth-Token`, `clientSecret`.
_WORDS: Final = frozenset(
    {'authorization', 'bearer', 'cookie', 'cookies', 'credential', 'credentials', 'jwt', 'passphrase', 'passwd'}
    | {'password', 'passwords', 'pwd', 'secret', 'secrets', 'apikey', 'apikeys'}
)
_TOKENS: Final = frozenset({'token', 'tokens'})
_KEYS: Final = frozenset({'key', 'keys'})
_OF_KEYS: Final = frozenset({'access', 'api', 'auth', 'encryption', 'private', 'secret', 'service', 'signing', 'ssh'})
_OF_HARMLESS_TOKENS: Final = frozenset(
    {'bos', 'cached', 'chunk', 'continuation', 'eos', 'input', 'max', 'next', 'output', 'pad', 'page', 'prompt'}
    | {'completion', 'reasoning', 'reserved', 'special', 'stop', 'sync', 'thoughts', 'total', 'unk'}
)
_MEMBER: Final = re.compile(r'"([^"\\\s]{1,80})"\s*:')
_WORD: Final = re.compile(r'[A-Z]+(?![a-z])|[A-Z]?[a-z]+')


def redact_json(text: str) -> str:
    """Return JSON text with the values of members that are named like credentials replaced.

    JSON within a text of the JSON is looked at as well.
    """
    if not _may_hold_secrets(text.lower()):
        return text
    if not any(is_secret(name) for name in _MEMBER.findall(text.replace('\\"', '"'))):
        return text
    return json.dumps(redact(json.loads(text)), ensure_ascii=False, separators=(',', ':'))


def _may_hold_secrets(text: str) -> bool:
    """Return whether a text in lower case holds a word that names of credentials end with.

    Spelled out, because this runs over everything that is recorded, and a chain of plain searches is the fastest way;
    a letter is found much sooner than a word, and schemas have no k, w and z as a rule.
    """
    return (
        ('k' in text and ('key' in text or 'token' in text or 'cookie' in text))
        or ('w' in text and ('pwd' in text or 'jwt' in text))
        or ('z' in text and 'authorization' in text)
        or 'secret' in text
        or 'pass' in text
        or 'bearer' in text
        or 'credential' in text
    )


def redact(value: Any) -> Any:
    """Return JSON-compatible data with the values of members that are named like credentials replaced."""
    if isinstance(value, dict):
        members = cast('dict[Any, Any]', value)
        return {name: REDACTED if _hides(name, member) else redact(member) for name, member in members.items()}
    if isinstance(value, list):
        return [redact(item) for item in cast('list[Any]', value)]
    return _redact_text(value) if isinstance(value, str) and value[:1] in ('{', '[') else value


@functools.lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Return whether a member of this name holds a credential."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words:
        return False
    last, before = words[-1], words[-2] if len(words) > 1 else ''
    if last in _KEYS:
        return before in _OF_KEYS
    if last in _TOKENS:
        return before not in _OF_HARMLESS_TOKENS and words[0] not in _OF_HARMLESS_TOKENS
    return last in _WORDS


def _hides(name: Any, member: Any) -> bool:
    """Return whether a value is to be replaced; numbers and truth values are never credentials."""
    return (
        isinstance(name, str) and is_secret(name) and member not in (None, '') and not isinstance(member, int | float)
    )


def _redact_text(text: str) -> str:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return text
    cleaned = redact(parsed)
    return text if cleaned == parsed else json.dumps(cleaned, ensure_ascii=False)
