# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Regular expressions that are compiled with their first use: compiling all of them on import takes milliseconds."""

import re
from typing import Any, cast


def late_pattern(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that is compiled when one of its methods is first asked for; later uses cost nothing more.

    Args:
        source: The regular expression.
        flags: Those of `re`.
    """
    return cast('re.Pattern[str]', _LatePattern(source, flags))


class _LatePattern:
    def __init__(self, source: str, flags: int) -> None:
        self._source = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith('_'):  # such as a copy asks for before it has members
            raise AttributeError(name)
        method = getattr(re.compile(self._source, self._flags), name)
        setattr(self, name, method)
        return method
