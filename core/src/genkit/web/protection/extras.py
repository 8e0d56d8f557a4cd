# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The libraries of the extra ``genkit[web]``, loaded by those who use them."""

import importlib
from typing import Any

from genkit._base.errors import GenkitError
from genkit._base.suggest import how_to_install


def required(module: str) -> Any:
    """Return a module of the extra.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` with the command that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise GenkitError(
            f'This needs {module.partition(".")[0]!r}, which is not installed: {how_to_install("genkit[web]")}.',
            status='FAILED_PRECONDITION',
            cause=error,
        ) from error
