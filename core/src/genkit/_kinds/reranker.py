# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Rerankers: sort documents by relevance."""

from collections.abc import Callable
from typing import Any, Final

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema
from genkit._kinds.options import (
    DocumentsArgument,
    OptionsFunction,
    read_document,
    read_documents,
    read_result,
    reference_options,
)
from genkit._registry.registry import Registry
from genkit.types import (
    ActionMetadata,
    Document,
    DocumentData,
    RankedDocument,
    RerankerRef,
    RerankerRequest,
    RerankerResponse,
)


_RESULT: Final = (
    "RerankerResponse(documents=[RankedDocumentData(content=document.content, metadata={'score': 0.9})]), best first"
)


def make_reranker(
    name: str,
    fn: Callable[..., Any],
    config_schema: Any = None,
    metadata: dict[str, Any] | None = None,
    description: str | None = None,
) -> Action[RerankerRequest, RerankerResponse]:
    """Create a reranker without registering it.

    Args:
        name: The full name.
        fn: ``fn(query, documents, options)``, or with the context as a fourth, to `RerankerResponse`.
        config_schema: The type, or JSON schema, of the options.
        metadata: Metadata for the developer tools.
        description: Description for users.
    """
    function = OptionsFunction(fn, config_schema, f'the options of reranker {name}')

    async def run(request: RerankerRequest, context: ActionRunContext) -> RerankerResponse:
        query = Document.from_document_data(request.query)
        documents = [Document.from_document_data(document) for document in request.documents]
        ranked = await function.call((query, documents), request.options, context)
        return read_result(ranked, RerankerResponse, f'Reranker {name!r}', _RESULT)

    return Action(
        ActionKind.RERANKER,
        name,
        run,
        description=description if description is not None else function.documentation,
        metadata=_metadata(name, config_schema, metadata),
        input_schema=RerankerRequest,
        output_schema=RerankerResponse,
    )


def define_reranker(
    registry: Registry, name: str, fn: Callable[..., Any], config_schema: Any = None, **more: Any
) -> Action[RerankerRequest, RerankerResponse]:
    """Register a reranker; the arguments are those of `make_reranker`."""
    action = make_reranker(name, fn, config_schema, **more)
    registry.register_action(action)
    return action


def reranker_action_metadata(name: str, config_schema: Any = None) -> ActionMetadata:
    """Return the metadata with which a plugin advertises a reranker that it can resolve."""
    return ActionMetadata(
        action_type=str(ActionKind.RERANKER),
        name=name,
        input_schema=to_json_schema(RerankerRequest),
        output_schema=to_json_schema(RerankerResponse, 'serialization'),
        metadata=_metadata(name, config_schema, None),
    )


def reranker_ref(name: str, config: Any = None, version: str | None = None) -> RerankerRef[Any]:
    """Return a reference to a reranker."""
    return RerankerRef(name=name, config=config, version=version)


async def rerank(
    registry: Registry,
    reranker: str | RerankerRef[Any],
    query: str | DocumentData,
    documents: DocumentsArgument,
    options: Any = None,
) -> list[RankedDocument]:
    """Return documents in order of relevance to a query, each with its score.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown reranker.
    """
    name, given = reference_options(reranker, options, "ai.rerank('name', query, documents)")
    action = await registry.require_action(ActionKind.RERANKER, name)
    subject = read_document('query', query)
    request = RerankerRequest(query=subject, documents=read_documents('documents', documents), options=given)
    ranked = (await action.arun(request)).response.documents
    return [RankedDocument(content=document.content, metadata=document.metadata) for document in ranked]


def _metadata(name: str, config_schema: Any, metadata: dict[str, Any] | None) -> dict[str, Any]:
    options = {} if config_schema is None else {'customOptions': to_json_schema(config_schema)}
    return {**(metadata or {}), 'reranker': {'label': name, **options}}
