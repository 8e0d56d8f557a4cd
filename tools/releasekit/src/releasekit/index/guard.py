# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a local index refuses: whatever a web page could send, and files that lie elsewhere."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_NAMES = frozenset({'127.0.0.1', 'localhost', '::1'})
_FILES = '/packages/'


def guarded(application: Application, folder: Path) -> Application:
    """Return an application that answers requests of programs on this machine alone, and serves its folder alone.

    Args:
        application: Serves the folder.
        folder: Holds the files.
    """
    root = folder.resolve()

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if problem := refusal(environ):
            return _refuse(start, '403 Forbidden', problem)
        path = str(environ.get('PATH_INFO', '')).encode('latin-1', 'replace').decode(errors='replace')
        if path.startswith(_FILES) and not _is_within(root, path.removeprefix(_FILES)):
            return _refuse(start, '404 Not Found', 'There is no such file.')
        return application(environ, start)

    return answer


def refusal(environ: dict[str, Any]) -> str | None:
    """Return why a request is refused; None for one that only a program on this machine sends."""
    host = str(environ.get('HTTP_HOST', ''))
    if _name(f'//{host}') not in _NAMES:
        return f'Host is {host[:100]!r}; ask for 127.0.0.1.'
    origin = environ.get('HTTP_ORIGIN')
    if origin is not None and urlsplit(str(origin)).netloc != host:
        return 'Pages of other origins are not answered.'
    if environ.get('HTTP_SEC_FETCH_SITE', 'none') not in {'none', 'same-origin'}:
        return 'Pages of other sites are not answered.'
    return None


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _is_within(root: Path, file: str) -> bool:
    try:
        return (root / file).resolve().is_relative_to(root)
    except (OSError, RuntimeError, ValueError):
        return False


def _refuse(start: Callable[..., Any], status: str, problem: str) -> list[bytes]:
    start(status, [('Content-Type', 'text/plain; charset=utf-8')])
    return [f'{problem}\n'.encode()]
