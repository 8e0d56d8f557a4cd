# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The tests of the application run in a folder of its own, as those of a user do."""

collect_ignore = ['application']
