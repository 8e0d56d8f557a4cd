# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""GitHub behind the port, and what speaks its language (https://docs.github.com/rest/pulls/pulls).

What may have been done already, behind an answer that was lost, is looked for first.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

from releasekit.forge.port import Proposal, ReleaseRequest
from releasekit.forge.rest import Rest
from releasekit.model.errors import RefusedError


API: Final = 'https://api.github.com'
_VERSION: Final = '2022-11-28'


class GitHub:
    """Pull requests of a repository.

    Args:
        repository: `owner/name`.
        token: May read and write pull requests, and labels.
        api: Where the interface is; GitHub Enterprise has its own.
        sleep: Waits so many seconds.
    """

    def __init__(
        self, repository: str, token: str, api: str = API, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._repository = repository
        headers = {
            'Accept': 'application/vnd.github+json',
            'Authorization': f'Bearer {token}',
            'X-GitHub-Api-Version': _VERSION,
        }
        self._rest = Rest(f'{api.rstrip("/")}/repos/{repository}', headers, sleep)

    def __repr__(self) -> str:
        """Return the repository; never the token."""
        return f'GitHub({self._repository!r})'

    def find(self, branch: str) -> ReleaseRequest | None:
        """Return the open pull request of a branch, or None."""
        owner = self._repository.partition('/')[0]
        found: Any = self._rest.ask('GET', 'pulls', params={'state': 'open', 'head': f'{owner}:{branch}'})
        return _request(found[0]) if found else None

    def propose(self, proposal: Proposal, known: ReleaseRequest | None) -> ReleaseRequest:
        """Open a pull request, or bring the known one up to date; labels are added, and none is taken away."""
        told = {'title': proposal.title, 'body': proposal.body, 'base': proposal.base}
        if known is not None:
            made = _request(self._rest.ask('PATCH', f'pulls/{known.number}', body=told))
        else:
            made = self._opened({**told, 'head': proposal.branch})
        if proposal.labels:
            self._rest.ask('POST', f'issues/{made.number}/labels', body={'labels': list(proposal.labels)})
        return made

    def release(self, tag: str, title: str, notes: str, *, is_prerelease: bool) -> bool:
        """Publish the notes of a tag; False if there is a release of it already, which is left as it is."""
        if self._is_released(tag):
            return False
        told = {'tag_name': tag, 'name': title, 'body': notes, 'prerelease': is_prerelease}
        try:
            self._rest.ask('POST', 'releases', body=told)
        except RefusedError:  # it may be there all the same: the answer was lost, and the second attempt refused
            if not self._is_released(tag):
                raise
        return True

    def _is_released(self, tag: str) -> bool:
        return self._rest.ask('GET', f'releases/tags/{quote(tag, safe="")}', may_lack=True) is not None

    def _opened(self, told: Mapping[str, str]) -> ReleaseRequest:
        """Open a pull request; one that is there already, as after an answer that was lost, is taken."""
        try:
            return _request(self._rest.ask('POST', 'pulls', body=told))
        except RefusedError:
            found = self.find(told['head'])
            if found is None:
                raise
            return found


def _request(found: Any) -> ReleaseRequest:
    return ReleaseRequest(found['number'], found['html_url'], found.get('body') or '')
