# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What earlier releases had and this one does in another way; found through the table of older import paths alone."""
