# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.huggingface`` and its modules have, and this package too."""

from typing import Final


OLDER_MODULES: Final = ('models',)


def huggingface_name(name: str) -> str:
    """Return a model's full name: ``huggingface/<name>``."""
    return f'huggingface/{name}'
