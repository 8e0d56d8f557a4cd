# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Who sends files: a token or a password of the environment, or a short-lived token of a trusted publisher.

Sources: https://docs.astral.sh/uv/reference/environment/ (``UV_PUBLISH_*``), https://twine.readthedocs.io
(``TWINE_*``), and the public index's own page on the internals of trusted publishers (minting tokens).
"""

import os
from collections.abc import Awaitable, Callable
from urllib.parse import urljoin

import httpx

from releasekit.model.documents import parse_json
from releasekit.model.errors import RefusedError


_TOKEN_USER = '__token__'  # noqa: S105 - the user name that goes with a token
_PASSWORDS = (
    ('UV_PUBLISH_USERNAME', 'UV_PUBLISH_PASSWORD'),
    ('TWINE_USERNAME', 'TWINE_PASSWORD'),
)
_REQUEST_URL, _REQUEST_TOKEN = 'ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'


def credentials_for(upload_url: str) -> Callable[[str], Awaitable[tuple[str, str]]]:
    """Return what gives user and password for a package.

    Raises:
        RefusedError: The environment names no credentials and no trusted publisher.
    """
    fixed = _of_environment()
    if fixed is not None:

        async def same(_package: str) -> tuple[str, str]:
            return fixed

        return same
    if is_trusted_publisher():
        return _Minted(upload_url)
    raise RefusedError(
        'RK-CREDENTIALS',
        'no credentials: set UV_PUBLISH_TOKEN, or UV_PUBLISH_USERNAME and UV_PUBLISH_PASSWORD, or publish from a '
        'workflow with the permission `id-token: write`',
    )


def is_trusted_publisher() -> bool:
    """Return whether files are sent with the identity of a workflow, not with a token or a password."""
    return _of_environment() is None and bool(os.environ.get(_REQUEST_URL) and os.environ.get(_REQUEST_TOKEN))


async def nobody(_package: str) -> tuple[str, str]:
    """Return what an index that asks for no credentials is given; uv wants to send some."""
    return 'anybody', 'nothing'


def _of_environment() -> tuple[str, str] | None:
    token = os.environ.get('UV_PUBLISH_TOKEN')
    if token:
        return _TOKEN_USER, token
    for user, password in _PASSWORDS:
        if os.environ.get(password):
            return os.environ.get(user) or _TOKEN_USER, os.environ[password]
    return None


class _Minted:
    """Exchanges the workflow's identity for a token of the index, once per file: a run may outlast one."""

    def __init__(self, upload_url: str) -> None:
        self._upload_url = upload_url

    async def __call__(self, package: str) -> tuple[str, str]:
        """Return user and password.

        Raises:
            RefusedError: The index does not take the workflow for a publisher of the package.
        """
        async with httpx.AsyncClient(timeout=30) as client:
            try:
                audience = (await client.get(urljoin(self._upload_url, '/_/oidc/audience'))).raise_for_status()
                identity = await client.get(
                    os.environ[_REQUEST_URL],
                    params={'audience': parse_json(audience.content)['audience']},
                    headers={'Authorization': f'bearer {os.environ[_REQUEST_TOKEN]}'},
                )
                claim = parse_json(identity.raise_for_status().content)['value']
                minted = await client.post(
                    urljoin(self._upload_url, '/_/oidc/mint-token'), json={'token': claim, 'package': package}
                )
            except (httpx.HTTPError, KeyError, ValueError, TypeError) as error:
                raise _refused(package, f'{type(error).__name__} {error}') from None
            try:
                return _TOKEN_USER, parse_json(minted.content)['token']
            except (KeyError, ValueError, TypeError):
                raise _refused(package, f'{minted.status_code} {_reasons(minted)}') from None


def _reasons(minted: httpx.Response) -> str:
    try:
        return '; '.join(f'{error["code"]}: {error["description"]}' for error in parse_json(minted.content)['errors'])
    except (KeyError, ValueError, TypeError):
        return 'without a reason'


def _refused(package: str, reason: str) -> RefusedError:
    return RefusedError(
        'RK-CREDENTIALS',
        f'the index mints no token for {package!r}: {reason}. Compare the trusted publisher that it has for the '
        'project with repository, workflow file and environment of this run.',
    )
