# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Matches regular expressions that came from outside, in bounded time.

Schemas and data sets hold patterns of JavaScript. They are matched by the Rust engine that `jsonschema_rs` brings:
linear in pattern and text. A pattern with look-around or back references cannot be; it is matched with a bound on
backtracking and on the text, because every step of it may read the whole text.
"""

import functools
from typing import Any, Final

from genkit._base.errors import ErrorReason, GenkitError


MAX_PATTERN: Final = 2_000
MAX_TEXT: Final = 10 * 2**20
MAX_TEXT_BACKTRACKED: Final = 2_000

_COMPILED_BYTES: Final = 2**18
_BACKTRACKS: Final = 20_000
_SHOWN: Final = 80


class Pattern:
    """A compiled pattern, to be searched for anywhere in a text.

    Args:
        source: The pattern, in JavaScript's dialect.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``, reason ``INVALID_SCHEMA``: it is malformed, longer than 2,000 characters, or
            grows too large when its repetitions are written out.
    """

    __slots__ = ('_backtracks', '_engine', 'source')

    def __init__(self, source: str) -> None:
        import jsonschema_rs as engine  # noqa: PLC0415  (loaded with the first pattern)

        self.source = source
        if len(source) > MAX_PATTERN:
            raise _refused(source, f'is longer than {MAX_PATTERN} characters')
        linear = engine.RegexOptions(size_limit=_COMPILED_BYTES, dfa_size_limit=2**20)
        bounded = engine.FancyRegexOptions(backtrack_limit=_BACKTRACKS, size_limit=_COMPILED_BYTES)
        self._backtracks = False
        try:
            self._engine: Any = _validator(engine, source, linear)
        except ValueError:
            try:
                self._engine = _validator(engine, source, bounded)
            except ValueError:
                raise _refused(source, 'is malformed or grows too large') from None
            self._backtracks = True

    def found_in(self, text: str) -> bool:
        """Return whether a text has a match.

        Raises:
            GenkitError: ``OUT_OF_RANGE``: the text is too long for this pattern, or matching took too many steps.
        """
        most = MAX_TEXT_BACKTRACKED if self._backtracks else MAX_TEXT
        if len(text) > most:
            raise GenkitError(
                f'A text of {len(text)} characters is too long to be matched with {_shown(self.source)}; '
                f'at most {most} are.',
                status='OUT_OF_RANGE',
            )
        try:
            if self._engine.is_valid(text):
                return True
            if not self._backtracks:
                return False
            kinds = [type(problem.kind).__name__ for problem in self._engine.iter_errors(text)]
        except UnicodeEncodeError:  # a half of a surrogate pair, which no pattern matches
            return self.found_in(text.encode('utf-8', 'replace').decode())
        if all(kind.endswith('Pattern') for kind in kinds):
            return False
        raise GenkitError(
            f'Matching {_shown(self.source)} takes too many steps; write it without nested repetition.',
            status='OUT_OF_RANGE',
        )


@functools.lru_cache(maxsize=512)
def compiled_pattern(source: str) -> Pattern:
    """Return a pattern, compiled once; raises as `Pattern`."""
    return Pattern(source)


def _validator(engine: Any, source: str, options: Any) -> Any:
    return engine.Draft202012Validator({'pattern': source}, pattern_options=options)


def _refused(source: str, problem: str) -> GenkitError:
    return GenkitError(
        f'The pattern {_shown(source)} {problem}; write a shorter regular expression of JavaScript.',
        status='INVALID_ARGUMENT',
        reason=ErrorReason.INVALID_SCHEMA,
    )


def _shown(source: str) -> str:
    return repr(source if len(source) <= _SHOWN else f'{source[:_SHOWN]}…')
