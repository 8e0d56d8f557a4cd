# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Compatibility with earlier releases, reached only through the table of older import paths."""
