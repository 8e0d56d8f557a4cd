# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From a plan to files: scratch copies, warm workers, the store, the gates, the proofs."""
