# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where the server for the developer tools listens."""

import os
from dataclasses import dataclass
from typing import Final


LOOPBACK: Final = '127.0.0.1'


@dataclass(frozen=True)
class ServerSpec:
    """Where the server for the developer tools listens.

    Attributes:
        port: A free one from 3100 on unless stated.
        host: This machine alone unless stated.
    """

    port: int | None = None
    host: str = LOOPBACK
    scheme: str = 'http'

    @classmethod
    def of_environment(cls) -> 'ServerSpec':
        """Return what ``GENKIT_REFLECTION_PORT`` and ``GENKIT_REFLECTION_HOST`` say."""
        port = os.environ.get('GENKIT_REFLECTION_PORT', '')
        return cls(int(port) if port.isdigit() else None, os.environ.get('GENKIT_REFLECTION_HOST') or LOOPBACK)
