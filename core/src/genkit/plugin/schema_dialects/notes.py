# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a schema loses, said in its description."""

from collections.abc import Collection
from typing import Any, Final

from pydantic_core import to_json

from genkit.plugin.schema_dialects.dialect import Schema


# Words that say nothing of the values, so that nothing is lost with them.
SILENT: Final = frozenset(
    {'$schema', '$id', '$anchor', '$comment', 'discriminator', 'deprecated', 'readOnly', 'writeOnly'}
)


def told(node: Schema, lost: Collection[str]) -> Schema:
    """Return a node without some words, and with a description that says what they said."""
    kept = {key: value for key, value in node.items() if key not in lost}
    return noted(kept, {word: node[word] for word in lost if word not in SILENT})


def noted(node: Schema, words: Schema) -> Schema:
    """Return a node whose description says, once, what some words of a schema say."""
    if not words:
        return node
    text = f'{{{", ".join(f"{word}: {_shown(value)}" for word, value in words.items())}}}'
    before = node.get('description')
    if not before:
        return {**node, 'description': text}
    return node if text in str(before) else {**node, 'description': f'{before}\n\n{text}'}


def _shown(value: Any) -> str:
    return to_json(value).decode() if isinstance(value, dict | list) else str(value)
