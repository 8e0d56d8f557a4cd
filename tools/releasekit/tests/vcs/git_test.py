# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What git is asked, in real repositories."""

import subprocess

import pytest
from releasekit.model.errors import RefusedError
from releasekit.model.history import Tag
from releasekit.vcs.git import GitRepository


@pytest.fixture
def repository(clone):
    return GitRepository(clone.root)


def commits_of(repository):
    return list(repository.commits([sha for sha, *_ in repository.ancestry().order]))


def test_a_checkout_names_commit_branch_and_what_is_not_committed(clone, repository):
    assert repository.checkout().branch == 'main'
    clone.append('core/README.md', 'more\n')
    (clone.root / 'core/LICENSE').unlink()
    clone.write('new.txt', 'untracked')
    clone.git('mv', 'tools/kit/README.md', 'tools/kit/a file.md')
    checkout = repository.checkout()
    assert checkout.commit == clone.git('rev-parse', 'HEAD')
    assert checkout.changed == ('core/LICENSE', 'core/README.md', 'tools/kit/README.md', 'tools/kit/a file.md')
    assert not checkout.is_shallow


def test_a_detached_head_has_no_branch(clone, repository):
    clone.git('checkout', '--quiet', '--detach')
    assert repository.checkout().branch is None


def test_a_shallow_clone_is_seen(clone, tmp_path):
    clone.commit('fix: second', 'core/x')
    clone.git('clone', '--quiet', '--depth=1', f'file://{clone.root}', str(tmp_path / 'shallow'))
    assert GitRepository(tmp_path / 'shallow').checkout().is_shallow


def test_tags_lead_to_commits_whether_annotated_or_not(clone, repository):
    head = clone.git('rev-parse', 'HEAD')
    clone.git('tag', '--annotate', '--message=x', 'kit-v2.0.0')
    clone.git('tag', 'blob', clone.git('rev-parse', 'HEAD:LICENSE'))
    tags = repository.tags()
    assert Tag('kit-v2.0.0', head) in tags
    assert {tag.commit for tag in tags} == {head}
    assert 'blob' not in {tag.name for tag in tags}


def test_an_ancestry_lists_children_before_parents(clone, repository):
    first = clone.git('rev-parse', 'HEAD')
    clone.git('checkout', '--quiet', '-b', 'side')
    side = clone.commit('fix: side', 'core/side')
    clone.git('checkout', '--quiet', 'main')
    main = clone.commit('fix: main', 'core/main')
    clone.git('merge', '--quiet', '--no-ff', '--no-edit', 'side')
    merge = clone.git('rev-parse', 'HEAD')
    ancestry = repository.ancestry()
    assert ancestry.order[0] == (merge, main, side)
    assert ancestry.order[-1] == (first,)
    assert str(ancestry.time) == clone.git('show', '--no-patch', '--format=%ct', 'HEAD')


def test_commits_carry_author_message_and_paths(clone, repository):
    clone.write('core/ein Ordner/ü.txt', 'x')
    clone.git('mv', 'tools/kit/README.md', 'core/moved.md')
    sha = clone.commit('fix: one\n\nA body.\n\nRefs: #1\n', 'core/x')
    (commit,) = repository.commits([sha])
    assert (commit.sha, commit.author) == (sha, 'Ada')
    assert commit.message == 'fix: one\n\nA body.\n\nRefs: #1\n'
    assert sorted(commit.paths) == ['core/ein Ordner/ü.txt', 'core/moved.md', 'core/x', 'tools/kit/README.md']


def test_a_first_commit_a_merge_and_an_empty_message_are_read(clone, repository):
    clone.git('checkout', '--quiet', '-b', 'side')
    clone.commit('', 'core/side')
    clone.git('checkout', '--quiet', 'main')
    clone.git('merge', '--quiet', '--no-ff', '--message=merged', 'side')
    merge, empty, first = commits_of(repository)
    assert (merge.message, merge.paths) == ('merged\n', ())
    assert (empty.message, empty.paths) == ('', ('core/side',))
    assert 'pyproject.toml' in first.paths


@pytest.mark.parametrize(
    ('body', 'read'),
    [
        ('Grüße €'.encode(), 'Grüße €'),
        ('Grüße'.encode('latin-1'), 'Grüße'),
        (b'\xff\xfe\x81', 'ÿþ'),  # the last one is a control character
    ],
)
def test_a_body_in_any_encoding_is_read(clone, repository, body, read):
    clone.git('config', 'i18n.commitEncoding', 'UTF-8')
    sha = clone.commit(b'fix: words\n\n' + body, 'core/x')
    (commit,) = repository.commits([sha])
    assert commit.message == f'fix: words\n\n{read}\n'


def test_a_body_that_declares_its_encoding_is_recoded(clone, repository):
    clone.git('config', 'i18n.commitEncoding', 'ISO-8859-15')
    sha = clone.commit('fix: 5 €'.encode('iso-8859-15'), 'core/x')
    assert next(repository.commits([sha])).message == 'fix: 5 €\n'


def test_paths_are_those_of_the_workspace_where_it_is_a_folder_of_the_repository(clone):
    clone.write('core/pyproject.toml', clone.read('core/pyproject.toml') + '\n')
    sha = clone.commit('fix: two places', 'tools/kit/x')
    clone.append('core/README.md', 'more')
    clone.append('tools/kit/README.md', 'more')
    inner = GitRepository(clone.root / 'core')
    assert next(inner.commits([sha])).paths == ('pyproject.toml',)
    assert inner.checkout().changed == ('README.md',)
    assert inner.texts_at('HEAD', ['LICENSE']) == {'LICENSE': 'Apache License\n'}


def test_copies_share_a_patch_id(clone, repository):
    clone.git('checkout', '--quiet', '-b', 'side')
    one = clone.commit('fix: x', 'core/x')
    clone.git('checkout', '--quiet', 'main')
    clone.commit('fix: other', 'core/other')
    clone.git('cherry-pick', one)
    copy, other = clone.git('rev-parse', 'HEAD'), clone.git('rev-parse', 'HEAD~1')
    empty = clone.commit('chore: nothing')
    ids = repository.patch_ids([one, copy, other, empty])
    assert ids[one] == ids[copy] != ids[other]
    assert empty not in ids


def test_binary_files_are_told_apart_and_copies_of_them_are_not(clone, repository):
    shas = []
    for content in (b'\0one', b'\0two', b'\0one'):
        clone.write('core/x.bin', content)
        shas.append(clone.commit('fix: x'))
    ids = repository.patch_ids(shas)
    assert len(set(ids.values())) == 3
    clone.git('reset', '--quiet', '--hard', shas[0])
    clone.git('cherry-pick', shas[1])
    copy = clone.git('commit', '--amend', '--quiet', '--message=fix: y') or clone.git('rev-parse', 'HEAD')
    assert repository.patch_ids([copy])[copy] == ids[shas[1]]


def test_files_are_read_as_they_were(clone, repository):
    first = clone.git('rev-parse', 'HEAD')
    clone.write('core/a b', 'new')
    clone.commit('fix: new file')
    clone.write('LICENSE', 'changed\n')
    assert repository.texts_at(first, ['core/a b', 'LICENSE']) == {'LICENSE': 'Apache License\n'}
    assert repository.texts_at('HEAD', ['core/a b', 'LICENSE']) == {'core/a b': 'new', 'LICENSE': 'Apache License\n'}


def test_nothing_is_asked_for_nothing(repository):
    assert (list(repository.commits([])), repository.patch_ids([]), repository.texts_at('HEAD', [])) == ([], {}, {})
    assert repository.processes == 0


def test_a_users_configuration_changes_nothing(clone, repository, tmp_path, monkeypatch):
    sha = clone.commit('fix: x', 'core/ü')

    def answers():
        return (*repository.commits([sha]), repository.checkout(), repository.tags(), repository.patch_ids([sha]))

    plain = answers()
    settings = {
        'log.showSignature': 'true', 'log.showRoot': 'false', 'log.follow': 'true', 'diff.noprefix': 'true',
        'diff.external': '/bin/false', 'core.quotePath': 'true', 'color.ui': 'always', 'diff.renames': 'copies',
        'format.pretty': 'oneline', 'log.decorate': 'full', 'status.short': 'true',
        'status.showUntrackedFiles': 'all', 'log.diffMerges': 'combined', 'diff.context': '0',
    }  # fmt: skip
    written = ''.join(
        f'[{key.partition(".")[0]}]\n\t{key.partition(".")[2]} = {value}\n' for key, value in settings.items()
    )
    (tmp_path / 'config').write_text(written)
    monkeypatch.setenv('GIT_CONFIG_GLOBAL', str(tmp_path / 'config'))
    assert answers() == plain
    assert next(repository.commits([clone.git('rev-list', '--max-parents=0', 'HEAD')])).paths


def refusal(call):
    with pytest.raises(RefusedError) as raised:
        call()
    return raised.value.code.id, str(raised.value)


def test_git_that_is_not_installed_is_named(repository, monkeypatch):
    monkeypatch.setenv('PATH', '')
    assert refusal(repository.checkout)[0] == 'RK-GIT-MISSING'


def test_a_folder_outside_any_repository_is_named(tmp_path, plain_git):
    code, message = refusal(GitRepository(tmp_path).checkout)
    assert (code, str(tmp_path) in message) == ('RK-GIT-REPOSITORY', True)


def test_a_repository_without_a_commit_is_named(tmp_path, plain_git):
    subprocess.run(['git', 'init', '--quiet', '.'], cwd=tmp_path, check=True)
    assert refusal(GitRepository(tmp_path).checkout) == (
        'RK-GIT-REPOSITORY',
        f'{str(tmp_path)!r} has no commit yet; commit before you plan',
    )


def test_what_git_says_when_it_fails_is_quoted(clone, repository):
    (clone.root / '.git/packed-refs').write_text('broken')
    code, message = refusal(repository.tags)
    assert code == 'RK-GIT-FAILED'
    assert 'git for-each-ref' in message


@pytest.mark.parametrize(
    ('said', 'reason'),
    [
        ('warning: redirecting to x\nfatal: repository not found\n', 'fatal: repository not found'),
        ('To ../o.git\n ! [remote rejected] a -> a (declined)\n', '! [remote rejected] a -> a (declined)'),
        ('hint: only advice\n', 'hint: only advice'),
        ('', 'it ended with 7 and gave no reason'),
    ],
)
def test_a_failure_names_the_command_and_why(repository, monkeypatch, tmp_path, said, reason):
    program = tmp_path / 'bin/git'
    program.parent.mkdir()
    (tmp_path / 'said').write_text(said)
    program.write_text(f'#!/bin/sh\n/bin/cat {tmp_path}/said >&2\nexit 7\n')
    program.chmod(0o755)
    monkeypatch.setenv('PATH', str(program.parent))
    with pytest.raises(RefusedError) as caught:
        repository.write_tag('core-v1', 'HEAD', 'core 1', 0)
    assert str(caught.value).startswith('`git tag` in ')
    assert str(caught.value).endswith(f' failed: {reason}')


def test_a_folder_that_is_as_committed_gives_no_commit(clone, repository):
    before = clone.git('rev-parse', 'HEAD')
    assert repository.commit_all('chore: nothing', 1_700_000_000) is None
    clone.write('core/new.txt', 'x')
    assert repository.commit_all('chore: something', 1_700_000_000) == clone.git('rev-parse', 'HEAD') != before


def test_what_a_clone_replaces_is_read_as_everybody_has_it(clone, repository):
    clone.commit('feat: other', 'core/src/genkit/x.py')
    order = repository.ancestry().order
    subjects = [commit.message for commit in commits_of(repository)]
    clone.git('replace', order[1][0], order[0][0], said=None)
    assert GitRepository(clone.root).ancestry().order == order
    assert [commit.message for commit in commits_of(GitRepository(clone.root))] == subjects
    clone.git('replace', '--delete', order[1][0])
    clone.git('replace', order[0][0], order[1][0])
    assert [commit.message for commit in commits_of(GitRepository(clone.root))] == subjects
    assert clone.plan(None)
