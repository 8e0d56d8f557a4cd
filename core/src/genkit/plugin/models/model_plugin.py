# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Base class of model plugins: creates actions from a model table on first use."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from genkit._action.action import Action
from genkit._action.kind import ActionKind
from genkit._base.loop_cache import LoopClient
from genkit._kinds.background_model import BackgroundAction
from genkit._kinds.embedder import EmbedderOptions, EmbedderSupports, embedder_action_metadata
from genkit._kinds.model import model_action_metadata
from genkit._kinds.reranker import reranker_action_metadata
from genkit._registry.plugin import Plugin
from genkit.plugin.models.model_table import ModelEntry, ModelTable, Task
from genkit.types import ActionMetadata


AnyAction = Action[Any, Any, Any]
Maker = Callable[[str, ModelEntry], AnyAction | BackgroundAction]

_OF_OPERATIONS: Final = {ActionKind.CHECK_OPERATION: '/check', ActionKind.CANCEL_OPERATION: '/cancel'}


class ModelPlugin(Plugin):
    """A plugin that resolves names through its model table; unknown names are passed to the provider.

    A subclass sets ``name``, ``label`` and ``models`` and says in `makers` how an action of each task is made.

    Attributes:
        label: The provider's display name.
        models: The model table.
        clients: Its connections, if it has any; `aclose` closes those of the running loop.
    """

    label: str
    models: ModelTable
    clients: LoopClient[Any]

    @abstractmethod
    def makers(self) -> Mapping[Task, Maker]:
        """Return, for each task, the function that makes an action from its full name and its entry.

        Those of `Task.VIDEO` and `Task.AGENT` make a background model with `make_background_model`.
        """

    async def resolve(self, action_type: ActionKind, name: str) -> AnyAction | None:
        """Return the action of a kind and a full name, or None if that name is of another kind."""
        local = name.removeprefix(f'{self.name}/').removesuffix(_OF_OPERATIONS.get(action_type, ''))
        kind = ActionKind.BACKGROUND_MODEL if action_type in _OF_OPERATIONS else action_type
        entry = self.models.find(local, kind)
        maker = None if entry is None else self.makers().get(entry.task)
        if maker is None or entry is None:
            return None
        made = maker(self.namespaced(local), entry)
        return _of_kind(made, action_type) if isinstance(made, BackgroundAction) else made

    async def aclose(self) -> None:
        """Close the running loop's connections; the next call opens new ones."""
        clients: LoopClient[Any] | None = getattr(self, 'clients', None)
        if clients is not None:
            await clients.aclose()

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return what the table lists, as far as this plugin makes it."""
        makers = self.makers()
        return [self.describe(entry) for entry in self.models if entry.task in makers]

    def describe(self, entry: ModelEntry) -> ActionMetadata:
        """Return how a model is advertised before it is made."""
        name = self.namespaced(entry.name)
        if entry.task is Task.EMBED:
            return embedder_action_metadata(name, self.embedder_options(entry))
        if entry.task is Task.RERANK:
            return reranker_action_metadata(name, entry.config)
        metadata = model_action_metadata(name, entry.info(self.label), entry.config)
        return metadata.replaced(action_type=str(entry.task.kind))

    def embedder_options(self, entry: ModelEntry) -> EmbedderOptions:
        """Return how an embedder describes itself."""
        return EmbedderOptions(
            config_schema=entry.config,
            label=f'{self.label} - {entry.label or entry.name}',
            supports=EmbedderSupports(input=['text', 'image'] if entry.supports.media else ['text']),
            dimensions=entry.dimensions,
        )


def _of_kind(background: BackgroundAction, kind: ActionKind) -> AnyAction | None:
    if kind == ActionKind.CHECK_OPERATION:
        return background.check_action
    return background.cancel_action if kind == ActionKind.CANCEL_OPERATION else background.start_action
