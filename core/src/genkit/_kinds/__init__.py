# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Floor 5: what each kind of action is, one file a kind."""
