# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serving flows over HTTP: an ASGI application, servers, and the handler behind every web framework's adapter."""

from genkit._base.doors import present as _present
from genkit._trace.logs import TraceContextFilter
from genkit.web.app import FlowsApp, ServingOptions
from genkit.web.context import ContextProvider, RequestData, api_key
from genkit.web.exchange import WebRequest, WebResponse
from genkit.web.frames import Frames
from genkit.web.handler import FlowHandler
from genkit.web.server import Server, ServerManager, serve_flows


__all__ = [
    'ContextProvider',
    'FlowHandler',
    'FlowsApp',
    'Frames',
    'RequestData',
    'Server',
    'ServerManager',
    'ServingOptions',
    'TraceContextFilter',
    'WebRequest',
    'WebResponse',
    'api_key',
    'serve_flows',
]

_present(__name__, __all__, globals())
