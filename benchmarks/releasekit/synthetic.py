# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes a workspace with a long history, always the same one for the same numbers.

uv run benchmarks/releasekit/synthetic.py FOLDER [--packages 100] [--commits 10000]

Every package is released once with the first commit. `--recent N` releases all of them again N commits before the end.
"""

import argparse
import os
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


HEADER = '# Copyright 2026 The Genkit for Python authors\n# SPDX-License-Identifier: Apache-2.0\n'
ROOT = """\
[project]
name = "synthetic-workspace"
version = "0.0.0"
requires-python = ">=3.11"
classifiers = ["Private :: Do Not Upload"]

[tool.uv]
package = false

[tool.uv.workspace]
members = ["core", "plugins/*"]
"""
MANIFEST = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{name}"
version = "1.0.0"
description = "A package of a benchmark"
readme = "README.md"
license = "Apache-2.0"
license-files = ["LICENSE"]
authors = [{{ name = "The Genkit for Python authors" }}]
requires-python = ">=3.11"
keywords = ["benchmark"]
classifiers = [
  "Programming Language :: Python :: 3.11",
  "Programming Language :: Python :: 3.12",
  "Programming Language :: Python :: 3.13",
  "Programming Language :: Python :: 3.14",
  "Typing :: Typed",
]
dependencies = [{dependencies}]

[tool.uv.sources]
{sources}
"""
README = '# {name}\n\nA package of a benchmark, with a README that is long enough for the rules to let it pass.\n'
TYPES = ('feat', 'fix', 'fix', 'fix', 'perf', 'docs', 'test', 'chore', 'refactor', 'ci')
START = 1_700_000_000


@dataclass(frozen=True)
class Size:
    """How big the workspace is, and how many commits lie after its last release."""

    packages: int = 100
    commits: int = 10_000
    recent: int | None = None


@dataclass(frozen=True)
class Package:
    """One package; it needs the one before it and the first one."""

    number: int

    @property
    def name(self) -> str:
        return f'genkit-plugin-p{self.number:03}' if self.number else 'genkit'

    @property
    def folder(self) -> str:
        return f'plugins/p{self.number:03}' if self.number else 'core'

    @property
    def module(self) -> str:
        return f'src/{self.name.replace("-plugin-", "_")}'

    def files(self) -> Iterator[tuple[str, str]]:
        needed = sorted({0, max(0, self.number - 7)} - {self.number})
        names = [Package(number).name for number in needed]
        dependencies = ', '.join(f'"{name}>=1.0.0"' for name in names)
        sources = '\n'.join(f'{name} = {{ workspace = true }}' for name in names)
        yield 'pyproject.toml', MANIFEST.format(name=self.name, dependencies=dependencies, sources=sources)
        yield 'README.md', README.format(name=self.name)
        yield 'LICENSE', 'Apache License\n'
        yield 'CHANGELOG.md', '# Changelog\n\n## Unreleased\n'
        yield f'{self.module}/__init__.py', f'{HEADER}"""A package of a benchmark."""\n\n__all__ = []\n'
        yield f'{self.module}/py.typed', ''
        yield f'{self.module}/work.py', f'{HEADER}"""Work."""\n'
        yield f'tests/{Path(self.module).name}_test.py', f'{HEADER}"""A test."""\n'


def make(folder: Path, size: Size, uv: str = 'uv') -> Path:
    """Make the workspace in an empty folder, with git, tags and a lock; return the folder."""
    folder.mkdir(parents=True)
    run(folder, 'git', 'init', '--quiet', '--initial-branch=main', '.')
    run(folder, 'git', 'fast-import', '--quiet', said=_stream(size))
    run(folder, 'git', 'reset', '--quiet', '--hard', 'main')
    run(folder, uv, 'lock', '--quiet', '--offline')
    run(folder, 'git', 'add', 'uv.lock')
    stamp = f'{START + size.commits * 60} +0000'
    who = ('-c', 'user.name=A', '-c', 'user.email=a@example.org')
    commit = ('git', *who, 'commit', '--quiet', '--message=chore: lock')
    run(folder, *commit, GIT_AUTHOR_DATE=stamp, GIT_COMMITTER_DATE=stamp)
    run(folder, 'git', 'gc', '--quiet')
    return folder


def run(folder: Path, *command: str, said: bytes = b'', **variables: str) -> int:
    """Run a command in a folder without its output; return its exit code."""
    done = subprocess.run(  # noqa: S603 - commands of this file and of run.py
        command, cwd=folder, check=False, input=said, stdout=subprocess.DEVNULL, env=os.environ | variables
    )
    return done.returncode


def _stream(size: Size) -> bytes:
    chance = random.Random(0)  # noqa: S311 - numbers that repeat
    packages = [Package(number) for number in range(size.packages)]
    parts = [_commit(1, 'feat: everything', [*_first(packages)])]
    parts += [_tag(package, '1.0.0', 1) for package in packages]
    for mark in range(2, size.commits + 1):
        touched = chance.sample(packages, chance.choice((1, 1, 1, 2, 3)))
        files = [(f'{it.folder}/{it.module}/work.py', f'{HEADER}"""Work {mark}."""\n') for it in touched]
        parts.append(_commit(mark, _message(chance, mark, touched[0]), files))
        if size.recent is not None and mark == size.commits - size.recent:
            parts += [_tag(package, '1.1.0', mark) for package in packages]
    return ''.join(parts).encode()


def _first(packages: list[Package]) -> Iterator[tuple[str, str]]:
    yield 'pyproject.toml', ROOT
    yield 'LICENSE', 'Apache License\n'
    for package in packages:
        yield from ((f'{package.folder}/{path}', text) for path, text in package.files())


def _message(chance: random.Random, mark: int, package: Package) -> str:
    scope = Path(package.folder).name
    header = f'{chance.choice(TYPES)}({scope}){"!" if mark % 500 == 0 else ""}: piece of work number {mark}'
    if mark % 10 == 0:
        return (
            f'{header} (#{mark})\n\n* feat({scope}): one half of {mark}\n\n* fix({scope}): the other half of {mark}\n'
        )
    body = f'Why it was needed, in a sentence or two, as number {mark}.\n\nCo-authored-by: B <b@example.org>\n'
    return f'{header} (#{mark})\n\n{body}'


def _commit(mark: int, message: str, files: list[tuple[str, str]]) -> str:
    when = f'A{mark % 17} <a{mark % 17}@example.org> {START + mark * 60} +0000'
    lines = [f'commit refs/heads/main\nmark :{mark}\nauthor {when}\ncommitter {when}\n{_data(message)}']
    lines += [f'M 100644 inline {path}\n{_data(text)}' for path, text in files]
    return ''.join(lines) + '\n'


def _data(text: str) -> str:
    return f'data {len(text.encode())}\n{text}\n'


def _tag(package: Package, version: str, mark: int) -> str:
    return f'reset refs/tags/{package.name}-v{version}\nfrom :{mark}\n\n'


def main() -> None:
    parser = argparse.ArgumentParser(description='Makes a workspace with a long history.')
    parser.add_argument('folder', type=Path)
    parser.add_argument('--packages', type=int, default=Size.packages)
    parser.add_argument('--commits', type=int, default=Size.commits)
    parser.add_argument('--recent', type=int)
    arguments = parser.parse_args()
    make(arguments.folder, Size(arguments.packages, arguments.commits, arguments.recent))


if __name__ == '__main__':
    main()
