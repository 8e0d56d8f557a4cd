# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Registration of LangChain's objects and of the criteria as actions of Genkit."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from genkit import Action, GenkitError
from genkit.plugin import (
    ActionKind,
    Plugin,
    embedder_action_metadata,
    evaluator_action_metadata,
    indexer_action_metadata,
    model_action_metadata,
    retriever_action_metadata,
)
from genkit.types import ActionMetadata, GenerationCommonConfig

from genkit_langchain.evaluators import CriterionArgument, JudgeArgument, evaluator, judgings


if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.vectorstores import VectorStore


class LangChain(Plugin):
    """Objects of LangChain as actions called ``langchain/<name>``, and evaluators called ``langchain/<criterion>``.

    Args:
        models: Chat models, by name.
        embeddings: Embeddings, each as an embedder, by name.
        retrievers: Retrievers, by name.
        vector_stores: Vector stores, each as a retriever and an indexer, by name.
        criteria: What evaluators judge an output by: names, such as ``'conciseness'``, or `Criterion` objects.
        labeled_criteria: The same, for outputs that are held against the ``reference`` of their case.
        judge: The model that judges: its name, or a reference.
        judge_config: Its configuration.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for objects of another type, unknown criteria, a name that is given twice, and
            criteria without a judge.

    Example:
        ```python
        from genkit import Genkit
        from genkit_langchain import LangChain
        from langchain_core.language_models import FakeListChatModel

        parrot = FakeListChatModel(responses=['Hello!'])
        ai = Genkit(plugins=[LangChain(models={'parrot': parrot})], model='langchain/parrot')
        assert (await ai.generate(prompt='Hi')).text == 'Hello!'
        ```
    """

    name = 'langchain'

    def __init__(
        self,
        *,
        models: 'Mapping[str, BaseChatModel] | None' = None,
        embeddings: 'Mapping[str, Embeddings] | None' = None,
        retrievers: 'Mapping[str, BaseRetriever] | None' = None,
        vector_stores: 'Mapping[str, VectorStore] | None' = None,
        criteria: Sequence[CriterionArgument] = (),
        labeled_criteria: Sequence[CriterionArgument] = (),
        judge: JudgeArgument | None = None,
        judge_config: Any = None,
    ) -> None:
        self._judgings = judgings(criteria, labeled_criteria, judge, judge_config)
        self._objects: dict[str, Mapping[str, Any]] = {
            'models': models or {},
            'embeddings': embeddings or {},
            'retrievers': retrievers or {},
            'vector_stores': vector_stores or {},
        }
        if any(self._objects.values()):
            _check(self._objects)

    async def resolve(self, action_type: ActionKind, name: str) -> Action[Any, Any, Any] | None:
        """Return the action of an object or of a criterion."""
        own = name.removeprefix(f'{self.name}/')
        if action_type == ActionKind.EVALUATOR:
            judging = self._judgings.get(own)
            return None if judging is None else evaluator(name, judging, lambda: self.registry)
        for member, make in _makers(action_type):
            held = self._objects[member].get(own)
            if held is not None:
                return make(name, held)
        return None

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return everything that was given."""
        listed = [
            evaluator_action_metadata(self.namespaced(name), judging.info) for name, judging in self._judgings.items()
        ]
        for name, model in self._objects['models'].items():
            from genkit_langchain.models import model_info  # noqa: PLC0415  (its library is in use)

            listed.append(model_action_metadata(self.namespaced(name), model_info(model), GenerationCommonConfig))
        listed += [embedder_action_metadata(self.namespaced(name)) for name in self._objects['embeddings']]
        searched = [*self._objects['retrievers'], *self._objects['vector_stores']]
        listed += [retriever_action_metadata(self.namespaced(name)) for name in searched]
        listed += [indexer_action_metadata(self.namespaced(name)) for name in self._objects['vector_stores']]
        return listed


def _makers(kind: ActionKind) -> Sequence[tuple[str, Callable[[str, Any], Any]]]:
    """Return which objects become actions of a kind, and how."""
    from genkit_langchain import models as made  # noqa: PLC0415  (imports LangChain, on first use)

    return {
        ActionKind.MODEL: [('models', made.chat_action)],
        ActionKind.EMBEDDER: [('embeddings', made.embed_action)],
        ActionKind.RETRIEVER: [('retrievers', made.retriever_action), ('vector_stores', made.store_retriever_action)],
        ActionKind.INDEXER: [('vector_stores', made.store_indexer_action)],
    }.get(kind, [])


def _check(objects: Mapping[str, Mapping[str, Any]]) -> None:
    from langchain_core.embeddings import Embeddings  # noqa: PLC0415  (who has objects of it has imported it)
    from langchain_core.language_models import BaseChatModel  # noqa: PLC0415
    from langchain_core.retrievers import BaseRetriever  # noqa: PLC0415
    from langchain_core.vectorstores import VectorStore  # noqa: PLC0415

    kinds = {
        'models': (BaseChatModel, 'chat model'),
        'embeddings': (Embeddings, 'Embeddings object'),
        'retrievers': (BaseRetriever, 'retriever; of a vector store give vector_stores, or store.as_retriever()'),
        'vector_stores': (VectorStore, 'vector store'),
    }
    for member, (kind, wanted) in kinds.items():
        for name, held in objects[member].items():
            if not isinstance(held, kind):
                raise GenkitError(
                    f'LangChain({member}={{{name!r}: …}}) is a {type(held).__name__}; expected a {wanted}.',
                    status='INVALID_ARGUMENT',
                )
    twice = sorted(objects['retrievers'].keys() & objects['vector_stores'].keys())
    if twice:
        raise GenkitError(
            f'{twice[0]!r} names a retriever and a vector store, which both are retrievers of Genkit. Rename one.',
            status='INVALID_ARGUMENT',
        )
