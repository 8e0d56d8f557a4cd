# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What plugins, samples and tools may import: the doors of core, and never another plugin's rooms."""

import re
from collections.abc import Iterator
from pathlib import Path

from .finding import Finding
from .syntax import Import, imports
from .tree import files, members, place, project_table


FOR_PLUGINS = frozenset({'genkit', 'genkit.types', 'genkit.plugin', 'genkit.middleware'})
FOR_APPLICATIONS = FOR_PLUGINS | {'genkit.agent', 'genkit.web', 'genkit.client'}
FOR_TESTS = frozenset({'genkit.testing'})
# A wire that a plugin brings is made of what those of core are made of.
FOR_WIRES = FOR_TESTS | {'genkit.testing.wires'}
# A plugin keeps the sessions of agents in one file, which sees the protocol of such stores.
FOR_SESSIONS = frozenset({'genkit.agent'})

# Plugins that others may build upon, one at most: two wires of models, and the tables of managed PostgreSQL databases.
# Programs for earlier releases, which import what they did then.
OLDER_PROGRAMS = 'tests/older_test.py'

WIRES = ('genkit_anthropic', 'genkit_compat_oai', 'genkit_postgresql')
# Places where models of several vendors are served, each in its own protocol: they build upon the vendors' plugins.
GARDENS = {
    'firebase': ('genkit_google_cloud',),  # whose telemetry goes to the project behind the platform
    'microsoft-foundry': ('genkit_anthropic', 'genkit_compat_oai'),
    'vertex-ai': ('genkit_anthropic', 'genkit_compat_oai', 'genkit_mistral'),
}

# A plugin that depends on one of these serves applications, and sees what applications see.
WEB_FRAMEWORKS = frozenset({'django', 'fastapi', 'flask', 'litestar', 'quart', 'starlette'})

# Platforms that applications run on: their plugins say who calls a flow, and serve it.
PLATFORMS = frozenset({'firebase'})

# Protocols of other frameworks' clients: their plugins serve agents.
AGENT_PROTOCOLS = frozenset({'ag-ui', 'ai-sdk'})
# Plugins that run an application's functions, keep the runs in its stores and are served as its flows.
RUNNERS = frozenset({'graph'})

SDK_FREE_TOOLS = ('releasekit',)


def check(root: Path) -> list[Finding]:
    findings: list[Finding] = []
    for folder in members(root, 'plugins/*'):
        findings += _through_doors(root, folder, FOR_APPLICATIONS if _serves_applications(folder) else FOR_PLUGINS)
        findings += _other_plugins(root, folder)
    for folder in members(root, 'samples/*'):
        findings += _through_doors(root, folder, FOR_APPLICATIONS)
    for name in SDK_FREE_TOOLS:
        findings += _sdk_imports(root, root / 'tools' / name)
    return findings


def import_name(folder: Path) -> str:
    return f'genkit_{folder.name.replace("-", "_")}'


def requirements(folder: Path) -> set[str]:
    """Names the distributions that a package depends on, without versions, extras and markers."""
    declared = project_table(folder).get('dependencies', [])
    return {re.split(r'[^\w.-]', requirement.strip(), maxsplit=1)[0].lower() for requirement in declared}


def _serves_applications(folder: Path) -> bool:
    serves = PLATFORMS | AGENT_PROTOCOLS | RUNNERS
    return folder.name in serves or not WEB_FRAMEWORKS.isdisjoint(requirements(folder))


def _through_doors(root: Path, folder: Path, doors: frozenset[str]) -> Iterator[Finding]:
    for where, item, is_test in _imports_of(root, folder):
        door = _door_of(item)
        allowed = doors | (FOR_TESTS if is_test else set()) | (FOR_SESSIONS if '/sessions' in where else set())
        if re.search(r'/src/\w+/testing[./]', where):
            allowed = allowed | FOR_WIRES
        if door and door not in allowed:
            yield Finding(where, f'imports `{door}`', f'use one of the doors {", ".join(sorted(allowed))}')


def _other_plugins(root: Path, folder: Path) -> Iterator[Finding]:
    wires: set[str] = set()
    for where, item, is_test in _imports_of(root, folder):
        package = item.module.partition('.')[0]
        if not package.startswith('genkit_') or package == import_name(folder):
            continue
        garden = GARDENS.get(folder.name, ())
        if package not in (*WIRES, *garden):
            yield Finding(where, f'imports the plugin `{package}`', 'share it through genkit.plugin, or leave it apart')
        elif '._' in item.target:
            yield Finding(where, f'imports `{item.target}`', f'use what `{package}` exports')
        elif not is_test and package not in garden:
            wires.add(package)
    if len(wires) > 1:
        yield Finding(place(root, folder), f'builds on {" and ".join(sorted(wires))}', 'a plugin speaks one wire')


def _sdk_imports(root: Path, folder: Path) -> Iterator[Finding]:
    for where, item, _ in _imports_of(root, folder):
        package = item.module.partition('.')[0]
        if package == 'genkit' or package.startswith('genkit_'):
            yield Finding(
                where, f'imports `{package}`', f'{folder.name} works on any workspace; keep the SDK out of it'
            )


def _imports_of(root: Path, folder: Path) -> Iterator[tuple[str, Import, bool]]:
    for path in files(root, f'{place(root, folder)}/**/*.py'):
        inside = place(folder, path)
        if inside == OLDER_PROGRAMS:
            continue
        # `testing` of a plugin is its provider as a fake server: it is imported by tests alone.
        is_test = {'tests', 'testing', 'testing.py'} & {*path.relative_to(folder).parts} or inside.endswith('_test.py')
        home = folder / 'src' if inside.startswith('src/') else folder
        for item in imports(path, home):
            yield f'{place(root, path)}:{item.line}', item, bool(is_test)


def _door_of(item: Import) -> str | None:
    """Names what an import of core goes through: `from genkit import types` and `import genkit.types` are the same."""
    if item.module.partition('.')[0] != 'genkit':
        return None
    named = f'genkit.{item.name}'
    is_door = named in FOR_APPLICATIONS | FOR_TESTS or (item.name or '').startswith('_')
    return named if item.module == 'genkit' and is_door else item.module
