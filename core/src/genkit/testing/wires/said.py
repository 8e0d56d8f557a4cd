# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a provider says and what it was asked, in words that no protocol owns: contracts are written in them."""

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
    """An answer that a provider is to give.

    Attributes:
        texts: The answer, in the pieces in which it streams.
        thoughts: The reasoning before it, in the same form.
        calls: Tool calls; their arguments stream in two pieces.
        finish: ``stop``, ``length``, ``blocked``, or None for an answer that ends without a reason.
        input_tokens: Counted by the provider, with those from a cache.
        output_tokens: The number of output tokens, including those of the reasoning.
        cached_tokens: From a cache; only stated where a provider has one.
        thoughts_tokens: The number of tokens of the reasoning.
        cut: Whether the connection breaks off in the middle of the stream.
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
        """The whole text."""
        return ''.join(self.texts)

    @property
    def thought(self) -> str:
        """All thoughts."""
        return ''.join(self.thoughts)


class AwkwardKind(StrEnum):
    """What is awkward about an answer; each has its own test in the contract."""

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
    """An awkward answer.

    Attributes:
        name: What is awkward, in few words.
        kind: Which test plays it.
        body: As it is sent.
        streamed: Whether it answers a request for a stream.
        http: Its HTTP status.
        content_type: Its type.
        text: What the model says.
        calls: The tools it calls; arguments that are not JSON stay text. An empty ref stands for any.
        finish: Why it ended, if that is looked at.
        status: Of the error that it is; None if it is an answer.
        says: What the error's message holds.
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
    """A message as a provider got it.

    Attributes:
        role: ``system``, ``user``, ``model`` or ``tool``.
        text: Its text; of a tool's answer, the output.
        calls: Its tool calls.
        ref: Of a tool's answer.
        media: The types of its media, such as ``image/png``.
    """

    role: str
    text: str = ''
    calls: Sequence[SaidCall] = ()
    ref: str | None = None
    media: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as a provider got it.

    Attributes:
        model: Without a plugin's prefix.
        key: The API key.
        messages: In order, instructions among them.
        tools: Names and parameter schemas.
        tool_choice: ``auto``, ``required`` or ``none``, if it was said.
        schema: What the answer is held to.
        stream: Whether a stream is asked for.
        options: Temperature and the like under the names ``temperature``, ``max_tokens``, ``stop``, as far as they were
            said.
        body: All of it.
        refused: Why the provider refuses the request; None if it takes it.
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
    """A request for something else than an answer: vectors, images, sound, a transcript, a video.

    Attributes:
        model: Without a plugin's prefix.
        key: The API key.
        texts: What is to be embedded, drawn or spoken.
        media: The bytes of media that came along.
        options: Whatever else was said.
        body: All of it.
    """

    model: str
    key: str | None
    texts: Sequence[str] = ()
    media: Sequence[bytes] = ()
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Any = None


class WantedWire(Protocol):
    """How a provider is asked for something else than an answer, and how it fails."""

    def asked(self, request: RecordedRequest) -> Wanted:
        """Return what a request asks for."""
        ...

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return a failure as the provider words it."""
        ...


class EmbedWire(WantedWire, Protocol):
    """How a provider gives vectors."""

    def vectors(self, vectors: Sequence[Sequence[float]]) -> CannedAnswer:
        """Return vectors, in the order of what was asked."""
        ...


class ImageWire(WantedWire, Protocol):
    """How a provider gives images."""

    def images(self, images: Sequence[bytes], content_type: str) -> CannedAnswer:
        """Return images; none for a prompt that was filtered."""
        ...


class SpeechWire(WantedWire, Protocol):
    """How a provider gives sound."""

    def sound(self, sound: bytes, content_type: str) -> CannedAnswer:
        """Return sound."""
        ...


class TranscriptWire(WantedWire, Protocol):
    """How a provider gives what was said."""

    def transcript(self, text: str) -> CannedAnswer:
        """Return a transcript."""
        ...


class VideoWire(WantedWire, Protocol):
    """How a provider gives videos, which take minutes."""

    def running(self) -> CannedAnswer:
        """Return a video that is being made; also the answer to the request that began it."""
        ...

    def done(self, url: str) -> CannedAnswer:
        """Return a video that is made."""
        ...

    def failed(self, message: str) -> CannedAnswer:
        """Return a video that will not be made."""
        ...


class ModelWire(Protocol):
    """A provider's protocol: what a plugin's contract needs to know of it."""

    def answer(self, said: Said) -> CannedAnswer:
        """Return a whole answer."""
        ...

    def stream(self, said: Said) -> CannedAnswer:
        """Return an answer in pieces; one that is cut off ends in the middle."""
        ...

    def error(self, status: int, message: str, headers: Mapping[str, str]) -> CannedAnswer:
        """Return a failure as the provider words it."""
        ...

    def awkward(self) -> Sequence[Awkward]:
        """Return the answers that should not be given, with what becomes of them."""
        ...

    def asked(self, request: RecordedRequest) -> Asked:
        """Return what a request asks for."""
        ...
