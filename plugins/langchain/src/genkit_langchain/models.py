# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Chat models, embeddings, retrievers and vector stores of LangChain as actions of Genkit."""

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any, Final, cast

from genkit import Action, ActionRunContext, Document, Embedding, ErrorReason, GenkitError, RetrieverResponse
from genkit.plugin import (
    EmbedPurpose,
    ModelAction,
    ToolNames,
    embed_purpose,
    make_embedder,
    make_indexer,
    make_model,
    make_retriever,
    no_answer,
    text_to_embed,
    vector_of,
)
from genkit.types import (
    Constrained,
    EmbedRequest,
    EmbedResponse,
    GenerateRequest,
    GenerateResponse,
    GenerationCommonConfig,
    Message,
    ModelInfo,
    Role,
    Supports,
    TextPart,
)
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable
from langchain_core.vectorstores import VectorStore
from pydantic_core import to_json

from genkit_langchain.convert.documents import to_document, to_langchain_document
from genkit_langchain.convert.requests import to_langchain_messages, to_options, to_tool_choice, to_tools
from genkit_langchain.convert.responses import calls_chunk, to_chunk, to_response, whole
from genkit_langchain.errors import SOURCE, langchain_errors
from genkit_langchain.tracing import traced_config


# What a class of a retriever overrides.
_PLAIN: Final = '_get_relevant_documents'
_ASYNC: Final = '_aget_relevant_documents'


def model_info(model: BaseChatModel) -> ModelInfo:
    """Return what a chat model can do, as far as its class and its profile tell."""
    profile: Mapping[str, Any] = cast('Mapping[str, Any]', model.profile or {})
    binds = _binds(model)
    calls = bool(profile.get('tool_calling', binds)) and binds
    media = [
        profile[name] for name in ('image_inputs', 'audio_inputs', 'video_inputs', 'pdf_inputs') if name in profile
    ]
    supports = Supports(
        multiturn=True,
        media=any(media) if media else True,
        tools=calls,
        tool_choice=calls,
        system_role=True,
        output=['text', 'json'],
        constrained=Constrained.NO_TOOLS if profile.get('structured_output') and binds else Constrained.NONE,
    )
    return ModelInfo(label=f'LangChain - {type(model).__name__}', supports=supports)


def chat_action(name: str, model: BaseChatModel) -> ModelAction:
    """Return a chat model as a model of Genkit.

    The configuration of a request becomes keyword arguments of the call, ``max_output_tokens`` as ``max_tokens`` and so
    on, as far as the class takes them.
    """

    async def ask(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
        names = ToolNames(request.tools)
        messages = to_langchain_messages(request.messages, names)
        options = to_options(request)
        with langchain_errors(), traced_config() as config:
            if _is_held(request, model):
                return await _held(model, messages, request, options, config)
            runnable: Runnable[Any, Any] = model
            if request.tools:
                _require_tools(name, model)
                runnable = model.bind_tools(to_tools(request.tools, names), **cast('Any', to_tool_choice(request)))
            if context.is_streaming:
                return await _streamed(runnable, messages, options, config, names, context)
            return to_response(_answer(await runnable.ainvoke(messages, config, **options)), names)

    return make_model(name, ask, info=model_info(model), config_schema=GenerationCommonConfig)


def embed_action(name: str, embeddings: Embeddings) -> Action[EmbedRequest, EmbedResponse]:
    """Return embeddings of LangChain as an embedder of Genkit; what a retriever embeds is embedded as a query."""

    async def vectors(request: EmbedRequest) -> EmbedResponse:
        texts = [text_to_embed(document, number) for number, document in enumerate(request.input)]
        with langchain_errors():
            if embed_purpose() == EmbedPurpose.QUERY:
                found: list[Any] = [await embeddings.aembed_query(text) for text in texts]
            else:
                found = await embeddings.aembed_documents(texts)
        return EmbedResponse(embeddings=[Embedding(embedding=_vector(each)) for each in found])

    return make_embedder(name, vectors)


def retriever_action(name: str, retriever: BaseRetriever) -> Action[Any, Any, Any]:
    """Return a retriever of LangChain as one of Genkit; the options are keyword arguments of its call."""

    async def find(query: Document, options: Any) -> RetrieverResponse:
        given = _members(options)
        own = _taken(retriever, given)
        with langchain_errors(), traced_config() as config:
            named: Any = {**own, 'run_id': config.get('run_id')}
            if own and not _is_async(retriever):  # LangChain's own asynchronous method would not hand them on
                found = await asyncio.to_thread(retriever.invoke, str(query.text), config, **named)
            else:
                found = await retriever.ainvoke(str(query.text), config, **named)
        return RetrieverResponse(documents=[to_document(each) for each in found[: given.get('k')]])

    return make_retriever(name, find)


def store_retriever_action(name: str, store: VectorStore) -> Action[Any, Any, Any]:
    """Return the search of a vector store as a retriever, whose documents have ``_id`` and ``_score``.

    The options are keyword arguments of the search: ``k`` (default: 4) and, in the store's own words, ``filter``.
    """

    async def find(query: Document, options: Any) -> RetrieverResponse:
        with langchain_errors():
            found = await store.asimilarity_search_with_score(str(query.text), **_members(options))
        return RetrieverResponse(documents=[to_document(document, score) for document, score in found])

    return make_retriever(name, find)


def store_indexer_action(name: str, store: VectorStore) -> Action[Any, Any, Any]:
    """Return the adding of documents to a vector store as an indexer; a document's ``_id`` becomes its id."""

    async def keep(documents: list[Document], options: Any) -> None:
        if documents:
            with langchain_errors():
                await store.aadd_documents([to_langchain_document(each) for each in documents], **_members(options))

    return make_indexer(name, keep)


async def _streamed(
    runnable: Runnable[Any, Any],
    messages: list[Any],
    options: dict[str, Any],
    config: Any,
    names: ToolNames,
    context: ActionRunContext,
) -> GenerateResponse[Any]:
    total: Any = None
    async for piece in runnable.astream(messages, config, **options):
        chunk = _answer(piece)
        total = chunk if total is None else total + chunk
        shown = to_chunk(chunk)
        if shown is not None:
            context.send_chunk(shown)
    if total is None:
        raise no_answer(SOURCE)
    response = to_response(whole(total) if isinstance(total, AIMessageChunk) else total, names)
    calls = calls_chunk(response)
    if calls is not None:
        context.send_chunk(calls)
    return response


def _is_held(request: GenerateRequest, model: BaseChatModel) -> bool:
    """Return whether a request wants a schema that the model can be held to."""
    output = request.output
    wants = output is not None and output.schema_ is not None and output.constrained is not False
    return wants and not request.tools and bool((model.profile or {}).get('structured_output'))


async def _held(
    model: BaseChatModel, messages: list[Any], request: GenerateRequest, options: dict[str, Any], config: Any
) -> GenerateResponse[Any]:
    schema = {'title': 'Answer', 'description': 'The answer.', **cast('Any', request.output).schema_}
    answer: Any = await model.with_structured_output(schema, include_raw=True).ainvoke(messages, config, **options)
    response = to_response(_answer(answer['raw']), ToolNames(()))
    if answer.get('parsed') is None:
        if response.tool_requests:
            raise GenkitError(
                f'The model called a tool that was not offered in place of its answer: {answer.get("parsing_error")}',
                status='INTERNAL',
                reason=ErrorReason.INVALID_OUTPUT,
                source=SOURCE,
            )
        return response
    text = TextPart(text=to_json(answer['parsed']).decode())
    return response.replaced(message=Message(role=Role.MODEL, content=[text]))


def _binds(model: BaseChatModel) -> bool:
    return type(model).bind_tools is not BaseChatModel.bind_tools


def _require_tools(name: str, model: BaseChatModel) -> None:
    if not _binds(model):
        raise GenkitError(
            f'Model {name!r} takes no tools: {type(model).__name__} has no method bind_tools. Leave the tools out, or '
            'take another model.',
            status='INVALID_ARGUMENT',
        )


def _answer(message: Any) -> AIMessage:
    if isinstance(message, AIMessage):
        return message
    raise GenkitError(
        f'The chat model answered with a {type(message).__name__}; expected an AIMessage.',
        status='INTERNAL',
        source=SOURCE,
    )


def _is_async(retriever: BaseRetriever) -> bool:
    return getattr(type(retriever), _ASYNC) is not getattr(BaseRetriever, _ASYNC)


def _taken(retriever: BaseRetriever, given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that a retriever takes as arguments; the number of documents may be cut afterwards.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for others.
    """
    method: Any = getattr(type(retriever), _ASYNC if _is_async(retriever) else _PLAIN)
    parameters = inspect.signature(method).parameters
    if any(each.kind == inspect.Parameter.VAR_KEYWORD for each in parameters.values()):
        return given
    own = {name: value for name, value in given.items() if name in parameters}
    other = sorted(given.keys() - own.keys() - {'k'})
    if other:
        known = [name for name in parameters if name not in ('self', 'query', 'run_manager')]
        raise GenkitError(
            f'Retriever {type(retriever).__name__} takes no {other[0]!r}; its options are: '
            f'{", ".join(dict.fromkeys(["k", *known]))}.',
            status='INVALID_ARGUMENT',
        )
    return own


def _vector(found: Any) -> list[float]:
    numbers = cast('list[Any]', found) if isinstance(found, list | tuple) else None
    return vector_of(numbers and [float(each) for each in numbers], 'embedding')


def _members(options: Any) -> dict[str, Any]:
    if options is None:
        return {}
    if hasattr(options, 'model_dump'):
        return options.model_dump(exclude_unset=True)
    if isinstance(options, Mapping):
        return dict(cast('Mapping[str, Any]', options))
    raise GenkitError(
        f'The options are {options!r}; expected a mapping of keyword arguments, such as {{"k": 3}}.',
        status='INVALID_ARGUMENT',
    )
