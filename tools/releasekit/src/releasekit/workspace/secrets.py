# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What keys and tokens look like, in sources and in built files."""

import re
from collections.abc import Iterator


# A pattern begins with letters that can be searched for fast; the character before them is looked at afterwards.
# What each begins with or holds, and what it is; the group is what makes it secret.
_SECRETS = {
    'AWS access key': ((b'AKIA',), rb'AKIA(?<!\wAKIA)([0-9A-Z]{16})\b'),
    'Google API key': ((b'AIza',), rb'AIza(?<!\wAIza)([0-9A-Za-z_-]{35})\b'),
    'GitHub token': (
        (b'ghp_', b'gho_', b'ghs_', b'ghu_', b'ghr_', b'github_pat_'),
        rb'g(?<!\wg)(?:h[opsur]_|ithub_pat_(?=[0-9A-Za-z_]{60}))([0-9A-Za-z_]{36,})\b',
    ),
    'OpenAI or Anthropic key': (
        (b'sk-',),
        rb'sk-(?<!\wsk-)(?:(?:proj|ant|svcacct)-(?:[a-z]+[0-9]{2}-)?([0-9A-Za-z_-]{24,})|([0-9A-Za-z]{40,}))',
    ),
    'Groq key': ((b'gsk_',), rb'gsk_(?<!\wgsk_)([0-9A-Za-z]{48,})\b'),
    'Hugging Face token': ((b'hf_',), rb'hf_(?<!\whf_)([0-9A-Za-z]{34,})\b'),
    'PyPI token': ((b'pypi-AgE',), rb'pypi-AgE(?<!\wpypi-AgE)([0-9A-Za-z_-]{50,})'),
    'Slack token': ((b'xox',), rb'xox(?<!\wxox)[abprs]-([0-9A-Za-z-]{20,})'),
    'private key': (
        (b'PRIVATE KEY',),
        rb'-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*(?:\\n)?\s*([0-9A-Za-z+/]{40,})',
    ),
}
_PATTERNS = {name: (marks, re.compile(pattern)) for name, (marks, pattern) in _SECRETS.items()}
_FEW = 4  # different characters: nobody drew those at random


def find_secrets(content: bytes) -> Iterator[tuple[str, re.Match[bytes]]]:
    """Yield what looks like a key or a token, with what it seems to be.

    The marks are looked for first, which is fast. What documentation shows in place of a key is none: vendors' examples
    say so in the value, and others repeat few characters.
    """
    for name, (marks, pattern) in _PATTERNS.items():
        if any(mark in content for mark in marks):
            for match in pattern.finditer(content):
                body = match[match.lastindex or 0]
                if b'EXAMPLE' not in body.upper() and len(set(body)) > _FEW:
                    yield name, match
