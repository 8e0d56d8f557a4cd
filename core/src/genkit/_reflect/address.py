# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The address of the server for the developer tools."""

import os
from dataclasses import dataclass
from typing import Final


LOOPBACK: Final = '127.0.0.1'
THREAD_NAME: Final = 'genkit-reflection'


@dataclass(frozen=True)
class ServerSpec:
    """The address of the server for the developer tools.

    Attributes:
        port: The port. Default: a free one from 3100 on.
        host: The address to listen on. Default: loopback only.
    """

    port: int | None = None
    host: str = LOOPBACK
    scheme: str = 'http'

    def url(self, port: int) -> str:
        """Return the address for clients on this machine."""
        host = LOOPBACK if self.host in ('0.0.0.0', '::') else self.host  # noqa: S104  (compared)
        return f'{self.scheme}://[{host}]:{port}' if ':' in host else f'{self.scheme}://{host}:{port}'

    @classmethod
    def of_environment(cls) -> 'ServerSpec':
        """Return what ``GENKIT_REFLECTION_PORT`` and ``GENKIT_REFLECTION_HOST`` say."""
        port = os.environ.get('GENKIT_REFLECTION_PORT', '')
        return cls(int(port) if port.isdecimal() else None, os.environ.get('GENKIT_REFLECTION_HOST') or LOOPBACK)
