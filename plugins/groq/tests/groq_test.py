# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import ModelContract, OpenAIChatWire
from genkit_groq import Groq


class TestGroq(ModelContract):
    wire = OpenAIChatWire(reasoning='reasoning')

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return Groq(api_key=api_key, base_url=url)


class TestGroqThatSees(TestGroq):
    model = 'meta-llama/llama-4-maverick-17b-128e-instruct'
