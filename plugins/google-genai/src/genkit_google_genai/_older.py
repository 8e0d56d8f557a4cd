# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.google_genai`` and its modules have, and this package too."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, TypedDict

from genkit import GenkitError
from genkit.plugin import as_members, check_options

from genkit_google_genai.config import GeminiConfig, SpeechConfig


OLDER_MODULES: Final = ('models', 'models.embedder', 'models.gemini', 'models.utils')

GeminiConfigSchema = GeminiConfig
GeminiImageConfigSchema = GeminiConfig
GeminiTtsConfigSchema = SpeechConfig


class EmbeddingTaskType(StrEnum):
    """What vectors are for, as an enumeration."""

    CLASSIFICATION = 'CLASSIFICATION'
    CLUSTERING = 'CLUSTERING'
    CODE_RETRIEVAL_QUERY = 'CODE_RETRIEVAL_QUERY'
    FACT_VERIFICATION = 'FACT_VERIFICATION'
    QUESTION_ANSWERING = 'QUESTION_ANSWERING'
    RETRIEVAL_DOCUMENT = 'RETRIEVAL_DOCUMENT'
    RETRIEVAL_QUERY = 'RETRIEVAL_QUERY'
    SEMANTIC_SIMILARITY = 'SEMANTIC_SIMILARITY'


class GeminiEmbeddingModels(StrEnum):
    """Embedders by constant; the plugin's prefix goes before them."""

    GEMINI_EMBEDDING_001 = 'gemini-embedding-001'
    GEMINI_EMBEDDING_2 = 'gemini-embedding-2'
    GEMINI_EMBEDDING_EXP_03_07 = 'gemini-embedding-exp-03-07'
    TEXT_EMBEDDING_004 = 'text-embedding-004'


class PartConverter:
    """The members of custom parts about code that a model ran, as the protocol calls them."""

    EXECUTABLE_CODE: Final = 'executableCode'
    CODE_EXECUTION_RESULT: Final = 'codeExecutionResult'
    CODE: Final = 'code'
    LANGUAGE: Final = 'language'
    OUTCOME: Final = 'outcome'
    OUTPUT: Final = 'output'


class OlderOptions(TypedDict, total=False):
    """Options of the constructors as they once were.

    Attributes:
        http_options: ``base_url``, ``api_version``, ``headers`` and ``timeout`` in milliseconds, as a mapping or as the
            object of Google's library.
        debug_config: For recording and replaying, which `genkit.testing` does now.
    """

    http_options: Any
    debug_config: Any


class OlderKeyOptions(OlderOptions, total=False):
    """Options of a constructor that takes a key.

    Attributes:
        credentials: Of Google Cloud, which `VertexAI` takes now.
    """

    credentials: Any


_WRITE_NOW: Final = {
    'credentials': 'The Gemini API takes keys: pass api_key=, or use VertexAI(credentials=…).',
    'debug_config': 'Record and replay what a provider answers with `Cassette` of `genkit.testing`.',
}


def with_older_options(plugin: str, older: OlderOptions, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return a constructor's settings with those of ``http_options`` laid over them.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for an option that has no meaning any more, with what takes its place.
    """
    check_options(
        f'Plugin {plugin!r}', older, {**OlderKeyOptions.__annotations__, **settings, 'name': str, 'api_key': str}
    )
    for name, way_out in _WRITE_NOW.items():
        if older.get(name) is not None:
            raise GenkitError(f'Plugin {plugin!r} does not take {name}=. {way_out}', status='INVALID_ARGUMENT')
    given = {name: value for name, value in as_members(older.get('http_options')).items() if value is not None}
    check_options(f'http_options of plugin {plugin!r}', given, settings)
    if 'timeout' in given:
        given['timeout'] /= 1000
    return {**settings, **given}
