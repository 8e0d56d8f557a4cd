# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""xAI as a plugin."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from genkit.plugin import (
    OPENAI_TOOL_SCHEMAS,
    Action,
    ActionRunContext,
    ApiKey,
    Maker,
    ModelEntry,
    Task,
    ToolNames,
    as_members,
    make_background_model,
    make_model,
)
from genkit.types import GenerateRequest, GenerateResponse, GenerateResponseChunk, Operation
from genkit_compat_oai import OpenAICompatible
from genkit_compat_oai.convert.messages import to_request
from genkit_compat_oai.convert.stream import to_response
from genkit_compat_oai.endpoints import get, post
from genkit_compat_oai.image import to_image_response
from genkit_compat_oai.models import OpenAIEntry
from genkit_compat_oai.plugin import typed_request
from genkit_compat_oai.speech import to_speech_response, to_transcribe_response

from genkit_xai.convert import (
    DIALECT,
    OF_RESPONSES,
    Body,
    fetch_deferred,
    with_server_tools,
    without_refused,
)
from genkit_xai.image import IMAGE_FORMAT, to_image_call
from genkit_xai.models import MODELS
from genkit_xai.speech import to_speech_request, to_transcribe_form
from genkit_xai.video import to_operation, to_started, to_video_call, video_path


class XAI(OpenAICompatible):
    """xAI: ``xai/<model>``, such as ``xai/grok-4.7``.

    Args:
        api_key: The key, or a function that returns one per request; False if every request brings its own. Default:
            from the environment.
        api: The API for all models. Default: depends on the request and the model.
        options: As of `OpenAICompatible`.
    """

    name = 'xai'
    label = 'xAI'
    default_base_url = 'https://api.x.ai/v1'
    base_url_variable = 'XAI_BASE_URL'
    key_variables = ('XAI_API_KEY',)
    models = MODELS
    dialect = DIALECT

    def __init__(
        self, api_key: ApiKey = None, *, api: Literal['chat', 'responses'] | None = None, **options: Any
    ) -> None:
        super().__init__(api_key, **options)
        self._api: Literal['chat', 'responses'] | None = api

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {
            Task.CHAT: self._chat,
            Task.IMAGE: self._image,
            Task.SPEECH: self._speech,
            Task.TRANSCRIBE: self._transcribe,
            Task.VIDEO: self._video,
        }

    def api_for(self, entry: ModelEntry, config: Any) -> Literal['chat', 'responses']:
        """Return what the request says, or needs; else what the plugin says, or the model wants."""
        options = as_members(config)
        said: Literal['chat', 'responses'] | None = options.get('api')
        if said is not None:
            return said
        if options.get('deferred'):
            return 'chat'
        if any(options.get(name) is not None for name in OF_RESPONSES):
            return 'responses'
        own: Literal['chat', 'responses'] = entry.api if isinstance(entry, OpenAIEntry) else 'chat'
        return self._api or own

    def adapt(self, body: Body, request: GenerateRequest, entry: ModelEntry) -> Body:  # noqa: ARG002  (of the base)
        """Return the body of a chat request without what models that think refuse."""
        return without_refused(body) if 'reasoning' in entry.extras else body

    def adapt_responses(self, body: Body, request: GenerateRequest, entry: ModelEntry) -> Body:  # noqa: ARG002
        """Return the body of a request in the Responses protocol, with the provider's tools as it names them."""
        return with_server_tools(body, as_members(request.config).get('max_turns'))

    def _chat_function(self, entry: ModelEntry) -> Callable[..., Awaitable[GenerateResponse[Any]]]:
        by_chat = super()._chat_function(entry)

        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            if not as_members(request.config).get('deferred'):
                return await by_chat(request, context)
            response = await self._defer(entry, typed_request(request, entry))
            if context.is_streaming and response.message is not None:
                context.send_chunk(GenerateResponseChunk(content=response.message.content))
            return response

        return chat

    async def _defer(self, entry: ModelEntry, request: GenerateRequest) -> GenerateResponse[Any]:
        names = ToolNames(request.tools, schemas=OPENAI_TOOL_SCHEMAS)
        schemas = self.answer_schemas(entry)
        body = self.adapt(to_request(entry.name, request, names, self.dialect, schemas), request, entry)
        interval: float = as_members(request.config).get('deferred_interval', 2.0)
        async with self._call(request.config) as (client, headers, failures):
            completion = await fetch_deferred(client, body, headers, failures, interval)
            return to_response(completion, names, self.dialect, '', failures)

    def _image(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def draw(request: GenerateRequest) -> GenerateResponse[Any]:
            path, body = to_image_call(entry.name, typed_request(request, entry))
            async with self._call(request.config) as (client, headers, failures):
                answer = await post(client, path, body, headers)
                return to_image_response(failures.members(answer.content, 'data'), IMAGE_FORMAT, self.dialect, failures)

        return make_model(name, draw, config_schema=entry.config, info=entry.info(self.label))

    def _speech(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def speak(request: GenerateRequest) -> GenerateResponse[Any]:
            body = to_speech_request(typed_request(request, entry))
            async with self._call(request.config) as (client, headers, failures):
                answer = await post(client, '/tts', body, headers)
                return to_speech_response(answer.content, answer.headers, body['output_format']['codec'], failures)

        return make_model(name, speak, config_schema=entry.config, info=entry.info(self.label))

    def _transcribe(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def listen(request: GenerateRequest) -> GenerateResponse[Any]:
            form = to_transcribe_form(typed_request(request, entry))
            async with self._call(request.config) as (client, headers, failures):
                answer = await post(client, '/stt', form, headers)
                return to_transcribe_response(answer.content, None, failures)

        return make_model(name, listen, config_schema=entry.config, info=entry.info(self.label))

    def _video(self, name: str, entry: ModelEntry) -> Any:
        async def start(request: GenerateRequest) -> Operation:
            path, body = to_video_call(entry.name, typed_request(request, entry))
            async with self._call(request.config) as (client, headers, failures):
                answer = await post(client, path, body, headers)
                return to_started(failures.members(answer.content, 'request_id'))

        async def check(operation: Operation) -> Operation:
            async with self._call(None) as (client, headers, failures):
                answer = await get(client, video_path(operation.id), headers)
                return to_operation(operation, answer, self.dialect, failures)

        return make_background_model(name, start, check, info=entry.info(self.label), config_schema=entry.config)
