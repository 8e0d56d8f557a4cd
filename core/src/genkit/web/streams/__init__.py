# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Streams that are kept while they are sent, so that a client whose connection broke can join them again."""
