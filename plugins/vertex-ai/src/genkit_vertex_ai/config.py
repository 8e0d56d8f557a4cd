# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Options of rerankers, evaluators and indexes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, Literal

from genkit.types import CommonRerankerOptions, CommonRetrieverOptions, OpenWireModel
from pydantic import Field


class RerankConfig(CommonRerankerOptions):
    """Options of a reranker.

    Attributes:
        k: How many documents to return. Default: all.
        location: ``global``, ``us`` or ``eu``. Default: the plugin's.
        api_key: An access token for this one request.
    """

    location: str | None = None
    api_key: str | None = Field(default=None, repr=False)


class VertexMetric(StrEnum):
    """What an evaluator measures; ``vertexai/<metric in lower case>`` is its name."""

    BLEU = 'BLEU'
    ROUGE = 'ROUGE'
    FLUENCY = 'FLUENCY'
    SAFETY = 'SAFETY'
    GROUNDEDNESS = 'GROUNDEDNESS'
    SUMMARIZATION_QUALITY = 'SUMMARIZATION_QUALITY'
    SUMMARIZATION_HELPFULNESS = 'SUMMARIZATION_HELPFULNESS'
    SUMMARIZATION_VERBOSITY = 'SUMMARIZATION_VERBOSITY'


@dataclass(frozen=True, kw_only=True)
class VertexMetricConfig:
    """A metric with settings of its own.

    Attributes:
        metric: The metric.
        spec: Its ``metricSpec``, such as ``{'rougeType': 'rougeLsum'}``.
        threshold: The least score that passes. Default: 0.5 of BLEU and ROUGE, 3 of scales from 1 to 5, and 1 of safety
            and groundedness, which are 0 or 1.
    """

    metric: VertexMetric | str
    spec: Mapping[str, Any] = field(default_factory=dict[str, Any])
    threshold: float | None = None


class Restrict(OpenWireModel):
    """Tokens that a result must have, or must not have: https://docs.cloud.google.com/vertex-ai/docs/vector-search/filtering.

    Attributes:
        namespace: Of the tokens.
        allow_list: One of them is there.
        deny_list: None of them is there.
    """

    namespace: str
    allow_list: list[str] | None = None
    deny_list: list[str] | None = None


class NumericRestrict(OpenWireModel):
    """A number that a result has, or is compared with; one of the three values is given, 0 included.

    Attributes:
        namespace: What is compared.
        value_int: A whole number.
        value_float: A number of single precision.
        value_double: A number of double precision.
        op: Such as ``LESS`` or ``EQUAL``; in queries alone.
    """

    namespace: str
    value_int: int | None = None
    value_float: float | None = None
    value_double: float | None = None
    op: Literal['LESS', 'LESS_EQUAL', 'EQUAL', 'GREATER_EQUAL', 'GREATER', 'NOT_EQUAL'] | None = None


class VectorSearchOptions(CommonRetrieverOptions):
    """Options of a query; its metadata may hold ``restricts`` and ``numericRestricts`` as well.

    Attributes:
        k: How many documents to return. Default: 10.
        restricts: Tokens that documents must have, or must not have.
        numeric_restricts: Numbers that are compared.
        crowding: How many documents with one ``crowdingTag`` are returned.
    """

    k: Annotated[int, Field(ge=1)] | None = None
    restricts: list[Restrict] | None = None
    numeric_restricts: list[NumericRestrict] | None = None
    crowding: int | None = None
