# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversations in OpenAI's Realtime protocol."""

from typing import Any, ClassVar

from genkit.plugin import ModelPlugin
from genkit.testing import OpenAIRealtimePeer, RealtimeContract
from genkit_compat_oai import OpenAI
from openai.types.realtime import RealtimeClientEventParam


class TestRealtime(RealtimeContract):
    peer = OpenAIRealtimePeer
    event_type = RealtimeClientEventParam
    text_config: ClassVar = {'modalities': ['text']}

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return OpenAI(api_key=api_key, base_url=url)

    def key_of(self, headers: dict[str, str]) -> str | None:
        return headers.get('authorization', '').removeprefix('Bearer ') or None

    def misshapen(self) -> list[Any]:
        kinds = (
            *('session.created', 'session.updated', 'error', 'input_audio_buffer.committed', 'response.created'),
            *('response.output_text.delta', 'response.output_audio.delta', 'response.output_audio_transcript.delta'),
            *('response.output_item.done', 'response.done', 'conversation.item.added'),
            *('conversation.item.input_audio_transcription.delta', 'input_audio_buffer.speech_started'),
            *('conversation.item.input_audio_transcription.completed',),
        )
        values = (None, 7, 'text', ['x'], {'id': 7}, {'item': {'type': 'function_call', 'arguments': 7}})
        names = ('item', 'response', 'delta', 'item_id', 'transcript', 'error', 'session')
        strange = [{'type': kind, **dict.fromkeys(names, value)} for kind in kinds for value in values]
        return [*strange, {'type': 7}, {}, {'type': None, 'delta': 'x'}]
