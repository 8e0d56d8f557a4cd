# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.anthropic`` and its modules have, and this package too."""

from typing import Final


OLDER_MODULES: Final = ('models',)


def anthropic_name(name: str) -> str:
    """Return a model's full name: ``anthropic/<name>``."""
    return f'anthropic/{name}'
