# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules import readers
from .rules.finding import expect_none
from .rules.tree import files, matches, place


CORE = 'core/src/genkit/_kinds/thing.py'
PLUGIN = 'plugins/foo/src/genkit_foo/__init__.py'


def test_the_project_reads_what_comes_from_outside_with_its_readers(project):
    expect_none(readers.check(project))


def test_every_permission_is_for_a_file_that_is_there(project):
    places = [place(project, path) for path in files(project, *readers.SOURCES)]
    assert [pattern for pattern in readers.ALLOWED if not any(matches(pattern, where) for where in places)] == []


@pytest.mark.parametrize('where', [CORE, PLUGIN])
@pytest.mark.parametrize(
    ('line', 'name'),
    [
        ('import json\njson.loads(text)', 'json.loads'),
        ('import json\nread = json.load', 'json.load'),
        ('from pydantic_core import from_json\nfrom_json(text)', 'from_json'),
        ('import pydantic_core\npydantic_core.from_json(text)', 'pydantic_core.from_json'),
        ('import tomllib\ntomllib.loads(text)', 'tomllib.loads'),
        ('import zlib\nzlib.decompress(data)', 'zlib.decompress'),
        ('import gzip\ngzip.decompress(data)', 'gzip.decompress'),
        ('import asyncio\nasyncio.get_running_loop().getaddrinfo(host, 80)', 'getaddrinfo'),
        ('import socket\nsocket.getaddrinfo(host, 80)', 'getaddrinfo'),
        ('import os\nimport yaml', 'yaml'),
        ('import os\nfrom ruamel.yaml import YAML', 'ruamel'),
        ('import os\nfrom jsonschema.validators import validator_for', 'jsonschema'),
        ('def late():\n    import jsonschema_rs', 'jsonschema_rs'),
        ('import os\nfrom referencing import Registry', 'referencing'),
    ],
)
def test_a_library_beneath_a_reader_is_found(tree, where, line, name):
    [finding] = readers.check(tree({where: line}))
    assert (finding.place, finding.problem) == (f'{where}:2', f'uses `{name}` directly')


@pytest.mark.parametrize(
    ('where', 'line'),
    [
        (CORE, 'import json\njson.dumps(value)'),
        (CORE, 'from genkit._base.readers.json_text import read_json\nread_json(text)'),
        (CORE, 'self.json.loads'),
        ('core/tests/a_test.py', 'import json\njson.loads(text)'),
        ('core/src/genkit/_base/readers/yaml_text.py', 'import yaml'),
        ('plugins/pinecone/src/genkit_pinecone/convert.py', 'import json\njson.loads(text)'),
    ],
)
def test_what_passes(tree, where, line):
    assert readers.check(tree({where: line})) == []
