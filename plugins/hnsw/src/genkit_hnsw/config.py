# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set: for an index, and for a query."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from genkit import GenkitError
from genkit.plugin import Filter, StoreIndex
from genkit.types import WireModel
from pydantic import BeforeValidator, Field


PLUGIN_NAME: Final = 'hnsw'
DEFAULT_DIRECTORY: Final = '.genkit/hnsw'
DEFAULT_K: Final = 3
_NAME_BYTES: Final = 200  # file systems take 255
_PLAIN: Final = frozenset(b'abcdefghijklmnopqrstuvwxyz0123456789-_')

Distance = Literal['cosine', 'l2', 'ip']


@dataclass(frozen=True, kw_only=True)
class HnswIndex(StoreIndex):
    """An index, and the embedder that fills it.

    Attributes:
        name: The second half of the names of its retriever and indexer.
        directory: Where its folder is; relative to the current directory, ``~`` is the home directory.
        distance: How vectors are compared: by their angle, their squared distance, or their inner product. It is kept
            with the index, and cannot be changed.
        connectivity: The number of neighbours of a vector in the graph, M. More finds better, and takes more memory.
        expansion_add: The number of candidates for them, efConstruction. More finds better, and indexes slower.
        expansion_search: The number of candidates of a query, ef. More finds better, and slower.
        batch_size: The number of documents that are embedded and stored at a time.
        lock_timeout: Seconds to wait while another process writes.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an empty or too long name, and for numbers below 1.
    """

    directory: str | Path = DEFAULT_DIRECTORY
    distance: Distance = 'cosine'
    connectivity: int = 16
    expansion_add: int = 128
    expansion_search: int = 128
    batch_size: int = 100
    lock_timeout: float = 60.0

    def __post_init__(self) -> None:
        """Check the name and the numbers."""
        if not 0 < len(self._encoded) <= _NAME_BYTES:
            raise _wrong('name', self.name, f'up to {_NAME_BYTES} letters, digits, dashes and underscores')
        for setting in ('connectivity', 'expansion_add', 'expansion_search', 'batch_size'):
            if getattr(self, setting) < 1:
                raise _wrong(setting, getattr(self, setting), 'a number from 1')
        if self.distance not in ('cosine', 'l2', 'ip'):
            raise _wrong('distance', self.distance, "'cosine', 'l2' or 'ip'")

    @property
    def path(self) -> Path:
        """The folder of the index; capitals and special characters of the name are percent-encoded."""
        return Path(self.directory).expanduser().absolute() / f'index-{self._encoded}'

    @property
    def _encoded(self) -> str:
        named = self.name.encode('utf-8', 'surrogatepass')
        return ''.join(chr(byte) if byte in _PLAIN else f'%{byte:02x}' for byte in named)


def _or_default(k: Any) -> Any:
    return DEFAULT_K if k is None else k


class RetrieverOptions(WireModel):
    """Options of a query.

    Attributes:
        k: The number of documents to return at most.
        filter: Conditions on the metadata: ``{'year': {'$gte': 2020}}``. All documents that meet them can be found,
            however few they are.
        min_score: The least score of a document that is returned.
        exact: Whether every vector is compared, instead of those to which the graph leads.
        expansion_search: The number of candidates of this query. Default: that of the index.
    """

    k: Annotated[int, BeforeValidator(_or_default)] = Field(default=DEFAULT_K, ge=1)
    filter: Filter | None = None
    min_score: float | None = None
    exact: bool = False
    expansion_search: int | None = Field(default=None, ge=1)


def _wrong(setting: str, given: Any, expected: str) -> GenkitError:
    return GenkitError(
        f'{setting} of an index is {given!r}; expected {expected}.', status='INVALID_ARGUMENT', source=PLUGIN_NAME
    )
