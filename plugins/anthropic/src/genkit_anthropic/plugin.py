# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Claude as a plugin."""

import contextlib
from collections.abc import AsyncGenerator, Generator, Mapping, MutableMapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, Unpack

from genkit.plugin import (
    ANTHROPIC_TOOL_SCHEMAS,
    Action,
    ActionRunContext,
    ApiKey,
    LoopClient,
    Maker,
    ModelEntry,
    ProviderOptions,
    ProviderPlugin,
    Task,
    ToolNames,
    client_header,
    fitted_answers,
    make_model,
    pieces_of,
    whole_request,
)
from genkit.types import GenerateRequest, GenerateResponse, GenerateResponseChunk, Message

from genkit_anthropic.convert.events import MessageEvents, read_message
from genkit_anthropic.convert.messages import to_config, to_request
from genkit_anthropic.convert.stream import MessageStream, to_response
from genkit_anthropic.errors import anthropic_errors
from genkit_anthropic.models import MODELS, ClaudeEntry


if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

_KEY: Final[ContextVar[str]] = ContextVar('genkit_anthropic_key')
# What counting tokens takes of a request.
_COUNTED: Final = frozenset(
    {'model', 'messages', 'system', 'tools', 'tool_choice', 'thinking', 'output_config', 'cache_control'}
)


class Anthropic(ProviderPlugin):
    """Claude: ``anthropic/<model>``, listed or not.

    Requests are not repeated by the client: ``retry`` of ``genkit.middleware`` does that.

    Args:
        api_key: The key, or a function that returns one per request; False if every request brings its own. Default:
            from the environment.
        betas: Names for the header ``anthropic-beta`` of every request.
        **options: See `ProviderOptions`. ``base_url`` may be in the environment as ``ANTHROPIC_BASE_URL``.
    """

    name = 'anthropic'
    label = 'Anthropic'
    models = MODELS
    key_variables = ('ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN')
    base_url_variable = 'ANTHROPIC_BASE_URL'
    clients: 'LoopClient[AsyncAnthropic]'

    def __init__(
        self, api_key: ApiKey = None, *, betas: Sequence[str] = (), **options: Unpack[ProviderOptions]
    ) -> None:
        super().__init__(api_key, **options)
        self._betas = tuple(betas)

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models are made."""
        return {Task.CHAT: self._chat}

    async def count_tokens(self, model: str, request: GenerateRequest | Sequence[Message] | str) -> int:
        """Return how many input tokens a request would have, without asking the model.

        Args:
            model: With the plugin's prefix or without.
            request: Whole, or its messages, or a prompt.

        Raises:
            GenkitError: As a call of the model.
        """
        request = whole_request(request)
        body = to_request(self._entry(model.removeprefix(f'{self.name}/')), request, _tool_names(request))
        body = {name: value for name, value in body.items() if name in _COUNTED}
        async with self._call(request.config) as (client, headers):
            counted = await client.messages.count_tokens(
                model=body.pop('model'), messages=body.pop('messages'), extra_body=body, extra_headers=headers
            )
            return counted.input_tokens

    def _entry(self, name: str) -> ClaudeEntry:
        entry = self.models.find(name)
        assert isinstance(entry, ClaudeEntry)
        return entry

    def _chat(self, name: str, entry: ModelEntry) -> Action[Any, Any, Any]:
        claude = self._entry(entry.name)

        async def chat(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
            names = _tool_names(request)
            body = to_request(claude, request, names)
            async with self._call(request.config) as (client, headers):
                if context.is_streaming:
                    return await self._stream(client, body, headers, names, context)
                asking = client.messages.with_raw_response.create
                answer = await asking(**_arguments(body), extra_headers=headers)
                return to_response(
                    read_message(answer.http_response.content, self.name, (_KEY.get(), *self._secrets)), names
                )

        answer = fitted_answers(claude.schemas, chat)
        return make_model(name, answer, config_schema=entry.config, info=entry.info(self.label))

    async def _stream(
        self,
        client: Any,
        body: dict[str, Any],
        headers: dict[str, str],
        names: ToolNames,
        context: ActionRunContext,
    ) -> GenerateResponse[Any]:
        secrets = (_KEY.get(), *self._secrets)
        events, reading = MessageEvents(self.name, secrets), MessageStream(names, self.name, secrets)

        def send(event: dict[str, Any]) -> None:
            chunk: GenerateResponseChunk[Any] | None = reading.read(event)
            if chunk is not None:
                context.send_chunk(chunk)

        # The library makes the request; what comes is read here, as the library drops events that it does not know.
        stream = await client.messages.create(**_arguments(body), stream=True, extra_headers=headers)
        async with stream, pieces_of(stream.response) as pieces:
            async for piece in pieces:
                for event in events.feed(piece):
                    send(event)
        for event in events.close():
            send(event)
        return reading.response(events.head)

    @contextlib.asynccontextmanager
    async def _call(self, config: Any) -> AsyncGenerator[tuple[Any, dict[str, str]]]:
        """Give a client and the headers of one call, and turn the client's errors into ours."""
        key = await self._credentials.fetch(config)
        betas = dict.fromkeys((*self._betas, *(to_config(config).betas or ())))
        headers = {'anthropic-beta': ','.join(betas)} if betas else {}
        with anthropic_errors(self.name, (key, *self._secrets)), _signed(key):
            yield self.clients.get(), headers

    def client_type(self) -> 'type[AsyncAnthropic]':
        """Return the class of the client, which a plugin for Claude elsewhere may extend."""
        return _signing_client()

    def _connect(self) -> 'AsyncAnthropic':
        from anthropic import DefaultAsyncHttpxClient  # noqa: PLC0415  (loaded with the first call)

        return self.client_type()(
            api_key='of-each-request',
            base_url=self._base_url,
            timeout=self._timeout,  # stated, or the client refuses answers that may take long
            max_retries=self._max_retries,
            http_client=DefaultAsyncHttpxClient(timeout=self._timeout, follow_redirects=False),
            default_headers={'x-genkit-client': client_header(), **self._headers},
            open_telemetry=False,  # the model's own span tells all that is known
        )


def _tool_names(request: GenerateRequest) -> ToolNames:
    return ToolNames(request.tools, schemas=ANTHROPIC_TOOL_SCHEMAS)


@contextlib.contextmanager
def _signed(key: str) -> Generator[None]:
    """Sign the requests of a block: the library logs the headers that it is given for a call, so a key is none."""
    token = _KEY.set(key)
    try:
        yield
    finally:
        _KEY.reset(token)


def _signing_client() -> 'type[AsyncAnthropic]':
    from anthropic import AsyncAnthropic  # noqa: PLC0415  (loaded with the first call)

    class SigningClient(AsyncAnthropic):
        """Adds the key of the block that a request is made in, so that no client holds one."""

        async def _prepare_request(self, request: Any) -> None:
            await super()._prepare_request(request)
            self.sign(request.headers, _KEY.get())

        def sign(self, headers: MutableMapping[str, str], key: str) -> None:
            """Put the key into the headers of a request; clouds that sell Claude may want it elsewhere."""
            headers['Authorization'] = f'Bearer {key}'

    return SigningClient


def _arguments(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body as arguments of the client, which has names for some of its members and refuses others."""
    named = ('model', 'max_tokens', 'messages')
    rest = {name: value for name, value in body.items() if name not in named}
    return {**{name: body[name] for name in named}, 'extra_body': rest}
