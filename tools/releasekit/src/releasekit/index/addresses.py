# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The address of an index by its name: an entry of `[[tool.uv.index]]` in the root manifest, or uv's own default."""

import os
import re
import subprocess
from functools import cache
from typing import Any, cast

from releasekit.index.web_index import Address
from releasekit.model.errors import RefusedError, UsageError
from releasekit.model.names import suggestion
from releasekit.model.workspace import Workspace
from releasekit.workspace.uv.lock import find_uv


LOCAL = 'local'
PYPI = 'pypi'
_READS = re.compile(r'default package index \(by default: <(?P<url>[^>]+)>')
_SENDS = re.compile(r"Defaults to PyPI's publish URL \(<(?P<url>[^>]+)>")


def address_of(workspace: Workspace, name: str) -> Address:
    """Return where an index is.

    `pypi` needs no entry: it is the index that uv reads and sends to by default, or that `UV_DEFAULT_INDEX` and
    `UV_PUBLISH_URL` name.

    Raises:
        UsageError: The manifest has no index of that name that takes files.
        RefusedError: uv is missing, or does not say what its default index is.
    """
    entries = cast('list[dict[str, Any]]', workspace.manifest.value('tool', 'uv', 'index') or [])
    known = {
        str(entry['name']): Address(str(entry['name']), str(entry['url']), str(entry['publish-url']))
        for entry in entries
        if {'name', 'url', 'publish-url'} <= entry.keys()
    }
    if name == PYPI and name not in known:
        return _default()
    if name not in known:
        names = (LOCAL, *dict.fromkeys((PYPI, *known)))
        raise UsageError(
            'RK-INDEX-UNKNOWN',
            f'no index is called {name!r}.{suggestion(name, names)} Known: {", ".join(names)}. Others stand in '
            '[[tool.uv.index]] of the root manifest, with `name`, `url` and `publish-url`.',
        )
    return known[name]


def _default() -> Address:
    """Return the index that uv has without being told."""
    reads = os.environ.get('UV_DEFAULT_INDEX') or os.environ.get('UV_INDEX_URL') or _said_by_uv(_READS, 'sync')
    return Address(PYPI, reads, os.environ.get('UV_PUBLISH_URL') or _said_by_uv(_SENDS, 'publish'))


@cache
def _said_by_uv(pattern: re.Pattern[str], command: str) -> str:
    uv = find_uv()
    if uv is None:
        raise RefusedError('RK-UV-MISSING', f'uv is not installed, and knows where {PYPI!r} is; install it')
    done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
        [uv, 'help', '--no-pager', command], capture_output=True, text=True, encoding='utf-8', check=False
    )
    found = pattern.search(' '.join(done.stdout.split()))
    if found is None:
        raise RefusedError(
            'RK-INDEX-UNKNOWN',
            f'`uv help {command}` does not say where {PYPI!r} is. Write an entry of that name into [[tool.uv.index]] '
            'of the root manifest, with `url` and `publish-url`.',
        )
    return found['url']
