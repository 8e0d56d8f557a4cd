# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Amazon Bedrock as a plugin."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Unpack, cast

from genkit import GenkitError
from genkit.plugin import (
    Action,
    ActionRunContext,
    ApiKey,
    Content,
    Credentials,
    Maker,
    ModelEntry,
    ProviderOptions,
    ProviderPlugin,
    Task,
    client_header,
    count_of,
    fetch,
    fitted_answers,
    make_background_model,
    make_embedder,
    make_model,
    make_reranker,
    no_answer,
    pieces_of,
    retry_after_ms,
    whole_request,
)
from genkit.types import (
    Document,
    EmbedRequest,
    EmbedResponse,
    GenerateRequest,
    GenerateResponse,
    Media,
    MediaPart,
    Message,
    Operation,
    RerankerResponse,
)
from pydantic_core import to_json

from genkit_amazon_bedrock.convert.events import StreamFrames, read_answer
from genkit_amazon_bedrock.convert.messages import media_to_fetch, to_config, to_request
from genkit_amazon_bedrock.convert.stream import ConverseStream, to_response
from genkit_amazon_bedrock.convert.tools import Body, tool_names
from genkit_amazon_bedrock.embed import to_embed_bodies, to_embeddings
from genkit_amazon_bedrock.errors import Call, base_id, calling, to_failure
from genkit_amazon_bedrock.image import to_image_body, to_image_response
from genkit_amazon_bedrock.models import MODELS, BedrockEntry
from genkit_amazon_bedrock.rerank import to_ranking, to_rerank_body
from genkit_amazon_bedrock.service import AwsSettings, Outgoing, Runtime
from genkit_amazon_bedrock.video import to_operation, to_video_request


if TYPE_CHECKING:
    import httpx

_CONNECT_SECONDS: Final = 10.0
_AT_ONCE: Final = 8
_WORTH_REPEATING: Final = frozenset({429, 500, 502, 503, 504})
_FIRST_DELAY: Final = 0.5
_LONGEST_DELAY: Final = 20.0
_COUNTED: Final = ('messages', 'system', 'toolConfig', 'additionalModelRequestFields')
_JSON: Final = {'contentType': 'application/json', 'accept': 'application/json'}


class BedrockOptions(ProviderOptions, total=False):
    """Options of the plugin besides the key and the region.

    Attributes:
        profile: A profile of AWS's shared configuration, whose credentials and region are used.
        aws_access_key_id: Of static credentials.
        aws_secret_access_key: Of static credentials.
        aws_session_token: Of temporary credentials.
        session: A session of botocore or boto3, whose credentials are used.
        output_s3_uri: Where videos are put, such as ``s3://bucket/folder``.
    """

    profile: str | None
    aws_access_key_id: str | None
    aws_secret_access_key: str | None
    aws_session_token: str | None
    session: Any
    output_s3_uri: str | None


class AmazonBedrock(ProviderPlugin):
    """Amazon Bedrock: ``amazon-bedrock/<model>``, listed or not; inference profiles and ARNs are names, too.

    A call is made with a key of Bedrock, if there is one, or else with the credentials of AWS, wherever botocore finds
    them. Requests are not repeated by the client: ``retry`` of ``genkit.middleware`` does that.

    Args:
        api_key: A key of Bedrock, or a function that returns one per request; False if every request brings its own.
            Default: ``AWS_BEARER_TOKEN_BEDROCK`` of the environment, if no option names credentials.
        region: Such as ``us-east-1``. Default: ``AWS_REGION``, ``AWS_DEFAULT_REGION``, or that of the profile.
        **options: See `BedrockOptions`. ``base_url`` may be in the environment as ``AWS_ENDPOINT_URL_BEDROCK_RUNTIME``.
    """

    name = 'amazon-bedrock'
    label = 'Amazon Bedrock'
    models = MODELS
    key_variables = ('AWS_BEARER_TOKEN_BEDROCK',)
    base_url_variable = 'AWS_ENDPOINT_URL_BEDROCK_RUNTIME'

    def __init__(self, api_key: ApiKey = None, *, region: str | None = None, **options: Unpack[BedrockOptions]) -> None:
        settings = AwsSettings(
            region=region,
            profile=options.pop('profile', None),
            access_key_id=options.pop('aws_access_key_id', None),
            secret_access_key=options.pop('aws_secret_access_key', None),
            session_token=options.pop('aws_session_token', None),
            session=options.pop('session', None),
        )
        self._output_s3_uri = options.pop('output_s3_uri', None)
        super().__init__(api_key, **cast('ProviderOptions', options))
        if settings.names_credentials:
            self._credentials = Credentials(self.name, api_key, ())  # the environment's key gives way to what is stated
        self._asks_for_keys = callable(api_key)
        self._runtime = Runtime(self.name, settings, self._base_url)

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {
            Task.CHAT: self._chat,
            Task.EMBED: self._embedder,
            Task.IMAGE: self._image,
            Task.VIDEO: self._video,
            Task.RERANK: self._reranker,
        }

    async def count_tokens(self, model: str, request: GenerateRequest | Sequence[Message] | str) -> int:
        """Return how many input tokens a request would have, without asking the model.

        Args:
            model: With the plugin's prefix or without; not every model can.
            request: Whole, or its messages, or a prompt.

        Raises:
            GenkitError: As a call of the model.
        """
        request = whole_request(request)
        entry = self._entry(model.removeprefix(f'{self.name}/'))
        names = tool_names(request, to_config(request.config))
        seen = await _fetch_all(list(media_to_fetch(request)))
        asked = to_request(entry, request, names, seen, streamed=False)
        counted = {name: asked[name] for name in _COUNTED if name in asked}
        parameters: Body = {'modelId': base_id(asked['modelId']), 'input': {'converse': counted}}
        answer = await self._ask('CountTokens', parameters, request.config, 'inputTokens')
        return count_of(answer['inputTokens']) or 0

    def _entry(self, name: str) -> BedrockEntry:
        entry = self.models.find(name)
        assert isinstance(entry, BedrockEntry)
        return entry

    def _chat(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        known = self._entry(entry.name)

        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            names = tool_names(request, to_config(request.config))
            seen = await _fetch_all(list(media_to_fetch(request)))
            parameters = to_request(known, request, names, seen, streamed=context.is_streaming)
            operation = 'ConverseStream' if context.is_streaming else 'Converse'
            async with self._calling(operation, parameters, request.config) as (response, call):
                if not context.is_streaming:
                    answer = read_answer(await response.aread(), call, 'output')
                    return to_response(answer, names, response.headers)
                frames, reading = StreamFrames(call), ConverseStream(names, self.name, response.headers)
                async with pieces_of(response) as pieces:
                    async for piece in pieces:
                        for event in frames.feed(piece):
                            chunk = reading.read(*event)
                            if chunk is not None:
                                context.send_chunk(chunk)
                frames.close()
                return reading.response()

        answer = fitted_answers(known.schemas, chat)
        return make_model(name, answer, config_schema=entry.config, info=entry.info(self.label))

    def _embedder(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        known = self._entry(entry.name)

        async def embed(request: EmbedRequest) -> EmbedResponse:
            media = [part.media for each in request.input for part in each.content if isinstance(part, MediaPart)]
            seen = await _fetch_all(media if known.supports.media else ())
            model, bodies = to_embed_bodies(known, request, seen)
            room = asyncio.Semaphore(_AT_ONCE if len(bodies) == len(request.input) else 1)

            async def ask(body: Body) -> Body:
                async with room:
                    return await self._invoke(model, body, request.options, ('embedding', 'embeddings'))

            if len(bodies) == 1:
                return to_embeddings([await ask(bodies[0])], bodies)
            tasks: list[asyncio.Task[Body]] = []
            try:
                async with asyncio.TaskGroup() as group:
                    tasks += [group.create_task(ask(body)) for body in bodies]
            except ExceptionGroup as errors:
                error = errors.exceptions[0]
                raise error from error.__cause__
            return to_embeddings([task.result() for task in tasks], bodies)

        return make_embedder(name, embed, self.embedder_options(entry))

    def _image(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        known = self._entry(entry.name)

        async def draw(request: GenerateRequest) -> GenerateResponse[Any]:
            model, body = to_image_body(known, request, await _fetch_all(_media_of(request)))
            return to_image_response(
                await self._invoke(model, body, request.config, ('images', 'finish_reasons')), body
            )

        return make_model(name, draw, config_schema=entry.config, info=entry.info(self.label))

    def _reranker(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        known = self._entry(entry.name)

        async def rerank(query: Document, documents: list[Document], options: Any) -> RerankerResponse:
            if not documents:
                return RerankerResponse(documents=[])
            model, body = to_rerank_body(known, query, documents, options)
            return to_ranking(await self._invoke(model, body, options, ('results',)), documents)

        return make_reranker(name, rerank, config_schema=entry.config)

    def _video(self, name: str, entry: ModelEntry) -> Any:
        known = self._entry(entry.name)

        async def start(request: GenerateRequest) -> Operation:
            seen = await _fetch_all(_media_of(request))
            parameters = to_video_request(known, request, seen, self._output_s3_uri)
            answer = await self._ask('StartAsyncInvoke', parameters, request.config, 'invocationArn')
            operation = to_operation({**answer, 'status': 'InProgress'})
            if not operation.id:
                raise no_answer(self.name, answer)
            return operation

        async def check(operation: Operation) -> Operation:
            answer = await self._ask('GetAsyncInvoke', {'invocationArn': operation.id}, None, 'status')
            return to_operation({'invocationArn': operation.id, **answer})

        return make_background_model(name, start, check, info=entry.info(self.label), config_schema=entry.config)

    async def _invoke(self, model: str, body: Body, options: Any, answered: Sequence[str]) -> Body:
        """Return the answer of a model in its own protocol, which has one of some members."""
        parameters = {'modelId': model, 'body': to_json(body), **_JSON}
        async with self._calling('InvokeModel', parameters, options) as (response, call):
            content = await response.aread()
            answer = read_answer(content, call, None)
            if any(member in answer for member in answered):
                return answer
            return read_answer(content, call, answered[0])

    async def _ask(self, operation: str, parameters: Body, config: Any, answered: str) -> Body:
        async with self._calling(operation, parameters, config) as (response, call):
            return read_answer(await response.aread(), call, answered)

    @contextlib.asynccontextmanager
    async def _calling(
        self, operation: str, parameters: Body, config: Any
    ) -> AsyncGenerator[tuple['httpx.Response', Call]]:
        """Give an answer that is not a failure, and close its connection if it is not read to the end."""
        call = Call(plugin=self.name, model=str(parameters.get('modelId', '')), secrets=self._secrets)
        with calling(call):
            key = await self._key(config)
            call = replace(call, secrets=(key, *self._secrets))
            call = replace(call, address=self._runtime.address, region=self._runtime.region)
            headers = {
                'x-genkit-client': client_header(),
                **{name.lower(): each for name, each in self._headers.items()},
            }
            request = self._runtime.prepare(operation, parameters, headers)
            request, call = await self._signed(request, key, call)
        with calling(call):
            response = await self._send(request)
            try:
                if not response.is_success:
                    content = await response.aread()
                    raise to_failure(call, response.status_code, response.headers, content)
                yield response, call
            finally:
                await response.aclose()

    async def _send(self, request: Outgoing) -> 'httpx.Response':
        """Return an answer whose body is not read; a failure is tried again as often as the application says."""
        client: httpx.AsyncClient = self.clients.get()
        for attempt in range(self._max_retries + 1):
            sent = client.build_request(
                request.method, request.url, content=request.body, headers=dict(request.headers)
            )
            response = await client.send(sent, stream=True)
            if attempt == self._max_retries or response.status_code not in _WORTH_REPEATING:
                return response
            await response.aclose()
            hint = retry_after_ms(response.headers)
            await asyncio.sleep(_delay(attempt) if hint is None else min(hint / 1000, _LONGEST_DELAY))
        raise AssertionError  # the last attempt returns

    async def _key(self, config: Any) -> str | None:
        """Return the key of Bedrock for a call; None if there is none, or a header of the application stands for it."""
        if self._asks_for_keys:
            return await self._credentials.fetch(config)
        return self._credentials.find(config)

    async def _signed(self, request: Outgoing, key: str | None, call: Call) -> tuple[Outgoing, Call]:
        """Return a request with a key or a signature, and the call with the secrets that were used.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` naming every place where credentials can be put.
        """
        if key is not None:
            return replace(request, headers={**request.headers, 'authorization': f'Bearer {key}'}), call
        if 'authorization' in request.headers:
            return request, call
        found = await self._runtime.credentials()
        if found is None:
            raise GenkitError(
                f'Plugin {self.name!r} has neither a key nor credentials. Set {self.key_variables[0]}, or pass '
                'api_key= to the plugin or in the config of a request; or give credentials of AWS: AWS_ACCESS_KEY_ID '
                'and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, a role, or profile= and aws_access_key_id= of the plugin.',
                status='FAILED_PRECONDITION',
                source=self.name,
            )
        signed = self._runtime.sign(request, found)
        return signed, replace(call, secrets=(found.secret_key, found.token, *call.secrets))

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        return httpx.AsyncClient(timeout=httpx.Timeout(self._timeout, connect=min(self._timeout, _CONNECT_SECONDS)))


def _delay(attempt: int) -> float:
    return min(_FIRST_DELAY * 2**attempt, _LONGEST_DELAY) * random.uniform(0.5, 1)  # noqa: S311  (no secret)


def _media_of(request: GenerateRequest) -> list[Media]:
    return [part.media for part in request.messages[-1].content if isinstance(part, MediaPart)]


async def _fetch_all(media: Sequence[Media]) -> dict[str, Content]:
    """Return the content of media by address."""
    return {each.url: await fetch(each) for each in media}
