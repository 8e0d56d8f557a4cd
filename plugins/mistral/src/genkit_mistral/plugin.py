# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Mistral as a plugin."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from genkit import ErrorReason, GenkitError
from genkit.plugin import (
    Action,
    ActionRunContext,
    Maker,
    ModelEntry,
    Task,
    as_members,
    fitted_answers,
    make_model,
    without_key,
)
from genkit.types import GenerateRequest, GenerateResponse, MediaPart
from genkit_compat_oai import OpenAICompatible
from genkit_compat_oai.convert.events import read_stream
from genkit_compat_oai.endpoints import form_fields, post, post_streaming
from genkit_compat_oai.plugin import typed_request

from genkit_mistral.config import CodestralConfig
from genkit_mistral.convert import DIALECT, Body, to_mistral
from genkit_mistral.models import MODELS
from genkit_mistral.ocr import to_ocr_request, to_ocr_response
from genkit_mistral.speech import (
    SpeechReader,
    TranscriptReader,
    sound_type,
    to_speech_request,
    to_speech_response,
    to_transcribe_form,
    to_transcribe_response,
)


_OF_GAPS: Final = (
    *('temperature', 'top_p', 'max_output_tokens', 'stop_sequences', 'random_seed', 'min_tokens', 'suffix', 'metadata'),
    'prompt_cache_key',
)
_NOT_OF_GAPS: Final = frozenset(CodestralConfig.model_fields) - frozenset(_OF_GAPS)


class Mistral(OpenAICompatible):
    """Mistral: ``mistral/<model>``, such as ``mistral/mistral-medium-latest``."""

    name = 'mistral'
    label = 'Mistral'
    default_base_url = 'https://api.mistral.ai/v1'
    base_url_variable = 'MISTRAL_BASE_URL'
    key_variables = ('MISTRAL_API_KEY',)
    models = MODELS
    dialect = DIALECT

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {
            Task.CHAT: self._chat,
            Task.EMBED: self._embedder,
            Task.OCR: self._ocr,
            Task.SPEECH: self._speech,
            Task.TRANSCRIBE: self._transcribe,
        }

    def adapt(self, body: Body, request: GenerateRequest, entry: ModelEntry) -> Body:  # noqa: ARG002  (of the base)
        """Return the body of a chat request with ids, names and an order of messages as Mistral takes them."""
        config: Any = request.config
        if 'prompt_mode' in getattr(config, 'model_fields_set', ()):
            body['prompt_mode'] = config.prompt_mode  # None means something
        return to_mistral(body)

    def _chat_function(self, entry: ModelEntry) -> Callable[..., Awaitable[GenerateResponse[Any]]]:
        by_chat = super()._chat_function(entry)

        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            if as_members(request.config).get('suffix') is None:
                return await by_chat(request, context)
            body = _to_gap(entry, request)
            return await self._complete('/fim/completions', body, request.config, context)

        return chat

    def _ocr(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def read(request: GenerateRequest, _: ActionRunContext) -> GenerateResponse[Any]:
            body = to_ocr_request(entry.name, typed_request(request, entry))
            async with self._call(request.config) as (client, headers, failures):
                answer = await post(client, '/ocr', body, headers)
                return to_ocr_response(failures.members(answer.content, 'pages'))

        function = fitted_answers(self.answer_schemas(entry), read)
        return make_model(name, function, config_schema=entry.config, info=entry.info(self.label))

    def _speech(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def speak(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            body = to_speech_request(entry.name, typed_request(request, entry))
            kind = sound_type(body)
            async with self._call(request.config) as (client, headers, failures):
                if not context.is_streaming:
                    answer = await post(client, '/audio/speech', body, headers)
                    return to_speech_response(failures.members(answer.content, 'audio_data'), kind)
                async with post_streaming(client, '/audio/speech', {**body, 'stream': True}, headers) as pieces:
                    reader = SpeechReader(kind, failures)
                    return await read_stream(pieces, reader, failures, context.send_chunk)

        return make_model(name, speak, config_schema=entry.config, info=entry.info(self.label))

    def _transcribe(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        path = '/audio/transcriptions'

        async def listen(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            form = to_transcribe_form(entry.name, typed_request(request, entry))
            async with self._call(request.config) as (client, headers, failures):
                if not context.is_streaming:
                    answer = await post(client, path, form, headers)
                    return to_transcribe_response(failures.members(answer.content, 'text'))
                async with post_streaming(client, path, [*form, *form_fields({'stream': True})], headers) as pieces:
                    reader = TranscriptReader(failures)
                    return await read_stream(pieces, reader, failures, context.send_chunk)

        return make_model(name, listen, config_schema=entry.config, info=entry.info(self.label))


def _to_gap(entry: ModelEntry, request: GenerateRequest) -> Body:
    """Return the body that asks for what stands between a prompt and ``suffix``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a request with more than a text.
    """
    message = request.messages[-1]
    if len(request.messages) > 1 or request.tools or any(isinstance(part, MediaPart) for part in message.content):
        raise GenkitError(
            "A request with 'suffix' fills a gap in a text, and takes one message of text, no tools and no system "
            "message; leave 'suffix' out to chat.",
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_INPUT,
        )
    config = without_key(as_members(typed_request(request, entry).config))
    options = {name: value for name, value in config.items() if value is not None and name not in _NOT_OF_GAPS}
    names = {'max_output_tokens': 'max_tokens', 'stop_sequences': 'stop', 'seed': 'random_seed'}
    sent = {names.get(name, name): value for name, value in options.items()}
    return {'model': config.get('version') or entry.name, 'prompt': message.text, **sent}
