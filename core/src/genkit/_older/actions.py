# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions of the modules ``genkit.blocks`` whose work belongs to other objects today."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from genkit._action.context import ActionRunContext
from genkit._action.kind import ActionKind, parse_action_key
from genkit._base.extract import read_final_json
from genkit._genkit.definitions import Definitions
from genkit._kinds.background_model import BackgroundAction, BackgroundModelAction
from genkit._kinds.instructions import augment_with_docs
from genkit._kinds.model import ModelMiddleware, ModelNext
from genkit._kinds.resource import ResourceAction, ResourceInput
from genkit._kinds.tool import tool_response
from genkit._registry.dynamic import DapConfig, DynamicActionProvider, Provided
from genkit._registry.registry import Registry
from genkit.types import GenerateRequest, GenerateResponse, ToolRequestPart, ToolResponsePart


class ExtractItemsResult(NamedTuple):
    """The objects that a text completes, and from where the next call goes on."""

    items: list[Any]
    cursor: int


def extract_items(text: str, cursor: int = 0) -> ExtractItemsResult:
    """Return the objects of the first JSON array in a text that are complete, from a cursor on.

    What is not an object, and an object that cannot be read, is passed over.

    Args:
        text: What a model has written so far.
        cursor: Where the last call left off; 0 to begin.
    """
    position = cursor or text.find('[') + 1
    if position == 0:
        return ExtractItemsResult([], 0)
    items: list[Any] = []
    for start, end in _objects(text, position):
        found = read_final_json(text[start:end])
        if found is not None and not found.unfinished:
            items.append(found.value)
        position = end
    return ExtractItemsResult(items, position)


def _objects(text: str, position: int) -> list[tuple[int, int]]:
    """Return where the objects of an array begin and end, up to the array's own end."""
    found: list[tuple[int, int]] = []
    depth, start, quote = 0, position, ''
    escaped = False
    for place in range(position, len(text)):
        character = text[place]
        if escaped:
            escaped = False
        elif quote:
            escaped = character == '\\'
            quote = '' if character == quote else quote
        elif character in {'"', "'"}:
            quote = character
        elif character == '{':
            start = start if depth else place
            depth += 1
        elif character == '}' and depth:
            depth -= 1
            if depth == 0:
                found.append((start, place + 1))
        elif character == ']' and depth == 0:
            break
    return found


def augment_with_context() -> ModelMiddleware:
    """Return middleware that puts a request's documents into its last user message, for any model."""

    async def augment(request: GenerateRequest, ctx: ActionRunContext, following: ModelNext) -> GenerateResponse[Any]:
        messages = augment_with_docs(request.messages, request.docs or ())
        return await following(request.replaced(messages=messages), ctx)

    return augment


def dynamic_resource(
    opts: Mapping[str, Any] | None = None, fn: Callable[..., Any] | None = None, **options: Any
) -> ResourceAction:
    """Return a resource that is not registered; the arguments are those of `Genkit.define_resource`."""
    made = Definitions()
    made.registry = Registry()
    return made.define_resource(opts, fn, **options)


async def find_matching_resource(
    registry: Registry, dynamic_resources: Sequence[ResourceAction] | None, input_data: ResourceInput
) -> ResourceAction | None:
    """Return the resource that answers a URI: one of those given, or one that is registered, or None."""
    registered = (await registry.resolve_actions_by_kind(ActionKind.RESOURCE)).values()
    for action in (*(dynamic_resources or ()), *registered):
        if isinstance(action, ResourceAction) and action.match(input_data.uri) is not None:
            return action
    return None


def define_dynamic_action_provider(
    registry: Registry, config: DapConfig | str, fn: Callable[[], Awaitable[Provided]]
) -> DynamicActionProvider:
    """Register a source of actions that live elsewhere; see `Genkit.define_dynamic_action_provider`."""
    definitions = Definitions()
    definitions.registry = registry
    return definitions.define_dynamic_action_provider(config, fn)


async def lookup_background_action(registry: Registry, key: str) -> BackgroundAction | None:
    """Return the actions of a background model by the key of the one that starts it, or by its name; None without.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if the key is malformed.
    """
    name = parse_action_key(key)[1] if key.startswith('/') else key
    start = await registry.resolve_action(ActionKind.BACKGROUND_MODEL, name)
    check = await registry.resolve_action(ActionKind.CHECK_OPERATION, f'{name}/check')
    if not isinstance(start, BackgroundModelAction) or check is None:
        return None
    return BackgroundAction(start, check, await registry.resolve_action(ActionKind.CANCEL_OPERATION, f'{name}/cancel'))


def respond_to_interrupt(
    output: Any, *, interrupt: ToolRequestPart, metadata: Mapping[str, Any] | None = None
) -> ToolResponsePart:
    """Return the answer to an interrupted tool request; see `tool_response`."""
    return tool_response(interrupt, output, metadata)
