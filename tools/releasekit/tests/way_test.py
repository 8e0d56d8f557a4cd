# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Nine packages, one for each build backend, from `uv init` to a rollback, by the commands of the page alone."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.releasekit.tests.build.layouts import NATIVE


BY_UV = {'hatch': 'hatch', 'space': 'uv', 'flit': 'flit', 'poetry': 'poetry', 'setup': 'setuptools', 'pdm': 'pdm'}
NEEDS = {'way-flit': 'way-hatch', 'way-poetry': 'way-hatch', 'way-pdm': 'way-flit'}
PEOPLE = {f'GIT_{role}_{key}': 'ada@house.test' for role in ('AUTHOR', 'COMMITTER') for key in ('NAME', 'EMAIL')}


class Machine:
    """A folder, and a shell in it."""

    def __init__(self, root: Path, uv: str, cache: Path) -> None:
        self.root = root
        folders = (str(Path(sys.executable).parent), str(Path(uv).parent), os.environ['PATH'])
        self._environment = os.environ | PEOPLE | {'PATH': os.pathsep.join(folders), 'RELEASEKIT_CACHE': str(cache)}
        self._environment.pop('VIRTUAL_ENV', None)
        self._environment.pop('UV_OFFLINE', None)

    def type_in(self, *lines: str) -> str:
        """Run lines of shell, each of which has to succeed, and return what the last one printed."""
        out = ''
        for line in lines:
            done = subprocess.run(
                ['bash', '-c', line], cwd=self.root, env=self._environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f'{line}\n{done.stdout}{done.stderr}'
            out = done.stdout
        return out

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding='utf-8')

    def append(self, name: str, text: str) -> None:
        with (self.root / name).open('a', encoding='utf-8') as file:
            file.write(text)

    def versions(self) -> dict[str, str]:
        """Return the planned versions by package."""
        plan = json.loads(self.type_in('releasekit plan --json'))
        return {release['name']: release['version'] for release in plan['releases']}


@pytest.fixture
def machine(tmp_path: Path, uv: str, plain_git: None) -> Machine:
    found = Machine(tmp_path / 'workspace', uv, tmp_path / 'cache')
    found.root.mkdir()
    found.type_in(f'git init --quiet --bare --initial-branch=main {tmp_path / "origin.git"}', 'git init -q -b main')
    found.type_in(f'git remote add origin {tmp_path / "origin.git"}')
    found.write('pyproject.toml', '[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    found.write('LICENSE', 'MIT License\n')
    return found


def begin(machine: Machine) -> list[str]:
    """Make the packages as people do, and return their names."""
    for folder, backend in BY_UV.items():
        machine.type_in(f'uv init --quiet --lib --build-backend {backend} --name way-{folder} packages/{folder}')
    names = [f'way-{folder}' for folder in BY_UV]
    for layout in NATIVE:
        if all(map(shutil.which, layout.needs)):
            folder = f'packages/{layout.name}'
            machine.write(f'{folder}/pyproject.toml', layout.manifest)
            machine.write(f'{folder}/README.md', '# A package\n')
            for name, text in layout.files.items():
                machine.write(f'{folder}/{name}', text)
            machine.type_in(f'ln -s ../../LICENSE {folder}/LICENSE')
            names.append(layout.name)
    for folder in BY_UV:
        machine.write(f'packages/{folder}/README.md', f'# way-{folder}\n\nA package of a test.\n')
    manifest = machine.root / 'packages/space/pyproject.toml'  # the index may not have a build of today's uv
    text = re.sub(r'uv_build>=[^"]*', 'uv_build>=0.9,<1', manifest.read_text(encoding='utf-8'))
    manifest.write_text(text, encoding='utf-8')
    for dependant, dependency in NEEDS.items():
        folder = dependant.removeprefix('way-')
        manifest = machine.root / f'packages/{folder}/pyproject.toml'
        text = manifest.read_text(encoding='utf-8').replace('dependencies = []', f'dependencies = ["{dependency}"]')
        manifest.write_text(f'{text}\n[tool.uv.sources]\n{dependency} = {{ workspace = true }}\n', encoding='utf-8')
    machine.type_in('uv lock --quiet', 'git add -A', 'git commit -qm "feat: everything"', 'git push -q origin main')
    return names


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.skipif(sys.platform == 'win32', reason='the page is typed into bash')
def test_a_workspace_of_all_backends_goes_the_whole_way(machine: Machine) -> None:
    names = begin(machine)
    machine.type_in(
        'releasekit init --write',
        'git add releasekit.toml',
        'git commit -qm "build: configure releasekit"',
        'releasekit doctor',
        'releasekit check',
    )

    assert set(machine.versions()) == set(names)
    machine.type_in('releasekit publish --to local', 'releasekit tag --to local --push origin')
    assert machine.versions() == {}

    machine.write('packages/hatch/src/way_hatch/__init__.py', 'def goodbye() -> str:\n    return "bye"\n')
    machine.type_in('git commit -qam "feat(way-hatch)!: say goodbye"')
    planned = machine.versions()
    assert planned == {'way-hatch': '0.2.0', 'way-flit': '0.1.1', 'way-poetry': '0.1.1'}
    machine.type_in(
        'releasekit changelog --write',
        'releasekit version',
        'git add -A',
        'git commit -qm "chore: release"',
        'git push -q origin main',
        'releasekit publish --to local',
        'releasekit tag --to local --push origin',
    )

    machine.type_in('git switch -q --create stable way-hatch-v0.1.0')
    machine.append('packages/hatch/src/way_hatch/__init__.py', '\n\nANSWER = 42\n')
    machine.type_in(
        'git commit -qam "fix(way-hatch): the answer"',
        'releasekit plan --kind rc --only way-hatch --out ../plan.json',
        'releasekit publish --to local --plan ../plan.json',
        'releasekit tag --to local --plan ../plan.json --push origin',
    )
    tags = set(re.findall(r'refs/tags/([^\s^]+)', machine.type_in('git ls-remote --tags origin')))
    assert tags == {*tags, 'way-hatch-v0.2.0', 'way-flit-v0.1.1', 'way-poetry-v0.1.1', 'way-hatch-v0.1.1rc1'}
    assert len(tags) == len(names) + 4

    machine.type_in('git switch -q main', 'releasekit rollback --to local --reason "It is rude" --write')
    machine.type_in('git add -A', 'git commit -qm "chore: a fix is due"')
    assert machine.versions()['way-hatch'] == '0.2.1'
    machine.type_in('releasekit publish --to local', 'releasekit tag --to local --push origin')
    assert machine.type_in('releasekit status --to local --json')
