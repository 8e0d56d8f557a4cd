# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.cohere`` and its modules have, and this package too."""

from typing import Final


OLDER_MODULES: Final = ('embeddings', 'models', 'plugin')


def cohere_name(name: str) -> str:
    """Return a model's full name: ``cohere/<name>``."""
    return f'cohere/{name}'
