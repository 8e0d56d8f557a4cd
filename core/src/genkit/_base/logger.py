# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Loggers that take facts as keywords, over the standard library's: formats and handlers are the application's."""

import logging
from typing import Any

from genkit._base.secrets import redact


class Logger:
    """Logs an event with its fields: ``logger.info('saved', path=path)``; the ``a…`` forms can be awaited.

    Facts that are named like credentials are replaced.

    Args:
        name: Of the standard library's logger underneath.
    """

    def __init__(self, name: str | None = None) -> None:
        self._logger = logging.getLogger(name or 'genkit')

    def debug(self, event: str, *arguments: Any, **facts: Any) -> None:
        """Log at level DEBUG."""
        self._log(logging.DEBUG, event, arguments, facts)

    def info(self, event: str, *arguments: Any, **facts: Any) -> None:
        """Log at level INFO."""
        self._log(logging.INFO, event, arguments, facts)

    def warning(self, event: str, *arguments: Any, **facts: Any) -> None:
        """Log at level WARNING."""
        self._log(logging.WARNING, event, arguments, facts)

    def error(self, event: str, *arguments: Any, **facts: Any) -> None:
        """Log at level ERROR."""
        self._log(logging.ERROR, event, arguments, facts)

    def exception(self, event: str, *arguments: Any, **facts: Any) -> None:
        """Log at level ERROR, with the traceback of the exception being handled."""
        self._log(logging.ERROR, event, arguments, {**facts, 'exc_info': True})

    async def adebug(self, event: str, *arguments: Any, **facts: Any) -> None:
        """As `debug`."""
        self.debug(event, *arguments, **facts)

    async def ainfo(self, event: str, *arguments: Any, **facts: Any) -> None:
        """As `info`."""
        self.info(event, *arguments, **facts)

    async def awarning(self, event: str, *arguments: Any, **facts: Any) -> None:
        """As `warning`."""
        self.warning(event, *arguments, **facts)

    async def aerror(self, event: str, *arguments: Any, **facts: Any) -> None:
        """As `error`."""
        self.error(event, *arguments, **facts)

    async def aexception(self, event: str, *arguments: Any, **facts: Any) -> None:
        """As `exception`."""
        self.exception(event, *arguments, **facts)

    def _log(self, level: int, event: str, arguments: tuple[Any, ...], facts: dict[str, Any]) -> None:
        if not self._logger.isEnabledFor(level):
            return
        exc_info = facts.pop('exc_info', None)
        shown = ''.join(f' {name}={value!r}' for name, value in redact(facts).items()).replace('%', '%%')
        text = event + shown if arguments else (event + shown).replace('%%', '%')
        self._logger.log(level, text, *arguments, exc_info=exc_info, stacklevel=3)


def get_logger(name: str | None = None) -> Logger:
    """Return the logger with the given name."""
    return Logger(name)
