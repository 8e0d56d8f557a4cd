# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Floor 4: names to actions, plugins, and actions that come and go."""
