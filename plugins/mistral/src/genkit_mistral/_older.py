# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.mistral`` and its modules have, and this package too."""

from typing import Final


OLDER_MODULES: Final = ('models',)


def mistral_name(name: str) -> str:
    """Return a model's full name: ``mistral/<name>``."""
    return f'mistral/{name}'
