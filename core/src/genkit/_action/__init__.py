# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Floor 3: actions, the unit of everything that can be run, traced and listed."""
