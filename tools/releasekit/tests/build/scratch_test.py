# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Links in a package: what leads out of it becomes what it leads to, as the commit has it."""

import io
import tarfile

import pytest
from releasekit.build.scratch import make_scratch
from releasekit.commands.plan import PlanOptions, plan
from releasekit.model.errors import RefusedError
from releasekit.vcs.git import GitRepository

from tools.releasekit.tests.conftest import Clone


def scratch(clone, target):
    planned = plan(clone.root, PlanOptions(only=('kit',)))
    make_scratch(planned.workspace, planned.plan, planned.plan.releases, target)
    return target / 'kit' / 'tools' / 'kit'


def link(clone, path, target):
    place = clone.root / path
    place.unlink(missing_ok=True)
    place.symlink_to(target)


@pytest.fixture
def kit(clone):
    clone.commit('feat(kit): more', 'tools/kit/src/kit/x.py')
    return clone


def test_a_licence_and_a_readme_of_the_workspace_are_those_of_the_package(kit, tmp_path):
    link(kit, 'tools/kit/LICENSE', '../../LICENSE')
    link(kit, 'tools/kit/README.md', '../../docs/first.md')
    kit.write('docs/real.md', '# All\n')
    link(kit, 'docs/first.md', 'real.md')
    kit.commit('docs: one licence')
    kit.write('LICENSE', 'not committed\n')
    folder = scratch(kit, tmp_path / 'scratch')
    assert (folder / 'LICENSE').read_text() == 'Apache License\n'
    assert (folder / 'README.md').read_text() == '# All\n'
    assert not any(path.is_symlink() for path in folder.rglob('*'))
    assert [path.name for path in (tmp_path / 'scratch' / 'kit').iterdir()] == ['tools']


def test_a_folder_that_is_a_link_is_copied_and_a_link_inside_stays(kit, tmp_path):
    kit.write('shared/schema/a.json', '{}\n')
    link(kit, 'tools/kit/src/kit/schema', '../../../../shared/schema')
    link(kit, 'tools/kit/NOTICE', 'LICENSE')
    kit.commit('feat: a schema')
    folder = scratch(kit, tmp_path / 'scratch')
    assert (folder / 'src' / 'kit' / 'schema' / 'a.json').read_text() == '{}\n'
    assert (folder / 'NOTICE').readlink().name == 'LICENSE'


@pytest.mark.parametrize(
    ('target', 'said'),
    [
        ('/etc/hostname', 'leads out of the workspace'),
        ('../../../outside', 'leads out of the workspace'),
        ('../../nothing', 'tools/kit/DATA leads to nothing, which the commit does not have'),
        ('../../docs/loop', 'without end'),
    ],
)
def test_a_link_to_nowhere_is_named(kit, tmp_path, target, said):
    link(kit, 'tools/kit/DATA', target)
    kit.write('docs/x', '')
    link(kit, 'docs/loop', 'loop')
    kit.commit('feat: a link')
    with pytest.raises(RefusedError, match=said) as raised:
        scratch(kit, tmp_path / 'scratch')
    assert raised.value.code.id == 'RK-BUILD-PLAN'


@pytest.mark.parametrize('where', ['.gitattributes', '.git/info/attributes'])
@pytest.mark.parametrize('attribute', ['export-ignore', 'export-subst', 'filter=evil', 'text eol=crlf'])
def test_files_are_copied_as_the_commit_holds_them(tmp_path, where, attribute):
    clone = Clone(tmp_path / 'clone')
    clone.git('config', 'filter.evil.smudge', 'sed s/a/EVIL/')
    clone.git('config', 'filter.evil.clean', 'cat')
    clone.write('kit/a.txt', 'a $Format:%H$\n')
    if where == '.gitattributes':
        clone.write(where, f'*.txt {attribute}\n')
    clone.commit('feat: a file')
    (clone.root / '.git/info').mkdir(exist_ok=True)
    if where != '.gitattributes':
        clone.write(where, f'*.txt {attribute}\n')
    with tarfile.open(fileobj=io.BytesIO(GitRepository(clone.root).archive('HEAD', ['kit']))) as archive:
        file = archive.extractfile('kit/a.txt')
        assert file is not None
        assert file.read() == b'a $Format:%H$\n'


def test_programs_and_links_are_copied_as_such(tmp_path):
    clone = Clone(tmp_path / 'clone')
    clone.write('kit/run.sh', '#!/bin/sh\n').chmod(0o755)
    (clone.root / 'kit/link').symlink_to('run.sh')
    clone.commit('feat: a program')
    for paths in (['kit'], ['.'], ['kit/run.sh', 'kit/link']):
        with tarfile.open(fileobj=io.BytesIO(GitRepository(clone.root).archive('HEAD', paths))) as archive:
            assert archive.getmember('kit/run.sh').mode == 0o755
            assert archive.getmember('kit/link').linkname == 'run.sh'
    with pytest.raises(RefusedError, match='kit/none is not in the commit HEAD'):
        GitRepository(clone.root).archive('HEAD', ['kit/none'])
