# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The parameters and results of the developer tools' JSON-RPC protocol."""

from typing import Any

from genkit.types.action import ActionMetadata
from genkit.types.wire import WireModel


class ReflectionRegisterParams(WireModel):
    """Registers a runtime with the developer tools."""

    id: str
    pid: int
    name: str | None = None
    genkit_version: str | None = None
    reflection_api_spec_version: int | None = None
    envs: list[str] | None = None


class ReflectionConfigureParams(WireModel):
    """Sets the URL of the telemetry server."""

    telemetry_server_url: str | None = None


class ReflectionListActionsResponse(WireModel):
    """All actions, by key."""

    actions: dict[str, ActionMetadata]


class ReflectionListValuesParams(WireModel):
    """Requests the values of one kind."""

    type: str


class ReflectionListValuesResponse(WireModel):
    """The values, by name."""

    values: dict[str, Any]


class ReflectionRunActionParams(WireModel):
    """Runs an action."""

    runtime_id: str | None = None
    key: str
    input: Any = None
    init: Any = None
    context: Any = None
    telemetry_labels: dict[str, str] | None = None
    stream: bool | None = None
    stream_input: bool | None = None


class ReflectionRunActionState(WireModel):
    """The state of a run before it ends."""

    trace_id: str | None = None


class ReflectionRunActionStateParams(WireModel):
    """Notifies the developer tools of a run that has started."""

    request_id: str
    state: ReflectionRunActionState | None = None


class ReflectionStreamChunkParams(WireModel):
    """A chunk of a run's output."""

    request_id: str
    chunk: Any = None


class ReflectionSendInputStreamChunkParams(WireModel):
    """A chunk of a run's input."""

    request_id: str
    chunk: Any = None


class ReflectionEndInputStreamParams(WireModel):
    """Ends a run's input stream."""

    request_id: str


class ReflectionCancelActionParams(WireModel):
    """Cancels a run."""

    trace_id: str


class ReflectionCancelActionResponse(WireModel):
    """Confirms that a run was cancelled."""

    message: str
