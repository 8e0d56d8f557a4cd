# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embeddings: https://ai.google.dev/api/embeddings."""

from typing import Any, Final

from genkit.plugin import EmbedPurpose, ModelEntry, ToolNames, as_members, embed_purpose, text_to_embed, without_key
from genkit.types import DocumentData, Embedding, EmbedRequest, EmbedResponse

from genkit_google_genai.config import EmbedConfig
from genkit_google_genai.convert.messages import to_part
from genkit_google_genai.convert.tools import Body


MOST_INPUTS: Final = 100
# The first Gemini embedder takes one text a call on Vertex AI.
_ONE_AT_A_TIME: Final = 'gemini-embedding-001'
_TASKS: Final = {EmbedPurpose.DOCUMENT: 'RETRIEVAL_DOCUMENT', EmbedPurpose.QUERY: 'RETRIEVAL_QUERY'}


def to_embed_requests(entry: ModelEntry, request: EmbedRequest, *, is_vertex: bool) -> list[Body]:
    """Return the arguments of the calls that together embed every document, in order.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a part that the embedder does not take.
    """
    options = EmbedConfig.model_validate(without_key(as_members(request.options)))
    config = options.model_dump(exclude_none=True, by_alias=False, exclude={'version', 'api_key'})
    purpose = embed_purpose()
    if purpose is not None and not entry.supports.media:  # those that see take no type of task
        config.setdefault('task_type', _TASKS[purpose])
    contents = [_content(entry, document, number) for number, document in enumerate(request.input)]
    most = 1 if is_vertex and entry.name == _ONE_AT_A_TIME else MOST_INPUTS
    model = options.version or entry.name
    return [
        {'model': model, 'contents': contents[start : start + most], 'config': dict(config)}
        for start in range(0, len(contents), most)
    ]


def to_embeddings(answers: list[Any]) -> EmbedResponse:
    """Return the vectors of all answers, in order."""
    vectors: list[list[float]] = [embedding.values or [] for answer in answers for embedding in answer.embeddings or ()]
    return EmbedResponse(embeddings=[Embedding(embedding=vector) for vector in vectors])


def _content(entry: ModelEntry, document: DocumentData, number: int) -> Body:
    if not entry.supports.media:
        return {'role': 'user', 'parts': [{'text': text_to_embed(document, number)}]}
    parts = [body for part in document.content if (body := to_part(part, ToolNames(()))) is not None]
    return {'role': 'user', 'parts': parts}
