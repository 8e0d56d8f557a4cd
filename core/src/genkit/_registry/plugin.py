# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The base class of plugins."""

from collections.abc import Sequence
from typing import Any

from genkit._registry.registry import Registry
from genkit._registry.source import ActionSource
from genkit.types import EmbedderRef, ModelRef


class Plugin(ActionSource):
    """Base class of plugins, which provide actions named ``<plugin>/<action>``; subclasses implement `resolve`.

    Attributes:
        registry: Where it is registered; set before anything of it runs.
    """

    registry: Registry

    def attached_to(self, registry: Any) -> None:
        """Remember where this plugin is registered."""
        self.registry = registry

    def middleware(self) -> Sequence[type[Any]]:
        """Return middleware classes to register by name when the plugin is registered."""
        return ()

    def model(self, name: str) -> ModelRef:
        """Return a reference to one of this plugin's models."""
        return ModelRef(name=self.namespaced(name))

    def embedder(self, name: str) -> EmbedderRef:
        """Return a reference to one of this plugin's embedders."""
        return EmbedderRef(name=self.namespaced(name))
