# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""One language for the filters of all stores: read once, translated by each store into its own.

`reading` makes conditions of what a caller gives, `translating` is the base of what a store makes of them, and
`meeting` says of a document whether it meets them.
"""
