# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The page of the guide that lists every public name: what it is, and which page shows it."""

import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, Final, cast


PACKAGES: Final = (
    ('genkit', 'for applications'),
    ('genkit.types', 'messages, documents, requests and responses: what travels'),
    ('genkit.agent', 'agents, sessions and their stores'),
    ('genkit.middleware', 'what wraps calls'),
    ('genkit.web', 'serving'),
    ('genkit.client', 'calling what is served'),
    ('genkit.testing', 'tests of applications and plugins'),
    ('genkit.plugin', 'for authors of plugins'),
)
_HEAD: Final = """# Public names

Every name that may be imported, by package, with the page of this guide that shows it. A name marked *advanced* is
shown on none: its docstring says how it is used (`help(name)`). Names that are not listed here may change at any time.

<!-- Made by bin/fix from the packages themselves. -->
"""
_WORD: Final = re.compile(r'\w+')
_SENTENCE: Final = re.compile(r'(.+?[.:])(?:\s|$)', re.DOTALL)  # or what stands before a list
_LINK: Final = re.compile(r'\]\(([\w/.-]+\.md)\)')
_ADVANCED: Final = '*advanced*'
_PAGE: Final = 'docs/guide/names.md'
_INDEX: Final = 'docs/README.md'


def stale_names(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield the page with the text that it should have, unless it has it, or there is no guide."""
    path = root / _PAGE
    if not (root / _INDEX).exists():
        return
    wanted = names_page(shown_in(root))
    if not path.exists() or path.read_text('utf-8') != wanted:
        yield path, wanted


def shown_in(root: Path) -> dict[str, str]:
    """Return the first page that a name stands on, as a link, for all words of the guide, in the order of its index."""
    found: dict[str, str] = {}
    for target in _LINK.findall((root / _INDEX).read_text('utf-8')):
        path = root / 'docs' / target
        if path == root / _PAGE or path.parent.name == 'architecture':
            continue
        text = path.read_text('utf-8')
        title = text.partition('\n')[0].removeprefix('# ')
        link = f'[{title}]({path.name})' if path.parent.name == 'guide' else f'[{title}](../{path.name})'
        for word in _WORD.findall(text):
            found.setdefault(word, link)
    return found


def names_page(pages: Mapping[str, str]) -> str:
    """Return the page.

    Args:
        pages: Links to pages, by the names that stand on them.
    """
    parts = [_HEAD]
    for package, purpose in PACKAGES:
        module = importlib.import_module(package)
        rows = [f'| `{name}` | {described(module, name)} | {pages.get(name, _ADVANCED)} |' for name in module.__all__]
        parts.append(
            f'\n## `{package}`\n\n{purpose[0].upper()}{purpose[1:]}.\n\n| name | is | shown in |\n|---|---|---|\n'
        )
        parts.append('\n'.join(rows) + '\n')
    return ''.join(parts)


def described(module: ModuleType, name: str) -> str:
    """Return the first sentence of a name's docstring; of what has none, of which type it is."""
    value: Any = getattr(module, name)
    if not (inspect.isclass(value) or inspect.isroutine(value)):
        kind = cast('type[Any]', type(value))
        is_value = kind.__module__.split('.')[0] in {'builtins', 'genkit'}
        return f'`{kind.__name__}`' if is_value else 'an alias of a type'
    text = inspect.getdoc(value) or ''
    sentence = _SENTENCE.match(text)
    first = ' '.join((sentence[1] if sentence else text.partition('\n\n')[0]).split())
    return first.replace('``', '`').replace('|', '\\|').removesuffix(':')
