# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.amazon_bedrock`` and its modules have, and this package too."""

from typing import Final


OLDER_MODULES: Final = ('models',)


def bedrock_model(name: str) -> str:
    """Return a model's full name: ``amazon-bedrock/<name>``."""
    return f'amazon-bedrock/{name}'
