# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options that had another name before, such as durations with their unit in the name."""

from collections.abc import Mapping
from typing import Any, Final, cast

from pydantic.alias_generators import to_camel


Renamed = Mapping[str, tuple[str, float]]
"""Newer names by the older ones, each with the factor between the two units."""

MILLISECOND: Final = 0.001
SECOND: Final = 1.0


def with_newer_names(options: Any, renamed: Renamed) -> Any:
    """Return options under their newer names, numbers in the newer unit; anything but a mapping as it is.

    Raises:
        ValueError: An option is given under both names.
    """
    if not isinstance(options, Mapping):
        return options
    found = dict(cast('Mapping[str, Any]', options))
    for older, (newer, factor) in renamed.items():
        for name in (older, to_camel(older)):
            if name not in found:
                continue
            if newer in found or to_camel(newer) in found:
                raise ValueError(f'give {newer!r} or {name!r}, not both: they are one option')
            value = found.pop(name)
            found[newer] = value * factor if isinstance(value, int | float) and factor != SECOND else value
    return found
