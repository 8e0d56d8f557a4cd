# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a package imports it declares, and where it relies on private members, it bounds the version from above.

Which distribution brings a module is read from what is installed and from the packages of the workspace.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from .finding import Finding
from .syntax import Import, imports
from .tree import files, members, place, project_table


# Distributions that must be bounded from above where they are required, each with what a major version may break.
BOUNDED = {
    'anthropic': 'its majors follow the service',
    'botocore': 'its serializer, signer and decoder of streams are called by themselves',
    'django': 'the body of a request is read from a private member',
    'google-cloud-firestore': 'its clients are closed through a private member',
    'google-genai': 'its majors follow the service',
    'httpx': 'it has not had its first major version',
    'httpx2': 'it goes with google-genai',
    'jsonschema': 'resolvers are handed on through a private member',
    'openai': 'its majors follow the service',
    'opentelemetry-api': 'the tracer provider is looked at without making one',
    'opentelemetry-sdk': 'spans are copied from a prototype',
    'pydantic': 'models are copied through the slots of their members',
    'uvicorn': 'one of its protocols is derived from',
}

Providers = Mapping[str, Iterable[str]]


def check(root: Path, installed: Providers | None = None) -> list[Finding]:
    """Compares the imports of every package's sources with its manifest.

    `installed` names the distributions that bring a top-level module; by default, those that are installed.
    """
    providers = {**(packages_distributions() if installed is None else installed), **_of_the_workspace(root)}
    findings: list[Finding] = []
    for folder in members(root):
        if (folder / 'src').is_dir():
            findings += _undeclared(root, folder, providers)
        findings += _unbounded(root, folder)
    return findings


def requirements(folder: Path) -> list[Requirement]:
    """Reads what users install with a package: its dependencies and those of its extras."""
    table = project_table(folder)
    lines = [*table.get('dependencies', ()), *(line for extra in _extras(table) for line in extra)]
    return list(_parsed(lines))


def _extras(table: Mapping[str, object]) -> Iterable[list[str]]:
    extras = table.get('optional-dependencies')
    return extras.values() if isinstance(extras, dict) else ()


def _parsed(lines: list[str]) -> Iterator[Requirement]:
    for line in lines:
        try:
            yield Requirement(line)
        except InvalidRequirement:  # the installer says so better
            continue


def _undeclared(root: Path, folder: Path, providers: Providers) -> Iterator[Finding]:
    source = folder / 'src'
    own = {path.name for path in source.iterdir()}
    declared = {canonicalize_name(requirement.name) for requirement in requirements(folder)}
    seen: set[str] = set()
    for path in files(root, f'{place(root, source)}/**/*.py'):
        for item in imports(path, source):
            top = item.module.partition('.')[0]
            if top in own or top in sys.stdlib_module_names:
                continue
            bringing = sorted(_bringing(item, providers))
            missing = ' or '.join(f'`{name}`' for name in bringing)
            if declared.isdisjoint(bringing) and missing not in seen:
                seen.add(missing)
                manifest = f'{place(root, folder)}/pyproject.toml'
                remedy = f'add {missing} to `dependencies` or to an extra in {manifest}, then run `uv lock`'
                yield Finding(f'{place(root, path)}:{item.line}', f'imports `{item.module}` undeclared', remedy)


def _bringing(item: Import, providers: Providers) -> Iterable[str]:
    """Names the distributions that bring a module; of a folder that several share, those that have its deepest part."""
    top, *_ = parts = item.target.split('.')
    candidates = sorted({canonicalize_name(name) for name in providers.get(top, (top,))})
    for depth in range(len(parts), 1, -1) if len(candidates) > 1 else ():
        inside = '/'.join(parts[:depth])
        if found := {name for name in candidates if inside in _modules(name)}:
            return found
    return candidates


@cache
def _modules(name: str) -> frozenset[str]:
    """Lists the modules of an installed distribution and the folders that hold them, without their endings."""
    try:
        installed = distribution(name).files or []
    except PackageNotFoundError:
        return frozenset()
    sources = [path for path in installed if path.suffix == '.py']
    modules = {str(path.with_suffix('')) for path in sources}
    return frozenset(modules | {str(above) for path in sources for above in path.parents})


def _of_the_workspace(root: Path) -> dict[str, list[str]]:
    """Packages of the workspace are installed as links, which name no modules."""
    return {
        module.name: [project_table(folder)['name']]
        for folder in members(root)
        if (folder / 'src').is_dir() and 'name' in project_table(folder)
        for module in (folder / 'src').iterdir()
    }


def _unbounded(root: Path, folder: Path) -> Iterator[Finding]:
    bounded = _bounded(root, folder)
    for requirement in requirements(folder):
        name = canonicalize_name(requirement.name)
        if name in BOUNDED and name not in bounded:
            problem = f'requires `{requirement}` without an upper bound'
            remedy = f'add `<` and the next major version, since {BOUNDED[name]}'
            yield Finding(f'{place(root, folder)}/pyproject.toml', problem, remedy)


@cache
def _bounded(root: Path, folder: Path) -> set[str]:
    """Names what a package bounds from above, itself or through the packages of the workspace that it requires."""
    own = requirements(folder)
    names = {canonicalize_name(requirement.name) for requirement in own}
    below = [other for other in members(root) if other != folder and project_table(other).get('name') in names]
    above = {canonicalize_name(requirement.name) for requirement in own if _has_upper_bound(requirement)}
    return above.union(*(_bounded(root, other) for other in below))


def _has_upper_bound(requirement: Requirement) -> bool:
    return any(part.operator in {'<', '<=', '==', '~='} for part in requirement.specifier)
