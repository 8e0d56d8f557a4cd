# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Client of served flows and agents. Needs neither a `Genkit` object nor a registry."""

from genkit._base.doors import present as _present
from genkit._base.http.clients import close_cached_clients
from genkit.client.agents import remote_agent
from genkit.client.call import ClientOptions
from genkit.client.flows import run_flow, stream_flow
from genkit.client.retries import Retries
from genkit.client.stream import FlowStream


__all__ = [
    'ClientOptions',
    'FlowStream',
    'Retries',
    'close_cached_clients',
    'remote_agent',
    'run_flow',
    'stream_flow',
]

_present(__name__, __all__, globals())
