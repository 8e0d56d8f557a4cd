# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reading and writing a workspace on disk: discovery as uv does it, the files of a member, the lock."""
