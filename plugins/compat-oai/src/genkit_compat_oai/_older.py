# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.compat_oai`` and its modules have, and this package too."""

from typing import Final


OLDER_MODULES: Final = ('models',)


def openai_model(name: str) -> str:
    """Return a model's full name: ``openai/<name>``."""
    return f'openai/{name}'
