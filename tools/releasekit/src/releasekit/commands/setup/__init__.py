# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What a workspace needs before its first release: a configuration, a machine that is fit, names that are free."""
