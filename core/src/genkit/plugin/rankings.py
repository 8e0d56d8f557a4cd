# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a provider says of the order of documents, as the documents in that order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from genkit._base.errors import GenkitError
from genkit.plugin.wire_values import finite
from genkit.types import Document, RankedDocumentData, RankedDocumentMetadata, RerankerResponse


_LONGEST_SHOWN: Final = 120


class Rank(NamedTuple):
    """What a provider says of one document.

    Attributes:
        place: Of the document among those that were sent.
        score: How relevant it is.
        told: The whole of it, for errors.
        metadata: Further members of the document's metadata.
    """

    place: Any
    score: Any
    told: Any
    metadata: Mapping[str, Any] = {}


def ranked_documents(ranks: Iterable[Rank], documents: Sequence[Document]) -> RerankerResponse:
    """Return documents with their scores, best first; what they hold stays.

    Raises:
        GenkitError: ``INTERNAL`` for a place where there is no document, one that comes twice, and a score that is no
            finite number.
    """
    seen: set[int] = set()
    ranked: list[RankedDocumentData] = []
    for rank in ranks:
        place, score = rank.place, finite(rank.score)
        if type(place) is not int or not 0 <= place < len(documents) or place in seen or score is None:
            raise GenkitError(
                f'The provider ranked {repr(rank.told)[:_LONGEST_SHOWN]}, which is no result for {len(documents)} '
                'documents, or a second one for the same; see whether base_url leads to a server that speaks this '
                'protocol.',
                status='INTERNAL',
            )
        seen.add(place)
        found = documents[place]
        metadata = RankedDocumentMetadata(**{**(found.metadata or {}), **rank.metadata, 'score': score})
        ranked.append(RankedDocumentData(content=found.content, metadata=metadata))
    return RerankerResponse(documents=sorted(ranked, key=lambda document: -document.score))
