# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A server of Ollama as a plugin.

The protocol is spoken with httpx itself: the ``ollama`` library, which is a thin layer over it, gives away the headers
of a failed answer, and with them the hint when to try again, and takes no headers for a single request.
"""

import asyncio
import contextlib
import inspect
import logging
import os
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from genkit import ErrorReason, GenkitError
from genkit.plugin import (
    GRAMMAR_SCHEMAS,
    OLLAMA_TOOL_SCHEMAS,
    Action,
    ActionKind,
    ActionRunContext,
    Credentials,
    LineReader,
    LoopClient,
    Maker,
    ModelEntry,
    ModelPlugin,
    Task,
    ToolNames,
    client_header,
    content_type_of,
    fetch,
    fitted_answers,
    is_data_url,
    make_embedder,
    make_model,
    pieces_of,
)
from genkit.types import ActionMetadata, EmbedRequest, EmbedResponse, GenerateRequest, GenerateResponse, Media
from pydantic_core import from_json, to_json

from genkit_ollama.config import PORT, HeadersFor, RequestHeaders, to_address
from genkit_ollama.convert import Answer, media_of, to_chat_request, to_generate_request
from genkit_ollama.embed import to_embed_requests, to_embeddings
from genkit_ollama.errors import server_errors, to_server_error
from genkit_ollama.models import EMBEDDER, GENERATE, OllamaEmbedder, OllamaModel, to_entry, to_table


if TYPE_CHECKING:
    import httpx

_LOGGER: Final = logging.getLogger('genkit.ollama')
_CONNECT_SECONDS: Final = 10.0
_AT_ONCE: Final = 8


class Ollama(ModelPlugin):
    """Models on a server of Ollama: ``ollama/<model>``, with its tag as in ``ollama/gemma3:4b``.

    Args:
        server_address: The URL of the server. Default: ``OLLAMA_HOST`` of the environment, else this machine. A list in
            its place is taken for ``models``.
        models: Models to list even if the server is not running, and models with their own settings.
        embedders: Embedders to list even if the server is not running.
        request_headers: Sent with every request, or a function that is asked for them before each; it may be async.
        api_key: For a server that requires one, such as https://ollama.com; False if every request brings its own.
            Default: ``OLLAMA_API_KEY`` of the environment.
        name: The prefix of the model names; set it to use two servers.
        timeout: The maximum time without a response, in seconds. Default: none, as a model may have to be loaded first.
        list_timeout: The maximum time for listing the server's models, in seconds.
    """

    name = 'ollama'
    label = 'Ollama'
    key_variables: Final = ('OLLAMA_API_KEY',)

    def __init__(
        self,
        server_address: str | Iterable[OllamaModel | str] | None = None,
        *,
        models: Iterable[OllamaModel | str] = (),
        embedders: Iterable[OllamaEmbedder | str] = (),
        request_headers: RequestHeaders | None = None,
        api_key: str | Literal[False] | None = None,
        name: str | None = None,
        timeout: float | None = None,
        list_timeout: float = 2.0,
    ) -> None:
        self.name = name or self.name
        if server_address is not None and not isinstance(server_address, str):
            server_address, models = None, [*server_address, *models]
        self.models = to_table(models, embedders)
        self.server_address = to_address(server_address or os.environ.get('OLLAMA_HOST') or f'127.0.0.1:{PORT}')
        self._request_headers: RequestHeaders = request_headers or {}
        self._credentials = Credentials(self.name, api_key, self.key_variables)
        self._timeout = timeout
        self._list_timeout = list_timeout
        self.clients: LoopClient[httpx.AsyncClient] = LoopClient(self._connect)

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {Task.CHAT: self._chat, Task.EMBED: self._embedder}

    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return the action of a kind and a name; every model may be asked for vectors, whatever its name."""
        found = await super().resolve(action_type, name)
        if found is None and action_type is ActionKind.EMBEDDER:
            local = name.removeprefix(f'{self.name}/')
            return self._embedder(self.namespaced(local), replace(EMBEDDER, name=local))
        return found

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return the declared models and those of the server; if that cannot be reached, a warning is logged."""
        declared = list(self.models)
        known = {entry.name.removesuffix(':latest') for entry in declared}
        served = [entry for entry in await self._served() if entry.name.removesuffix(':latest') not in known]
        return [self.describe(entry) for entry in [*declared, *served]]

    def _chat(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            names = ToolNames(request.tools, schemas=OLLAMA_TOOL_SCHEMAS)
            images = {media.url: await _image(media) for media in media_of(request)}
            if GENERATE in entry.extras:
                path, body = '/api/generate', to_generate_request(entry.name, request, images)
            else:
                path, body = '/api/chat', to_chat_request(entry.name, request, names, images)
            answer = Answer(names, self.name, (self._credentials.find(request.config),))
            body['stream'] = context.is_streaming
            async with self._calling('POST', path, request, body) as response:
                if context.is_streaming:
                    await _read_lines(response, answer, context)
                else:
                    answer.read(await response.aread())
            return answer.response()

        answer = fitted_answers(GRAMMAR_SCHEMAS, chat)
        return make_model(name, answer, config_schema=entry.config, info=entry.info(self.label))

    def _embedder(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        async def embed(request: EmbedRequest) -> EmbedResponse:
            answers: list[bytes] = []
            for body in to_embed_requests(entry.name, request):
                async with self._calling('POST', '/api/embed', request, body) as response:
                    answers.append(await response.aread())
            return to_embeddings(answers, self.name, (self._credentials.find(request.options),))

        return make_embedder(name, embed, self.embedder_options(entry))

    async def _served(self) -> list[ModelEntry]:
        """Return the models of the server, each with what the server says it can do."""
        room = asyncio.Semaphore(_AT_ONCE)

        async def described(name: str) -> ModelEntry:
            found = self.models.find(name)
            assert found is not None
            try:
                async with room, self._calling('POST', '/api/show', None, {'model': name}) as response:
                    return to_entry(found, from_json(await response.aread()).get('capabilities'))
            except GenkitError:  # listed all the same, with what its name suggests
                return found

        try:
            async with asyncio.timeout(self._list_timeout):
                async with self._calling('GET', '/api/tags') as response:
                    listed = from_json(await response.aread())['models']
                return await asyncio.gather(*(described(model['name']) for model in listed))
        except (GenkitError, TimeoutError, ValueError, KeyError, TypeError, AttributeError) as error:
            said = str(error) or f'no answer within {self._list_timeout:g} seconds'
            _LOGGER.warning('The models of %s are not listed: %s', self.server_address, said)
            return []

    @contextlib.asynccontextmanager
    async def _calling(
        self,
        method: str,
        path: str,
        request: GenerateRequest | EmbedRequest | None = None,
        body: dict[str, Any] | None = None,
    ) -> AsyncGenerator['httpx.Response']:
        """Give an answer that is not a failure, and close its connection if it is not read to the end."""
        config = request.options if isinstance(request, EmbedRequest) else request and request.config
        key = self._credentials.find(config)
        model = None if body is None else str(body['model'])
        headers = await self._headers(key, HeadersFor(server_address=self.server_address, model=model, request=request))
        with server_errors(self.server_address, (key,)):
            content = None if body is None else to_json(body)
            url = self.server_address + path
            async with self.clients.get().stream(method, url, content=content, headers=headers) as response:
                if not response.is_success:
                    await response.aread()
                    code, headers = response.status_code, response.headers
                    raise to_server_error(self.name, code, headers, response.content, model)
                yield response

    async def _headers(self, key: str | None, asked: HeadersFor) -> dict[str, str]:
        given = self._request_headers
        own = given(asked) if callable(given) else given
        if inspect.isawaitable(own):
            own = await own
        signed = {} if key is None else {'authorization': f'Bearer {key}'}
        return {
            'content-type': 'application/json',
            'x-genkit-client': client_header(),
            **signed,
            **{name.lower(): value for name, value in (own or {}).items()},
        }

    def _connect(self) -> 'httpx.AsyncClient':
        import httpx  # noqa: PLC0415  (loaded with the first call)

        return httpx.AsyncClient(timeout=httpx.Timeout(self._timeout, connect=_CONNECT_SECONDS))


async def _read_lines(response: 'httpx.Response', answer: Answer, context: ActionRunContext) -> None:
    """Send what each line says; httpx would also break lines at characters that JSON may hold, such as U+0085."""
    reader = LineReader()
    async with pieces_of(response) as pieces:
        async for piece in pieces:
            for line in reader.feed(piece):
                _send(line, answer, context)
    _send(reader.close(), answer, context)


def _send(line: bytes, answer: Answer, context: ActionRunContext) -> None:
    chunk = answer.read(line) if line.strip() else None
    if chunk is not None:
        context.send_chunk(chunk)


async def _image(media: Media) -> str:
    """Return an image in base64; one on the web is fetched, as the server takes no addresses."""
    content = None if is_data_url(media.url) else await fetch(media)
    kind = content_type_of(media) if content is None else content.content_type
    if not kind.startswith('image/'):
        raise GenkitError(
            f'Media of type {kind!r} cannot be sent to Ollama; it takes images.',
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    return (content or await fetch(media)).base64
