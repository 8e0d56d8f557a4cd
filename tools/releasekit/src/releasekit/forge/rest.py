# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Asking a forge over HTTP: what failed by no fault of its own is asked again, after the wait that it asks for."""

import time
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, cast

import httpx

from releasekit.model.documents import parse_json
from releasekit.model.errors import RefusedError


_ATTEMPTS: Final = 4
_SECONDS: Final = 30.0
_LONGEST_WAIT: Final = 60.0
_LIMITED: Final = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})


class Rest:
    """A repository's part of a forge's interface.

    Args:
        root: What all addresses begin with.
        headers: Sent with every request; they include the credentials, which are never shown.
        sleep: Waits so many seconds.
    """

    def __init__(self, root: str, headers: Mapping[str, str], sleep: Callable[[float], None] = time.sleep) -> None:
        self._root = root
        self._headers = {'User-Agent': 'releasekit', **headers}
        self._sleep = sleep

    def ask(
        self,
        verb: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        may_lack: bool = False,
    ) -> Any:
        """Return what the forge answers, as data; None for nothing, and for what is missing where that may be.

        Raises:
            RefusedError: ``RK-FORGE``, with what the forge said.
        """
        url = f'{self._root}/{path}'
        problem = ''
        for attempt in range(_ATTEMPTS):
            try:
                answer = httpx.request(verb, url, params=params, json=body, headers=self._headers, timeout=_SECONDS)
            except httpx.HTTPError as error:
                problem, wait = f'{type(error).__name__}', 2.0**attempt
            else:
                if answer.is_success:
                    return _read(answer)
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


def _read(answer: httpx.Response) -> Any:
    try:
        return parse_json(answer.content) if answer.content else None
    except ValueError as error:
        raise RefusedError('RK-FORGE', f'{answer.request.method} {answer.url}: no JSON: {error}') from error


def _problem(answer: httpx.Response) -> str:
    try:
        said = cast('dict[str, Any]', parse_json(answer.content))
        errors = '; '.join(str(error.get('message') or error) for error in said.get('errors') or ())
        text = ': '.join(part for part in (str(said.get('message', '')), errors) if part)
    except (ValueError, AttributeError):
        text = answer.reason_phrase
    return f'{answer.status_code} {text}'
