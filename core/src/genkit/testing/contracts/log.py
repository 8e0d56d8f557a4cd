# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Listens to all loggers, at the lowest level there is."""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final


_EVERYTHING: Final = 1


class _Recorder(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__(_EVERYTHING)
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@contextmanager
def listening() -> Generator[list[str]]:
    """Give what all loggers say inside the block, tracebacks included, and leave them afterwards as they were."""
    root = logging.getLogger()
    loggers = [root, *(each for each in root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    before = [(logger, logger.level, logger.disabled, logger.propagate) for logger in loggers]
    lines: list[str] = []
    recorder = _Recorder(lines)
    disabled = root.manager.disable
    try:
        logging.disable(logging.NOTSET)
        for logger in loggers:
            logger.setLevel(_EVERYTHING)
            logger.disabled, logger.propagate = False, True
        root.addHandler(recorder)
        yield lines
    finally:
        root.removeHandler(recorder)
        logging.disable(disabled)
        for logger, level, was_disabled, propagates in before:
            logger.setLevel(level)
            logger.disabled, logger.propagate = was_disabled, propagates
