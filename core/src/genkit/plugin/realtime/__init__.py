# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Real-time models: a conversation over one WebSocket, whatever its protocol and whatever becomes of the connection."""
