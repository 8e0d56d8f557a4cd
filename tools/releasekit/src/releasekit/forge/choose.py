# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which forge a release is proposed to: the one that is asked for, else the one that the environment names."""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from releasekit.forge import github, gitlab
from releasekit.forge.port import Forge
from releasekit.model.errors import UsageError


@dataclass(frozen=True)
class _Kind:
    """A forge, and the variables that hold a token, a repository, and where the interface is."""

    make: Callable[[str, str, str], Forge]
    tokens: tuple[str, ...]
    repository: str
    address: str
    api: str


_KINDS = {
    'github': _Kind(github.GitHub, ('GITHUB_TOKEN', 'GH_TOKEN'), 'GITHUB_REPOSITORY', 'GITHUB_API_URL', github.API),
    'gitlab': _Kind(gitlab.GitLab, ('GITLAB_TOKEN',), 'CI_PROJECT_PATH', 'CI_API_V4_URL', gitlab.API),
}

# ssh://git@host:22/owner/name.git, https://host/owner/name, git@host:owner/name.git; a folder is none of a forge's.
_REMOTE = re.compile(
    r'^(?:\w+://(?:[^/@]*@)?(?P<host>[\w.-]+)(?::\d+)?/|[^/@]+@(?P<scp>[\w.-]+):)(?P<name>[\w.-]+(?:/[\w.-]+)*/[\w.-]+?)(?:\.git)?/?$'
)


def choose_forge(asked: str | None, remote_url: str, environment: Mapping[str, str] | None = None) -> Forge | None:
    """Return a forge, or None for a release that is proposed to nobody.

    Args:
        asked: `github`, `gitlab` or `none`. Default: the first for which there are a token and a repository.
        remote_url: Of the git remote; says which repository it is where the environment does not, if it is on the host
            that the interface is of.
        environment: Holds `GITHUB_TOKEN`, `GH_TOKEN` or `GITLAB_TOKEN`, and may hold `GITHUB_REPOSITORY` and
            `GITHUB_API_URL`, or `CI_PROJECT_PATH` and `CI_API_V4_URL`.

    Raises:
        UsageError: A forge is asked for, and there is no token, or no telling which repository.
    """
    known = os.environ if environment is None else environment
    for name, kind in _KINDS.items():
        if asked not in {None, name}:
            continue
        token = next((known[variable] for variable in kind.tokens if known.get(variable)), '')
        api = known.get(kind.address) or kind.api
        repository = (known.get(kind.repository) or _repository(remote_url, api)) if token else ''
        if repository:
            return kind.make(repository, token, api)
        if asked == name:
            no_token = f'no token: set {" or ".join(kind.tokens)}'
            missing = f'no repository: set {kind.repository}' if token else no_token
            raise UsageError('RK-USAGE', f'--forge {name} has {missing}; --forge none proposes to nobody')
    return None


def _repository(remote_url: str, api: str) -> str:
    """Return `owner/name`, perhaps with groups between, of a remote on the forge's own host; empty for any other."""
    found = _REMOTE.match(remote_url)
    host = (urlsplit(api).hostname or '').removeprefix('api.')
    return found['name'] if found and (found['host'] or found['scp']) == host else ''
