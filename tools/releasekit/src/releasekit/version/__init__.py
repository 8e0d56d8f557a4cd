# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From history to a plan and to notes: commits, changes, levels, versions, requirements. Nothing here writes."""
