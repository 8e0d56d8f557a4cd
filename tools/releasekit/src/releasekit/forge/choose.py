# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which forge a release is proposed to: the one that is asked for, else the one that the environment names."""

import os
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from releasekit.forge.github import API, GitHub
from releasekit.forge.port import Forge
from releasekit.model.errors import UsageError


# ssh://git@host:22/owner/name.git, https://host/owner/name, git@host:owner/name.git; a folder is none of a forge's.
_REMOTE = re.compile(
    r'^(?:\w+://(?:[^/@]*@)?(?P<host>[\w.-]+)(?::\d+)?/|[^/@]+@(?P<scp>[\w.-]+):)(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?$'
)


def choose_forge(asked: str | None, remote_url: str, environment: Mapping[str, str] | None = None) -> Forge | None:
    """Return a forge, or None for a release that is proposed to nobody.

    Args:
        asked: `github` or `none`; GitHub unless stated, where there are a token and a repository.
        remote_url: Of the git remote; says which repository it is where `GITHUB_REPOSITORY` does not, if it is on the
            host that the interface is of.
        environment: Holds `GITHUB_TOKEN` or `GH_TOKEN`, and may hold `GITHUB_REPOSITORY` and `GITHUB_API_URL`.

    Raises:
        UsageError: GitHub is asked for, and there is no token, or no telling which repository.
    """
    known = os.environ if environment is None else environment
    token = known.get('GITHUB_TOKEN') or known.get('GH_TOKEN')
    if asked == 'none' or (asked is None and not token):
        return None
    api = known.get('GITHUB_API_URL') or API
    repository = known.get('GITHUB_REPOSITORY') or _repository(remote_url, api)
    if asked is None and not repository:
        return None
    if not token or not repository:
        missing = 'no token: set GITHUB_TOKEN or GH_TOKEN' if not token else 'no repository: set GITHUB_REPOSITORY'
        raise UsageError('RK-USAGE', f'--forge github has {missing}; --forge none proposes to nobody')
    return GitHub(repository, token, api)


def _repository(remote_url: str, api: str) -> str:
    """Return `owner/name` of a remote on the forge's own host; empty for any other."""
    found = _REMOTE.match(remote_url)
    host = (urlsplit(api).hostname or '').removeprefix('api.')
    return found['name'] if found and (found['host'] or found['scp']) == host else ''
