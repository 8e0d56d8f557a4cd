# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Publishing: what was sent and seen, in what order, and what to do when an index is unclear."""
