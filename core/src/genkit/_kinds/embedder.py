# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embedders: compute vectors of documents."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.function import UserFunction
from genkit._action.kind import ActionKind
from genkit._action.schema import to_json_schema
from genkit._base.errors import GenkitError
from genkit._base.json_schema import require_json_schema
from genkit._kinds.options import as_declared, read_document, read_result, reference_options
from genkit._registry.registry import Registry
from genkit._trace.conventions.gen_ai import embedder_attributes
from genkit.types import (
    ActionMetadata,
    Document,
    DocumentData,
    EmbedderRef,
    Embedding,
    EmbedRequest,
    EmbedResponse,
)


_WAY_OUT: Final = 'expected a text or a document; for several, write ai.embed_many(embedder, […]).'

_RESULT: Final = 'EmbedResponse(embeddings=[Embedding(embedding=[…])]), with a vector for each document'


class EmbedPurpose(StrEnum):
    """What vectors are for: to be found, or to find."""

    DOCUMENT = 'document'
    QUERY = 'query'


_PURPOSE: 'ContextVar[EmbedPurpose | None]' = ContextVar('genkit_embed_purpose', default=None)


def embed_purpose() -> EmbedPurpose | None:
    """Return what the vectors of the running call are for; None if nothing says so.

    Inside an indexer they are of documents, inside a retriever of a query, however the two are defined. An embedder
    takes it as the default of its own option, which wins.
    """
    return _PURPOSE.get()


@contextmanager
def embedding_for(purpose: EmbedPurpose) -> Generator[None]:
    """Set what the vectors are for that are made inside the block."""
    token = _PURPOSE.set(purpose)
    try:
        yield
    finally:
        _PURPOSE.reset(token)


@dataclass(frozen=True, kw_only=True)
class EmbedderSupports:
    """The capabilities of an embedder: kinds of input (``text``, ``image``…) and whether more than one language."""

    input: list[str] | None = None
    multilingual: bool | None = None


@dataclass(frozen=True, kw_only=True)
class EmbedderOptions:
    """Options and metadata of an embedder.

    Attributes:
        config_schema: The type, or JSON schema, of the options.
        dimensions: The number of dimensions of its vectors. Without options, a vector of another length is an error.
    """

    config_schema: Any = None
    label: str | None = None
    supports: EmbedderSupports | None = None
    dimensions: int | None = None


class EmbedderAction(Action[EmbedRequest, EmbedResponse]):
    """An embedder as an action.

    Attributes:
        config_schema: The type, or JSON schema, of its options, if it declares one.
        dimensions: The length that its vectors have to have; None if any will do.
    """

    config_schema: Any = None
    dimensions: int | None = None
    telemetry = staticmethod(embedder_attributes)

    def validate(self, raw_input: Any) -> Any:
        """Return wire data as a request whose options are of the declared class, or data."""
        request = super().validate(raw_input)
        options = as_declared(request.options, self.config_schema)
        return request if options is request.options else request.replaced(options=options)


def make_embedder(
    name: str,
    fn: Callable[..., Any],
    options: EmbedderOptions | None = None,
    *,
    description: str | None = None,
    metadata: dict[str, Any] | None = None,
) -> EmbedderAction:
    """Create an embedder without registering it; ``fn`` takes an `EmbedRequest` and returns an `EmbedResponse`."""
    require_json_schema('config_schema', options and options.config_schema)
    function = UserFunction(fn)

    async def run(request: EmbedRequest, context: ActionRunContext) -> EmbedResponse:
        return read_result(await function.call(request, context), EmbedResponse, f'Embedder {name!r}', _RESULT)

    action = EmbedderAction(
        ActionKind.EMBEDDER,
        name,
        run,
        description=description if description is not None else function.documentation,
        metadata=_metadata(name, options or EmbedderOptions(), metadata),
        input_schema=EmbedRequest,
        output_schema=EmbedResponse,
    )
    action.config_schema = options and options.config_schema
    return action


def define_embedder(
    registry: Registry, name: str, fn: Callable[..., Any], options: EmbedderOptions | None = None, **more: Any
) -> Action[EmbedRequest, EmbedResponse]:
    """Register an embedder; the arguments are those of `make_embedder`."""
    action = make_embedder(name, fn, options, **more)
    action.dimensions = options and options.dimensions
    registry.register_action(action)
    return action


def embedder_action_metadata(name: str, options: EmbedderOptions | None = None) -> ActionMetadata:
    """Return the metadata with which a plugin advertises an embedder that it can resolve."""
    return ActionMetadata(
        action_type=str(ActionKind.EMBEDDER),
        name=name,
        input_schema=to_json_schema(EmbedRequest),
        output_schema=to_json_schema(EmbedResponse, 'serialization'),
        metadata=_metadata(name, options or EmbedderOptions(), None),
    )


def embedder_ref(name: str, config: Any = None, version: str | None = None) -> EmbedderRef[Any]:
    """Return a reference to an embedder."""
    return EmbedderRef(name=name, config=config, version=version)


async def embed(
    registry: Registry,
    embedder: str | EmbedderRef[Any],
    content: Sequence[str | DocumentData],
    metadata: dict[str, Any] | None = None,
    options: Any = None,
) -> list[Embedding]:
    """Return the embeddings of texts or documents, in order, from one request; an empty list sends none.

    Raises:
        GenkitError: ``NOT_FOUND`` for an unknown embedder, ``INTERNAL`` if it gave fewer embeddings than there are
            documents, or vectors of another length than it declares although the call gave no options.
    """
    name, given = reference_options(embedder, options, "ai.embed('name', 'text')")
    action = await registry.require_action(ActionKind.EMBEDDER, name)
    documents = [_document(item, metadata) for item in content]
    if not documents:
        return []
    embeddings = (await action.arun(EmbedRequest(input=documents, options=given))).response.embeddings
    if len(embeddings) < len(documents):
        raise GenkitError(
            f'Embedder {name!r} gave {len(embeddings)} embeddings for {len(documents)} documents; at least one for '
            'each was expected. Check the embedder and its options.',
            status='INTERNAL',
        )
    if given is None and isinstance(action, EmbedderAction):
        _check_dimensions(action, embeddings)
    return embeddings


def _check_dimensions(action: EmbedderAction, embeddings: Sequence[Embedding]) -> None:
    """Refuse vectors of another length than declared: a store would fail later, or find nothing."""
    if action.dimensions is None:
        return
    wrong = next((len(each.embedding) for each in embeddings if len(each.embedding) != action.dimensions), None)
    if wrong is not None:
        raise GenkitError(
            f'Embedder {action.name!r} gave a vector of {wrong} dimensions and declares {action.dimensions}. Correct '
            '`EmbedderOptions(dimensions=…)` or the embedder.',
            status='INTERNAL',
        )


def _document(item: str | DocumentData, metadata: dict[str, Any] | None) -> DocumentData:
    if isinstance(item, str):
        return Document.from_text(item, metadata)
    item = read_document('content', item, _WAY_OUT)
    return item if metadata is None else item.model_copy(update={'metadata': {**(item.metadata or {}), **metadata}})


def _metadata(name: str, options: EmbedderOptions, metadata: dict[str, Any] | None) -> dict[str, Any]:
    supports = options.supports
    described = {
        'label': options.label or name,
        'dimensions': options.dimensions,
        'supports': supports and {'input': supports.input, 'multilingual': supports.multilingual},
        'customOptions': None if options.config_schema is None else to_json_schema(options.config_schema),
    }
    return {**(metadata or {}), 'embedder': {key: value for key, value in described.items() if value is not None}}
