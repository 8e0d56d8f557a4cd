# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""GitLab behind the port (https://docs.gitlab.com/api/merge_requests/, https://docs.gitlab.com/api/releases/).

What may have been done already, behind an answer that was lost, is looked for first.
"""

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import quote

from releasekit.forge.port import Proposal, ReleaseRequest
from releasekit.forge.rest import Rest
from releasekit.model.errors import RefusedError


API: Final = 'https://gitlab.com/api/v4'


class GitLab:
    """Merge requests of a project.

    Args:
        project: `group/name`, with as many groups as there are.
        token: May read and write the interface.
        api: Where the interface is; instances of one's own have their own.
        sleep: Waits so many seconds.
    """

    def __init__(self, project: str, token: str, api: str = API, sleep: Callable[[float], None] = time.sleep) -> None:
        self._project = project
        root = f'{api.rstrip("/")}/projects/{quote(project, safe="")}'
        self._rest = Rest(root, {'PRIVATE-TOKEN': token}, sleep)

    def __repr__(self) -> str:
        """Return the project; never the token."""
        return f'GitLab({self._project!r})'

    def find(self, branch: str) -> ReleaseRequest | None:
        """Return the open merge request of a branch, or None."""
        found: Any = self._rest.ask('GET', 'merge_requests', params={'state': 'opened', 'source_branch': branch})
        return _request(found[0]) if found else None

    def propose(self, proposal: Proposal, known: ReleaseRequest | None) -> ReleaseRequest:
        """Open a merge request, or bring the known one up to date; labels are added, and none is taken away."""
        labels = ','.join(proposal.labels)
        told = {'title': proposal.title, 'description': proposal.body, 'target_branch': proposal.base}
        if known is not None:
            return _request(
                self._rest.ask('PUT', f'merge_requests/{known.number}', body={**told, 'add_labels': labels})
            )
        try:
            body = {**told, 'source_branch': proposal.branch, 'labels': labels}
            return _request(self._rest.ask('POST', 'merge_requests', body=body))
        except RefusedError:
            found = self.find(proposal.branch)
            if found is None:
                raise
            return found

    def release(self, tag: str, title: str, notes: str, *, is_prerelease: bool) -> bool:  # noqa: ARG002  (GitLab has none)
        """Publish the notes of a tag; False if there is a release of it already, which is left as it is."""
        if self._is_released(tag):
            return False
        try:
            self._rest.ask('POST', 'releases', body={'tag_name': tag, 'name': title, 'description': notes})
        except RefusedError:
            if not self._is_released(tag):
                raise
        return True

    def _is_released(self, tag: str) -> bool:
        return self._rest.ask('GET', f'releases/{quote(tag, safe="")}', may_lack=True) is not None


def _request(found: Any) -> ReleaseRequest:
    return ReleaseRequest(found['iid'], found['web_url'], found.get('description') or '')
