# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What each command does, one file a command: from options to a result, without printing."""
