# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from genkit._reflect.address import ServerSpec
from genkit._reflect.runtime import _bind
from genkit._reflect.runtime_file import RuntimeFile, project_root


@pytest.fixture
def runtimes(project: Path) -> Path:
    folder = project / '.genkit' / 'runtimes'
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def ended() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, '-c', ''])
    process.wait()
    return process.pid


class TestProjectRoot:
    @pytest.mark.parametrize('mark', ['package.json', 'go.mod', 'requirements.txt', 'build.gradle.kts'])
    def test_is_the_nearest_folder_with_a_manifest(self, tmp_path, mark):
        (tmp_path / 'pyproject.toml').touch()
        deep = tmp_path / 'app' / 'src' / 'kitchen'
        deep.mkdir(parents=True)
        (tmp_path / 'app' / mark).touch()
        assert project_root(deep) == tmp_path / 'app'
        assert project_root(tmp_path / 'app') == tmp_path / 'app'
        assert project_root(tmp_path) == tmp_path

    def test_is_the_folder_itself_where_there_is_none(self):
        root = Path(Path.cwd().anchor)
        assert project_root(root / 'nowhere' / 'at' / 'all') == root / 'nowhere' / 'at' / 'all'

    def test_is_where_the_file_goes(self, project, monkeypatch):
        (project / 'src').mkdir()
        monkeypatch.chdir(project / 'src')
        file = RuntimeFile('1-2', 'http://127.0.0.1:3100', None)
        file.write()
        assert file.path.parent == project / '.genkit' / 'runtimes'
        assert 'name' not in json.loads(file.path.read_text())


@pytest.mark.skipif(os.name == 'nt', reason='whether a process lives cannot be asked there')
class TestStaleFiles:
    def test_of_processes_that_have_gone_are_removed(self, runtimes, ended):
        stale, alive = runtimes / 'stale.json', runtimes / 'alive.json'
        stale.write_text(json.dumps({'pid': ended}))
        alive.write_text(json.dumps({'pid': os.getpid()}))
        RuntimeFile('1-2', 'http://127.0.0.1:3100', None).write()
        assert not stale.exists()
        assert alive.exists()

    @pytest.mark.parametrize(
        'text',
        ['', '{', '[]', '{}', '{"pid": "7"}', '{"pid": 0}', '{"pid": -1}', '{"pid": 1e99}', f'{{"pid": {10**30}}}'],
    )
    def test_that_say_nothing_of_a_process_are_left_alone(self, runtimes, text):
        strange = runtimes / 'strange.json'
        strange.write_text(text)
        file = RuntimeFile('1-2', 'http://127.0.0.1:3100', None)
        file.write()
        assert strange.read_text() == text
        assert file.path.exists()


class TestWriting:
    def test_that_fails_leaves_nothing_behind(self, runtimes):
        file = RuntimeFile('1-2', 'http://127.0.0.1:3100', None)
        file.path.mkdir()
        with pytest.raises(OSError, match=r'1-2-\d+'):
            file.write()
        assert list(runtimes.iterdir()) == [file.path]
        assert list(runtimes.parent.iterdir()) == [runtimes]

    def test_is_undone_by_removing_twice(self, runtimes):
        file = RuntimeFile('1-2', 'http://127.0.0.1:3100', None)
        file.write()
        file.remove()
        file.remove()
        assert list(runtimes.iterdir()) == []


class TestAddress:
    @pytest.mark.parametrize(('port', 'expected'), [('3200', 3200), ('', None), ('x', None), ('²', None), ('-1', None)])
    def test_is_what_the_environment_says(self, monkeypatch, port, expected):
        monkeypatch.setenv('GENKIT_REFLECTION_PORT', port)
        assert ServerSpec.of_environment() == ServerSpec(expected, '127.0.0.1')
        monkeypatch.setenv('GENKIT_REFLECTION_HOST', '0.0.0.0')
        assert ServerSpec.of_environment().host == '0.0.0.0'

    @pytest.mark.parametrize(
        ('host', 'url'),
        [
            ('127.0.0.1', 'http://127.0.0.1:7'),
            ('::1', 'http://[::1]:7'),
            ('0.0.0.0', 'http://127.0.0.1:7'),
            ('::', 'http://127.0.0.1:7'),
        ],
    )
    def test_is_one_that_this_machine_can_ask(self, host, url):
        assert ServerSpec(host=host).url(7) == url

    def test_is_the_next_port_where_one_is_taken(self):
        with _bind(ServerSpec()) as first, _bind(ServerSpec()) as second:
            ports = [listening.getsockname()[1] for listening in (first, second)]
        assert 3100 <= ports[0] < ports[1] < 4000

    def test_of_the_sixth_version_of_the_protocol_is_served(self, kitchen, serve_tools):
        served = serve_tools(kitchen.ai, host='::1')
        assert served.url.startswith('http://[::1]:')
        assert served.client.get('/api/envs').json() == ['dev']
