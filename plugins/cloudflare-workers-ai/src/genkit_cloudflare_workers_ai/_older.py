# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.cloudflare_workers_ai`` has, and this package too."""

from typing import Final


OLDER_MODULES: Final = ('models',)


def cloudflare_model(name: str) -> str:
    """Return a model's full name: ``cloudflare-workers-ai/<name>``."""
    return f'cloudflare-workers-ai/{name}'


cloudflare_name = cloudflare_model
