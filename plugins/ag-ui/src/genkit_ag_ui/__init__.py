# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Serve Genkit agents to front ends that speak AG-UI, such as CopilotKit."""

from genkit_ag_ui.convert import to_messages
from genkit_ag_ui.plugin import AgUiDoor


__all__ = ['AgUiDoor', 'to_messages']
