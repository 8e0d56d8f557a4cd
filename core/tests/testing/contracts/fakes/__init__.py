# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plugins, stores and adapters that do one thing wrong each, and the tests of the contracts that notice it.

Not collected as tests of ours: they run in processes of their own, and what failed is compared with `noticed_by`.
"""
