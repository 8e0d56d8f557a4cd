# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What servers offer, as actions, and what they answer, as values and parts."""
