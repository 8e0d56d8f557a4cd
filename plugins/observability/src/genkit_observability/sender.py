# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Requests to a backend: compressed, authorized, tried again for a few seconds, and never a burden to the program."""

import gzip
import logging
import os
import threading
import time
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import httpx
from genkit import GenkitError
from genkit.plugin import client_header, header_secrets, retry_after_ms
from opentelemetry.context import attach, create_key, detach, get_value, set_value

from genkit_observability.destination import Destination, Signal


LOGGER: Final = logging.getLogger('genkit.observability')

_RETRYABLE: Final = frozenset({429, 502, 503, 504})
_MOST_TRIES: Final = 6
_FIRST_PAUSE: Final = 0.5
_UNTRACED: Final = 'suppress_instrumentation'
_SENDING: Final = create_key('genkit-observability-sending')
_LONGEST_TEXT: Final = 200


class Sender:
    """Posts what is encoded to a destination; failures cost one line of the log for each kind.

    Args:
        destination: Where it goes.
        timeout: How many seconds a request may take, all tries together.
    """

    def __init__(self, destination: Destination, timeout: float) -> None:
        self._destination = destination
        self._timeout = timeout
        self._lock = threading.Lock()
        self._said: set[str] = set()
        self._client: httpx.Client | None = None
        self._process = 0
        self._closing = threading.Event()

    def send(self, signal: Signal, body: bytes, content_type: str) -> httpx.Response | None:
        """Return the answer of a backend that took a request; None if it was lost, which has been logged then."""
        url = self._destination.endpoints[signal]
        content = gzip.compress(body, 6, mtime=0)
        headers = {
            'content-type': content_type,
            'content-encoding': 'gzip',
            'user-agent': client_header(),
            **self._destination.headers,
            **self._destination.signal_headers.get(signal, {}),
        }
        end = time.monotonic() + self._timeout
        pause, tries = _FIRST_PAUSE, 0
        while True:
            token = attach(set_value(_SENDING, True, set_value(_UNTRACED, True)))
            try:
                found = self._posted(signal, url, content, headers, end - time.monotonic())
            finally:
                detach(token)
            if isinstance(found, httpx.Response):
                return found
            tries += 1
            wait = pause if found.wait is None else found.wait
            if tries > found.retries or time.monotonic() + wait >= end or self._closing.wait(wait):
                self.complain(signal, found.kind, found.message)
                return None
            pause *= 2

    def complain(self, signal: Signal, kind: str, message: str) -> None:
        """Log a problem, unless one of its kind has been logged."""
        with self._lock:
            is_new = kind not in self._said
            self._said.add(kind)
        if is_new:
            LOGGER.warning('%s: %s %s More of this kind is not logged.', self._destination.label, signal, message)

    def close(self) -> None:
        """Try nothing again, and let go of the connections."""
        self._closing.set()
        with self._lock:
            client, self._client = self._client, None
        if client is not None and self._process == os.getpid():
            client.close()

    def _posted(
        self, signal: Signal, url: str, content: bytes, headers: Mapping[str, str], seconds: float
    ) -> 'httpx.Response | _Problem':
        try:
            authorize = self._destination.authorize
            authorized = headers if authorize is None else authorize(signal, url, content, headers)
        except Exception as error:  # noqa: BLE001  (of a vendor's library; telemetry must not disturb the program)
            return _Problem('credential', self._refused(f'are not sent, as they cannot be authorized: {_told(error)}.'))
        try:
            answer = self._http().post(url, content=content, headers=authorized, timeout=max(seconds, 0.001))
        except Exception as error:  # noqa: BLE001  (telemetry must not disturb the program; it is logged)
            return _Problem('connection', f'do not reach {_host(url)}: {_told(error)}.', retries=1)
        return self._problem_of(answer) or answer

    def _problem_of(self, answer: httpx.Response) -> '_Problem | None':
        status = answer.status_code
        if answer.is_redirect:
            where = _host(str(answer.headers.get('location', '')))
            advice = 'Redirects are not followed, so that no key goes elsewhere. Configure the address that is meant.'
            return _Problem('redirect', f'were redirected to {where} ({status}). {advice}')
        if status in (401, 403):
            return _Problem('credential', self._refused(f'were refused with {status}{self._text(answer)}.'))
        if not answer.is_success:
            retries, told = _MOST_TRIES if status in _RETRYABLE else 0, retry_after_ms(answer.headers)
            wait = None if told is None else told / 1000
            return _Problem(str(status), f'were refused with {status}{self._text(answer)}.', retries, wait)
        if 'html' in answer.headers.get('content-type', ''):
            where = _host(str(answer.url))
            return _Problem('html', f'reached {where}, which answered with a web page. See whether it is right.')
        return None

    def _refused(self, what: str) -> str:
        return f'{what} Check {self._destination.credential}.'

    def _text(self, answer: httpx.Response) -> str:
        """Return the beginning of what a backend says, without what was sent in headers."""
        if not answer.headers.get('content-type', '').startswith(('text/plain', 'application/json')):
            return ''
        text = ' '.join(answer.text.split())
        sent = [self._destination.headers, *self._destination.signal_headers.values()]
        for secret in sorted({part for headers in sent for part in header_secrets(headers)}, key=len, reverse=True):
            text = text.replace(secret, '<redacted>')
        return f': {text[:_LONGEST_TEXT]}' if text else ''

    def _http(self) -> httpx.Client:
        with self._lock:
            if self._client is None or self._process != os.getpid():  # a forked process shares no connection
                self._client = httpx.Client(follow_redirects=False)
                self._process = os.getpid()
            return self._client


class _NotOurs(logging.Filter):
    """Leaves out what the HTTP library logs of each request of this module."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002  (it depends on the thread)
        return not get_value(_SENDING)


logging.getLogger('httpx').addFilter(_NotOurs())


class _Problem(NamedTuple):
    """What became of a request.

    Attributes:
        kind: Of which one line is logged.
        message: That line, behind the name of the signal.
        retries: How many more tries are worth it.
        wait: How many seconds the backend asks to wait.
    """

    kind: str
    message: str
    retries: int = 0
    wait: float | None = None


def _told(error: Exception) -> str:
    message = error.message if isinstance(error, GenkitError) else str(error)
    return message.rstrip('.') or type(error).__name__


def _host(url: str) -> str:
    """Return the part of an address that holds no secret."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return 'an address that is none'
    return f'{parts.scheme}://{host}{f":{port}" if port else ""}' if host else 'an address without a host'
