# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names as identifiers, and what the catalog says of a table. No IO."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from genkit_postgresql.errors import refused


LONGEST_NAME: Final = 63  # bytes; PostgreSQL cuts off the rest without a word


def quoted(name: str) -> str:
    """Return a name as an identifier.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it is empty, longer than 63 bytes, or holds a NUL.
    """
    if not name or '\0' in name or len(name.encode('utf-8', 'replace')) > LONGEST_NAME:
        raise refused(f'Name {name!r} is empty, too long or has a NUL; PostgreSQL takes names of 1 to 63 bytes.')
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class Layout:
    """What the catalog says of a table.

    Attributes:
        extension: The schema in which pgvector is installed.
        version: Of pgvector.
        types: The type of each column, without lengths.
        dimensions: Of the vectors; None if the column does not say.
        metadata_columns: The columns that hold members of the metadata.
        methods: The methods of the indexes over the vectors.
    """

    extension: str
    version: tuple[int, ...]
    types: Mapping[str, str]
    dimensions: int | None
    metadata_columns: tuple[str, ...]
    methods: frozenset[str]
