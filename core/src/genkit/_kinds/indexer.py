# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Indexers: documents into a store."""

from collections.abc import Callable, Sequence
from typing import Any

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema
from genkit._kinds.options import OptionsFunction, reference_options
from genkit._registry.registry import Registry
from genkit.types import ActionMetadata, Document, DocumentData, IndexerRef, IndexerRequest


def make_indexer(
    name: str,
    fn: Callable[..., Any],
    config_schema: Any = None,
    metadata: dict[str, Any] | None = None,
    description: str | None = None,
) -> Action[IndexerRequest, None]:
    """Make an indexer without registering it.

    Args:
        name: Its full name.
        fn: ``fn(documents, options)`` or ``fn(documents, options, context)``; returns when the documents are stored.
        config_schema: The type, or JSON schema, of its options.
        metadata: For the developer tools.
        description: For people.
    """
    function = OptionsFunction(fn, config_schema, f'the options of indexer {name}')

    async def run(request: IndexerRequest, context: ActionRunContext) -> None:
        documents = [Document.from_document_data(document) for document in request.documents]
        await function.call((documents,), request.options, context)

    return Action(
        ActionKind.INDEXER,
        name,
        run,
        description=description if description is not None else function.documentation,
        metadata=_metadata(name, config_schema, metadata),
        input_schema=IndexerRequest,
        output_schema=None,
    )


def define_indexer(
    registry: Registry, name: str, fn: Callable[..., Any], config_schema: Any = None, **more: Any
) -> Action[IndexerRequest, None]:
    """Register an indexer; the arguments are those of `make_indexer`."""
    action = make_indexer(name, fn, config_schema, **more)
    registry.register_action(action)
    return action


def indexer_action_metadata(name: str, config_schema: Any = None) -> ActionMetadata:
    """Return how a plugin advertises an indexer that it could resolve."""
    return ActionMetadata(
        action_type=str(ActionKind.INDEXER),
        name=name,
        input_schema=to_json_schema(IndexerRequest),
        output_schema=to_json_schema(None, 'serialization'),
        metadata=_metadata(name, config_schema, None),
    )


def indexer_ref(name: str, config: Any = None, version: str | None = None) -> IndexerRef[Any]:
    """Return a reference to an indexer."""
    return IndexerRef(name=name, config=config, version=version)


async def index(
    registry: Registry, indexer: str | IndexerRef[Any], documents: Sequence[str | DocumentData], options: Any = None
) -> None:
    """Store documents; a text is a document of its own.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown indexer.
    """
    name, given = reference_options(indexer, options)
    action = await registry.require_action(ActionKind.INDEXER, name)
    stored = [Document.from_text(each) if isinstance(each, str) else each for each in documents]
    await action.arun(IndexerRequest(documents=list(stored), options=given))


def _metadata(name: str, config_schema: Any, metadata: dict[str, Any] | None) -> dict[str, Any]:
    options = {} if config_schema is None else {'customOptions': to_json_schema(config_schema)}
    return {**(metadata or {}), 'indexer': {'label': name, **options}}
