# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Protocols of providers, spoken by a loopback server in tests."""

from genkit.testing.wires.openai_chat import OpenAIChatWire
from genkit.testing.wires.said import Asked, AskedMessage, ModelWire, Said, SaidCall


__all__ = ['Asked', 'AskedMessage', 'ModelWire', 'OpenAIChatWire', 'Said', 'SaidCall']
