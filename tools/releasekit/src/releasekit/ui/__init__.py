# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How results look: tables and trees for people, JSON for programs, diagrams for documents."""
