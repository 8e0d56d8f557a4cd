# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Answers of Genkit's models as LangChain's: whole, and in chunks."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast
from uuid import uuid4

from genkit import GenkitError
from genkit.types import (
    CustomPart,
    GenerateResponse,
    GenerateResponseChunk,
    MediaPart,
    Part,
    ReasoningPart,
    TextPart,
    ToolRequestPart,
)
from langchain_core.messages import AIMessage, AIMessageChunk, InvalidToolCall, ToolCall
from langchain_core.messages.tool import ToolCallChunk, invalid_tool_call, tool_call, tool_call_chunk
from langchain_core.outputs import ChatGenerationChunk

from genkit_langchain.convert.messages import kept_of
from genkit_langchain.convert.pieces import Block, to_block, to_content
from genkit_langchain.convert.usage import to_usage_metadata


_SHOWN: Final = (TextPart, ReasoningPart, MediaPart, CustomPart)
_UNREADABLE: Final = 'The arguments are not a complete JSON object.'


class Answer:
    """A whole answer, read once.

    Args:
        response: What the model answered.
        model: Its name.

    Attributes:
        parts: What it wrote, without tool calls.
        metadata: Of LangChain's message: ``model_name``, ``finish_reason``, and ``finish_message`` if there is one.
        kept: What LangChain carries for the next request.

    Raises:
        GenerationResponseError: It holds no message, or was blocked.
        GenkitError: ``UNIMPLEMENTED`` for a model that works in the background.
    """

    def __init__(self, response: GenerateResponse[Any], model: str) -> None:
        if response.operation is not None:
            raise GenkitError(
                f'Model {model!r} works in the background, and LangChain has no call for that: use '
                'ai.generate_operation().',
                status='UNIMPLEMENTED',
            )
        response.assert_valid()
        content: Sequence[Part] = response.message.content if response.message else []
        calls = {place: part for place, part in enumerate(content) if isinstance(part, ToolRequestPart)}
        refs = {place: part.tool_request.ref or f'call_{uuid4().hex}' for place, part in calls.items()}
        self.parts = [part for part in content if isinstance(part, _SHOWN)]
        self.kept = kept_of(content, refs)
        self.usage = to_usage_metadata(response.usage)
        self.metadata: dict[str, Any] = {'model_name': model}
        if response.finish_reason is not None:
            self.metadata['finish_reason'] = str(response.finish_reason)
        if response.finish_message:
            self.metadata['finish_message'] = response.finish_message
        self._calls = [(refs[place], part.tool_request) for place, part in calls.items()]

    def message(self) -> AIMessage:
        """Return the message."""
        calls: list[ToolCall] = []
        invalid: list[InvalidToolCall] = []
        for ref, request in self._calls:
            given = _arguments(request.input)
            if given is None:
                text = _text_of(request.input)
                invalid.append(invalid_tool_call(name=request.name, args=text, id=ref, error=_UNREADABLE))
            else:
                calls.append(tool_call(name=request.name, args=given, id=ref))
        return AIMessage(
            content=cast('Any', to_content(self.parts)),
            tool_calls=calls,
            invalid_tool_calls=invalid,
            usage_metadata=self.usage,
            response_metadata=self.metadata,
            additional_kwargs=self.kept,
        )

    def call_chunks(self) -> list[ToolCallChunk]:
        """Return the tool calls, whole, as chunks.

        LangChain completes unfinished arguments of a chunk; these are quoted, so that it reads them as invalid.
        """
        return [
            tool_call_chunk(
                name=request.name,
                args=json.dumps(request.input if given is None else given, ensure_ascii=False, default=str),
                id=ref,
                index=place,
            )
            for place, (ref, request) in enumerate(self._calls)
            for given in [_arguments(request.input)]
        ]


class ChunkWriter:
    """Writes the chunks of one answer.

    Texts are strings until something else comes; from then on all content is blocks, each with the index by which
    LangChain joins its pieces.

    Args:
        model: The model's name.
    """

    def __init__(self, model: str) -> None:
        self._model = model
        self._seen: set[type[Part]] = set()
        self._text = ''
        self._index = -1
        self._open = ''
        self._in_blocks = False

    def write(self, chunk: GenerateResponseChunk[Any]) -> ChatGenerationChunk | None:
        """Return a chunk of Genkit's as LangChain's; None if there is nothing to show in it."""
        parts = [part for part in chunk.content if isinstance(part, _SHOWN)]
        if chunk.aggregated:
            new = chunk.text.removeprefix(self._text)
            parts = [TextPart(text=new)] if new else []
        if not parts:
            return None
        return ChatGenerationChunk(message=AIMessageChunk(content=cast('Any', self._content(parts))))

    def finish(self, response: GenerateResponse[Any]) -> ChatGenerationChunk:
        """Return the last chunk: what was not streamed, the tool calls, usage and metadata."""
        answer = Answer(response, self._model)
        left = [part for part in answer.parts if type(part) not in self._seen]
        message = AIMessageChunk(
            content=cast('Any', self._content(left) if left else [] if self._in_blocks else ''),
            tool_call_chunks=answer.call_chunks(),
            usage_metadata=answer.usage,
            response_metadata=answer.metadata,
            additional_kwargs=answer.kept,
            chunk_position='last',
        )
        return ChatGenerationChunk(message=message)

    def _content(self, parts: Sequence[Part]) -> str | list[str | Block]:
        self._seen.update(type(part) for part in parts)
        texts = [part.text for part in parts if isinstance(part, TextPart)]
        self._text += ''.join(texts)
        if not self._in_blocks and len(texts) == len(parts):
            return ''.join(texts)
        self._in_blocks = True
        return [self._placed(to_block(part)) for part in parts]

    def _placed(self, block: Block) -> Block:
        kind = str(block['type'])
        if kind != self._open or kind not in ('text', 'reasoning'):
            self._open = kind
            self._index += 1
        return {**block, 'index': self._index}


def _arguments(given: Any) -> dict[str, Any] | None:
    """Return the arguments of a call; None if they are none that LangChain takes."""
    if given is None:
        return {}
    return dict(cast('Mapping[str, Any]', given)) if isinstance(given, Mapping) else None


def _text_of(given: Any) -> str:
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, default=str)
