# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Vertex AI beyond Google's own models: those of other vendors, rerankers, evaluators, and Vector Search."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, Unpack

from genkit import GenkitError
from genkit.plugin import (
    Action,
    ActionKind,
    Maker,
    ModelEntry,
    ModelPlugin,
    Plugin,
    ProviderPlugin,
    StoreIndex,
    StorePlugin,
    Task,
    VectorStore,
    collections_by_name,
    evaluator_action_metadata,
    make_evaluator,
    make_reranker,
    reranker_action_metadata,
)
from genkit.types import (
    ActionMetadata,
    BaseEvalDataPoint,
    Document,
    EvalFnResponse,
    GenerateRequest,
    Message,
    RerankerResponse,
)

from genkit_vertex_ai.cloud import Cloud, CloudOptions
from genkit_vertex_ai.config import (
    RerankConfig,
    VectorSearchOptions,
    VertexMetric,
    VertexMetricConfig,
)
from genkit_vertex_ai.evaluation import METRICS, info_of, to_evaluate_request, to_metrics, to_score
from genkit_vertex_ai.garden import ClaudeOnVertex, MistralOnVertex, OpenOnVertex
from genkit_vertex_ai.models import Publisher, listing, publisher_of
from genkit_vertex_ai.rerank import (
    RANKERS,
    ranking_host,
    ranking_path,
    to_config,
    to_rank_request,
    to_ranked,
    unknown_ranker,
)
from genkit_vertex_ai.store import VectorSearchIndex, VectorSearchStore


AnyAction = Action[Any, Any, Any]

VERTEX_AI: Final = 'vertexai'
_LIKE_RANKERS: Final = ('semantic-', 'reranker', 'rank')


class VertexAIModelGarden(ModelPlugin):
    """Models of other vendors on Vertex AI: ``vertexModelGarden/<model>``, listed or not.

    Claude and Mistral are asked in their own protocols, all others in that of OpenAI. A name may have its publisher
    before it, as in ``anthropic/claude-opus-5-5``; those of the others have it always, as in
    ``meta/llama-3.3-70b-instruct-maas``.

    Args:
        name: The prefix of the model names.
        models: Models to list in addition; models that are not listed work as well.
        max_retries: The maximum number of retries by the clients. Default: 0, as ``retry`` of ``genkit.middleware``
            does that.
        **options: See `CloudOptions`. Without a location, each model is asked where it is served; the config of a
            request may name one as ``location``.
    """

    name = 'vertexModelGarden'
    label = 'Vertex AI Model Garden'

    def __init__(
        self,
        *,
        name: str | None = None,
        models: Sequence[str] = (),
        max_retries: int = 0,
        **options: Unpack[CloudOptions],
    ) -> None:
        self.name = name or self.name
        self.models = listing(tuple(model.removeprefix(f'{self.name}/') for model in models))
        self._cloud = Cloud(self.name, None, options)
        told: dict[str, Any] = {
            'name': self.name,
            'timeout': options.get('timeout', 600.0),
            'max_retries': max_retries,
            'headers': options.get('headers'),
        }
        self._vendors: Mapping[Publisher, ProviderPlugin] = {
            'anthropic': ClaudeOnVertex(self._cloud, self.models, **told),
            'mistralai': MistralOnVertex(self._cloud, self.models, **told),
            'open': OpenOnVertex(self._cloud, self.models, **told),
        }

    def makers(self) -> Mapping[Task, Maker]:
        """Return how models of each task are made."""
        return {task: partial(self._of_vendor, task) for task in (Task.CHAT, Task.OCR)}

    async def count_tokens(self, model: str, request: GenerateRequest | Sequence[Message] | str) -> int:
        """Return how many input tokens a request would have, without asking the model; for Claude alone.

        Args:
            model: With the plugin's prefix or without.
            request: Whole, or its messages, or a prompt.

        Raises:
            GenkitError: ``UNIMPLEMENTED`` for another model, or as a call of the model.
        """
        local = model.removeprefix(f'{self.name}/')
        vendor = self._vendors[publisher_of(local)]
        if not isinstance(vendor, ClaudeOnVertex):
            raise GenkitError(
                f'Vertex AI counts tokens for Claude, and not for {local!r}.', status='UNIMPLEMENTED', source=self.name
            )
        return await vendor.count_tokens(local, request)

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        for vendor in self._vendors.values():
            await vendor.aclose()
        await self._cloud.aclose()

    def _of_vendor(self, task: Task, name: str, entry: ModelEntry) -> Any:
        return self._vendors[publisher_of(entry.name)].makers()[task](name, entry)


class _Apart(Plugin):
    """A plugin whose actions have a prefix that another plugin may have as its name, such as ``vertexai``.

    They are registered with the plugin, and need not be asked for.
    """

    prefix: str

    def namespaced(self, name: str) -> str:
        """Return a name under the prefix."""
        return name if name.startswith(f'{self.prefix}/') else f'{self.prefix}/{name}'

    def attached_to(self, registry: Any) -> None:
        """Register the actions."""
        super().attached_to(registry)
        for action in self.actions():
            registry.register_action(action)

    @abstractmethod
    def actions(self) -> Sequence[AnyAction]:
        """Return the actions with their full names."""


class VertexAIRerankers(_Apart):
    """Rerankers: ``vertex-rerankers/<model>``.

    Args:
        name: The prefix of the names; ``vertexai`` is how programs for earlier releases call them.
        models: Names of further models; the service takes its default in place of one that it does not know, so others
            are refused.
        **options: See `CloudOptions`. The location is ``global``, ``us`` or ``eu``. Default: ``global``, whatever the
            environment says, as nothing is ranked elsewhere.
    """

    name = 'vertex-rerankers'

    def __init__(self, *, name: str | None = None, models: Sequence[str] = (), **options: Unpack[CloudOptions]) -> None:
        self.prefix = name or self.name
        self._models = tuple(dict.fromkeys((*RANKERS, *(self._local(model) for model in models))))
        self._cloud = Cloud(self.name, 'global', {**options, 'location': options.get('location') or 'global'})

    def actions(self) -> Sequence[AnyAction]:
        """Return a reranker for each model."""
        return [make_reranker(self.namespaced(model), self._ranking(model), RerankConfig) for model in self._models]

    async def resolve(self, action_type: ActionKind, name: str) -> AnyAction | None:
        """Refuse a name that is like those of the service; of any other it is not said here whose it is.

        Raises:
            GenkitError: ``NOT_FOUND`` with the names that there are.
        """
        local = self._local(name)
        if action_type is ActionKind.RERANKER and local.startswith(_LIKE_RANKERS):
            raise unknown_ranker(self.name, local, self._models)
        return None

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return the rerankers."""
        return [reranker_action_metadata(self.namespaced(model), RerankConfig) for model in self._models]

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._cloud.aclose()

    def _local(self, name: str) -> str:
        return name.removeprefix(f'{self.prefix}/')

    def _ranking(self, model: str) -> Any:
        async def rank(query: Document, documents: list[Document], options: Any) -> RerankerResponse:
            config = to_config(options)
            body = to_rank_request(model, query, documents, config)
            if not documents:
                return RerankerResponse(documents=[])
            project, location = await self._cloud.project(), config.location or self._cloud.location or 'global'
            url = f'{self._cloud.at(ranking_host(location))}/{ranking_path(project, location)}'
            answer = await self._cloud.call('POST', url, body, config, **{'x-goog-user-project': project})
            return to_ranked(answer, documents, self.name)

        return rank


class VertexAIEvaluation(_Apart):
    """Evaluators: ``vertexai/<metric in lower case>``, such as ``vertexai/fluency``.

    Args:
        metrics: The metrics, by name or with settings of their own. Default: all.
        name: The prefix of the names.
        **options: See `CloudOptions`. Default of the location: ``us-central1``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a metric that does not exist.
    """

    name = 'vertex-evaluation'

    def __init__(
        self,
        metrics: Iterable[VertexMetric | VertexMetricConfig | str] | None = None,
        *,
        name: str | None = None,
        **options: Unpack[CloudOptions],
    ) -> None:
        self.prefix = name or VERTEX_AI
        self._metrics = to_metrics(metrics, self.name)
        self._cloud = Cloud(self.name, 'us-central1', options)

    def actions(self) -> Sequence[AnyAction]:
        """Return an evaluator for each metric."""
        return [
            make_evaluator(self._name(config), info_of(METRICS[VertexMetric(config.metric)]), self._judging(config))
            for config in self._metrics
        ]

    async def resolve(self, action_type: ActionKind, name: str) -> AnyAction | None:
        """Return None: everything there is has been registered."""

    async def list_actions(self) -> Sequence[ActionMetadata]:
        """Return the evaluators."""
        return [
            evaluator_action_metadata(self._name(config), info_of(METRICS[VertexMetric(config.metric)]))
            for config in self._metrics
        ]

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await self._cloud.aclose()

    def _name(self, config: VertexMetricConfig) -> str:
        return self.namespaced(str(config.metric).lower())

    def _judging(self, config: VertexMetricConfig) -> Any:
        metric = METRICS[VertexMetric(config.metric)]

        async def judge(case: BaseEvalDataPoint, options: Any) -> EvalFnResponse:
            body = to_evaluate_request(metric, config.spec, case)
            url = f'{await self._cloud.place(version="v1beta1")}:evaluateInstances'
            score = to_score(metric, config, await self._cloud.call('POST', url, body, options))
            return EvalFnResponse(test_case_id=case.test_case_id, evaluation=score)

        return judge


class VertexAIVectorSearch(StorePlugin, _Apart):
    """Indexes of Vector Search: ``vertexai/<index>`` is a retriever and an indexer.

    Args:
        *indexes: The indexes.
        name: The prefix of the names.
        **options: See `CloudOptions`. Default of the location: ``us-central1``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for two indexes of one name.
    """

    name = 'vertex-vector-search'
    retriever_options = VectorSearchOptions

    def __init__(self, *indexes: VectorSearchIndex, name: str | None = None, **options: Unpack[CloudOptions]) -> None:
        self.prefix = name or VERTEX_AI
        self._cloud = Cloud(self.name, 'us-central1', options)
        stores = ((index, VectorSearchStore(index, self._cloud)) for index in indexes)
        self._stores = collections_by_name(self.name, 'indexes', stores)

    def collections(self) -> Mapping[str, tuple[StoreIndex, VectorStore[Any, Any]]]:
        """Return the indexes by name."""
        return self._stores

    async def init(self) -> Sequence[AnyAction]:
        """Return nothing: all is registered."""
        return ()

    async def aclose(self) -> None:
        """Close the running loop's connections."""
        await super().aclose()
        await self._cloud.aclose()
