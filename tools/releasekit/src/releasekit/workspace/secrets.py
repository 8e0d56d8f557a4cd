# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What keys and tokens look like, in sources and in built files."""

import re
from collections.abc import Iterator


_SECRETS = {
    'AWS access key': ('AKIA', r'\bAKIA[0-9A-Z]{16}\b'),
    'Google API key': ('AIza', r'\bAIza[0-9A-Za-z_-]{35}\b'),
    'GitHub token': ('gh', r'\b(?:gh[opsur]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{60,})\b'),
    'OpenAI or Anthropic key': ('sk-', r'\bsk-(?:(?:proj|ant|svcacct)-[0-9A-Za-z_-]{24,}|[0-9A-Za-z]{40,})'),
    'Groq key': ('gsk_', r'\bgsk_[0-9A-Za-z]{48,}\b'),
    'Hugging Face token': ('hf_', r'\bhf_[0-9A-Za-z]{34,}\b'),
    'PyPI token': ('pypi-', r'\bpypi-AgE[0-9A-Za-z_-]{50,}'),
    'Slack token': ('xox', r'\bxox[abprs]-[0-9A-Za-z-]{20,}'),
    'private key': ('PRIVATE KEY', r'-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*(?:\\n)?\s*[0-9A-Za-z+/]{40,}'),
}
_PATTERNS = {name: (mark, re.compile(pattern)) for name, (mark, pattern) in _SECRETS.items()}


def find_secrets(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield what looks like a key or a token, with what it seems to be; the mark of each is looked for first."""
    for name, (mark, pattern) in _PATTERNS.items():
        if mark in text:
            for match in pattern.finditer(text):
                yield name, match
