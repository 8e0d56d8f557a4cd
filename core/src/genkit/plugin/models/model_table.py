# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The models of a provider as data, read by registration, listings, READMEs and contract tests."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fnmatch import fnmatchcase

from pydantic import BaseModel

from genkit._action.kind import ActionKind
from genkit.types import Constrained, GenerationCommonConfig, ModelInfo, Stage, Supports


class Task(StrEnum):
    """The task of a model: chat, embeddings, images, reading documents and so on."""

    CHAT = 'chat'
    EMBED = 'embed'
    IMAGE = 'image'
    SPEECH = 'speech'
    TRANSCRIBE = 'transcribe'
    VIDEO = 'video'
    AGENT = 'agent'
    RERANK = 'rerank'
    OCR = 'ocr'
    REALTIME = 'realtime'

    @property
    def kind(self) -> ActionKind:
        """The kind of action that does it."""
        return _KINDS.get(self, ActionKind.MODEL)


_KINDS: Mapping[Task, ActionKind] = {
    Task.EMBED: ActionKind.EMBEDDER,
    Task.VIDEO: ActionKind.BACKGROUND_MODEL,
    Task.AGENT: ActionKind.BACKGROUND_MODEL,
    Task.RERANK: ActionKind.RERANKER,
}


def chat_supports(
    constrained: Constrained = Constrained.ALL,
    *,
    media: bool | None = True,
    tools: bool = True,
    tool_choice: bool = True,
    output: Sequence[str] = ('text', 'json'),
) -> Supports:
    """Return the capabilities of a chat model, which takes conversations with system messages.

    Args:
        constrained: When the provider restricts the output to a schema. Default: always.
        media: Whether it takes images, audio or documents; None if that differs between the models of a provider.
        tools: Whether it calls tools.
        tool_choice: Whether it can be forced to call a tool, or not to.
        output: The forms of its output.
    """
    return Supports(
        multiturn=True,
        media=media,
        tools=tools,
        tool_choice=tool_choice,
        system_role=True,
        output=list(output),
        constrained=constrained,
    )


@dataclass(frozen=True, kw_only=True)
class ModelEntry:
    """One model, or a family of them by a pattern such as ``gpt-image-*``.

    Attributes:
        name: The name without the plugin's prefix.
        task: The model's task.
        supports: What it is capable of; beside the members of the type, ``extras`` says what contracts ask for.
        config: The type of its configuration.
        label: The display name. Default: the name.
        stage: The release stage.
        versions: The values accepted for ``config.version``.
        dimensions: The number of dimensions of an embedder's vectors.
        extras: Further capabilities, such as ``reasoning``, ``prompt-caching``, ``json-with-tools``, ``pdf``.
    """

    name: str
    task: Task = Task.CHAT
    supports: Supports = field(default_factory=Supports)
    config: type[BaseModel] = GenerationCommonConfig
    label: str | None = None
    stage: Stage = Stage.STABLE
    versions: Sequence[str] = ()
    dimensions: int | None = None
    extras: frozenset[str] = frozenset()

    def info(self, provider: str) -> ModelInfo:
        """Return how the model describes itself."""
        return ModelInfo(
            label=f'{provider} - {self.label or self.name}',
            supports=self.supports,
            stage=self.stage,
            versions=list(self.versions) or None,
        )


class ModelTable:
    """The models of a provider.

    Args:
        models: The listed models.
        families: Patterns for other names; the first match wins.
        unknown: The entry for all other names; its task must be chat.
    """

    def __init__(
        self, models: Iterable[ModelEntry], families: Sequence[ModelEntry] = (), unknown: ModelEntry | None = None
    ) -> None:
        self._models = {entry.name: entry for entry in models}
        self._families = families
        self._unknown = unknown or ModelEntry(name='*')

    def __iter__(self) -> Iterator[ModelEntry]:
        """Iterate over the models that are listed."""
        return iter(self._models.values())

    def listing(self, names: Iterable[str]) -> 'ModelTable':
        """Return a table that lists further names, each with what its family is known for."""
        added = [entry for name in names if (entry := self.find(name)) is not None]
        return ModelTable([*self, *added], self._families, self._unknown)

    def find(self, name: str, kind: ActionKind | None = None) -> ModelEntry | None:
        """Return the entry for a name, known or not; None if such a name is of another kind.

        Args:
            name: The name without the plugin's prefix.
            kind: Of the action that is asked for.
        """
        found = self._models.get(name)
        if found is None:
            pattern = next((entry for entry in self._families if fnmatchcase(name, entry.name)), self._unknown)
            found = replace(pattern, name=name)
        return found if kind is None or found.task.kind == kind else None
