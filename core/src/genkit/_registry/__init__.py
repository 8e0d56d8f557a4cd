# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The registry: actions by name, plugins, dynamic action providers. Layer 4."""
