# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.xai`` and its modules have, and this package too."""

from typing import Final


OLDER_MODULES: Final = ('models',)


def xai_name(name: str) -> str:
    """Return a model's full name: ``xai/<name>``."""
    return f'xai/{name}'
