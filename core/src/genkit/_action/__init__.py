# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Actions: named, traced functions with schemas. Layer 3."""
