# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Puts the content of resources in place of the parts that point to them."""

from collections.abc import Sequence

from genkit._generate.tools import run_together
from genkit._kinds.resource import ResourceInput, find_resource
from genkit._registry.registry import Registry
from genkit.types import Message, Part, ResourcePart


def has_resources(messages: Sequence[Message]) -> bool:
    """Return whether a part points to a resource."""
    for message in messages:
        for part in message.content:
            if isinstance(part, ResourcePart):
                return True
    return False


async def fill_resources(registry: Registry, messages: Sequence[Message], preferred: list[str] | None) -> list[Message]:
    """Return the messages with every resource part replaced.

    Raises:
        GenkitError: ``NOT_FOUND`` for a URI that no resource answers.
    """
    return [await _filled(registry, each, preferred) for each in messages]


async def _filled(registry: Registry, message: Message, preferred: list[str] | None) -> Message:
    parts = await run_together([_content(registry, part, preferred) for part in message.content])
    return message.replaced(content=[piece for pieces in parts for piece in pieces])


async def _content(registry: Registry, part: Part, preferred: list[str] | None) -> list[Part]:
    if not isinstance(part, ResourcePart):
        return [part]
    action = await find_resource(registry, part.resource.uri, preferred)
    return (await action.arun(ResourceInput(uri=part.resource.uri))).response.content
