# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds the wire format that a model is asked in, as the settings of its package say."""

import importlib
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from conform.model.errors import StartError


def wire_for(model: str, wires: Mapping[str, str | dict[str, Any]]) -> Any:
    """Return the wire format of a model: that of the first pattern that its name matches.

    Args:
        model: The full name.
        wires: Classes as `module:Class`, by pattern; or tables with the class as `wire` and its arguments.

    Raises:
        StartError: No pattern matches, or there is no such class.
    """
    found = next((wire for pattern, wire in wires.items() if fnmatchcase(model, pattern)), None)
    if found is None:
        raise StartError(f'No wire format is set for {model!r}; add one to [tool.conform.loopback.wires].')
    options = {'wire': found} if isinstance(found, str) else dict(found)
    place = str(options.pop('wire', ''))
    module, _, name = place.partition(':')
    try:
        return getattr(importlib.import_module(module), name)(**options)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise StartError(f'The wire format {place!r} cannot be made, expected module:Class: {error}.') from error
