# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""References: a name together with the configuration and version that go with it."""

from dataclasses import dataclass, fields
from typing import Any, Generic

from pydantic.alias_generators import to_snake
from typing_extensions import TypeVar

from genkit.types.model import ModelInfo


ConfigT = TypeVar('ConfigT', default=Any)


@dataclass(frozen=True, kw_only=True, repr=False)
class ActionRef(Generic[ConfigT]):
    """Base class of references: a name with configuration and version.

    Attributes:
        name: The full name, such as ``groq/llama-3.3-70b``.
        config: Default configuration of calls; the fields of a call's configuration win.
        version: Default version of calls.
        config_schema: The type of the configuration.
    """

    name: str
    config: ConfigT | None = None
    version: str | None = None
    config_schema: type[ConfigT] | None = None

    def __repr__(self) -> str:
        """Return what is set."""
        members = {each.name: getattr(self, each.name) for each in fields(self)}
        shown = ', '.join(f'{name}={value!r}' for name, value in members.items() if value is not None)
        return f'{type(self).__name__}({shown})'

    def merged_config(self, config: Any = None) -> Any:
        """Return a call's configuration laid over this reference's own."""
        if self.config is None and self.version is None:
            return config
        own = {**as_members(self.config), **({'version': self.version} if self.version else {})}
        given = as_members(config)
        said = {to_snake(name) for name in given}
        return {**{name: value for name, value in own.items() if to_snake(name) not in said}, **given}


@dataclass(frozen=True, kw_only=True, repr=False)
class ModelRef(ActionRef[ConfigT]):
    """A reference to a model.

    Attributes:
        info: The model's metadata.
    """

    info: ModelInfo | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class EmbedderRef(ActionRef[ConfigT]):
    """A reference to an embedder."""


@dataclass(frozen=True, kw_only=True, repr=False)
class RetrieverRef(ActionRef[ConfigT]):
    """A reference to a retriever."""


@dataclass(frozen=True, kw_only=True, repr=False)
class IndexerRef(ActionRef[ConfigT]):
    """A reference to an indexer."""


@dataclass(frozen=True, kw_only=True, repr=False)
class RerankerRef(ActionRef[ConfigT]):
    """A reference to a reranker."""


@dataclass(frozen=True, kw_only=True, repr=False)
class EvaluatorRef(ActionRef[ConfigT]):
    """A reference to an evaluator."""


def as_members(config: Any) -> dict[str, Any]:
    """Return a configuration, given as data or as an object, as a dictionary of what was set."""
    if config is None:
        return {}
    if hasattr(config, 'model_dump'):
        return config.model_dump(exclude_unset=True, by_alias=False)
    return dict(config)
