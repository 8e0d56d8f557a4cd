# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serving flows over HTTP: an ASGI application, servers, and the handler behind every web framework's adapter."""

from genkit._base.doors import present as _present
from genkit._trace.logs import TraceContextFilter
from genkit.web.adapters import BoundedBody, flow_source, join_headers, read_up_to, select_flows, select_routes
from genkit.web.app import FlowsApp, ServingOptions, cancelled_with_client, send_response
from genkit.web.background import BlockingFrames, run_in_background
from genkit.web.context import ContextProvider, RequestData, api_key
from genkit.web.cross_site import CrossSite, CrossSitePolicy, listening_at
from genkit.web.doors.app import DoorApp
from genkit.web.doors.door import AgentDoor, DoorCall, DoorRoute, EventWriter
from genkit.web.exchange import WebHandler, WebRequest, WebResponse, error_response
from genkit.web.flow_handlers import FlowHandlers, HandlerOptions, read_request
from genkit.web.frames import Frames
from genkit.web.handler import BODY_LIMIT, FlowHandler
from genkit.web.openapi import describe_flow
from genkit.web.production import ProductionOptions, harden
from genkit.web.protection.request_log import log_as_json
from genkit.web.routes import check_application
from genkit.web.server import Server, ServerManager, serve_flows
from genkit.web.streams.in_memory import InMemoryStreamManager
from genkit.web.streams.stream_manager import StreamManager, StreamWriter


__all__ = [
    'BODY_LIMIT',
    'AgentDoor',
    'BlockingFrames',
    'BoundedBody',
    'ContextProvider',
    'CrossSite',
    'CrossSitePolicy',
    'DoorApp',
    'DoorCall',
    'DoorRoute',
    'EventWriter',
    'FlowHandler',
    'FlowHandlers',
    'FlowsApp',
    'Frames',
    'HandlerOptions',
    'InMemoryStreamManager',
    'ProductionOptions',
    'RequestData',
    'Server',
    'ServerManager',
    'ServingOptions',
    'StreamManager',
    'StreamWriter',
    'TraceContextFilter',
    'WebHandler',
    'WebRequest',
    'WebResponse',
    'api_key',
    'cancelled_with_client',
    'check_application',
    'describe_flow',
    'error_response',
    'flow_source',
    'harden',
    'join_headers',
    'listening_at',
    'log_as_json',
    'read_request',
    'read_up_to',
    'run_in_background',
    'select_flows',
    'select_routes',
    'send_response',
    'serve_flows',
]

_present(__name__, __all__, globals())
