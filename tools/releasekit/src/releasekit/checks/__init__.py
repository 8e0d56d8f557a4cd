# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The rule engine behind `releasekit check` and the rules themselves, a module a subject."""
