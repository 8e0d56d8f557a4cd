# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import os
import stat
import sys
from pathlib import Path

import pytest
from genkit import StatusName
from genkit.middleware.filesystem import folder, sandbox
from genkit.middleware.filesystem.folder import OpenFolder
from genkit.middleware.filesystem.sandbox import FileAccessError, FileEntry, Sandbox


@pytest.fixture(params=[True, False], ids=['by descriptor', 'by path'])
def by_descriptor(request, monkeypatch):
    """Run a test in the way of operating systems that open names within open folders, and in the way of the others."""
    if request.param and not folder.BY_DESCRIPTOR:
        pytest.skip('this operating system opens by path alone')
    monkeypatch.setattr(folder, 'BY_DESCRIPTOR', request.param)
    return request.param


@pytest.fixture
def root(tmp_path, by_descriptor):
    """Make a folder with a file in it, next to a secret."""
    (tmp_path / 'secret.txt').write_text('secret')
    (tmp_path / 'root-other').mkdir()
    (tmp_path / 'root-other' / 'secret.txt').write_text('secret')
    root = tmp_path / 'root'
    (root / 'inner').mkdir(parents=True)
    (root / 'inner' / 'file.txt').write_text('content')
    return root


@pytest.fixture
def box(root):
    return Sandbox(root)


def refused(call, *arguments, **options) -> FileAccessError:
    with pytest.raises(FileAccessError) as caught:
        call(*arguments, **options)
    return caught.value


@pytest.mark.parametrize(
    'path', ['inner/file.txt', '/inner/file.txt', '//inner//file.txt', './inner/./file.txt', 'inner/../inner/file.txt']
)
def test_a_file_inside_is_read_however_it_is_named(box, path):
    assert box.read(path) == b'content'


OUTSIDE = [
    '../secret.txt',
    'inner/../../secret.txt',
    '../root-other/secret.txt',
    '/../secret.txt',
    '../root/../secret.txt',
    '..',
    '../../../../../../../../etc/passwd',
]


@pytest.mark.parametrize('path', OUTSIDE)
def test_no_path_leads_outside(box, root, path):
    for error in (
        refused(box.read, path),
        refused(box.write, path, b'x'),
        refused(box.entries, path, recursive=False),
    ):
        assert error.status == StatusName.PERMISSION_DENIED
        assert error.message == f'{path!r} lies outside of the folder.'
    assert (root.parent / 'secret.txt').read_text() == 'secret'


def test_an_absolute_path_begins_at_the_folder(box, root):
    error = refused(box.read, str(root.parent / 'secret.txt'))
    assert error.status == StatusName.NOT_FOUND
    box.write('/etc/passwd', b'mine')
    assert (root / 'etc' / 'passwd').read_bytes() == b'mine'


@pytest.mark.parametrize('path', ['a\0b', '../secret.txt\0.png', 'a\nb', 'a\x7f', '\ud800'])
def test_characters_that_no_path_may_hold_are_refused(box, path):
    assert 'no path may hold' in refused(box.read, path).message
    assert 'no path may hold' in refused(box.write, path, b'x').message


@pytest.mark.parametrize('target', ['../secret.txt', '/etc/hostname', '../root-other/secret.txt'])
def test_a_link_that_leads_outside_is_refused(box, root, target):
    (root / 'link').symlink_to(target)
    assert refused(box.read, 'link').status == StatusName.PERMISSION_DENIED
    assert refused(box.write, 'link', b'x').status == StatusName.PERMISSION_DENIED
    assert (root.parent / 'secret.txt').read_text() == 'secret'


def test_a_folder_that_is_a_link_to_outside_is_refused(box, root):
    (root / 'away').symlink_to('..')
    assert refused(box.read, 'away/secret.txt').status == StatusName.PERMISSION_DENIED
    assert refused(box.write, 'away/new.txt', b'x').status == StatusName.PERMISSION_DENIED
    assert refused(box.entries, 'away', recursive=True).status == StatusName.PERMISSION_DENIED
    assert not (root.parent / 'new.txt').exists()


def test_a_link_to_what_is_not_there_outside_makes_nothing_there(box, root):
    (root / 'link').symlink_to('../made.txt')
    assert refused(box.write, 'link', b'x').status == StatusName.PERMISSION_DENIED
    assert not (root.parent / 'made.txt').exists()


def test_a_link_within_is_followed(box, root):
    (root / 'link').symlink_to('inner/file.txt')
    (root / 'folder').symlink_to('inner')
    assert box.read('link') == box.read('folder/file.txt') == b'content'
    box.write('link', b'new')
    assert (root / 'inner' / 'file.txt').read_bytes() == b'new'
    assert (root / 'link').is_symlink()


def test_links_in_a_circle_are_refused(box, root):
    (root / 'a').symlink_to('b')
    (root / 'b').symlink_to('a')
    refused(box.read, 'a')
    refused(box.entries, 'a', recursive=True)


def test_the_folder_itself_may_be_named_through_a_link(root):
    link = root.parent / 'current'
    link.symlink_to('root')
    assert Sandbox(link).read('inner/file.txt') == b'content'


class TestRaces:
    """Between the check of a path and its opening, somebody swaps something for a link to outside."""

    @pytest.fixture(autouse=True)
    def only_where_it_holds(self, by_descriptor):
        if not by_descriptor:
            pytest.skip('opening by path cannot keep this promise')

    @pytest.fixture
    def swap(self, box, root, monkeypatch):
        """Return a function that swaps a name for a link right after the next path was checked."""

        def arrange(name, target):
            checked = Sandbox._resolved

            def then_swap(self, path):
                place = checked(self, path)
                found = root / name
                found.rename(root.parent / 'moved')
                found.symlink_to(target)
                monkeypatch.setattr(Sandbox, '_resolved', checked)
                return place

            monkeypatch.setattr(Sandbox, '_resolved', then_swap)

        return arrange

    def test_a_file_swapped_for_a_link_is_not_read(self, box, root, swap):
        swap('inner/file.txt', '../../secret.txt')
        refused(box.read, 'inner/file.txt')

    def test_a_folder_swapped_for_a_link_is_not_entered(self, box, root, swap):
        (root.parent / 'file.txt').write_text('secret')
        swap('inner', '..')
        refused(box.read, 'inner/file.txt')

    def test_nothing_is_written_through_a_folder_swapped_for_a_link(self, box, root, swap):
        swap('inner', '..')
        refused(box.write, 'inner/new.txt', b'x')
        assert not (root.parent / 'new.txt').exists()

    def test_a_file_swapped_for_a_link_is_not_written_through(self, box, root, swap):
        swap('inner/file.txt', '../../secret.txt')
        refused(box.write, 'inner/file.txt', b'x')
        assert (root.parent / 'secret.txt').read_text() == 'secret'

    def test_nothing_is_listed_through_a_folder_swapped_for_a_link(self, box, root, swap):
        swap('inner', '..')
        refused(box.entries, 'inner', recursive=True)

    def test_a_folder_that_is_moved_away_while_it_is_open_is_written_where_it_is_now(self, box, root, monkeypatch):
        look_at = folder.OpenFolder.look_at

        def then_swap(self, name):
            (root / 'inner').rename(root / 'renamed')
            (root / 'inner').symlink_to('..')
            monkeypatch.setattr(folder.OpenFolder, 'look_at', look_at)
            return look_at(self, name)

        monkeypatch.setattr(folder.OpenFolder, 'look_at', then_swap)
        box.write('inner/new.txt', b'x')
        assert (root / 'renamed' / 'new.txt').exists()
        assert not (root.parent / 'new.txt').exists()


def test_what_is_no_file_is_not_read(box, root):
    assert 'is a folder' in refused(box.read, 'inner').message
    assert 'the folder itself' in refused(box.read, '').message
    assert 'the folder itself' in refused(box.write, '/', b'x').message
    refused(box.write, 'inner', b'x')
    refused(box.read, 'inner/file.txt/more')
    assert refused(box.read, 'missing').status == StatusName.NOT_FOUND


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='there are no named pipes here')
def test_a_pipe_is_neither_read_nor_replaced_nor_waited_for(box, root):
    os.mkfifo(root / 'pipe')
    assert 'no file' in refused(box.read, 'pipe').message
    assert 'no file' in refused(box.write, 'pipe', b'x').message
    assert [entry.path for entry in box.entries('', recursive=False)] == ['inner']


def test_what_is_too_large_is_neither_read_nor_written(box, root, monkeypatch):
    monkeypatch.setattr(sandbox, 'MAX_FILE_BYTES', 7)
    assert box.read('inner/file.txt') == b'content'
    (root / 'large').write_bytes(b'12345678')
    assert refused(box.read, 'large').status == StatusName.OUT_OF_RANGE
    assert refused(box.write, 'new', b'12345678').status == StatusName.OUT_OF_RANGE
    assert not (root / 'new').exists()


def test_a_file_that_grows_while_it_is_read_is_too_large_as_well(box, root, monkeypatch):
    monkeypatch.setattr(sandbox, 'MAX_FILE_BYTES', 6)
    monkeypatch.setattr(os, 'fstat', lambda _: os.stat_result((stat.S_IFREG, 0, 0, 1, 0, 0, 0, 0, 0, 0)))
    assert refused(box.read, 'inner/file.txt').status == StatusName.OUT_OF_RANGE


def test_folders_that_are_missing_are_made(box, root):
    box.write('a/b/c.txt', b'x')
    assert (root / 'a' / 'b' / 'c.txt').read_bytes() == b'x'


@pytest.mark.skipif(sys.platform == 'win32', reason='permissions are of another kind there')
def test_a_file_keeps_its_permissions(box, root):
    (root / 'script').write_text('old')
    (root / 'script').chmod(0o750)
    box.write('script', b'new')
    assert stat.S_IMODE((root / 'script').stat().st_mode) == 0o750


def test_a_hard_link_to_outside_is_not_written_through(box, root):
    os.link(root.parent / 'secret.txt', root / 'hard')
    box.write('hard', b'mine')
    assert (root.parent / 'secret.txt').read_text() == 'secret'
    assert (root / 'hard').read_text() == 'mine'


@pytest.mark.parametrize('failing', ['rename', 'fsync'])
def test_a_write_that_fails_leaves_everything_as_it_was(box, root, monkeypatch, failing):
    def fail(*_arguments):
        raise OSError(28, 'No space left on device', str(root))

    if failing == 'rename':
        monkeypatch.setattr(folder.OpenFolder, 'rename', fail)
    else:
        monkeypatch.setattr(os, 'fsync', fail)
    assert refused(box.write, 'inner/file.txt', b'new').message == "'inner/file.txt': No space left on device."
    assert [path.name for path in (root / 'inner').iterdir()] == ['file.txt']
    assert (root / 'inner' / 'file.txt').read_text() == 'content'


def test_no_error_names_a_folder_of_the_machine(box, root):
    (root / 'link').symlink_to('../secret.txt')
    for path in ('missing', 'inner', 'link', '../secret.txt', 'inner/file.txt/x', 'x' * 300, 'a\0'):
        for error in (refused(box.read, path), refused(box.entries, f'{path}/y', recursive=True)):
            assert str(root.parent) not in error.message


def open_files() -> int:
    return len(list(Path('/proc/self/fd').iterdir()))


@pytest.mark.skipif(not Path('/proc/self/fd').exists(), reason='open files cannot be counted here')
def test_nothing_is_left_open(box, root):
    (root / 'link').symlink_to('inner/file.txt')
    before = open_files()
    box.read('inner/file.txt')
    box.write('inner/new/file.txt', b'x')
    box.entries('', recursive=True)
    for path in ('inner', 'inner/file.txt/x', '../secret.txt'):
        refused(box.read, path)
        refused(box.write, path, b'x')
    assert open_files() == before


class TestEntries:
    def test_a_folder_is_listed_with_sizes(self, box, root):
        (root / 'a.txt').write_text('four')
        assert box.entries('', recursive=False) == [FileEntry('a.txt', False, 4), FileEntry('inner', True, 0)]
        assert box.entries('inner', recursive=False) == [FileEntry('inner/file.txt', False, 7)]

    def test_recursively_folders_within_are_listed_as_well(self, box, root):
        box.write('inner/deep/x.txt', b'x')
        paths = [entry.path for entry in box.entries('', recursive=True)]
        assert paths == ['inner', 'inner/deep', 'inner/deep/x.txt', 'inner/file.txt']

    def test_links_are_listed_as_what_they_lead_to_inside_and_not_entered(self, box, root):
        (root / 'file').symlink_to('inner/file.txt')
        (root / 'folder').symlink_to('inner')
        (root / 'self').symlink_to('.')
        (root / 'outside').symlink_to('../secret.txt')
        (root / 'nowhere').symlink_to('missing')
        (root / 'loop').symlink_to('loop')
        assert box.entries('', recursive=True) == [
            FileEntry('file', False, 7),
            FileEntry('folder', True, 0),
            FileEntry('inner', True, 0),
            FileEntry('inner/file.txt', False, 7),
            FileEntry('self', True, 0),
        ]
        assert box.entries('folder', recursive=False) == [FileEntry('inner/file.txt', False, 7)]

    @pytest.mark.skipif(sys.platform != 'linux', reason='names are text there')
    def test_a_name_that_cannot_be_asked_for_is_left_out(self, box, root):
        Path(os.fsdecode(os.fsencode(root) + b'/\xff')).write_text('x')
        (root / 'line\nbreak').write_text('x')
        assert [entry.path for entry in box.entries('', recursive=False)] == ['inner']

    def test_too_many_are_refused(self, box, root, monkeypatch):
        monkeypatch.setattr(sandbox, 'MAX_ENTRIES', 1)
        assert 'more than 1 files' in refused(box.entries, '', recursive=True).message
        assert len(box.entries('', recursive=False)) == 1

    def test_too_many_in_one_folder_are_not_even_looked_at(self, box, root, monkeypatch):
        monkeypatch.setattr(sandbox, 'MAX_ENTRIES', 3)
        for number in range(5):
            (root / f'n{number}').touch()
        monkeypatch.setattr(OpenFolder, 'look_at', None)
        with pytest.raises(FileAccessError, match='more than 3 files and folders'):
            box.entries('', recursive=False)

    def test_folders_are_listed_to_a_depth(self, box, root):
        deep = root.joinpath('deep', *['d'] * sandbox.MAX_DEPTH)
        deep.mkdir(parents=True)
        assert len(box.entries('deep', recursive=True)) == sandbox.MAX_DEPTH
        (deep / 'd').mkdir()
        with pytest.raises(FileAccessError, match="'deep' is more than 64 folders deep"):
            box.entries('deep', recursive=True)
        assert len(box.entries('deep/d', recursive=True)) == sandbox.MAX_DEPTH

    def test_what_is_no_folder_is_not_listed(self, box):
        refused(box.entries, 'inner/file.txt', recursive=False)
        assert refused(box.entries, 'missing', recursive=False).status == StatusName.NOT_FOUND
