# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One strict reader for each format that comes from outside; nothing else calls the libraries beneath."""
