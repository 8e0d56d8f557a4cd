# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""An index on the web: its simple API to look, a form or uv to send, uv to tell what can be installed."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version as version_of
from pathlib import Path

import httpx

from releasekit.index.form_upload import Credentials, FormUploader
from releasekit.index.port import Answer, IndexFile
from releasekit.index.simple import SimpleReader
from releasekit.index.uv_index import Resolver, UvUploader
from releasekit.model.plan import Artefact


_SECONDS = 60.0


@dataclass(frozen=True)
class Address:
    """Where an index is: `url` is its simple API, `upload_url` takes files."""

    name: str
    url: str
    upload_url: str


class WebIndex:
    """An index as publishing needs it; `connected` makes one."""

    def __init__(
        self,
        address: Address,
        client: httpx.AsyncClient,
        uploader: FormUploader | UvUploader,
        cache: Path,
        patience: float,
    ) -> None:
        self._resolver = Resolver(address.name, address.url, cache)
        self._reader = SimpleReader(client, address.url, patience)
        self._uploader = uploader
        self._resolving = asyncio.Semaphore(os.cpu_count() or 1)

    async def files(self, package: str) -> Mapping[str, IndexFile] | None:
        """Return the files of a project by name; None if the index has no such project."""
        return await self._reader.files(package)

    async def digest(self, file: IndexFile) -> str:
        """Return the sha256 of a file's bytes as the index serves them."""
        return await self._reader.digest(file)

    async def fetch(self, file: IndexFile) -> bytes:
        """Return a file's bytes as the index serves them."""
        return await self._reader.fetch(file)

    async def upload(self, artefact: Artefact, path: Path) -> Answer:
        """Send a file once."""
        return await self._uploader.upload(artefact, path)

    async def installs(self, package: str, version: str) -> bool:
        """Return whether uv finds exactly that version."""
        async with self._resolving:
            return await self._resolver.finds(package, version)


@asynccontextmanager
async def connected(
    address: Address, credentials: Credentials, *, with_uv: bool = False, patience: float = _SECONDS
) -> AsyncGenerator[WebIndex]:
    """Give an index to work with, and close its connections afterwards.

    Args:
        address: Where it is.
        credentials: Gives user and password for a package.
        with_uv: Whether `uv publish` sends the files.
        patience: Seconds until a request counts as not answered; a page has to be whole by then.
    """
    agent = f'releasekit/{version_of("releasekit")} python/{sys.version_info.major}.{sys.version_info.minor}'
    through_proxy = not address.url.startswith('http://127.0.0.1:')
    with tempfile.TemporaryDirectory(prefix='releasekit-uv-') as folder:
        async with httpx.AsyncClient(
            timeout=patience, headers={'User-Agent': agent}, trust_env=through_proxy
        ) as client:
            if with_uv:
                uploader = UvUploader(address.upload_url, credentials)
            else:
                uploader = FormUploader(client, address.upload_url, credentials)
            yield WebIndex(address, client, uploader, Path(folder), patience)
