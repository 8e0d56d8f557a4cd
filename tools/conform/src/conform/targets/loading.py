# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From the name of a plugin, or the place of an application, to a `Genkit` instance."""

import importlib
import importlib.util
import runpy
import sys
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from genkit import Genkit, Plugin
from genkit.plugin import did_you_mean

from conform.model.errors import StartError


@dataclass(frozen=True)
class Application:
    """What holds the models: a plugin, or an entry.

    Attributes:
        plugin: A name in the entry-point group `genkit.plugins`.
        entry: `module:ai` or `path/file.py[:ai]`, instead of a plugin.
        folder: Where modules are imported from, and where files are; absolute.
        config: Arguments of the plugin's class.
    """

    plugin: str = ''
    entry: str = ''
    folder: str = ''
    config: dict[str, Any] = field(default_factory=dict[str, Any])

    @property
    def place(self) -> tuple[str, str]:
        """The module or file of the entry, and the attribute that holds the `Genkit` instance."""
        place, colon, attribute = self.entry.rpartition(':')
        return (place, attribute) if colon and not attribute.endswith('.py') else (self.entry, 'ai')

    @property
    def file(self) -> Path | None:
        """The file of the entry, if it is one."""
        place, _ = self.place
        return Path(self.folder, place) if place.endswith('.py') else None


def load(application: Application) -> Genkit:
    """Return the application, loaded into this process.

    Raises:
        StartError: There is no such plugin or entry, it raised while it was loaded, or it is something else.
    """
    what = f'the plugin {application.plugin!r}' if application.plugin else f'the entry {application.entry!r}'
    try:
        found = _load_plugin(application) if application.plugin else _load_entry(application)
    except StartError:
        raise
    except (Exception, SystemExit) as error:
        # Whatever it is, it is the plugin's or the application's own, and ends this target only.
        raise StartError(f'Loading {what} raised {type(error).__name__}: {error}', error) from error
    if not isinstance(found, Genkit):
        raise StartError(f'Loading {what} gave {type(found).__name__}, expected a Genkit instance.')
    return found


def serve(application: Application) -> None:
    """Load the application as its developer would run it: a file as a script, which may not return for long."""
    file = application.file
    if file is None:
        load(application)
        return
    sys.path.insert(0, str(file.parent))
    sys.argv = [str(file)]
    runpy.run_path(str(file), run_name='__main__')


def _load_plugin(application: Application) -> Any:
    known = {point.name: point for point in entry_points(group='genkit.plugins')}
    if application.plugin not in known:
        raise StartError(
            f'No plugin {application.plugin!r} is installed.{did_you_mean(application.plugin, known)} '
            f'There are: {", ".join(sorted(known)) or "none"}. Install it, or name an application with --entry.'
        )
    kind = known[application.plugin].load()
    if not (isinstance(kind, type) and issubclass(kind, Plugin)):
        raise StartError(f'The plugin {application.plugin!r} gives {kind!r}, expected a class of plugins.')
    return Genkit(plugins=[kind(**application.config)])


def _load_entry(application: Application) -> Any:
    place, attribute = application.place
    file = application.file
    if file is None:
        sys.path.insert(0, application.folder)
        module = importlib.import_module(place)
    else:
        if not file.is_file():
            raise StartError(f'There is no file {str(file)!r} to enter.')
        sys.path.insert(0, str(file.parent))
        spec = importlib.util.spec_from_file_location('conform_entry', file)
        assert spec is not None, 'there is a loader for .py'
        assert spec.loader is not None, 'likewise'
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # where dataclasses look for the module of a class
        spec.loader.exec_module(module)
    if not hasattr(module, attribute):
        raise StartError(f'{place!r} holds no {attribute!r}; name the Genkit instance: --entry {place}:NAME.')
    return getattr(module, attribute)
