# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How a new wheel differs from the one before: alone, and on an index."""

import json
import zipfile
from io import BytesIO

import pytest
from releasekit.model.plan import Artefact
from releasekit.publish.difference import compare_wheels


def wheel(version, files, requires=(), points=''):
    about = f'x-{version}.dist-info'
    metadata = f'Metadata-Version: 2.4\nName: x\nVersion: {version}\n' + ''.join(
        f'Requires-Dist: {text}\n' for text in requires
    )
    content = BytesIO()
    with zipfile.ZipFile(content, 'w') as archive:
        for name, text in {**files, f'{about}/METADATA': metadata, f'{about}/entry_points.txt': points}.items():
            archive.writestr(name, text)
    return content.getvalue()


def test_files_requirements_and_entry_points_are_compared():
    old = wheel('1', {'x/a.py': 'a', 'x/b.py': 'b'}, ['rich>=1'], '[console_scripts]\nx = x:main\n')
    new = wheel('2', {'x/a.py': 'A', 'x/c.py': 'c'}, ['rich>=2'], '[console_scripts]\ny = x:main\n')
    found = compare_wheels(Artefact('x', '2', 'x-2-py3-none-any.whl', '', 0), '1', old, new)
    assert found.lines == (
        'new files: x/c.py',
        'files that are gone: x/b.py',
        'new requirements: rich>=2',
        'requirements that are gone: rich>=1',
        'new entry points: console_scripts:y',
        'entry points that are gone: console_scripts:x',
        '1 file changed',
    )


def test_the_version_alone_is_no_difference():
    same = ({'x/a.py': 'a'}, ['rich'])
    artefact = Artefact('x', '2', 'x-2-py3-none-any.whl', '', 0)
    assert compare_wheels(artefact, '1', wheel('1', *same), wheel('2', *same)).lines == ()


@pytest.mark.timeout(120)
def test_a_second_release_tells_what_its_users_get(run, project):
    base = ('--to', 'local', '--only', 'kit', '--no-proof', '--sample', '0', '--no-verify')
    assert run('publish', *base)[0] == 0
    assert run('tag', '--to', 'local', '--only', 'kit')[0] == 0
    project.write('tools/kit/src/kit/more.py', 'MORE = 1\n')
    project.commit('feat(kit): more')
    code, out, err = run('publish', *base, '--json')
    (found,) = json.loads(out)['differences']
    assert (code, found['before'], found['added']) == (0, '1.0.0', ['kit/more.py'])
    assert 'since 1.0.0: new files: kit/more.py' in err
