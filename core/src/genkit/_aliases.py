# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Import paths of the older Genkit SDK for Python, kept working by one table and one finder."""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, Final


DOORS: Final = ('genkit', 'genkit.types', 'genkit.plugin', 'genkit.middleware', 'genkit.agent')
_FORWARDED: Final = ('genkit', 'genkit.types')
_PLUGINS: Final = 'genkit.plugins'

# Old module → new modules to look a name up in, in order; after them the public packages. A name that is called
# otherwise today stands in RENAMED.
MODULES: Final[dict[str, tuple[str, ...]]] = {
    'genkit.ai': (),
    'genkit.aio': ('genkit._action.stream', 'genkit._action.function'),
    'genkit.blocks': (),
    'genkit.aio.channel': ('genkit._action.stream',),
    'genkit.aio.loop': ('genkit._action.function',),
    'genkit.blocks.background_model': ('genkit._kinds.background_model', 'genkit._older.actions'),
    'genkit.blocks.dap': ('genkit._registry.dynamic', 'genkit._older.actions'),
    'genkit.blocks.document': (),
    'genkit.blocks.embedding': ('genkit._kinds.embedder',),
    'genkit.blocks.evaluator': ('genkit._kinds.evaluator',),
    'genkit.blocks.formats': ('genkit._generate.formats',),
    'genkit.blocks.generate': ('genkit._generate.loop',),
    'genkit.blocks.interfaces': (),
    'genkit.blocks.messages': ('genkit._kinds.instructions',),
    'genkit.blocks.middleware': ('genkit.middleware', 'genkit._older.actions'),
    'genkit.blocks.model': ('genkit._kinds.model',),
    'genkit.blocks.prompt': ('genkit._prompt.prompt', 'genkit._prompt.folder'),
    'genkit.blocks.reranker': ('genkit._kinds.reranker',),
    'genkit.blocks.resource': ('genkit._kinds.resource', 'genkit._older.actions'),
    'genkit.blocks.retriever': ('genkit._kinds.retriever', 'genkit._kinds.indexer'),
    'genkit.blocks.session': ('genkit._session.session', 'genkit._session.store', 'genkit._session.chat'),
    'genkit.blocks.tools': ('genkit._kinds.tool',),
    'genkit.codec': ('genkit._base.serialize',),
    'genkit.core': ('genkit._base.logger', 'genkit._base.http.clients'),
    'genkit.core.action': ('genkit._action.action', 'genkit._action.kind'),
    'genkit.core.action.types': ('genkit._action.kind',),
    'genkit.core.constants': ('genkit._base.version',),
    'genkit.core.context': ('genkit._action.context', 'genkit._older.context', 'genkit.web.context'),
    'genkit.core.environment': ('genkit._base.environment',),
    'genkit.core.error': ('genkit._base.errors',),
    'genkit.core.extract': ('genkit._base.extract', 'genkit._older.actions'),
    'genkit.core.flows': ('genkit._older.serving',),
    'genkit.core.http_client': ('genkit._base.http.clients',),
    'genkit.core.logging': ('genkit._base.logger',),
    'genkit.core.plugin': ('genkit._registry.plugin',),
    'genkit.core.reflection': ('genkit._older.serving',),
    'genkit.core.registry': ('genkit._registry.registry',),
    'genkit.core.schema': ('genkit._action.schema',),
    'genkit.core.status_types': ('genkit._base.status',),
    'genkit.core.trace': ('genkit._older.tracing',),
    'genkit.core.trace.realtime_processor': ('genkit._older.tracing',),
    'genkit.core.tracing': ('genkit._trace.provider', 'genkit._trace.span', 'genkit._older.tracing'),
    'genkit.core.typing': (),
    'genkit.embedder': ('genkit._kinds.embedder',),
    'genkit.evaluator': ('genkit._kinds.evaluator',),
    'genkit.model': ('genkit._kinds.model', 'genkit._kinds.background_model'),
    'genkit.model_types': ('genkit.types.model',),
    'genkit.plugin_api': (
        'genkit._action.schema',
        'genkit._older.tracing',
        'genkit._base.http.clients',
        'genkit._base.environment',
        'genkit._base.errors',
        'genkit._kinds.evaluator',
        'genkit.web.context',
    ),
    'genkit.web.manager': ('genkit._older.servers',),
    'genkit.web.manager.signals': ('genkit._older.servers',),
    'genkit.web.typing': ('genkit._older.serving', 'genkit._base.http.asgi'),
    'genkit_middleware': ('genkit._older.middleware', 'genkit.middleware'),
}

RENAMED: Final[dict[str, tuple[str, str]]] = {
    'Details': ('genkit.types', 'ScoreDetails'),
    'Error': ('genkit.types', 'OperationError'),
    'GenkitSpan': ('genkit._trace.span', 'Span'),
    'ModelConfigDict': ('genkit.types', 'GenerationCommonConfig'),
    'ModelMiddlewareNext': ('genkit._kinds.model', 'ModelNext'),
    'get_error_message': ('genkit._base.errors', 'error_message'),
    'get_error_stack': ('genkit._base.errors', 'error_stack'),
    'add_custom_exporter': ('genkit._trace.provider', 'add_span_exporter'),
    'clear_client_cache': ('genkit._base.http.clients', 'close_cached_clients'),
    'Flow': ('genkit', 'Action'),
    'GenerateResponseChunkWrapper': ('genkit.types', 'GenerateResponseChunk'),
    'GenerateResponseWrapper': ('genkit.types', 'GenerateResponse'),
    'GenerateStreamResponse': ('genkit._action.stream', 'StreamResponse'),
    'GenkitRegistry': ('genkit._genkit.definitions', 'Definitions'),
    'Input': ('genkit._prompt.prompt', 'Input'),
    'MessageWrapper': ('genkit.types', 'Message'),
    'Metadata': ('genkit.types.part', 'Metadata'),
    'ModelStreamResponse': ('genkit', 'StreamResponse'),
    'ModelUsage': ('genkit.types', 'GenerationUsage'),
    'ModelReference': ('genkit.types', 'ModelRef'),
    'PromptGenerateOptions': ('genkit._prompt.prompt', 'PromptGenerateOptions'),
    'OutputOptions': ('genkit._generate.options', 'GenerateOptions'),
    'ResumeOptions': ('genkit.types', 'Resume'),
    'RuntimeErrorReason': ('genkit', 'ErrorReason'),
    'StatusCodes': ('genkit._base.status', 'StatusName'),
    'respond_to_interrupt': ('genkit._older.actions', 'respond_to_interrupt'),
    'run_in_new_span': ('genkit._trace.span', 'Span'),
}


def find(module: str, name: str) -> Any:
    """Return what an old module calls a name.

    Raises:
        AttributeError: Nothing of that name exists any more.
    """
    if name in RENAMED:
        home, current = RENAMED[name]
        return getattr(importlib.import_module(home), current)
    for home in (*MODULES.get(module, ()), *DOORS):
        # Those that are forwarded here would ask again; others may load a name when they are asked for it.
        room = importlib.import_module(home)
        found = vars(room).get(name, room) if home in _FORWARDED else getattr(room, name, room)
        if not isinstance(found, ModuleType):
            return found
    raise AttributeError(f'module {module!r} has no attribute {name!r}')


def _find_in_plugin(path: str, name: str) -> Any:
    """Return what a module that a plugin once had calls a name: what the plugin has, or its module of that path."""
    homes = [f'genkit_{path.partition(".")[0]}']
    if _is_found(f'genkit_{path}'):
        homes.append(f'genkit_{path}')
    for home in map(importlib.import_module, homes):
        if hasattr(home, name):
            return getattr(home, name)
    raise AttributeError(f"module '{_PLUGINS}.{path}' has no attribute {name!r}")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes old modules that forward their names, and old plugin paths that are the plugins themselves."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Claim the modules of the table."""
        _ = path, target
        if (fullname in MODULES and not _is_installed(fullname)) or fullname == _PLUGINS:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        if fullname.startswith(f'{_PLUGINS}.'):
            name, _, rest = fullname.removeprefix(f'{_PLUGINS}.').partition('.')
            if rest in _older_modules(f'genkit_{name}'):
                return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
            if not rest or _is_found(f'genkit_{name}.{rest}'):
                return importlib.util.spec_from_loader(fullname, _PluginLoader(f'genkit_{name}{rest and "." + rest}'))
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        """Leave making the module to the machinery."""
        _ = spec
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Forward every name that is asked for."""
        _forward(module)


class _PluginLoader(importlib.abc.Loader):
    """Hands out a plugin's package under its old path."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._own_spec: importlib.machinery.ModuleSpec | None = None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Import the plugin."""
        try:
            module = importlib.import_module(self._name)
        except ModuleNotFoundError as error:
            package = self._name.partition('.')[0]
            if error.name != package:
                raise
            distribution = f'genkit-plugin-{package.removeprefix("genkit_").replace("_", "-")}'
            from genkit._base.suggest import how_to_install  # noqa: PLC0415  (for the message alone)

            raise ModuleNotFoundError(
                f'{spec.name} needs the package {distribution}: {how_to_install(distribution)}.',
                name=spec.name,
            ) from error
        self._own_spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        """It has run already; give it back the identity that the machinery has just replaced."""
        module.__spec__ = self._own_spec


def _is_installed(module: str) -> bool:
    """Return whether a module outside of this package is there in its own right."""
    return '.' not in module and importlib.machinery.PathFinder.find_spec(module) is not None


def _is_found(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # what should hold it is not a package
        return False


def _older_modules(package: str) -> tuple[str, ...]:
    """Return the modules that a plugin once had and still answers for."""
    loaded = sys.modules.get(package)
    if loaded is None or not _is_found(f'{package}._older'):
        return ()
    return importlib.import_module(f'{package}._older').OLDER_MODULES


def _forward(module: ModuleType) -> None:
    def lookup(name: str) -> Any:
        if name.startswith('__'):
            raise AttributeError(f'module {module.__name__!r} has no attribute {name!r}')
        if module.__name__.startswith(f'{_PLUGINS}.'):
            return _find_in_plugin(module.__name__.removeprefix(f'{_PLUGINS}.'), name)
        return find(module.__name__, name)

    module.__dict__['__getattr__'] = lookup


def install() -> None:
    """Make the old paths importable; called once, by the package."""
    # First, because a plugin that was found under its old path would otherwise look for its modules below that path.
    sys.meta_path.insert(0, _Finder())
    for door in _FORWARDED:
        _forward(sys.modules[door])
