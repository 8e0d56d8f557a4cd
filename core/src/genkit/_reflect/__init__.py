# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The reflection API: the developer tools list, run and observe actions."""
