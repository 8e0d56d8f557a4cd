# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""HTTP from this side: shared clients, and downloads that stay outside."""
