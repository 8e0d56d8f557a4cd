# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.vertex_ai`` and its modules have, and this package too."""

from typing import Any, Final

from genkit_vertex_ai.config import VertexMetric
from genkit_vertex_ai.plugin import VertexAIModelGarden


OLDER_MODULES: Final = ('model_garden', 'models', 'evaluators', 'rerankers', 'vector_search')

VertexAIEvaluationMetricType = VertexMetric


class ModelGardenPlugin(VertexAIModelGarden):
    """A `VertexAIModelGarden` with the prefix ``modelgarden``.

    Args:
        project_id: The project.
        location: The place.
        options: As of `VertexAIModelGarden`.
    """

    name = 'modelgarden'

    def __init__(self, project_id: str | None = None, location: str | None = None, **options: Any) -> None:
        told: Any = {'project': project_id, 'location': location, **options}
        super().__init__(**told)


def model_garden_name(name: str) -> str:
    """Return a model's full name: ``modelgarden/<name>``."""
    return f'modelgarden/{name}'
