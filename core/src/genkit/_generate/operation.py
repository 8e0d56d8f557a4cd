# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Starts background models."""

from genkit._base.errors import GenkitError
from genkit._generate.loop import generate_with_context
from genkit._generate.options import Asked, GenerateOptions, prepare
from genkit._generate.turn import resolve_model
from genkit._registry.registry import Registry
from genkit.types import Operation


async def start_operation(registry: Registry, asked: Asked, options: GenerateOptions) -> Operation:
    """Return the operation that a background model starts.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if the model is not a background model, ``NOT_FOUND`` if it is unknown,
            ``FAILED_PRECONDITION`` if no operation came back.
    """
    action_options, generation = prepare(registry, asked, options)
    model = await resolve_model(registry, action_options.model, generation.model)
    if not model.supports.long_running:
        raise GenkitError(
            f'Model {model.name!r} does not run in the background: ask it with ai.generate().',
            status='INVALID_ARGUMENT',
        )
    response = await generate_with_context(action_options, generation, options.get('context'))
    operation = response.operation
    if operation is None:
        raise GenkitError(f'Model {model.name!r} started no operation.', status='FAILED_PRECONDITION')
    return operation
