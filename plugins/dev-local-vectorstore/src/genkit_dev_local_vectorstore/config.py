# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: for an index, and for a query."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from genkit import GenkitError
from genkit.plugin import Filter
from genkit.types import EmbedderRef, WireModel
from pydantic import AliasChoices, BaseModel, BeforeValidator, Field


DEFAULT_DIRECTORY: Final = '.genkit/vectorstore'
DEFAULT_LIMIT: Final = 3
_NAME_BYTES: Final = 200  # file systems take 255, and the name gets company
_PLAIN: Final = frozenset(b'abcdefghijklmnopqrstuvwxyz0123456789-_')


def _or_default(limit: Any) -> Any:
    return DEFAULT_LIMIT if limit is None else limit


class RetrieverOptions(WireModel):
    """Options of a query.

    Attributes:
        limit: How many documents to return at most; also called ``k``.
        min_score: The least cosine, from -1 to 1, of a document that is returned.
        filter: Conditions on the metadata, in the language that all stores have in common.
        where: Metadata that a document must have: every member is there with an equal value.
    """

    limit: Annotated[int, BeforeValidator(_or_default)] = Field(
        default=DEFAULT_LIMIT, ge=1, validation_alias=AliasChoices('limit', 'k')
    )
    min_score: float | None = None
    filter: Filter | None = None
    where: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class IndexConfig:
    """One index.

    Attributes:
        index_name: The second half of the names of its retriever and indexer.
        embedder: The name of an embedder, or a reference to one.
        embedder_options: Given to the embedder with every call.
        query_options: Laid over ``embedder_options`` when a query is embedded, for embedders that tell queries from
            documents.
        directory: Where its file is; relative to the current directory, ``~`` is the home directory.
    """

    index_name: str
    embedder: str | EmbedderRef[Any]
    embedder_options: Mapping[str, Any] | BaseModel | None = None
    query_options: Mapping[str, Any] | BaseModel | None = None
    directory: str | Path = DEFAULT_DIRECTORY

    @property
    def embedder_name(self) -> str:
        """The full name of the embedder."""
        return self.embedder if isinstance(self.embedder, str) else self.embedder.name

    @property
    def path(self) -> Path:
        """The file of the index; capitals and special characters of the name are percent-encoded.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if the name is empty or too long for a file.
        """
        encoded = ''.join(chr(byte) if byte in _PLAIN else f'%{byte:02x}' for byte in self.index_name.encode())
        if not 0 < len(encoded) <= _NAME_BYTES:
            raise GenkitError(
                f'Index name {self.index_name!r} is empty or too long. Use up to {_NAME_BYTES} letters, digits, dashes '
                'and underscores.',
                status='INVALID_ARGUMENT',
            )
        return Path(self.directory).expanduser().absolute() / f'index-{encoded}.gkvs'

    def options_for_queries(self) -> Any:
        """Return the embedder's options for a query."""
        if self.query_options is None:
            return self.embedder_options
        return {**_as_members(self.embedder_options), **_as_members(self.query_options)}


def _as_members(options: Mapping[str, Any] | BaseModel | None) -> dict[str, Any]:
    if isinstance(options, BaseModel):
        return options.model_dump(exclude_unset=True)
    return dict(options or {})
