# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A built file, as plans, stores, journals and indexes speak of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Artefact:
    """A file of a release; `file` is its name, `sha256` and `size` are those of its bytes."""

    package: str
    version: str
    file: str
    sha256: str
    size: int

    @property
    def is_wheel(self) -> bool:
        """Whether it is a wheel; else it is a source distribution."""
        return self.file.endswith('.whl')
