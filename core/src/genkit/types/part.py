# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Parts: the pieces that messages and documents are made of.

`Part` is the base of eight concrete kinds. ``Part(text='x')``, ``Part(root=TextPart(text='x'))`` and
``TextPart(text='x')`` make the same object: there is no wrapper around the concrete part.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Self, cast

from pydantic import BaseModel, GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

from genkit._base.errors import ErrorReason, GenkitError
from genkit.types.wire import WRITTEN_ALONE, WireModel


_WRITTEN: Final = {
    'MediaPart': "MediaPart(media=Media(url='…', content_type='image/png'))",
    'TextPart': "TextPart(text='…')",
}


def Metadata(root: Mapping[str, Any] | None = None, **members: Any) -> dict[str, Any]:  # noqa: N802  (was a class)
    """Return metadata, which is a plain dictionary; ``Metadata(root={…})`` is how the older SDK wrote it."""
    return {**(root or {}), **members}


class Media(WireModel):
    """Binary content, by URL or inline.

    Attributes:
        url: A URL, or a data URL: ``data:<type>;base64,<…>``.
        content_type: The MIME type. Optional if the URL implies it.
    """

    content_type: str | None = None
    url: str


class ToolRequest(WireModel):
    """A tool call requested by a model.

    Attributes:
        ref: Identifies the call among several of one tool; the response repeats it.
        partial: Whether the input is still being streamed.
    """

    ref: str | None = None
    name: str
    input: Any = None
    partial: bool | None = None


class ToolResponse(WireModel):
    """The response of a tool call.

    Attributes:
        output: The value for the model.
        content: Further parts, such as images (multipart tools).
    """

    ref: str | None = None
    name: str
    output: Any = None
    content: list[Any] | None = None


class Resource(WireModel):
    """A reference to a resource, replaced by its content before the request reaches a model."""

    uri: str


def _refuse_form(kind: str, args: tuple[Any, ...], members: Mapping[str, Any]) -> None:
    """Refuse what cannot be a part for the way in which it is written."""
    way_out = ''
    if args:
        way_out = f'{kind} takes its members by name: write {_WRITTEN.get(kind, f"{kind}(…=…)")}.'
    elif kind == 'MediaPart' and ('url' in members or isinstance(members.get('media'), str)):
        way_out = f'MediaPart holds a Media: write {_WRITTEN[kind]}.'
    if way_out:
        raise GenkitError(way_out, status='INVALID_ARGUMENT', reason=ErrorReason.INVALID_PART) from None


class _PartType(type(BaseModel)):
    """Makes ``Part(...)`` return the concrete kind."""

    if not TYPE_CHECKING:

        def __call__(cls, *args: Any, **members: Any) -> 'Part':
            if cls.__dict__.get('_kinds') is None:
                try:
                    return super().__call__(*args, **members)
                except (TypeError, ValueError):
                    _refuse_form(cls.__name__, args, members)
                    raise
            return _concrete(cls, *args, **members)


class Part(WireModel, metaclass=_PartType):
    """Base class of all parts.

    Attributes:
        metadata: Additional data, such as ``purpose`` or a provider's signature.
        data: Structured data in addition to the part's content.
        custom: Provider-specific data.
    """

    metadata: dict[str, Any] | None = None
    data: Any = None
    custom: dict[str, Any] | None = None

    if TYPE_CHECKING:

        def __init__(self, root: 'Part | None' = None, **members: Any) -> None: ...

    @property
    def root(self) -> Self:
        """The concrete part, which is this object."""
        return self

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate to the concrete kind by looking at the one member that names it."""
        kinds = cls.__dict__.get('_kinds')
        if kinds is None:
            return handler(source)
        WRITTEN_ALONE.update(dict.fromkeys(kinds().values()))
        return core_schema.tagged_union_schema(
            {tag: handler.generate_schema(kind) for tag, kind in kinds().items()},
            discriminator=_tag,
            serialization=core_schema.simple_ser_schema('any'),
            custom_error_type='part_kind',
            custom_error_message=(f'a part has exactly one of {", ".join(t for t in kinds() if t != "data")}; or data'),
        )


class DocumentPart(Part):
    """Base class of the parts that a document may contain: text and media."""


class TextPart(DocumentPart):
    """A text part."""

    text: str


class MediaPart(DocumentPart):
    """A media part: an image, audio, a video or a file."""

    media: Media


class ToolRequestPart(Part):
    """A tool call requested by a model, as a part."""

    tool_request: ToolRequest

    @property
    def interrupt(self) -> Any:
        """The metadata of the tool's interrupt, True if it gave none; None if the request is not interrupted."""
        return (self.metadata or {}).get('interrupt')

    def respond(self, output: Any = None, metadata: Mapping[str, Any] | None = None) -> 'ToolResponsePart':
        """Return a tool response to this request, for ``resume_respond=[…]`` or ``chat.resume(respond=[…])``.

        Args:
            output: The result that the model is given.
            metadata: Metadata of the tool response part.
        """
        request = self.tool_request
        return ToolResponsePart(
            tool_response=ToolResponse(name=request.name, ref=request.ref, output=output),
            metadata={'interruptResponse': dict(metadata) if metadata else True},
        )

    def restart(
        self, resumed_metadata: Mapping[str, Any] | None = None, *, replace_input: Any = None
    ) -> 'ToolRequestPart':
        """Return this request marked to run again, for ``resume_restart=[…]`` or ``chat.resume(restart=[…])``.

        Args:
            resumed_metadata: Given to the tool as ``context.resumed_metadata``, for example who approved.
            replace_input: The tool's input in place of the model's.
        """
        request = self.tool_request
        metadata = {**(self.metadata or {}), 'resumed': dict(resumed_metadata) if resumed_metadata else True}
        if replace_input is not None:
            metadata['replacedInput'] = request.input
            request = request.model_copy(update={'input': replace_input})
        return ToolRequestPart(tool_request=request, metadata=metadata)


class ToolResponsePart(Part):
    """The response of a tool call, as a part."""

    tool_response: ToolResponse


class ReasoningPart(Part):
    """The model's reasoning; a provider's signature is kept in ``metadata``."""

    reasoning: str


class ResourcePart(Part):
    """A reference to a resource, replaced by its content."""

    resource: Resource


class CustomPart(Part):
    """Provider-specific content."""

    custom: dict[str, Any]  # pyright: ignore[reportIncompatibleVariableOverride]


class DataPart(Part):
    """Structured data. A part without content also becomes a `DataPart`."""


_DOCUMENT_KINDS: Final[dict[str, type[Part]]] = {'text': TextPart, 'media': MediaPart}
_KINDS: Final[dict[str, type[Part]]] = {
    **_DOCUMENT_KINDS,
    'toolRequest': ToolRequestPart,
    'toolResponse': ToolResponsePart,
    'reasoning': ReasoningPart,
    'resource': ResourcePart,
    'custom': CustomPart,
    'data': DataPart,
}
_TAGS: Final = {kind: tag for tag, kind in _KINDS.items()}
_MEMBERS: Final = {**{tag: tag for tag in _KINDS}, 'tool_request': 'toolRequest', 'tool_response': 'toolResponse'}
type.__setattr__(Part, '_kinds', lambda: _KINDS)
type.__setattr__(DocumentPart, '_kinds', lambda: _DOCUMENT_KINDS)


def _tag(value: Any) -> str | None:
    """Return which kind a value is: an instance by its class, data by its members."""
    tag = _TAGS.get(cast('type[Part]', type(value)))
    if tag is not None:
        return tag
    if not isinstance(value, Mapping):
        return None
    members = cast('Mapping[str, Any]', value)
    for member, kind in _MEMBERS.items():
        if members.get(member) is not None:
            return kind
    return 'data' if not members.keys() - {'metadata', 'data', 'custom'} else None


def _concrete(cls: type[Part], root: Part | None = None, /, **members: Any) -> Part:
    root = root if root is not None else members.pop('root', None)
    if root is not None and not members:
        if isinstance(root, cls):
            return root
        members = dict(root) if isinstance(root, Mapping) else {'root': root}
    tag = _tag(members)
    kinds = cls.__dict__['_kinds']()
    if tag is None or tag not in kinds:
        raise GenkitError(
            f'{cls.__name__} got {sorted(members)!r}; give exactly one of {sorted(kinds)!r}, '
            "such as Part(text='hello') or TextPart(text='hello').",
            status='INVALID_ARGUMENT',
            reason=ErrorReason.INVALID_PART,
        )
    return kinds[tag](**members)
