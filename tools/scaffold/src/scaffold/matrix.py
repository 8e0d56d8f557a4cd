# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The table of what the models of all plugins can do, made from what the plugins say of themselves."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from scaffold.tables import COLUMNS, model_plugins, with_table


_PAGE: Final = 'docs/guide/models.md'
_CHAT: Final = 'chat'


def stale_matrix(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield the page with the text that it should have, unless it has it, or there is no such page."""
    path = root / _PAGE
    if not path.exists():
        return
    text = path.read_text('utf-8')
    wanted = with_table(text, matrix(plugin for plugins in model_plugins(root).values() for plugin in plugins))
    if wanted != text:
        yield path, wanted


def matrix(plugins: Iterable[Any]) -> str:
    """Return a row for each task and each capability of chat models, and a column for each plugin, as Markdown.

    Args:
        plugins: Classes with a ``name`` and with ``models``, a `genkit.plugin.ModelTable`.
    """
    ordered = sorted(plugins, key=lambda plugin: plugin.name)
    chats = [[entry for entry in plugin.models if entry.task == _CHAT] for plugin in ordered]
    rows = [['', *(f'`{plugin.name}/…`' for plugin in ordered)], ['---'] * (len(ordered) + 1)]
    for task in sorted({str(entry.task) for plugin in ordered for entry in plugin.models}, key=_chat_first):
        counts = [sum(entry.task == task for entry in plugin.models) for plugin in ordered]
        rows.append([f'models for {task}', *(str(count or '') for count in counts)])
    for name, has in _capabilities(chats):
        rows.append([name, *(_share(entries, has) for entries in chats)])
    return ''.join(f'| {" | ".join(row)} |\n' for row in rows)


def _capabilities(chats: Sequence[Sequence[Any]]) -> Iterator[tuple[str, Callable[[Any], bool]]]:
    for attribute, head in COLUMNS:
        yield head, lambda entry, attribute=attribute: bool(getattr(entry.supports, attribute))
    yield 'structured output', lambda entry: (entry.supports.constrained or 'none') != 'none'
    for extra in sorted({str(extra) for entries in chats for entry in entries for extra in entry.extras}):
        yield extra, lambda entry, extra=extra: extra in entry.extras


def _share(entries: Sequence[Any], has: Callable[[Any], bool]) -> str:
    """Return how many models have a capability."""
    count = sum(map(has, entries))
    return '' if count == 0 else 'all' if count == len(entries) else f'{count} of {len(entries)}'


def _chat_first(task: str) -> tuple[bool, str]:
    return task != _CHAT, task
