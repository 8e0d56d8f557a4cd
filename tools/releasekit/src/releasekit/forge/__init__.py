# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where a release is proposed to people: GitHub, GitLab, or nothing but git."""
