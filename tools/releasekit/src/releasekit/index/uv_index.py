# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What uv knows of an index: whether it can install something from there, and sending files with `uv publish`."""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from releasekit.index.bound import Bindings, Place
from releasekit.index.form_upload import Credentials
from releasekit.index.port import Answer, Outcome
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact
from releasekit.workspace.uv.lock import find_uv


async def run_uv(arguments: Sequence[str], *, environment: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run uv outside every project, and return its exit code and what it said.

    Raises:
        RefusedError: There is no uv.
    """
    uv = find_uv()
    if uv is None:
        raise RefusedError('RK-UV-MISSING', 'uv is not installed; it tells whether what was sent can be installed')
    process = await asyncio.create_subprocess_exec(
        uv,
        *arguments,
        cwd='/' if os.name == 'posix' else None,
        env={**_without_token(os.environ), 'NO_COLOR': '1', 'UV_NO_PROGRESS': '1', **(environment or {})},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    return process.returncode or 0, output.decode(errors='replace')


def _without_token(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the token, which uv takes beside no user and password."""
    return {name: value for name, value in environment.items() if name != 'UV_PUBLISH_TOKEN'}


class Resolver:
    """Asks uv what it finds at an index, each time as if for the first time.

    Of what uv keeps between two questions only what it knows of the interpreter is given to it again: to start that
    costs more than the answer.

    Args:
        name: Of the index, by which uv knows its credentials.
        url: The index.
        folder: For its caches.
    """

    def __init__(self, name: str, url: str, folder: Path) -> None:
        self._name = name
        self._url = url
        self._folder = folder
        self._warm: asyncio.Task[None] | None = None

    async def finds(self, package: str, version: str) -> bool:
        """Return whether uv finds exactly that version of a package, however new it is."""
        if self._warm is None:
            self._warm = asyncio.create_task(self._warm_up())
        await asyncio.shield(self._warm)
        with tempfile.TemporaryDirectory(dir=self._folder) as name:
            cache = Path(name, 'cache')
            shutil.copytree(self._folder / 'warm', cache, symlinks=True)
            place = Place(self._name, self._url, frozenset({package}))
            project = Bindings((place,)).write(Path(name, 'project'), [f'{package}=={version}'])
            here = ('--python', sys.executable, '--cache-dir', str(cache))
            flags = ('--no-deps', '--no-build', '--quiet', '--no-config', '--universal')
            asked = ('pip', 'compile', str(project), *here, *flags)
            code, _ = await run_uv(asked, environment={'UV_OFFLINE': '0'})  # the question is what the index has
        return code == 0

    async def _warm_up(self) -> None:
        (self._folder / 'warm').mkdir()
        await run_uv(('python', 'find', '--quiet', sys.executable, '--cache-dir', str(self._folder / 'warm')))


class UvUploader:
    """Sends files with `uv publish`, whose exit code says too little: a failure is always unclear.

    Args:
        url: Where files go.
        credentials: Gives user and password for a package.
    """

    def __init__(self, url: str, credentials: Credentials) -> None:
        self._url = url
        self._credentials = credentials

    async def upload(self, artefact: Artefact, path: Path) -> Answer:
        """Send a file."""
        user, password = await self._credentials(artefact.package)
        code, text = await run_uv(
            ('publish', '--no-config', '--publish-url', self._url, str(path)),
            environment={'UV_PUBLISH_USERNAME': user, 'UV_PUBLISH_PASSWORD': password},
        )
        if code == 0:
            return Answer(Outcome.STORED)
        said = ' '.join(text.replace(password, '…').split())
        if ' 403 ' in f' {said} ' or ' 401 ' in f' {said} ':
            return Answer(Outcome.DENIED, said)
        return Answer(Outcome.UNCLEAR, said)
