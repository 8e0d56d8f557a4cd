# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Models of a provider: the base of their plugins, and the table that says what each can do."""
