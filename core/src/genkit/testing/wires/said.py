# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Requests and responses of a provider, independent of its protocol, for contract tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from genkit.testing.server import CannedAnswer, RecordedRequest


@dataclass(frozen=True, slots=True)
class SaidCall:
    """A tool call.

    Attributes:
        name: The tool's, as the provider was given it.
        arguments: JSON text; need not be well formed.
        ref: The call's id.
    """

    name: str
    arguments: str
    ref: str = 'call_1'


@dataclass(frozen=True, kw_only=True)
class Said:
    """A response for the fake provider to send, independent of its protocol.

    Attributes:
        texts: The text of the response, in its stream chunks.
        thoughts: The reasoning before it, in the same form.
        calls: The tool calls; their arguments stream in two chunks.
        finish: ``stop``, ``length``, ``blocked``, or None for an answer that ends without a reason.
        input_tokens: The number of input tokens, including cached ones.
        output_tokens: The number of output tokens, including those of the reasoning.
        cached_tokens: The number of cached input tokens; only sent if the provider has a cache.
        thoughts_tokens: The number of tokens of the reasoning.
        cut: Whether the connection closes in the middle of the stream.
    """

    texts: Sequence[str] = ()
    thoughts: Sequence[str] = ()
    calls: Sequence[SaidCall] = ()
    finish: str | None = 'stop'
    input_tokens: int = 11
    output_tokens: int = 7
    cached_tokens: int | None = None
    thoughts_tokens: int | None = None
    cut: bool = False

    @property
    def text(self) -> str:
        """The complete text."""
        return ''.join(self.texts)

    @property
    def thought(self) -> str:
        """The complete reasoning."""
        return ''.join(self.thoughts)


class AwkwardKind(StrEnum):
    """The kind of an awkward response; each kind has its own test in the contract."""

    ABSENT = 'absent'  # nothing of the protocol came
    STOPPED = 'stopped'  # it began and has no end
    FAILED = 'failed'  # it is a failure, whatever its HTTP status says
    CUT_OFF = 'cut off'  # it ended in the middle of a tool call
    IDENTITY = 'identity'  # its parts do not lie where they should
    DEVIATING = 'deviating'  # members are missing, null, or of another form
    SENSELESS = 'senseless'  # members hold what cannot be meant
    CANDIDATES = 'candidates'  # there are several answers in one
    HALVES = 'halves'  # characters come in two halves
    FRAMED = 'framed'  # its events are laid out as the standard allows and few do


@dataclass(frozen=True, kw_only=True)
class Awkward:
    """An awkward but possible response of a provider, with the expected outcome.

    Attributes:
        name: A short description.
        kind: The kind, which selects the test.
        body: The raw body.
        streamed: Whether it is the response to a streaming request.
        http: The HTTP status code.
        content_type: The content type.
        text: The expected text.
        calls: The tools it calls; arguments that are not JSON stay text. An empty ref stands for any.
        finish: The expected finish reason, if it is checked.
        status: The expected error status; None if no error is expected.
        says: A text that the error message must contain.
    """

    name: str
    kind: AwkwardKind
    body: bytes
    streamed: bool = True
    http: int = 200
    content_type: str = 'text/event-stream'
    text: str = ''
    calls: Sequence[SaidCall] = field(default_factory=tuple)
    finish: str | None = None
    status: str | None = None
    says: str = ''


@dataclass(frozen=True, kw_only=True)
class AskedMessage:
    """A message received by the fake provider.

    Attributes:
        role: ``system``, ``user``, ``model`` or ``tool``.
        text: The text, or the output of a tool response.
        calls: The tool calls.
        ref: The id of the call that a tool response belongs to.
        media: The MIME types of the media, such as ``image/png``.
    """

    role: str
    text: str = ''
    calls: Sequence[SaidCall] = ()
    ref: str | None = None
    media: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request received by the fake provider, independent of its protocol.

    Attributes:
        model: The model name without the plugin's prefix.
        key: The API key.
        messages: The messages in order, including instructions.
        tools: The tools' names and parameter schemas.
        tool_choice: ``auto``, ``required`` or ``none``, if it was sent.
        schema: The output schema.
        stream: Whether it is a streaming request.
        options: Temperature and the like under the names ``temperature``, ``max_tokens``, ``stop``, as far as they were
            said.
        body: The whole body.
        refused: The reason why the provider rejects the request; None if it accepts it.
    """

    model: str
    key: str | None
    messages: Sequence[AskedMessage]
    tools: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tool_choice: str | None = None
    schema: Any = None
    stream: bool = False
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Any = None
    refused: str | None = None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A request for embeddings or media: vectors, images, audio, a transcript, a video.

    Attributes:
        model: The model name without the plugin's prefix.
        key: The API key.
        texts: The texts to embed, draw or speak.
        media: The bytes of the media in the request.
        options: All other options.
        body: The whole body.
    """

    model: str
    key: str | None
    texts: Sequence[str] = ()
    media: Sequence[bytes] = ()
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Any = None


class WantedWire(Protocol):
    """Base class of wire formats for embeddings and media: reads requests, writes errors."""

    def asked(self, request: RecordedRequest) -> Wanted:
        """Parse a request."""
        ...

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response in the provider's format."""
        ...


class EmbedWire(WantedWire, Protocol):
    """The wire format of an embedding API."""

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return a response with vectors, in the order of the request."""
        ...


class ImageWire(WantedWire, Protocol):
    """The wire format of an image API."""

    def images(self, images: Sequence[bytes], content_type: str) -> CannedAnswer:
        """Return a response with images; none for a filtered prompt."""
        ...


class SpeechWire(WantedWire, Protocol):
    """The wire format of a speech API."""

    def sound(self, sound: bytes, content_type: str) -> CannedAnswer:
        """Return a response with audio."""
        ...


class TranscriptWire(WantedWire, Protocol):
    """The wire format of a transcription API."""

    def transcript(self, text: str) -> CannedAnswer:
        """Return a response with a transcript."""
        ...


class VideoWire(WantedWire, Protocol):
    """The wire format of a video API with long-running operations."""

    def running(self) -> CannedAnswer:
        """Return an operation in progress; also the response to the request that started it."""
        ...

    def done(self, url: str) -> CannedAnswer:
        """Return a finished operation."""
        ...

    def failed(self, message: str) -> CannedAnswer:
        """Return a failed operation."""
        ...


class ModelWire(Protocol):
    """The wire format of a provider's chat API, for contract tests."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a complete response."""
        ...

    def stream(self, said: Said) -> CannedAnswer:
        """Return a streamed response; one that is cut off ends in the middle."""
        ...

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return an error response in the provider's format."""
        ...

    def awkward(self) -> Sequence[Awkward]:
        """Return awkward responses, each with its expected outcome."""
        ...

    def asked(self, request: RecordedRequest) -> Asked:
        """Parse a request."""
        ...
