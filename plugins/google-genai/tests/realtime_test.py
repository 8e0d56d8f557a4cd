# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Conversations in Google's Live protocol."""

from typing import Any, ClassVar

from genkit.plugin import ModelPlugin
from genkit.testing import GeminiLivePeer, RealtimeContract
from genkit_google_genai import GoogleAI
from google.genai.types import LiveClientMessage, LiveClientSetup, RealtimeInputConfig


class Setup(LiveClientSetup):
    """The library's type lacks a member that the library sends."""

    realtime_input_config: RealtimeInputConfig | None = None


class ClientMessage(LiveClientMessage):
    """A message of a client."""

    setup: Setup | None = None


class TestLive(RealtimeContract):
    peer = GeminiLivePeer
    event_type = ClientMessage
    text_config: ClassVar = {'response_modalities': ['TEXT']}
    voice = 'Kore'
    cancels_calls = True

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return GoogleAI(api_key=api_key, base_url=url)

    def key_of(self, headers: dict[str, str]) -> str | None:
        return headers.get('x-goog-api-key')

    def misshapen(self) -> list[Any]:
        values = (7, 'text', ['x'], [7], {'parts': 7}, {'text': 7}, {'parts': [{'inlineData': 7}]}, {'ids': 7})
        inner = ('modelTurn', 'inputTranscription', 'outputTranscription', 'interrupted')
        outer = (
            *('serverContent', 'toolCall', 'toolCallCancellation', 'usageMetadata', 'goAway', 'setupComplete'),
            *('sessionResumptionUpdate', 'voiceActivity', 'error'),
        )
        strange: list[Any] = [{name: value} for name in outer for value in values]
        strange += [{'serverContent': {name: value}} for name in inner for value in values]
        blob = {'mimeType': 'audio/pcm', 'data': '***'}
        strange += [{'serverContent': {'modelTurn': {'parts': [{'inlineData': blob}]}}}]
        return [*strange, {}, {'toolCall': {'functionCalls': [{'name': 7, 'args': 7}]}}]
