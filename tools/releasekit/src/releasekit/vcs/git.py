# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""git behind the port, in one process a question, however many commits or files are asked for."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from releasekit.model.errors import RefusedError
from releasekit.model.history import LATEST, Ancestry, Checkout, Commit, Tag, printable
from releasekit.vcs.objects import ObjectReader
from releasekit.vcs.repository import Tree


# A user's configuration must not change what is read, and reading must not write the index. Objects that a clone
# replaces are in no other clone.
_QUIET = {
    'LC_ALL': 'C',
    'GIT_OPTIONAL_LOCKS': '0',
    'GIT_TERMINAL_PROMPT': '0',
    'GIT_PAGER': 'cat',
    'GIT_NO_REPLACE_OBJECTS': '1',
}
_SETTINGS = ('user.name=releasekit', 'user.email=releasekit@localhost', 'commit.gpgsign=false')
_NOBODY = tuple(word for setting in _SETTINGS for word in ('-c', setting))
_FIELDS = '%x00%H%x00%aN%x00%B'
_CHUNK = 1 << 16


class GitRepository:
    """The repository around a folder, which need not be its top.

    `processes` counts the git processes started so far.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._reader: ObjectReader | None = None
        self.processes = 0

    def checkout(self) -> Checkout:
        """Return what is checked out; two processes."""
        answer = self._ask('rev-parse', '--is-shallow-repository', '--show-prefix').decode(errors='replace')
        is_shallow, prefix = answer.split('\n')[:2]
        status = self._ask('status', '--porcelain=v2', '--branch', '-z', '--untracked-files=no', '--no-renames', '.')
        commit, branch, changed = '', None, list[str]()
        for entry in status.decode(errors='replace').split('\0'):
            kind, _, rest = entry.partition(' ')
            if entry.startswith('# branch.oid '):
                commit = entry.removeprefix('# branch.oid ')
            elif entry.startswith('# branch.head '):
                head = entry.removeprefix('# branch.head ')
                branch = None if head == '(detached)' else head
            elif kind in {'1', 'u'}:
                changed.append(rest.split(' ', 7 if kind == '1' else 9)[-1].removeprefix(prefix))
        if commit == '(initial)':
            raise RefusedError('RK-GIT-REPOSITORY', f'{str(self._root)!r} has no commit yet; commit before you plan')
        return Checkout(commit, branch, is_shallow == 'true', tuple(sorted(changed)))

    def tags(self) -> tuple[Tag, ...]:
        """Return every tag that leads to a commit, by name."""
        form = '--format=%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(refname:strip=2)'
        tags: list[Tag] = []
        for line in self._ask('for-each-ref', form, 'refs/tags').decode(errors='replace').split('\n')[:-1]:
            kind, direct, inner_kind, inner, name = line.split(' ', 4)
            if 'commit' in {kind, inner_kind}:
                tags.append(Tag(name, direct if kind == 'commit' else inner))
            elif inner_kind == 'tag' and (end := self._objects().read(f'{inner}^{{commit}}')):
                tags.append(Tag(name, end.name))
        return tuple(tags)

    def ancestry(self) -> Ancestry:
        """Return the hashes that HEAD reaches, children before parents."""
        lines = self._ask('rev-list', '--topo-order', '--parents', '--timestamp', 'HEAD').decode().splitlines()
        entries = [tuple(line.split(' ')) for line in lines]
        moment = int(entries[0][0])
        if not 0 <= moment <= LATEST:
            raise RefusedError(
                'RK-GIT-DATE',
                f'HEAD was committed {moment} s after 1970, which is no date that archives hold: 0 to {LATEST}; '
                'set the clock and commit again',
            )
        return Ancestry(tuple(entry[1:] for entry in entries), moment)

    def commits(self, shas: Collection[str]) -> Iterator[Commit]:
        """Yield some commits while git still reads further ones; one process for all, none for none."""
        if not shas:
            return
        names = ('-z', '--root', '--no-renames', '--name-only', '--relative')
        words = ('--no-show-signature', '--encoding=UTF-8', f'--format={_FIELDS}')
        asked = ('log', '--no-walk=unsorted', '--stdin', *names, *words)
        with self._started(*asked, said='\n'.join(shas)) as answer:
            yield from _commits(_texts(answer))

    def patch_ids(self, shas: Collection[str]) -> dict[str, str]:
        """Return an identity of what some commits change, one process for all; those that change nothing have none.

        As in git's own patch-id, blanks and the numbers of lines do not matter, the lines around a change do.
        """
        if not shas:
            return {}
        options = ('--no-ext-diff', '--no-textconv', '--no-renames', '--full-index', '--root')
        answer = self._ask('diff-tree', '--stdin', '-p', *options, said='\n'.join(shas) + '\n')
        return dict(_patch_ids(answer))

    def tag_messages(self, names: Collection[str]) -> dict[str, str]:
        """Return the messages of annotated tags."""
        found = ((name, self._objects().read(f'refs/tags/{name}')) for name in names)
        return {
            name: tag.content.partition(b'\n\n')[2].decode(errors='replace')
            for name, tag in found
            if tag is not None and tag.kind == 'tag'
        }

    def texts_at(self, commit: str, paths: Collection[str]) -> dict[str, str]:
        """Return UTF-8 files as they were at a commit."""
        found = ((path, self._objects().read(f'{commit}:./{path}')) for path in paths)
        return {path: blob.content.decode(errors='replace') for path, blob in found if blob is not None}

    def trees(self, places: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Tree]:
        """Return all files below folders at commits, each with the hash of its content."""
        return {place: self._objects().files_below(f'{place[0]}:./{place[1]}') for place in places}

    def blobs(self, hashes: Collection[str]) -> Mapping[str, bytes]:
        """Return contents by hash."""
        found = ((name, self._objects().read(name)) for name in hashes)
        return {name: blob.content for name, blob in found if blob is not None}

    def archive(self, commit: str, paths: Sequence[str]) -> bytes:
        """Return some folders and files as a commit has them, in one tar file.

        They are as committed: no `.gitattributes`, filter or setting of this machine leaves out or changes any of them.

        Args:
            commit: The commit.
            paths: Relative to the folder of this repository; `.` is all of it.

        Raises:
            RefusedError: The commit does not have one of them.
        """
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode='w', format=tarfile.PAX_FORMAT) as archive:
            for path in paths:
                if not self._objects().pack(commit, '' if path == '.' else path, archive):
                    raise RefusedError('RK-GIT-FAILED', f'{path} is not in the commit {commit[:12]}')
        return packed.getvalue()

    def write_tag(self, name: str, commit: str, message: str, moment: int) -> None:
        """Write an annotated tag, always the same one for the same commit, message and moment."""
        who = {'GIT_COMMITTER_NAME': 'releasekit', 'GIT_COMMITTER_EMAIL': 'releasekit@localhost'}
        words = ('--annotate', '--cleanup=verbatim', f'--message={message}')
        self._ask('tag', '--no-sign', *words, name, commit, **who, GIT_COMMITTER_DATE=f'{moment} +0000')

    def remove_tag(self, name: str) -> None:
        """Remove a tag here; what a remote has stays."""
        self._ask('tag', '--delete', name)

    def send_tag(self, name: str, remote: str) -> bool:
        """Send a tag; False if the remote has it already, at the same object or commit.

        One tag a push: forges start no workflow for pushes of many.
        """
        listed = self._ask('ls-remote', '--', remote, f'refs/tags/{name}', f'refs/tags/{name}^{{}}').decode()
        theirs = {line.partition('\t')[0] for line in listed.splitlines()}
        commit = self._ask('rev-parse', f'{name}^{{commit}}').decode().strip()
        if commit in theirs:
            return False
        if theirs:
            raise RefusedError(
                'RK-TAG-TAKEN',
                f'the tag {name!r} of {remote!r} is at {min(theirs)[:12]}, here it is at {commit[:12]}. Fetch it, and '
                'find out which of the two was published; a tag that others have is never moved.',
            )
        self._ask('push', '--quiet', '--no-verify', '--', remote, f'refs/tags/{name}')
        return True

    def remote_url(self, remote: str) -> str:
        """Return the address of a remote, which may be an address itself."""
        try:
            return self._ask('remote', 'get-url', '--', remote).decode().strip()
        except RefusedError:
            return remote

    def remote_branch(self, remote: str, branch: str) -> str | None:
        """Return the commit of a remote's branch, fetched, or None."""
        listed = self._ask('ls-remote', '--', remote, f'refs/heads/{branch}').decode()
        commit = listed.partition('\t')[0]
        if commit:
            self._ask('fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--', remote, commit)
        return commit or None

    def send_branch(self, commit: str, remote: str, branch: str, before: str | None) -> None:
        """Put a remote's branch at a commit, unless it is no more where it was.

        Raises:
            RefusedError: ``RK-BRANCH-MOVED`` if another writer was there.
        """
        lease = f'--force-with-lease=refs/heads/{branch}:{before or ""}'
        try:
            self._ask('push', '--quiet', '--no-verify', lease, '--', remote, f'{commit}:refs/heads/{branch}')
        except RefusedError as error:
            if self.remote_branch(remote, branch) in {before, commit}:
                raise
            raise RefusedError(
                'RK-BRANCH-MOVED', f'{branch!r} of {remote!r} was changed meanwhile; run the command again'
            ) from error

    def read_note(self, remote: str, ref: str) -> tuple[str, str] | None:
        """Return the hash and the text behind a ref of a remote that holds no files, or None."""
        commit = self._ask('ls-remote', '--', remote, ref).decode().partition('\t')[0]
        if not commit:
            return None
        self._ask('fetch', '--quiet', '--no-tags', '--no-write-fetch-head', '--depth=1', '--', remote, commit)
        return commit, self._ask('log', '-1', '--format=%B', commit).decode(errors='replace').strip()

    def move_note(self, remote: str, ref: str, text: str, before: str | None) -> str | None:
        """Put a text behind a ref of a remote and return its hash; None if the ref is no more where it was."""
        tree = self._ask('mktree').decode().strip()
        commit = self._ask(*_NOBODY, 'commit-tree', tree, '-m', text).decode().strip()
        try:
            lease = f'--force-with-lease={ref}:{before or ""}'
            self._ask('push', '--quiet', '--no-verify', lease, '--', remote, f'{commit}:{ref}')
        except RefusedError:
            found = self._ask('ls-remote', '--', remote, ref).decode().partition('\t')[0]
            if found == commit:
                return commit
            if found == (before or ''):
                raise
            return None
        return commit

    @contextmanager
    def worktree(self, commit: str) -> Generator[Path]:
        """Give the workspace's folder in a working tree of its own, at a commit, which is gone afterwards."""
        prefix = self._ask('rev-parse', '--show-prefix').decode().strip()
        with tempfile.TemporaryDirectory(prefix='releasekit-') as folder:
            tree = Path(folder, 'tree')
            self._ask('worktree', 'add', '--quiet', '--detach', '--', str(tree), commit)
            try:
                yield tree / prefix
            finally:
                self._ask('worktree', 'remove', '--force', '--', str(tree))

    def begin(self, message: str, moment: int) -> None:
        """Make the folder a repository of its own, with all that it holds in one commit."""
        self._ask('init', '--quiet', '--initial-branch=main', '.')
        self._ask('add', '--all', '.')
        self._commit(message, moment)

    def commit_all(self, message: str, moment: int) -> str | None:
        """Commit everything below the folder, and return the hash; None if nothing differs from HEAD.

        The same content gives the same commit.
        """
        self._ask('add', '--all', '.')
        if self._ask('write-tree') == self._ask('rev-parse', 'HEAD^{tree}'):
            return None
        self._commit(message, moment)
        return self._ask('rev-parse', 'HEAD').decode().strip()

    def _commit(self, message: str, moment: int) -> None:
        dates = dict.fromkeys(('GIT_AUTHOR_DATE', 'GIT_COMMITTER_DATE'), f'{moment} +0000')
        self._ask(*_NOBODY, 'commit', '--quiet', '--no-verify', f'--message={message}', **dates)

    def _objects(self) -> ObjectReader:
        """Return what reads objects; one process for as long as this repository is read."""
        if self._reader is None:
            pipe = subprocess.PIPE
            self._reader = ObjectReader(self._popen(('cat-file', '--batch'), stdin=pipe, stderr=subprocess.DEVNULL))
        return self._reader

    def _ask(self, *arguments: str, said: str = '', **variables: str) -> bytes:
        with self._started(*arguments, said=said, **variables) as answer:
            return answer.read()

    @contextmanager
    def _started(self, *arguments: str, said: str = '', **variables: str) -> Generator[IO[bytes]]:
        """Start git and give its output; files at its other ends, so that nothing waits for a reader."""
        with tempfile.TemporaryFile() as words, tempfile.TemporaryFile() as errors:
            words.write(said.encode())
            words.seek(0)
            with self._popen(arguments, words, errors, variables) as process:
                yield cast('IO[bytes]', process.stdout)
            errors.seek(0)
            if process.returncode:
                raise self._failure(arguments, process.returncode, errors.read().decode(errors='replace'))

    def _popen(
        self,
        arguments: Sequence[str],
        stdin: int | IO[bytes],
        stderr: int | IO[bytes],
        variables: Mapping[str, str] = _QUIET,
    ) -> 'subprocess.Popen[bytes]':
        git = shutil.which('git')
        if not git:
            raise RefusedError('RK-GIT-MISSING', 'git is not on the PATH; versions are worked out from the history')
        self.processes += 1
        return subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
            [git, *arguments],
            cwd=self._root,
            env={**os.environ, **_QUIET, **variables},
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )

    def _failure(self, arguments: Sequence[str], exit_code: int, said: str) -> RefusedError:
        if 'not a git repository' in said:
            return RefusedError('RK-GIT-REPOSITORY', f'{str(self._root)!r} is in no git repository; run it in a clone')
        reason = _reason(said) or f'it ended with {exit_code} and gave no reason'
        return RefusedError('RK-GIT-FAILED', f'`git {_command(arguments)}` in {str(self._root)!r} failed: {reason}')


def _command(arguments: Sequence[str]) -> str:
    """Return the command among git's arguments, which settings may stand before."""
    skipped = 0
    while arguments[skipped] == '-c':
        skipped += 2
    return arguments[skipped]


def _reason(said: str) -> str:
    """Return the first line of what git said that is neither a warning nor advice, nor names the other end."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(('warning: ', 'hint: ', 'To ', 'From '))]
    return [*telling, *lines, ''][0]


def _texts(answer: IO[bytes]) -> Iterator[str]:
    """Yield the texts between zero bytes as they come.

    Where git could not recode a text, its bytes become the characters of Latin 1.
    """
    rest = b''
    while chunk := answer.read(_CHUNK):
        *texts, rest = (rest + chunk).split(b'\0')
        for text in texts:
            try:
                yield text.decode()
            except UnicodeDecodeError:
                yield text.decode('latin-1')


def _commits(texts: Iterator[str]) -> Iterator[Commit]:
    """Read the records of `git log`: an empty text, hash, author, message, then paths up to the next empty text.

    No message and no path can hold a zero byte. Git puts a line break before the first path.
    """
    next(texts, None)
    for sha in texts:
        author, message = next(texts), next(texts)
        paths = [text.removeprefix('\n') for text in iter(lambda: next(texts, ''), '')]
        yield Commit(sha, printable(author), printable(message), tuple(paths))


def _patch_ids(answer: bytes) -> Iterator[tuple[str, str]]:
    """Read the patches of `git diff-tree --stdin`: each commit's hash alone on a line, then its patch."""
    _, *patches = re.split(rb'^([0-9a-f]{40,64})\n', answer, flags=re.MULTILINE)
    for sha, patch in zip(patches[::2], patches[1::2], strict=True):
        is_binary = b'\nBinary files ' in patch
        numbers = (b'@@',) if is_binary else (b'@@', b'index ')
        kept = [b''.join(line.split()) for line in patch.splitlines() if not line.startswith(numbers)]
        yield sha.decode(), hashlib.sha256(b'\n'.join(kept)).hexdigest()
