# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Prompts and partials in files: a folder, or the resources of a package."""

from collections.abc import Callable, Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final, cast

from genkit._base.errors import GenkitError
from genkit._base.logger import Logger
from genkit._base.readers.text_file import check_within, read_text_file
from genkit._prompt.definition import Input, PromptDefinition
from genkit._prompt.environment import environment
from genkit._prompt.prompt import ExecutablePrompt, register_prompt
from genkit._prompt.template_check import warn_of_unknown_names
from genkit._registry.registry import Registry
from genkit.types import MiddlewareRef


_SUFFIX: Final = '.prompt'
_LOG: Final = Logger('genkit.prompts')


def load_prompt_folder(registry: Registry, folder: str | Path | Traversable, namespace: str = '') -> None:
    """Register the prompts and partials below a folder; a prompt is read when it is first used.

    ``greet.formal.prompt`` is the variant ``formal`` of ``greet``, ``mail/greet.prompt`` is ``mail/greet``, and
    ``_signature.prompt`` is the partial ``signature``. A file without a name, or with control characters in it, and a
    link that leads out of the folder are passed by with a warning.

    Args:
        registry: Where to.
        folder: A path, or a folder within a package (``importlib.resources.files('package') / 'prompts'``).
        namespace: Put before the names, with a slash.

    Raises:
        GenkitError: ``NOT_FOUND`` if there is no such folder.
    """
    root = Path(folder) if isinstance(folder, str) else folder
    if not root.is_dir():
        raise GenkitError(f'There is no prompt folder {str(folder)!r}.', status='NOT_FOUND')
    for path, file in _files(root, root, ''):
        stem = file.name.removesuffix(_SUFFIX)
        name, _, variant = (stem[1:], '', '') if stem.startswith('_') else stem.partition('.')
        if not name or not f'{path}{stem}'.isprintable():
            _pass_by(file, f'{file.name!r} gives no name that a prompt can have; rename the file.')
        elif stem.startswith('_'):
            environment(registry).define_partial(name, _body(_text(file, root), file.name))
        else:
            full = '/'.join(part for part in (namespace.strip('/'), path, name) if part)
            _register_file(registry, full, variant or None, file, root)


def load_prompt_source(
    registry: Registry, name: str, source: str, variant: str | None = None
) -> ExecutablePrompt[Any, Any]:
    """Register a prompt whose text, frontmatter included, is at hand."""
    read = _reader(registry, name, variant, lambda: source)
    definition = read()
    schema = definition.input.schema
    known = None if isinstance(schema, str) else schema
    return _register(registry, definition.key, read, _metadata(name, variant), known)


def read_definition(registry: Registry, name: str, variant: str | None, source: str) -> PromptDefinition:
    """Return a prompt's definition from the text of its file.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` with the place of what is malformed.
    """
    compiled = environment(registry).compile(source, file=f'{name}{_SUFFIX}')
    late = _unknown_schemas(registry, compiled.document.frontmatter)
    settings = compiled.metadata_with({key: rest for key, (rest, _) in late.items()}) if late else compiled.metadata
    known = settings.to_wire()
    for key, (_, schema) in late.items():
        known[key] = {**(known.get(key) or {}), 'schema': schema}
    given = cast('Mapping[str, Any]', known.get('input') or {})
    output = dict(cast('Mapping[str, Any]', known.get('output') or {}))
    if output.get('schema') is not None:
        output = {'format': 'json', 'constrained': True, **output}
    return PromptDefinition(
        name=name,
        variant=variant,
        model=known.get('model'),
        config=known.get('config'),
        description=known.get('description'),
        input=Input(schema=given.get('schema'), default=given.get('default')),
        messages=compiled.document.template,
        output=output or None,
        max_turns=known.get('maxTurns'),
        return_tool_requests=known.get('returnToolRequests'),
        metadata=known.get('metadata') or {},
        tools=known.get('tools') or (),
        tool_choice=known.get('toolChoice'),
        use=[_middleware(entry) for entry in known.get('use') or ()],
    )


def _unknown_schemas(registry: Registry, frontmatter: Mapping[str, Any]) -> dict[str, tuple[dict[str, Any], str]]:
    """Return the sections whose schema is a name that nobody has defined yet, without it, and the name.

    It is looked up again when the prompt is used, unless the caller gives another schema.
    """
    from genkit._prompt.dotprompt.picoschema import SCALARS  # noqa: PLC0415  (loaded with the first prompt)

    late: dict[str, tuple[dict[str, Any], str]] = {}
    for key in ('input', 'output'):
        section = frontmatter.get(key)
        members = dict(cast('Mapping[str, Any]', section)) if isinstance(section, Mapping) else {}
        schema = members.pop('schema', None)
        if not isinstance(schema, str) or not schema.isidentifier() or schema in SCALARS:
            continue
        if registry.lookup_schema(schema) is None:
            late[key] = (members, schema)
    return late


def _register_file(registry: Registry, name: str, variant: str | None, file: Traversable, root: Traversable) -> None:
    read = _reader(registry, name, variant, lambda: _text(file, root))
    metadata = {**_metadata(name, variant), 'lazy': True, 'source': 'file'}
    _register(registry, f'{name}.{variant}' if variant else name, read, metadata)


def _reader(
    registry: Registry, name: str, variant: str | None, text: Callable[[], str]
) -> Callable[[], PromptDefinition]:
    """Return what reads a prompt: once, or again for as long as it names schemas that nobody has defined."""
    known: list[PromptDefinition] = []

    def read() -> PromptDefinition:
        if known:
            return known[0]
        source = text()
        definition = read_definition(registry, name, variant, source)
        output = cast('Mapping[str, Any]', definition.output or {})
        if not any(isinstance(schema, str) for schema in (definition.input.schema, output.get('schema'))):
            known.append(definition)
            warn_of_unknown_names(registry, definition, [source], f'{name}{_SUFFIX}')
        return definition

    return read


def _register(
    registry: Registry,
    key: str,
    read: Callable[[], PromptDefinition],
    metadata: dict[str, Any],
    input_schema: Any = None,
) -> ExecutablePrompt[Any, Any]:
    async def define() -> PromptDefinition:
        return read()

    prompt: ExecutablePrompt[Any, Any] = ExecutablePrompt(registry, define, key)
    register_prompt(registry, key, prompt, read, metadata, input_schema)
    return prompt


def _metadata(name: str, variant: str | None) -> dict[str, Any]:
    return {'prompt': {'name': name, **({'variant': variant} if variant else {})}}


def _middleware(entry: Any) -> Any:
    return entry if isinstance(entry, str) else MiddlewareRef.model_validate(entry)


def _files(root: Traversable, folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        is_folder = entry.is_dir()
        if not (is_folder or entry.name.endswith(_SUFFIX)) or not _may_follow(root, folder, entry):
            continue
        if is_folder:
            yield from _files(root, entry, f'{path}/{entry.name}' if path else entry.name)
        else:
            yield path, entry


def _may_follow(root: Traversable, folder: Traversable, entry: Traversable) -> bool:
    """Return whether an entry is not a link, or one that stays below the root and does not go round in a circle."""
    if not isinstance(entry, Path) or not entry.is_symlink():
        return True
    assert isinstance(root, Path)
    assert isinstance(folder, Path)
    try:
        check_within(entry, root)
    except GenkitError as error:
        _pass_by(entry, error.original_message)
        return False
    if folder.resolve().is_relative_to(entry.resolve()):
        _pass_by(entry, f'{entry.name!r} is a link to a folder that it lies in.')
        return False
    return True


def _pass_by(file: Traversable, problem: str) -> None:
    _LOG.warning('A prompt file is passed by.', file=ascii(str(file)), error=problem)


def _text(file: Traversable, root: Traversable) -> str:
    if isinstance(file, Path) and isinstance(root, Path):
        return read_text_file(file, within=root)
    try:
        return file.read_text(encoding='utf-8')
    except UnicodeDecodeError as error:
        raise GenkitError(
            f'{file.name!r} is not UTF-8, first at byte {error.start}; save it as UTF-8.', status='INVALID_ARGUMENT'
        ) from error


def _body(source: str, file: str) -> str:
    from genkit._prompt.dotprompt import parse_document  # noqa: PLC0415  (loaded with the first prompt)

    return parse_document(source, file=file).template
