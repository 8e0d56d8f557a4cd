# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""GitHub behind the port, and what speaks its language (https://docs.github.com/rest/pulls/pulls).

A request that failed by no fault of its own is made again; what may have been done already is looked for first.
"""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import quote

import httpx

from releasekit.forge.port import Proposal, ReleaseRequest
from releasekit.model.errors import RefusedError


API: Final = 'https://api.github.com'
_VERSION: Final = '2022-11-28'
_ATTEMPTS: Final = 4
_SECONDS: Final = 30.0
_LONGEST_WAIT: Final = 60.0
_LIMITED: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


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
        self._api = api.rstrip('/')
        self._sleep = sleep
        self._headers = {
            'Accept': 'application/vnd.github+json',
            'Authorization': f'Bearer {token}',
            'X-GitHub-Api-Version': _VERSION,
            'User-Agent': 'releasekit',
        }

    def __repr__(self) -> str:
        """Return the repository; never the token."""
        return f'GitHub({self._repository!r})'

    def find(self, branch: str) -> ReleaseRequest | None:
        """Return the open pull request of a branch, or None."""
        owner = self._repository.partition('/')[0]
        found: Any = self._ask('GET', 'pulls', params={'state': 'open', 'head': f'{owner}:{branch}'})
        return _request(found[0]) if found else None

    def propose(self, proposal: Proposal, known: ReleaseRequest | None) -> ReleaseRequest:
        """Open a pull request, or bring the known one up to date; labels are added, and none is taken away."""
        told = {'title': proposal.title, 'body': proposal.body, 'base': proposal.base}
        if known is not None:
            made = _request(self._ask('PATCH', f'pulls/{known.number}', body=told))
        else:
            made = self._opened({**told, 'head': proposal.branch})
        if proposal.labels:
            self._ask('POST', f'issues/{made.number}/labels', body={'labels': list(proposal.labels)})
        return made

    def release(self, tag: str, title: str, notes: str, *, is_prerelease: bool) -> bool:
        """Publish the notes of a tag; False if there is a release of it already, which is left as it is."""
        if self._is_released(tag):
            return False
        told = {'tag_name': tag, 'name': title, 'body': notes, 'prerelease': is_prerelease}
        try:
            self._ask('POST', 'releases', body=told)
        except RefusedError:  # it may be there all the same: the answer was lost, and the second attempt refused
            if not self._is_released(tag):
                raise
        return True

    def _is_released(self, tag: str) -> bool:
        return self._ask('GET', f'releases/tags/{quote(tag, safe="")}', may_lack=True) is not None

    def _opened(self, told: Mapping[str, str]) -> ReleaseRequest:
        """Open a pull request; one that is there already, as after an answer that was lost, is taken."""
        try:
            return _request(self._ask('POST', 'pulls', body=told))
        except RefusedError:
            found = self.find(told['head'])
            if found is None:
                raise
            return found

    def _ask(
        self,
        verb: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        may_lack: bool = False,
    ) -> Any:
        url = f'{self._api}/repos/{self._repository}/{path}'
        problem = ''
        for attempt in range(_ATTEMPTS):
            try:
                answer = httpx.request(verb, url, params=params, json=body, headers=self._headers, timeout=_SECONDS)
            except httpx.HTTPError as error:
                problem, wait = f'{type(error).__name__}', 2.0**attempt
            else:
                if answer.is_success:
                    return answer.json() if answer.content else None
                if may_lack and answer.status_code == HTTPStatus.NOT_FOUND:
                    return None
                problem, wait = _problem(answer), _wait(answer, attempt)
            if wait is None or wait > _LONGEST_WAIT or attempt == _ATTEMPTS - 1:
                later = f' It asks to come back in {wait:.0f} s.' if wait and wait > _LONGEST_WAIT else ''
                raise RefusedError('RK-FORGE', f'{verb} {url}: {problem}.{later}')
            self._sleep(wait)
        raise AssertionError('the last attempt returns or raises')


def _wait(answer: httpx.Response, attempt: int) -> float | None:
    """Return for how many seconds to wait before the same is asked again; None if that would not help."""
    if answer.status_code in _LIMITED:
        if hint := answer.headers.get('retry-after', ''):
            return float(hint) if hint.isdigit() else 2.0**attempt
        if answer.headers.get('x-ratelimit-remaining') == '0':
            reset = answer.headers.get('x-ratelimit-reset', '')
            return max(1.0, float(reset) - time.time()) if reset.isdigit() else 2.0**attempt
        return None if answer.status_code == HTTPStatus.FORBIDDEN else 2.0**attempt
    return 2.0**attempt if answer.is_server_error else None


def _problem(answer: httpx.Response) -> str:
    try:
        said = cast('dict[str, Any]', answer.json())
        errors = '; '.join(str(error.get('message') or error) for error in said.get('errors') or ())
        text = ': '.join(part for part in (str(said.get('message', '')), errors) if part)
    except (ValueError, AttributeError):
        text = answer.reason_phrase
    return f'{answer.status_code} {text}'


def _request(found: Any) -> ReleaseRequest:
    return ReleaseRequest(found['number'], found['html_url'], found.get('body') or '')
