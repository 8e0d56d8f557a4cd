# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Fits a request to what a model is capable of; every model gets one it understands."""

from genkit._base.serialize import dump_schema
from genkit._kinds.instructions import augment_with_docs, inject_instructions
from genkit.types import Constrained, GenerateRequest, OutputConfig, Supports


def adapt_request(request: GenerateRequest, supports: Supports) -> GenerateRequest:
    """Return the request as the model should see it; the one given is left as it is.

    Documents become text for a model that takes none. A schema becomes an instruction for a model that cannot be held
    to it; one that can write JSON without a schema is still told that JSON is wanted.
    """
    if request.docs and not supports.context:
        request = request.replaced(messages=augment_with_docs(request.messages, request.docs))
    output = request.output
    if output is None or not output.constrained or output.schema_ is None:
        return request
    if supports.constrained in (None, Constrained.NONE):
        told = simulate_constrained(request)
        return told if 'json' not in (supports.output or ()) else _still_json(told, output)
    if supports.constrained == Constrained.NO_TOOLS and request.tools:
        return simulate_constrained(request)
    return request


def _still_json(told: GenerateRequest, output: OutputConfig) -> GenerateRequest:
    if output.format != 'json' or told.output is None:
        return told
    return told.replaced(output=told.output.replaced(format=output.format, content_type=output.content_type))


def simulate_constrained(request: GenerateRequest, sentence: str | None = None) -> GenerateRequest:
    """Return a request with its schema told in words; the model is no longer held to it."""
    output = request.output
    assert output is not None
    told = sentence or 'Output should be in JSON format and conform to the following schema:'
    instructions = f'{told}\n\n```\n{dump_schema(output.schema_ or {})}\n```\n'
    return request.replaced(
        messages=inject_instructions(request.messages, instructions),
        output=output.replaced(constrained=False, format=None, content_type=None, schema_=None),
    )
