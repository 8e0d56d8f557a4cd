# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The rules of `releasekit check`, a module a subject; `checks.catalogue` puts them in order."""
