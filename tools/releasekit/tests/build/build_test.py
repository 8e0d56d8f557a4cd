# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What builds need, where it comes from, and what becomes of a disk that is full."""

import os
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest
from releasekit.build.environment import Pins, build_environment, find_pins
from releasekit.build.proof import declared_modules
from releasekit.build.store import ArtefactStore
from releasekit.cli import main
from releasekit.model.errors import RefusedError

from tools.releasekit.tests.index.bound_test import wheel
from tools.releasekit.tests.index.fault_index import FaultIndex


@pytest.fixture(autouse=True)
def _uv(monkeypatch):
    monkeypatch.delenv('VIRTUAL_ENV', raising=False)


WHEELS = [
    (['x/__init__.py', 'x/y/__init__.py', 'x-1.dist-info/METADATA'], ('x',)),
    (['x.py', '_y.py'], ('_y', 'x')),
    (['ns/a/__init__.py', 'ns/a/b.py', 'ns/c.py'], ('ns.a', 'ns.c')),
    (['ns/deep/er/__init__.py', 'ns/deep/er/z.py', 'ns/py.typed'], ('ns.deep.er',)),
    (['x/data.json', 'x-1.data/scripts/tool.py'], ()),
]


@pytest.mark.parametrize(('files', 'modules'), WHEELS)
def test_what_a_wheel_installs_is_imported_namespaces_and_all(tmp_path, files, modules):
    wheel = tmp_path / 'x-1-py3-none-any.whl'
    with zipfile.ZipFile(wheel, 'w') as archive:
        for file in files:
            archive.writestr(file, '')
    assert declared_modules(wheel) == modules


HOOK = """\
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
import iniconfig


class CustomBuildHook(BuildHookInterface):
    pass
"""


@pytest.mark.timeout(120)
def test_what_a_backend_asks_for_besides_is_installed(capsys, clone, tmp_path, monkeypatch):
    monkeypatch.setenv('RELEASEKIT_CACHE', str(tmp_path / 'cache'))
    clone.append('tools/kit/pyproject.toml', '\n[tool.hatch.build.targets.wheel]\npackages = ["src/kit"]\n')
    clone.append('tools/kit/pyproject.toml', '[tool.hatch.build.hooks.custom]\ndependencies = ["iniconfig"]\n')
    clone.write('tools/kit/hatch_build.py', HOOK)
    clone.commit('feat(kit): a hook', 'tools/kit/src/kit/x.py')
    code = main(['build', '--root', str(clone.root), '--only', 'kit', '--no-proof'])
    assert (code, 'kit-1.1.0-py3-none-any.whl' in capsys.readouterr().out) == (0, True)


@pytest.mark.timeout(60)
def test_build_requirements_are_those_that_the_index_had_at_the_time(tmp_path):
    moments = {'2.0.0': 1_690_000_000, '2.1.0': 1_750_000_000}
    found = {version: find_pins(tmp_path, ('iniconfig',), moment) for version, moment in moments.items()}
    assert {version: (pins.text, pins.is_dated) for version, pins in found.items()} == {
        version: (f'iniconfig=={version}\n', True) for version in moments
    }
    pythons = {version: build_environment(tmp_path, pins) for version, pins in found.items()}
    assert len(set(pythons.values())) == 2
    assert build_environment(tmp_path, found['2.1.0']) == pythons['2.1.0']


@pytest.mark.timeout(60)
def test_where_an_index_does_not_say_when_it_is_the_newest_for_a_day(tmp_path):
    with FaultIndex() as index:
        index.held.update([wheel('thing', '1.0')])
        request = (tmp_path, ('thing',), 1_750_000_000, ('--default-index', f'{index.url}/simple/', '--no-cache'))
        assert (find_pins(*request).text, find_pins(*request).is_dated) == ('thing==1.0\n', False)
        index.held.update([wheel('thing', '2.0')])
        assert find_pins(*request).text == 'thing==1.0\n'
        (newest,) = tmp_path.glob('*.newest')
        os.utime(newest, (0, 0))
        assert find_pins(*request).text == 'thing==2.0\n'


@pytest.mark.timeout(60)
def test_of_two_runs_one_makes_an_environment(tmp_path):
    failures = []
    pins = Pins('iniconfig==2.1.0\n', (), is_dated=True)

    def make():
        try:
            subprocess.run([build_environment(tmp_path, pins), '-c', 'import iniconfig'], check=True)
        except Exception as error:  # noqa: BLE001  (told below)
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


FILL = """
import resource, sys
from pathlib import Path
from releasekit.build.store import ArtefactStore
from releasekit.model.errors import RefusedError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder, built = map(Path, sys.argv[1:])
try:
    ArtefactStore(folder, 'plan').put('x', '1', [built])
except RefusedError as error:
    print(error.code.id, error)
"""


@pytest.mark.skipif(sys.platform == 'win32', reason='limits of file sizes are those of POSIX')
def test_a_full_disk_leaves_no_half_of_a_file(tmp_path):
    built = tmp_path / 'x-1-py3-none-any.whl'
    built.write_bytes(b'x' * 5000)
    folder = tmp_path / 'store'
    said = subprocess.run(
        [sys.executable, '-c', FILL, folder, built], capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith('RK-BUILD-STORE')
    assert 'nothing was sent' in said
    assert [path for path in Path(folder).rglob('*') if path.is_file()] == []
    assert ArtefactStore(folder, 'plan').find('x') == ()


def test_only_what_was_built_to_the_end_can_have_been_sent(tmp_path):
    store = ArtefactStore(tmp_path / 'store', 'plan')
    built = tmp_path / 'x-1-py3-none-any.whl'
    (store.folder / 'x').mkdir(parents=True)
    (store.folder / 'x' / built.name).write_bytes(b'of a run that was killed')
    built.write_bytes(b'first')
    (first,) = store.put('x', '1', [built])
    assert store.find('x') == (first,)
    store.path(first).write_bytes(b'damaged')
    assert store.find('x') == ()
    assert store.put('x', '1', [built]) == (first,)
    assert store.path(first).read_bytes() == b'first'
    built.write_bytes(b'second')
    with pytest.raises(RefusedError, match='is lost') as raised:
        store.put('x', '1', [built])
    assert raised.value.code.id == 'RK-BUILD-DIFFERS'
