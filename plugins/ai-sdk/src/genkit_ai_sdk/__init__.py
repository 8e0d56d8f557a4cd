# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serve Genkit agents to the chat hooks of Vercel's AI SDK: `useChat` in React, Vue, Svelte and Angular."""

from genkit_ai_sdk.convert import to_ui_messages
from genkit_ai_sdk.plugin import AiSdkDoor


__all__ = ['AiSdkDoor', 'to_ui_messages']
