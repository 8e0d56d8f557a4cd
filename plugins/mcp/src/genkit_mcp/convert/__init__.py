# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What travels in the protocol, as values, parts, actions and errors of the SDK, and back."""
