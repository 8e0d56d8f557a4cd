# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Vector stores: the base of their plugins, and what they keep."""
