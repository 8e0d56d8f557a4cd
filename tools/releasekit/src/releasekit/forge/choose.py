# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which forge a release is proposed to: the one that is asked for, else the one that the environment names."""

import os
import re
from collections.abc import Mapping

from releasekit.forge.github import API, GitHub
from releasekit.forge.port import Forge
from releasekit.model.errors import UsageError


_REMOTE = re.compile(r'(?:[:/])(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?$')


def choose_forge(asked: str | None, remote_url: str, environment: Mapping[str, str] | None = None) -> Forge | None:
    """Return a forge, or None for a release that is proposed to nobody.

    Args:
        asked: `github` or `none`; GitHub where there is a token unless stated.
        remote_url: Of the git remote; says which repository it is where `GITHUB_REPOSITORY` does not.
        environment: Holds `GITHUB_TOKEN` or `GH_TOKEN`, and may hold `GITHUB_REPOSITORY` and `GITHUB_API_URL`.

    Raises:
        UsageError: GitHub is asked for, and there is no token, or no telling which repository.
    """
    known = os.environ if environment is None else environment
    token = known.get('GITHUB_TOKEN') or known.get('GH_TOKEN')
    if asked == 'none' or (asked is None and not token):
        return None
    found = _REMOTE.search(remote_url)
    repository = known.get('GITHUB_REPOSITORY') or (found['name'] if found else '')
    if not token or not repository:
        missing = 'no token: set GITHUB_TOKEN or GH_TOKEN' if not token else 'no repository: set GITHUB_REPOSITORY'
        raise UsageError('RK-USAGE', f'--forge github has {missing}; --forge none proposes to nobody')
    return GitHub(repository, token, known.get('GITHUB_API_URL') or API)
