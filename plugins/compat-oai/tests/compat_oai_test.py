# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import ModelContract, OpenAIChatWire
from genkit_compat_oai import OpenAI


class TestOpenAI(ModelContract):
    wire = OpenAIChatWire()

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return OpenAI(api_key=api_key, base_url=url)
