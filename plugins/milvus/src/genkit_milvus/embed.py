# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sparse vectors of documents and queries, from the encoder of the application."""

import asyncio
import inspect
import math
import struct
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from genkit import GenkitError
from genkit.types import Document

from genkit_milvus.config import PLUGIN_NAME, MilvusIndex, SparseVector
from genkit_milvus.convert import SPARSE
from genkit_milvus.errors import other_layout


_LARGEST_INDEX: Final = (1 << 32) - 2
# A row must have a number that is not zero: this one is at a place where no query has any.
_NOTHING: Final = {_LARGEST_INDEX: 1e-30}


class SparseVectors:
    """The encoder of an index.

    Args:
        index: The index, which may have none.
    """

    def __init__(self, index: MilvusIndex) -> None:
        self._index = index

    async def of_documents(self, documents: Sequence[Document], *, has_field: bool) -> Sequence[SparseVector | None]:
        """Return the sparse vectors of documents, None for each if rows have none.

        Args:
            documents: The documents.
            has_field: Whether rows have them.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if rows have none and there is an encoder, or the other way round.
        """
        if has_field:
            return [vector or _NOTHING for vector in await self._encoded(documents)]
        if self._index.sparse_encoder is not None:
            raise other_layout(self._index.collection_name, f'field {SPARSE!r}, and the index has a sparse_encoder')
        return [None] * len(documents)

    async def of_query(self, query: Document, given: Mapping[int, float] | None) -> SparseVector:
        """Return the sparse vector of a query; it may be empty, and nothing is like it then.

        Args:
            query: The query.
            given: The vector that the caller gave with it, which is taken then.
        """
        return _checked(given, 'sparse_vector') if given is not None else (await self._encoded([query]))[0]

    async def _encoded(self, documents: Sequence[Document]) -> Sequence[SparseVector]:
        encode = self._index.sparse_encoder
        if encode is None:
            raise _error(
                f'Rows of collection {self._index.collection_name!r} have sparse vectors, and nothing says how to make '
                'one. Give MilvusIndex a sparse_encoder, or the query a sparse_vector.',
                'FAILED_PRECONDITION',
            )
        given = encode(documents) if inspect.iscoroutinefunction(encode) else await asyncio.to_thread(encode, documents)
        vectors: list[Any] = list(await given if inspect.isawaitable(given) else given)
        if len(vectors) != len(documents):
            raise _error(f'The sparse_encoder gave {len(vectors)} vectors for {len(documents)} documents.', 'INTERNAL')
        return [_checked(vector, 'sparse_encoder') for vector in vectors]


def _checked(vector: Any, where: str) -> SparseVector:
    """Return a sparse vector as Milvus takes it."""
    if not isinstance(vector, Mapping):
        raise _error(f'{where} gives {vector!r:.100}; expected a mapping of indexes to numbers.', 'INVALID_ARGUMENT')
    checked: dict[int, float] = {}
    for index, value in cast('Mapping[Any, Any]', vector).items():
        number = _number(value)
        if not isinstance(index, int) or not 0 <= index < _LARGEST_INDEX or number is None:
            raise _error(
                f'{where} gives {index!r}: {value!r:.100}; expected an index below {_LARGEST_INDEX} and a number '
                'from 0.',
                'INVALID_ARGUMENT',
            )
        if number:
            checked[index] = number
    return checked


def _number(value: Any) -> float | None:
    """Return a number as 32-bit float, which is what is stored; None for what is none or below zero."""
    if not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    try:
        return struct.unpack('<f', struct.pack('<f', value))[0]
    except OverflowError:
        return None


def _error(message: str, status: str) -> GenkitError:
    return GenkitError(message, status=status, source=PLUGIN_NAME)
