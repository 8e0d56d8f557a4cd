# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The tables of models in the READMEs of plugins, made from what the plugins say of themselves."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final


START: Final = '<!-- Made by bin/fix from the plugin itself. -->'
END: Final = '<!-- End of the table. -->'
_HEADING: Final = '## Capabilities'
_MARKED: Final = re.compile(rf'{re.escape(START)}.*?{re.escape(END)}', re.DOTALL)
COLUMNS: Final = (('media', 'media'), ('tools', 'tools'), ('tool_choice', 'tool choice'), ('system_role', 'system'))
_STRUCTURED: Final = {'all': 'yes', 'no-tools': 'without tools', 'none': ''}


def stale_readmes(root: Path) -> Iterator[tuple[Path, str]]:
    """Yield each README whose table is not what the plugin says, with the text that it should have."""
    for folder, plugins in sorted(model_plugins(root).items()):
        path = folder / 'README.md'
        text = path.read_text('utf-8')
        wanted = with_table(text, table(plugins))
        if wanted != text:
            yield path, wanted


def with_table(text: str, made: str) -> str:
    """Return a README with its table replaced, or added at its end."""
    marked = f'{START}\n{made}{END}'
    if _MARKED.search(text):
        return _MARKED.sub(lambda _: marked, text)
    return f'{text.rstrip()}\n\n{_HEADING}\n\n{marked}\n'


def table(plugins: Iterable[Any]) -> str:
    """Return the models of some plugins as Markdown.

    Args:
        plugins: Classes with a ``name`` and with ``models``, a `genkit.plugin.ModelTable`.
    """
    heads = ['model', 'for', *(head for _, head in COLUMNS), 'structured output', 'also']
    rows = [heads, ['---'] * len(heads), *(_row(plugin.name, entry) for plugin in plugins for entry in plugin.models)]
    return ''.join(f'| {" | ".join(row)} |\n' for row in rows)


def _row(plugin: str, entry: Any) -> list[str]:
    can = entry.supports
    flags = ['yes' if getattr(can, name) else '' for name, _ in COLUMNS]
    structured = _STRUCTURED[str(can.constrained or 'none')]
    dimensions = [f'{entry.dimensions} dimensions'] if entry.dimensions else []
    more = ', '.join([*dimensions, *sorted(entry.extras)])
    return [f'`{plugin}/{entry.name}`', str(entry.task), *flags, structured, more]


def model_plugins(root: Path) -> dict[Path, list[Any]]:
    """Return the plugins of a workspace whose models are known without asking anybody, by their folder."""
    found: dict[Path, list[Any]] = defaultdict(list)
    for point in sorted(entry_points(group='genkit.plugins'), key=lambda point: point.name):
        folder = root / 'plugins' / (point.dist.name if point.dist else '').removeprefix('genkit-plugin-')
        plugin = point.load() if folder.is_dir() else None
        if getattr(plugin, 'models', None) is not None:
            found[folder].append(plugin)
    return found
