# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""AlloyDB as a vector store for Genkit."""

from genkit_alloydb.config import ScaNNIndex, ScaNNQueryOptions
from genkit_alloydb.plugin import AlloyDB
from genkit_alloydb.store import AlloyDBEngine, EngineOptions


__all__ = ['AlloyDB', 'AlloyDBEngine', 'EngineOptions', 'ScaNNIndex', 'ScaNNQueryOptions']
