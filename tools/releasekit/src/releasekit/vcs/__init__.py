# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The history of a workspace: the port `Repository`, and git behind it."""
