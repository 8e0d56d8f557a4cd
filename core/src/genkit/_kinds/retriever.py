# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Retrievers: find documents for a query."""

from collections.abc import Callable
from typing import Any, Final

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema
from genkit._kinds.embedder import EmbedPurpose, embedding_for
from genkit._kinds.options import OptionsFunction, read_document, read_result, reference_options
from genkit._registry.registry import Registry
from genkit.types import ActionMetadata, Document, DocumentData, RetrieverRef, RetrieverRequest, RetrieverResponse


_RESULT: Final = "RetrieverResponse(documents=[Document.from_text('…')]); define_simple_retriever() takes plain items"


def make_retriever(
    name: str,
    fn: Callable[..., Any],
    config_schema: Any = None,
    metadata: dict[str, Any] | None = None,
    description: str | None = None,
) -> Action[RetrieverRequest, RetrieverResponse]:
    """Create a retriever without registering it.

    Args:
        name: The full name.
        fn: ``fn(query, options)`` or ``fn(query, options, context)`` to `RetrieverResponse`; the query is a `Document`,
            the options are of ``config_schema``.
        config_schema: The type, or JSON schema, of the options.
        metadata: Metadata for the developer tools.
        description: Description for users.
    """
    function = OptionsFunction(fn, config_schema, f'the options of retriever {name}')

    async def run(request: RetrieverRequest, context: ActionRunContext) -> RetrieverResponse:
        query = Document.from_document_data(request.query)
        with embedding_for(EmbedPurpose.QUERY):
            found = await function.call((query,), request.options, context)
        return read_result(found, RetrieverResponse, f'Retriever {name!r}', _RESULT)

    return Action(
        ActionKind.RETRIEVER,
        name,
        run,
        description=description if description is not None else function.documentation,
        metadata=_metadata(name, config_schema, metadata),
        input_schema=RetrieverRequest,
        output_schema=RetrieverResponse,
    )


def define_retriever(
    registry: Registry, name: str, fn: Callable[..., Any], config_schema: Any = None, **more: Any
) -> Action[RetrieverRequest, RetrieverResponse]:
    """Register a retriever; the arguments are those of `make_retriever`."""
    action = make_retriever(name, fn, config_schema, **more)
    registry.register_action(action)
    return action


def retriever_action_metadata(name: str, config_schema: Any = None) -> ActionMetadata:
    """Return the metadata with which a plugin advertises a retriever that it can resolve."""
    return ActionMetadata(
        action_type=str(ActionKind.RETRIEVER),
        name=name,
        input_schema=to_json_schema(RetrieverRequest),
        output_schema=to_json_schema(RetrieverResponse, 'serialization'),
        metadata=_metadata(name, config_schema, None),
    )


def retriever_ref(name: str, config: Any = None, version: str | None = None) -> RetrieverRef[Any]:
    """Return a reference to a retriever."""
    return RetrieverRef(name=name, config=config, version=version)


async def retrieve(
    registry: Registry, retriever: str | RetrieverRef[Any], query: str | DocumentData, options: Any = None
) -> RetrieverResponse:
    """Return the documents a retriever finds for a query.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown retriever.
    """
    name, given = reference_options(retriever, options, "ai.retrieve('name', query)")
    action = await registry.require_action(ActionKind.RETRIEVER, name)
    document = read_document('query', query)
    return (await action.arun(RetrieverRequest(query=document, options=given))).response


def _metadata(name: str, config_schema: Any, metadata: dict[str, Any] | None) -> dict[str, Any]:
    options = {} if config_schema is None else {'customOptions': to_json_schema(config_schema)}
    return {**(metadata or {}), 'retriever': {'label': name, **options}}
