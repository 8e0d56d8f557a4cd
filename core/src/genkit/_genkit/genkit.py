# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The `Genkit` class, the entry point of an application."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Unpack, overload

from genkit._action.context import current_context
from genkit._action.function import is_async
from genkit._action.kind import ActionKind
from genkit._action.stream import StreamResponse
from genkit._base.environment import is_dev_environment
from genkit._base.errors import GenkitError
from genkit._base.suggest import as_list, refuse
from genkit._base.version import set_client_header
from genkit._generate.formats import BUILT_IN_FORMATS
from genkit._generate.loop import generate_action, generate_with_context
from genkit._generate.operation import start_operation
from genkit._generate.options import (
    Asked,
    ContentArgument,
    GenerateOptions,
    ModelArgument,
    OutputArgument,
    prepare,
)
from genkit._generate.output import Output
from genkit._generate.tools import with_tools_made
from genkit._genkit.agents import Agents
from genkit._genkit.conversations import Conversations
from genkit._genkit.definitions import Definitions
from genkit._genkit.elsewhere import Elsewhere
from genkit._genkit.running import Running
from genkit._kinds.background_model import cancel_operation, check_operation
from genkit._kinds.embedder import embed
from genkit._kinds.evaluator import evaluate
from genkit._kinds.flow import run_step
from genkit._kinds.indexer import OnProgress, index
from genkit._kinds.options import DocumentsArgument
from genkit._kinds.reranker import rerank
from genkit._kinds.retriever import retrieve
from genkit._reflect.address import ServerSpec
from genkit._reflect.start import start_runtime
from genkit._registry.plugin import Plugin
from genkit._registry.registry import Registry
from genkit._trace.provider import set_content_capture
from genkit.types import (
    ActionMetadata,
    BaseDataPoint,
    DocumentData,
    EmbedderRef,
    Embedding,
    EvalResponse,
    EvaluatorRef,
    GenerateResponse,
    GenerateResponseChunk,
    IndexerRef,
    Message,
    ModelRef,
    Operation,
    RankedDocument,
    RerankerRef,
    RetrieverRef,
    RetrieverResponse,
)


GivenT = TypeVar('GivenT')
_DEFAULT_PROMPT_DIR = Path('prompts')

T = TypeVar('T')


class Genkit(Definitions, Conversations, Agents, Running, Elsewhere):
    """Defines and runs models, tools, flows, retrievers and the rest of an application.

    Args:
        plugins: Plugins that provide models, stores and so on; initialized on first use.
        model: The default model.
        prompt_dir: A folder of ``.prompt`` files. Default: ``./prompts``, if it exists.
        context: Base context; the context of each call is merged into it.
        client_header: Appended to the client header of requests to providers.
        name: Shown by the developer tools.
        capture_content: Whether the spans of this process record inputs, outputs and messages. Default: the value of
            ``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT``, or True if that is not set. The
            developer tools see them in any case.
        reflection_server_spec: The address of the server for the developer tools. Default: a free local port. The
            server only starts in development (``GENKIT_ENV=dev``).

    Raises:
        GenkitError: ``ALREADY_EXISTS`` for two plugins of one name; ``INVALID_ARGUMENT`` for a ``capture_content`` that
            is not a truth value.

    Example:
        ```python
        from genkit import Genkit
        from genkit.testing import define_echo_model

        ai = Genkit(model='echo')
        define_echo_model(ai, 'echo')


        @ai.flow()
        async def greet(name: str) -> str:
            return (await ai.generate(prompt=f'Greet {name}.')).text
        ```
    """

    def __init__(
        self,
        plugins: Sequence[Plugin] | Plugin | None = None,
        model: str | ModelRef[Any] | None = None,
        prompt_dir: str | Path | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        client_header: str | None = None,
        name: str | None = None,
        capture_content: bool | None = None,
        reflection_server_spec: ServerSpec | None = None,
    ) -> None:
        brought = as_list('plugins', plugins, "a text is no plugin: write Genkit(model='…') for the default model.")
        self.name = name
        self.registry = Registry()
        if context is not None and not isinstance(context, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            refuse('context', context, "expected a dictionary, such as context={'tenant': …}.")
        self.registry.context = dict(context or {})
        if client_header is not None:
            set_client_header(client_header)
        if capture_content is not None:
            set_content_capture(captured=capture_content)
        if model is not None:
            self.model = model
        for definition in BUILT_IN_FORMATS:
            self.define_format(definition)
        for plugin in brought:
            self.registry.register_plugin(plugin)
            for middleware in plugin.middleware():
                self.define_middleware(middleware)
        self.registry.register_action(generate_action(self.registry))
        if prompt_dir is not None or _DEFAULT_PROMPT_DIR.is_dir():
            self.load_prompts(Path(prompt_dir or _DEFAULT_PROMPT_DIR))
        if is_dev_environment():
            start_runtime(self.registry, name, reflection_server_spec)

    def __repr__(self) -> str:
        """Return the name, the default model and the plugins."""
        members = {'name': self.name, 'model': self.model, 'plugins': list(self.registry.plugins)}
        return f'Genkit({", ".join(f"{name}={value!r}" for name, value in members.items() if value)})'

    @property
    def model(self) -> str | ModelRef[Any] | None:
        """The default model of calls that name none; may be set at any time."""
        return self.registry.lookup_value('defaultModel', 'defaultModel')

    @model.setter
    def model(self, model: str | ModelRef[Any] | None) -> None:
        if isinstance(model, type):
            refuse('model', model, "expected a name, such as 'openai/gpt-4o'; an output_schema is given to generate().")
        if isinstance(model, Plugin):
            refuse('model', model, f"a plugin brings models: write plugins=[…], model='{model.name}/…'.")
        if model is not None and not isinstance(model, str) and not isinstance(getattr(model, 'name', None), str):
            refuse('model', model, "expected a name or a reference, such as 'openai/gpt-4o'.")
        self.registry.register_value('defaultModel', 'defaultModel', model, replace=True)

    @overload
    async def generate(
        self,
        model: ModelArgument = None,
        prompt: ContentArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        *,
        output_schema: type[T],
        output: None = None,
        **options: Unpack[GenerateOptions],
    ) -> GenerateResponse[T]: ...

    @overload
    async def generate(
        self,
        model: ModelArgument = None,
        prompt: ContentArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        *,
        output: Output[T],
        output_schema: None = None,
        **options: Unpack[GenerateOptions],
    ) -> GenerateResponse[T]: ...

    @overload
    async def generate(
        self,
        model: ModelArgument = None,
        prompt: ContentArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        *,
        output: OutputArgument = None,
        output_schema: Any = None,
        **options: Unpack[GenerateOptions],
    ) -> GenerateResponse[Any]: ...

    async def generate(
        self,
        model: ModelArgument = None,
        prompt: ContentArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        *,
        output: OutputArgument = None,
        output_schema: Any = None,
        **options: Unpack[GenerateOptions],
    ) -> GenerateResponse[Any]:
        """Generate a response: call a model and run the tools it requests until it answers.

        Args:
            model: A name, a reference or a model action. Default: the application's default model.
            prompt: The user's message: text, which is sent unchanged, or parts.
            system: The system message: text, which is sent unchanged, or parts.
            messages: The conversation so far.
            output: The requested output: schema, format and instructions.
            output_schema: A type, a JSON schema or the name of a registered one; ``response.output`` is of that type.
            options: See `GenerateOptions`.

        Raises:
            GenkitError: ``NOT_FOUND`` for an unknown model, tool or format; ``INVALID_ARGUMENT`` for options that do
                not fit; ``ABORTED`` after too many tool rounds; what a model or a tool raised.
            GenerationResponseError: The response was blocked or is empty.
        """
        asked = Asked(model, prompt, system, messages, output, output_schema)
        action_options, generation = prepare(self.registry, asked, options)
        return await generate_with_context(action_options, generation, options.get('context'))

    @overload
    def generate_stream(
        self,
        model: ModelArgument = None,
        prompt: ContentArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        *,
        output_schema: type[T],
        output: None = None,
        timeout: float | None = None,
        **options: Unpack[GenerateOptions],
    ) -> StreamResponse[GenerateResponseChunk[T], GenerateResponse[T]]: ...

    @overload
    def generate_stream(
        self,
        model: ModelArgument = None,
        prompt: ContentArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        *,
        output: OutputArgument = None,
        output_schema: Any = None,
        timeout: float | None = None,
        **options: Unpack[GenerateOptions],
    ) -> StreamResponse[GenerateResponseChunk[Any], GenerateResponse[Any]]: ...

    def generate_stream(
        self,
        model: ModelArgument = None,
        prompt: ContentArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        *,
        output: OutputArgument = None,
        output_schema: Any = None,
        timeout: float | None = None,
        **options: Unpack[GenerateOptions],
    ) -> StreamResponse[GenerateResponseChunk[Any], GenerateResponse[Any]]:
        """Stream a generation: iterate over the chunks, await ``response``.

        Args:
            model: As for `generate`.
            prompt: As for `generate`.
            system: As for `generate`.
            messages: As for `generate`.
            output: As for `generate`.
            output_schema: As for `generate`.
            timeout: Seconds after which the call is cancelled with ``DEADLINE_EXCEEDED``.
            options: See `GenerateOptions`.
        """
        asked = Asked(model, prompt, system, messages, output, output_schema)
        also = options.pop('on_chunk', None)
        options = with_tools_made(options)

        def start(put: Callable[[Any], None]) -> Coroutine[Any, Any, GenerateResponse[Any]]:
            return self._generate(asked, {**options, 'on_chunk': put if also is None else _both(also, put)})

        return StreamResponse(start, timeout)

    async def generate_text(
        self,
        prompt: ContentArgument = None,
        *,
        model: ModelArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        **options: Unpack[GenerateOptions],
    ) -> str:
        """Generate like `generate`, and return only the text."""
        return (await self._generate(Asked(model, prompt, system, messages), options)).text

    async def generate_data(
        self,
        output_schema: type[T] | UnionType,
        prompt: ContentArgument = None,
        *,
        model: ModelArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        **options: Unpack[GenerateOptions],
    ) -> T:
        """Generate like `generate`, and return only the structured output, an instance of a type."""
        if isinstance(output_schema, str) and isinstance(prompt, type):
            refuse('output_schema', output_schema, f'the type comes first: write generate_data({prompt.__name__}, …).')
        asked = Asked(model, prompt, system, messages, output_schema=output_schema)
        return (await self._generate(asked, options)).output

    async def generate_operation(
        self,
        model: ModelArgument = None,
        prompt: ContentArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        **options: Unpack[GenerateOptions],
    ) -> Operation:
        """Start a background model and return its operation; poll it with `check_operation`.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if the model is not a background model, ``NOT_FOUND`` if it is unknown.
        """
        return await start_operation(self.registry, Asked(model, prompt, system, messages), options)

    async def check_operation(self, operation: Operation) -> Operation:
        """Return the current state of an operation."""
        return await check_operation(self.registry, operation)

    async def cancel_operation(self, operation: Operation) -> Operation:
        """Cancel an operation; one that cannot be cancelled is returned unchanged."""
        return await cancel_operation(self.registry, operation)

    async def rerank(
        self,
        reranker: str | RerankerRef[Any],
        query: str | DocumentData,
        documents: DocumentsArgument,
        options: Any = None,
    ) -> list[RankedDocument]:
        """Return documents in order of relevance to a query, each with its score."""
        return await rerank(self.registry, reranker, query, documents, options)

    async def evaluate(
        self,
        evaluator: str | EvaluatorRef[Any],
        dataset: Sequence[BaseDataPoint] | BaseDataPoint,
        options: Any = None,
        eval_run_id: str | None = None,
    ) -> EvalResponse:
        """Return the scores of a dataset."""
        return await evaluate(self.registry, evaluator, dataset, options, eval_run_id)

    @overload
    async def run(
        self, name: str, fn: Callable[[], Awaitable[T]], /, *, metadata: Mapping[str, Any] | None = None
    ) -> T: ...

    @overload
    async def run(
        self,
        name: str,
        given: GivenT,
        fn: Callable[[GivenT], Awaitable[T]],
        /,
        *,
        metadata: Mapping[str, Any] | None = None,
    ) -> T: ...

    @overload
    async def run(self, name: str, fn: Callable[[], T], /, *, metadata: Mapping[str, Any] | None = None) -> T: ...

    @overload
    async def run(
        self, name: str, given: GivenT, fn: Callable[[GivenT], T], /, *, metadata: Mapping[str, Any] | None = None
    ) -> T: ...

    @overload
    async def run(
        self, name: str, *, fn: Callable[[], Awaitable[T]], metadata: Mapping[str, Any] | None = None
    ) -> T: ...

    async def run(self, name: str, *given: Any, fn: Any = None, metadata: Mapping[str, Any] | None = None) -> Any:
        """Run a function as a step of a flow, in its own span: ``run(name, fn)`` or ``run(name, input, fn)``."""
        given = given if fn is None else (*given, fn)
        if not given or not callable(given[-1]):
            raise GenkitError(
                f'Step {name!r} got {given!r}; write run(name, function) or run(name, input, function).',
                status='INVALID_ARGUMENT',
            )
        return await run_step(name, given[-1], *given[:-1], metadata=metadata)

    async def embed(
        self,
        embedder: str | EmbedderRef[Any],
        content: str | DocumentData,
        metadata: dict[str, Any] | None = None,
        options: Any = None,
    ) -> list[Embedding]:
        """Return the embeddings of one text or document; several if the embedder splits it."""
        return await embed(self.registry, embedder, [content], metadata, options)

    async def embed_many(
        self,
        embedder: str | EmbedderRef[Any],
        content: Sequence[str | DocumentData],
        metadata: dict[str, Any] | None = None,
        options: Any = None,
    ) -> list[Embedding]:
        """Return the embeddings of some texts or documents, in order, from one request.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a text in place of a list.
        """
        listed = as_list('content', content, 'a text is no list: write [text], or ai.embed for one text.')
        return await embed(self.registry, embedder, listed, metadata, options)

    async def retrieve(
        self, retriever: str | RetrieverRef[Any], query: str | DocumentData, options: Any = None
    ) -> RetrieverResponse:
        """Return the documents that a retriever finds for a query."""
        return await retrieve(self.registry, retriever, query, options)

    async def index(
        self,
        indexer: str | IndexerRef[Any],
        documents: DocumentsArgument,
        options: Any = None,
        *,
        on_progress: OnProgress | None = None,
        batch_size: int | None = None,
    ) -> None:
        """Store documents, or texts, with an indexer.

        Args:
            indexer: Its name or a reference.
            documents: What to store: texts, documents, one of them, or what a retriever found.
            options: Options of the indexer.
            on_progress: Called with a `Progress` after each batch; may be a coroutine function.
            batch_size: The number of documents per call of the indexer. Default: all, or 100 with ``on_progress``.
        """
        await index(self.registry, indexer, documents, options, on_progress=on_progress, batch_size=batch_size)

    async def list_actions(self, kind: ActionKind | str | None = None) -> list[ActionMetadata]:
        """List actions: registered, advertised by plugins, or dynamic. Default: of all kinds."""
        listed = (await self.registry.list_actions()).values()
        return [metadata for metadata in listed if kind is None or metadata.action_type == kind]

    @staticmethod
    def current_context() -> dict[str, Any] | None:
        """Return the context of the call that is running, or None outside one."""
        return current_context()

    async def _generate(self, asked: Asked, options: GenerateOptions) -> GenerateResponse[Any]:
        action_options, generation = prepare(self.registry, asked, options)
        return await generate_with_context(action_options, generation, options.get('context'))


def _both(first: Callable[[Any], Any], second: Callable[[Any], None]) -> Callable[[Any], Any]:
    if is_async(first):

        async def send_later(chunk: Any) -> None:
            await first(chunk)
            second(chunk)

        return send_later

    def send(chunk: Any) -> None:
        first(chunk)
        second(chunk)

    return send
