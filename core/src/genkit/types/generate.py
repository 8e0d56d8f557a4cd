# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Requests to models, their responses, and the options of the generate loop."""

import base64
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, Literal, Self, TypeAlias, TypedDict, Unpack

from pydantic import Field
from typing_extensions import TypeVar

from genkit._base.errors import ErrorReason, GenerationBlockedError, GenerationResponseError, GenkitError
from genkit._base.extract import extract_json, read_final_json
from genkit._base.status import StatusName
from genkit.types.action import MiddlewareRef, Operation
from genkit.types.cost import cost_of
from genkit.types.display import note, text_block
from genkit.types.document import DocumentData
from genkit.types.message import Message, Role, text_of
from genkit.types.model import GenerationUsage
from genkit.types.part import MediaPart, Part, ReasoningPart, ToolRequestPart, ToolResponsePart
from genkit.types.tool import ToolChoice, ToolDefinition
from genkit.types.wire import OpenWireModel, WireEnum, WireModel, without_empty


OutputT = TypeVar('OutputT', default=Any)


class FinishReason(WireEnum):
    """The reason why a model stopped."""

    STOP = 'stop'
    LENGTH = 'length'
    BLOCKED = 'blocked'
    ABORTED = 'aborted'
    INTERRUPTED = 'interrupted'
    FAILED = 'failed'
    OTHER = 'other'
    UNKNOWN = 'unknown'


FinishWord: TypeAlias = Literal['stop', 'length', 'blocked', 'aborted', 'interrupted', 'failed', 'other', 'unknown']


class OutputConfig(WireModel):
    """The output requested from a model.

    Attributes:
        constrained: Whether the model must be held to the schema while it writes.
    """

    format: str | None = None
    schema_: dict[str, Any] | None = Field(default=None, alias='schema')
    constrained: bool | None = None
    content_type: str | None = None


class GenerateRequest(OpenWireModel):
    """A request to a model. Unknown fields are kept."""

    messages: list[Message]
    config: Any = None
    tools: list[ToolDefinition] | None = None
    tool_choice: ToolChoice | None = None
    output: OutputConfig | None = None
    docs: list[DocumentData] | None = None
    candidates: int | None = None

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return what a repr shows: what is not empty."""
        return without_empty(super().__repr_args__())


class GenerateActionOutputConfig(WireModel):
    """The output part of the generate loop's options.

    Attributes:
        instructions: A text of your own, True to force the format's, False for none.
    """

    format: str | None = None
    content_type: str | None = None
    instructions: bool | str | None = None
    json_schema: dict[str, Any] | None = None
    constrained: bool | None = None


class Resume(WireModel):
    """Tool responses and restarts that resume an interrupted generation.

    Attributes:
        respond: Answers to interrupted tool requests.
        restart: Interrupted tool requests that are to run again.
    """

    respond: list[ToolResponsePart] | None = None
    restart: list[ToolRequestPart] | None = None
    metadata: dict[str, Any] | None = None


class GenerateActionOptions(WireModel):
    """The options of the generate loop in serializable form."""

    model: str | None = None
    docs: list[DocumentData] | None = None
    messages: list[Message]
    tools: list[str] | None = None
    resources: list[str] | None = None
    tool_choice: ToolChoice | None = None
    config: Any = None
    output: GenerateActionOutputConfig | None = None
    resume: Resume | None = None
    return_tool_requests: bool | None = None
    max_turns: int | None = None
    step_name: str | None = None
    use: list[MiddlewareRef] | None = None


class Candidate(WireModel):
    """One of several responses; kept for old models."""

    index: int
    message: Message
    usage: GenerationUsage | None = None
    finish_reason: FinishReason
    finish_message: str | None = None
    custom: Any = None


class CandidateError(WireModel):
    """The error of a missing candidate; kept for old models."""

    index: int
    code: str
    message: str | None = None


class _Origin:
    """Where an answer comes from, and how its output is read; the output is read once.

    Attributes:
        output: Empty until it has been read.
        total_usage: Of all turns, if there were several.
    """

    __slots__ = ('model', 'output', 'read_output', 'total_usage')

    def __init__(
        self, read_output: Callable[[Message], Any] | None, model: str | None, total_usage: GenerationUsage | None
    ) -> None:
        self.read_output = read_output
        self.model = model
        self.total_usage = total_usage
        self.output: list[Any] = []


class ResponseMembers(TypedDict, total=False):
    """Fields of a `GenerateResponse`."""

    message: Message | None
    finish_reason: FinishReason | FinishWord | None
    finish_message: str | None
    latency_ms: float | None
    usage: GenerationUsage | None
    custom: Any
    raw: Any
    request: GenerateRequest | None
    operation: Operation | None
    candidates: list[Candidate] | None


class GenerateResponse(WireModel, Generic[OutputT]):
    """The response of a model.

    Attributes:
        latency_ms: How long the model took, in milliseconds.
        raw: The provider's own response, as far as it can be shown.
        request: The request sent to the model, tool calls and their responses included.
        operation: Set instead of a message by a long-running model.
    """

    message: Message | None = None
    finish_reason: FinishReason | None = None
    finish_message: str | None = None
    latency_ms: float | None = None
    usage: GenerationUsage | None = None
    custom: Any = None
    raw: Any = None
    request: GenerateRequest | None = None
    operation: Operation | None = None
    candidates: list[Candidate] | None = None

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Return what a repr shows: what is not empty, without what was asked and the provider's own response."""
        for name, value in without_empty(super().__repr_args__()):
            if name not in {'request', 'raw'}:
                yield name, round(value, 1) if name == 'latency_ms' and isinstance(value, float) else value

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the text, then finish, tools, tokens and time."""
        text = self.text or self.finish_message or ''
        return (text_block(text) if text else '') + note(self._facts())

    def _facts(self) -> Iterator[str]:
        if self.finish_reason not in {None, FinishReason.STOP}:
            yield f'finished: {self.finish_reason}'
        if self.media:
            yield f'media: {len(self.media)}'
        called = [part.tool_request.name for message in self.messages for part in message.tool_requests]
        if called:
            yield f'tools: {", ".join(called)}'
        usage = self.usage
        if usage is not None and (usage.input_tokens is not None or usage.output_tokens is not None):
            yield f'tokens: {usage.input_tokens or 0} in, {usage.output_tokens or 0} out'
        if self.latency_ms is not None:
            yield f'{self.latency_ms / 1000:.1f} s'

    if TYPE_CHECKING:

        def __init__(self, **members: Unpack['ResponseMembers']) -> None: ...

    # Kept beside the fields, as cached properties are: a private attribute would cost every instance its set-up.
    _origin: ClassVar[_Origin | None] = None

    @property
    def text(self) -> str:
        """The text of the response; empty if there is none."""
        return self.message.text if self.message else ''

    @property
    def reasoning(self) -> str:
        """The model's reasoning, as far as the provider returns it."""
        return self.message.reasoning if self.message else ''

    @property
    def media(self) -> list[MediaPart]:
        """The images, audio and videos of the response."""
        return self.message.media if self.message else []

    @property
    def output(self) -> OutputT:
        """The structured output of the response: an instance of the requested class, or plain data.

        Raises:
            GenkitError: The text is not in that format, reason ``INVALID_OUTPUT``; ``text`` still holds it.
            GenerationResponseError: ``OUT_OF_RANGE`` with reason ``ANSWER_CUT_OFF``: the limit on the answer's length
                came before its end.
        """
        origin = self._origin
        if origin is None:
            return self._read_output()
        if not origin.output:
            origin.output.append(self._read_output())
        return origin.output[0]

    @property
    def messages(self) -> list[Message]:
        """The whole conversation: the messages of the request and the response, ready to be sent again."""
        history = list(self.request.messages) if self.request else []
        return [*history, self.message] if self.message else history

    @property
    def tool_requests(self) -> list[ToolRequestPart]:
        """The tool requests of the response."""
        return self.message.tool_requests if self.message else []

    @property
    def interrupts(self) -> list[ToolRequestPart]:
        """The tool requests that wait for a human."""
        return self.message.interrupts if self.message else []

    @property
    def total_usage(self) -> GenerationUsage:
        """The usage of all turns of the call, including those that requested tools; `usage` is the last turn's."""
        total = self._origin and self._origin.total_usage
        return total or self.usage or GenerationUsage()

    @property
    def cost(self) -> Decimal | None:
        """The cost of the response in US dollars, as the provider says or computed from its usage; None if unknown."""
        model = self._origin and self._origin.model
        return cost_of(model or '', self.usage) if self.usage else None

    def answering(
        self,
        request: GenerateRequest,
        read_output: Callable[[Message], Any] | None,
        model: str | None = None,
        total_usage: GenerationUsage | None = None,
    ) -> Self:
        """Return a copy of this response with its request attached.

        Args:
            request: What was asked.
            read_output: How `output` reads it.
            model: Which model gave it.
            total_usage: What it consumed together with the turns before it; None if there were none.
        """
        earlier = self._origin
        answer = self.replaced(
            request=request,
            usage=self.usage or GenerationUsage.trusted(),
            custom={} if self.custom is None else self.custom,
        )
        vars(answer)['_origin'] = _Origin(read_output, model if earlier is None else earlier.model, total_usage)
        return answer

    def _read_output(self) -> Any:
        if self.message is None:
            return None
        if self._origin is not None and self._origin.read_output is not None:
            try:
                return self._origin.read_output(self.message)
            except GenkitError as error:
                if error.reason != ErrorReason.ANSWER_CUT_OFF:
                    raise
                raise GenerationResponseError(
                    self, error.message, StatusName.OUT_OF_RANGE, reason=ErrorReason.ANSWER_CUT_OFF
                ) from error
        data = self.message.data
        if data is not None:
            return data
        found = read_final_json(self.message.text)
        return None if found is None else found.value

    def assert_valid(self) -> None:
        """Raise if the response was blocked or is empty.

        Raises:
            GenerationBlockedError: The provider refused to answer.
            GenerationResponseError: There is neither a message nor an operation.
        """
        if self.finish_reason == FinishReason.BLOCKED:
            reason = f': {self.finish_message}' if self.finish_message else '.'
            raise GenerationBlockedError(self, f'Generation blocked{reason}')
        if self.message is None and self.operation is None:
            because = f': {self.finish_message}' if self.finish_message else '.'
            raise GenerationResponseError(
                self,
                f'The model returned no message; it finished with {str(self.finish_reason or "unknown")!r}{because}',
            )

    def assert_valid_schema(self) -> None:
        """Raise if the response does not match the requested format or schema.

        Raises:
            GenerationResponseError: With reason ``INVALID_OUTPUT``.
        """
        self.assert_valid()
        if self.output is None and self._origin is not None and self._origin.read_output is not None:
            raise GenerationResponseError(
                self, 'The answer holds no output in the format asked for.', reason=ErrorReason.INVALID_OUTPUT
            )


class ChunkHistory:
    """The chunks a turn has streamed so far, shared by these chunks so that none copies the earlier ones.

    Attributes:
        state: Room for the format's incremental reader.
    """

    __slots__ = ('contents', 'state', 'texts')

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.contents: list[list[Part]] = []
        self.state: Any = None


_PLACED: Final = {'role', 'index', 'content'}


class GenerateResponseChunk(WireModel, Generic[OutputT]):
    """A chunk of a streamed response.

    Attributes:
        index: The index of the message that the chunk belongs to, counted from 0.
        aggregated: Whether ``content`` holds all of the message so far instead of what is new.
    """

    role: Role | None = None
    index: int | None = None
    content: list[Part]
    custom: Any = None
    aggregated: bool | None = None

    _place: ClassVar[tuple[ChunkHistory, int, Callable[[Any], Any] | None] | None] = None

    @property
    def text(self) -> str:
        """The text of this chunk."""
        return text_of(self.content)

    @property
    def reasoning(self) -> str:
        """The reasoning in this chunk."""
        return ''.join(part.reasoning for part in self.content if isinstance(part, ReasoningPart))

    @property
    def tool_requests(self) -> list[ToolRequestPart]:
        """The tool requests in this chunk."""
        return [part for part in self.content if isinstance(part, ToolRequestPart)]

    @property
    def audio(self) -> bytes:
        """The sound in this chunk, in the format that its part names."""
        urls = [part.media.url for part in self.content if isinstance(part, MediaPart)]
        sounds = [url for url in urls if url.startswith('data:audio/') and ';base64,' in url]
        return b''.join(base64.b64decode(url.partition(';base64,')[2]) for url in sounds)

    @property
    def history(self) -> ChunkHistory | None:
        """The chunks the turn has streamed, for formats that parse incrementally."""
        return self._place[0] if self._place else None

    @property
    def position(self) -> int:
        """The index of this chunk in its turn, counted from 0."""
        return self._place[1] if self._place else 0

    @property
    def accumulated_text(self) -> str:
        """The text of this turn up to and including this chunk."""
        if self._place is None or self.aggregated:
            return self.text
        history, position, _ = self._place
        return ''.join(history.texts[: position + 1])

    @property
    def previous_text(self) -> str:
        """The text of this turn before this chunk."""
        return '' if self._place is None else ''.join(self._place[0].texts[: self._place[1]])

    @property
    def previous_chunks(self) -> 'list[GenerateResponseChunk[Any]]':
        """The chunks of this turn before this one."""
        earlier = self._place[0].contents[: self._place[1]] if self._place else []
        return [GenerateResponseChunk(role=self.role, index=self.index, content=content) for content in earlier]

    @property
    def output(self) -> OutputT:
        """The structured output as far as it can be parsed; None before it begins."""
        read = self._place[2] if self._place else None
        if read is not None:
            return read(self)
        return extract_json(self.accumulated_text, throw_on_bad_json=False)

    def placed(
        self,
        history: ChunkHistory,
        role: Role,
        index: int,
        read: Callable[[Any], Any] | None = None,
    ) -> 'GenerateResponseChunk[OutputT]':
        """Return a copy of this chunk with its position in a turn set."""
        chunk = self.replaced(role=role, index=index)
        if chunk.__pydantic_fields_set__ == _PLACED:  # a set for each would be a fifth of a kept chunk's memory
            object.__setattr__(chunk, '__pydantic_fields_set__', _PLACED)
        vars(chunk)['_place'] = (history, len(history.texts), read)
        history.texts.append(text_of(self.content))
        history.contents.append(self.content)
        return chunk


ModelRequest = GenerateRequest
ModelResponse = GenerateResponse
ModelResponseChunk = GenerateResponseChunk
