# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Indexers: write documents to a store."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema
from genkit._base.errors import GenkitError, extended
from genkit._kinds.embedder import EmbedPurpose, embedding_for
from genkit._kinds.options import DocumentsArgument, OptionsFunction, read_documents, reference_options
from genkit._registry.registry import Registry
from genkit.types import ActionMetadata, Document, IndexerRef, IndexerRequest


BATCH_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress of an indexing call.

    Attributes:
        done: The number of documents stored so far.
        total: The number of documents given.
    """

    done: int
    total: int


OnProgress = Callable[[Progress], Awaitable[object] | object]


def make_indexer(
    name: str,
    fn: Callable[..., Any],
    config_schema: Any = None,
    metadata: dict[str, Any] | None = None,
    description: str | None = None,
) -> Action[IndexerRequest, None]:
    """Create an indexer without registering it.

    Args:
        name: The full name.
        fn: ``fn(documents, options)`` or ``fn(documents, options, context)``; returns when the documents are stored.
        config_schema: The type, or JSON schema, of the options.
        metadata: Metadata for the developer tools.
        description: Description for users.
    """
    function = OptionsFunction(fn, config_schema, f'the options of indexer {name}')

    async def run(request: IndexerRequest, context: ActionRunContext) -> None:
        documents = [Document.from_document_data(document) for document in request.documents]
        with embedding_for(EmbedPurpose.DOCUMENT):
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
    """Return the metadata with which a plugin advertises an indexer that it can resolve."""
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
    registry: Registry,
    indexer: str | IndexerRef[Any],
    documents: DocumentsArgument,
    options: Any = None,
    *,
    on_progress: OnProgress | None = None,
    batch_size: int | None = None,
) -> None:
    """Store documents; each text becomes a document.

    Args:
        registry: The registry that holds the indexer.
        indexer: Its name or a reference.
        documents: What to store.
        options: Options of the indexer.
        on_progress: Called with a `Progress` after each batch; may be a coroutine function.
        batch_size: The number of documents per call of the indexer. Default: all, or 100 with ``on_progress``.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown indexer; ``INVALID_ARGUMENT`` for a batch size below 1. The error of a
            batch says how many documents the batches before it have stored, also in ``details['stored']``.
    """
    name, given = reference_options(indexer, options, "ai.index('name', documents)")
    action = await registry.require_action(ActionKind.INDEXER, name)
    stored = read_documents('documents', documents)
    if on_progress is None and batch_size is None:
        await action.arun(IndexerRequest(documents=stored, options=given))
        return
    size = _checked(BATCH_SIZE if batch_size is None else batch_size)
    starts = range(0, max(len(stored), 1), size)
    requests = [IndexerRequest(documents=stored[start : start + size], options=given) for start in starts]
    await _index_batches(action, requests, len(stored), on_progress)


async def _index_batches(
    action: Action[Any, Any, Any], requests: Sequence[IndexerRequest], total: int, on_progress: OnProgress | None
) -> None:
    done = 0
    for request in requests:
        try:
            await action.arun(request)
        except GenkitError as error:
            note = f'{done} of {total} documents are stored. Fix the cause, then index documents[{done}:].'
            raise extended(error, note, stored=done, total=total) from error
        done += len(request.documents)
        if on_progress is not None:
            told = on_progress(Progress(done, total))
            if inspect.isawaitable(told):
                await told


def _checked(batch_size: Any) -> int:
    if isinstance(batch_size, int) and batch_size >= 1:
        return batch_size
    raise GenkitError(
        f'batch_size is {batch_size!r}; it must be a whole number of at least 1, such as {BATCH_SIZE}.',
        status='INVALID_ARGUMENT',
    )


def _metadata(name: str, config_schema: Any, metadata: dict[str, Any] | None) -> dict[str, Any]:
    options = {} if config_schema is None else {'customOptions': to_json_schema(config_schema)}
    return {**(metadata or {}), 'indexer': {'label': name, **options}}
