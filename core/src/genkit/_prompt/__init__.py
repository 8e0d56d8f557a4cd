# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Floor 7: dotprompt files, rendering, executable prompts."""
