# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Floor 0: errors, JSON, ids, environment and per-event-loop state; knows nothing of AI."""
