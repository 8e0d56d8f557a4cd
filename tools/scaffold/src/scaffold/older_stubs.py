# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Stubs of older import paths, made from the table of `genkit._aliases`, which type checkers do not read.

They are a partial stub package beside `genkit`: where it has nothing, a type checker reads the package itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Final


HOME: Final = 'core/src/genkit-stubs'
# Those that earlier releases had; others were never found under `genkit.plugins`.
PLUGINS: Final = (
    'amazon_bedrock',
    'anthropic',
    'cloudflare_workers_ai',
    'cohere',
    'compat_oai',
    'deepseek',
    'dev_local_vectorstore',
    'evaluators',
    'fastapi',
    'flask',
    'google_genai',
    'huggingface',
    'microsoft_foundry',
    'mistral',
    'ollama',
    'vertex_ai',
    'xai',
)

_HEAD: Final = (
    '# Copyright 2026 The Genkit for Python authors\n'
    '# SPDX-License-Identifier: Apache-2.0\n'
    '# Made by bin/fix from the table of older import paths.\n'
    '# pyright: reportGeneralTypeIssues=false\n'  # what is Final may come from two places
)
# What all modules have in common: what the public packages have, and names that are called otherwise today.
_EVERYWHERE: Final = 'genkit._everywhere'


def stale_stubs(root: Path) -> Iterator[tuple[Path, str | None]]:
    """Yield each stub that is not what the table says, with the text that it should have; None if it should not be."""
    if not (root / 'core/src/genkit').is_dir():
        return
    home = root / HOME
    wanted = {home / path: text for path, text in stubs().items()}
    for path, text in wanted.items():
        if not path.is_file() or path.read_text('utf-8') != text:
            yield path, text
    for path in sorted(home.rglob('*.pyi')):
        if path not in wanted:
            yield path, None


def stubs() -> dict[str, str]:
    """Return the files of the stub package, by path."""
    aliases = import_module('genkit._aliases')
    older = {module: homes for module, homes in aliases.MODULES.items() if module.startswith('genkit.')}
    modules = {module: _stars([_EVERYWHERE, *reversed(homes)]) for module, homes in older.items()}
    everywhere = _stars(reversed(aliases.DOORS)) + _renamed(aliases.RENAMED)
    modules |= {_EVERYWHERE: everywhere, 'genkit.plugins': ''}
    for name in PLUGINS:
        modules |= _plugin(name)
    return {'py.typed': 'partial\n', **{_path(module): f'{_HEAD}{text}' for module, text in modules.items()}}


def _plugin(name: str) -> dict[str, str]:
    package, old = f'genkit_{name}', f'genkit.plugins.{name}'
    if '_older' not in {path.stem for path in Path(str(import_module(package).__file__)).parent.iterdir()}:
        return {old: _stars([package])}
    text = _stars([package, f'{package}._older'])
    return {old: text, **{f'{old}.{module}': text for module in import_module(f'{package}._older').OLDER_MODULES}}


def _stars(homes: Iterable[str]) -> str:
    return ''.join(f'from {home} import *\n' for home in homes)


def _renamed(renamed: Mapping[str, tuple[str, str]]) -> str:
    lines = [f'from {home} import {current} as _{name}' for name, (home, current) in sorted(renamed.items())]
    return '\n'.join([*lines, '', *(f'{name} = _{name}' for name in sorted(renamed)), ''])


def _path(module: str) -> str:
    """Return where the stub of a module is: a folder each, as type checkers then look for no source beside it."""
    return f'{module.removeprefix("genkit.").replace(".", "/")}/__init__.pyi'
