# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Resources: content behind a URI, put in place of resource parts before a model sees them."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ConfigDict

from genkit._action.action import Action
from genkit._action.context import ActionRunContext
from genkit._action.function import UserFunction
from genkit._action.kind import ActionKind
from genkit._base.errors import GenkitError
from genkit._base.readers.uri_template import LONGEST_URI, match_uri, variables_of
from genkit._registry.registry import Registry
from genkit.types import Part, WireModel


_SHOWN: Final = 200


class ResourceInput(WireModel):
    """The input of a resource.

    Attributes:
        uri: The whole URI.
    """

    uri: str


class ResourceOutput(WireModel):
    """The content of a resource."""

    content: list[Part]


class ResourceAction(Action[ResourceInput, ResourceOutput]):
    """A resource as an action.

    Attributes:
        uri: The one URI it stands for, if it has no template.
        template: With ``{name}`` for a path segment and ``{+name}`` for anything.
    """

    uri: str | None = None
    template: str | None = None

    def match(self, uri: str) -> dict[str, str] | None:
        """Return the variables of a URI that this resource answers, or None; templates answer up to 8192 characters."""
        if self.template is None:
            return {} if uri == self.uri else None
        return match_uri(self.template, uri)


def make_resource(
    fn: Callable[..., Any],
    *,
    name: str | None = None,
    uri: str | None = None,
    template: str | None = None,
    description: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> ResourceAction:
    """Create a resource without registering it.

    Args:
        fn: From an input with the URI and, as further members, the template's variables to ``{'content': [parts]}``, a
            list of parts, or a `ResourceOutput`.
        name: The resource's name. Default: the URI or the template.
        uri: The URI of the resource.
        template: With ``{name}`` for a path segment and ``{+name}`` for anything; either this or ``uri``.
        description: Description for users.
        metadata: Metadata for the developer tools.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` without a URI and a template, or with both.
    """
    if (uri is None) == (template is None):
        raise GenkitError(
            f'Resource {name!r} needs either uri= or template=; got uri={uri!r}, template={template!r}.',
            status='INVALID_ARGUMENT',
        )
    variables = variables_of(template or '')
    if 'uri' in variables or len(set(variables)) < len(variables):
        raise GenkitError(
            f'The template {template!r} names a variable twice, or one {"uri"!r}, which stands for the whole.',
            status='INVALID_ARGUMENT',
        )
    function = UserFunction(fn)

    async def run(request: ResourceInput, context: ActionRunContext) -> ResourceOutput:
        variables = action.match(request.uri)
        if variables is None:
            raise GenkitError(
                f'Resource {action.name!r} does not answer {_shown(request.uri)!r}; it stands for {template or uri!r}.',
                status='NOT_FOUND',
            )
        given = MatchedInput(uri=request.uri, **variables)
        result = await function.call(given, context)
        output = ResourceOutput.model_validate({'content': result} if isinstance(result, list) else result)
        return ResourceOutput(content=[_marked(part, request.uri, template) for part in output.content])

    action = ResourceAction(
        ActionKind.RESOURCE,
        name or uri or template or '',
        run,
        description=description if description is not None else function.documentation,
        metadata={**(metadata or {}), 'resource': {key: v for key, v in (('uri', uri), ('template', template)) if v}},
        input_schema=ResourceInput,
        output_schema=ResourceOutput,
    )
    action.uri = uri
    action.template = template
    return action


class MatchedInput(ResourceInput):
    """A resource's input with the template's variables as members."""

    model_config = ConfigDict(extra='allow')


def define_resource(registry: Registry, fn: Callable[..., Any], **options: Any) -> ResourceAction:
    """Register a resource; the arguments are those of `make_resource`."""
    action = make_resource(fn, **options)
    registry.register_action(action)
    return action


async def find_resource(registry: Registry, uri: str, preferred: list[str] | None = None) -> ResourceAction:
    """Return the resource that answers a URI: a preferred one, the one of that URI, or the first that matches.

    Raises:
        GenkitError: ``NOT_FOUND``.
    """
    for name in preferred or ():
        action = await registry.require_action(ActionKind.RESOURCE, name)
        if isinstance(action, ResourceAction) and action.match(uri) is not None:
            return action
    for action in registry.registered_actions(ActionKind.RESOURCE):
        if isinstance(action, ResourceAction) and action.match(uri) is not None:
            return action
    shown = _shown(uri)
    raise GenkitError(
        f'failed to find matching resource for {shown}. Define it with ai.define_resource(uri={shown!r}, …).',
        status='NOT_FOUND',
    )


def _shown(uri: str) -> str:
    """Return a URI for a message; one that no template matches says why."""
    if len(uri) > LONGEST_URI:
        return f'{uri[:_SHOWN]}… (of {len(uri)} characters; templates match {LONGEST_URI} at most)'
    return uri if len(uri) <= _SHOWN else f'{uri[:_SHOWN]}…'


def _marked(part: Part, uri: str, template: str | None) -> Part:
    """Return a part that says which resource it came from."""
    origin = {'uri': uri, **({'template': template} if template else {})}
    metadata = dict(part.metadata or {})
    inner = metadata.get('resource')
    if isinstance(inner, dict):
        metadata['resource'] = {'parent': origin, **inner}
    else:
        metadata['resource'] = origin
    return part.replaced(metadata=metadata)
