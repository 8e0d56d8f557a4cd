# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Retrievers whose function returns plain items."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._base.errors import GenkitError
from genkit._kinds.options import OptionsFunction, wrong_result
from genkit._kinds.retriever import define_retriever
from genkit._registry.registry import Registry
from genkit.types import Document, DocumentData, RetrieverRequest, RetrieverResponse


@dataclass(frozen=True)
class SimpleRetrieverOptions:
    """Options of a simple retriever, which maps items to documents.

    Attributes:
        name: The retriever's name.
        content: The key of the text, or a function from an item to a text or parts; None if items are texts.
        metadata: The keys to keep, or a function from an item to metadata; None for all but the content.
        config_schema: The type, or JSON schema, of the retriever's options.
    """

    name: str
    content: str | Callable[[Any], Any] | None = None
    metadata: Sequence[str] | Callable[[Any], dict[str, Any]] | None = None
    config_schema: Any = None


def define_simple_retriever(
    registry: Registry,
    options: SimpleRetrieverOptions | str,
    handler: Callable[..., Any],
    description: str | None = None,
) -> Action[RetrieverRequest, RetrieverResponse]:
    """Register a retriever of plain items: ``handler(query, options[, context])`` returns a list of them."""
    known = SimpleRetrieverOptions(options) if isinstance(options, str) else options
    function = OptionsFunction(handler, known.config_schema, f'the options of retriever {known.name}')

    async def retrieve(query: Document, given: Any, context: ActionRunContext) -> RetrieverResponse:
        items: Any = await function.call((query,), given, context)
        if isinstance(items, str | Mapping) or not isinstance(items, Iterable):
            raise wrong_result(items, f'Retriever {known.name!r}', 'a list of items.')
        return RetrieverResponse(documents=[_document(item, known) for item in cast('Iterable[Any]', items)])

    return define_retriever(
        registry, known.name, retrieve, known.config_schema, description=description or function.documentation
    )


def _document(item: Any, options: SimpleRetrieverOptions) -> DocumentData:
    if isinstance(item, DocumentData):
        return item
    content = _content(item, options)
    metadata = _metadata(item, options)
    if isinstance(content, str):
        return Document.from_text(content, metadata)
    return Document(content=content, metadata=metadata)


def _content(item: Any, options: SimpleRetrieverOptions) -> Any:
    if callable(options.content):
        return options.content(item)
    if isinstance(item, str) and options.content is None:
        return item
    members = _members(item, options)
    if options.content not in members:
        what = 'content=' if options.content is None else repr(options.content)
        raise GenkitError(
            f'Retriever {options.name!r} got an item without {what}: {item!r}. '
            "Name the member that holds the text: SimpleRetrieverOptions(name, content='…').",
            status='INVALID_ARGUMENT',
        )
    return members[options.content]


def _metadata(item: Any, options: SimpleRetrieverOptions) -> dict[str, Any] | None:
    if callable(options.metadata):
        return options.metadata(item)
    if isinstance(item, str):
        return None
    members = _members(item, options)
    if options.metadata is not None:
        return {name: members[name] for name in options.metadata if name in members}
    return {name: value for name, value in members.items() if name != options.content}


def _members(item: Any, options: SimpleRetrieverOptions) -> dict[str, Any]:
    if isinstance(item, Mapping):
        return dict(cast('Mapping[str, Any]', item))
    if hasattr(item, 'model_dump'):
        return item.model_dump()
    raise GenkitError(
        f'Retriever {options.name!r} got {item!r}; expected texts, mappings, Pydantic models or documents.',
        status='INVALID_ARGUMENT',
    )
