# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Proofs, before the first upload, that what will be published can be installed and imported."""

import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from releasekit.build.environment import run_uv_here
from releasekit.build.gates import Contents
from releasekit.build.import_program import NOTE
from releasekit.build.store import ArtefactStore
from releasekit.index.bound import Place, bindings_of, needed_lines
from releasekit.model.errors import RefusedError
from releasekit.model.names import counted
from releasekit.model.plan import Artefact
from releasekit.model.workspace import Workspace


_RESOLUTIONS = ('highest', 'lowest-direct')
_MODULE = re.compile(r'(?P<folders>(?:[A-Za-z_]\w*/)*)(?:__init__|(?P<module>[A-Za-z_]\w*))\.py')


@dataclass(frozen=True)
class ProofOptions:
    """What is proved.

    Attributes:
        workspace: Has the packages, and says where third parties come from.
        target: The index that is published to, with the names of further members that it has.
        index: The index of third parties; the workspace's own, or uv's, if it is None.
        is_offline: Whether only uv's cache is asked.
    """

    workspace: Workspace
    target: Place | None = None
    index: str | None = None
    is_offline: bool = False

    @property
    def flags(self) -> tuple[str, ...]:
        """The arguments of uv."""
        return index_flags(self.index, is_offline=self.is_offline)

    def project(self, folder: Path, artefacts: Sequence[Artefact], store: ArtefactStore, more: Sequence[str]) -> Path:
        """Write a project that requires what was built, takes it from a folder of links, and return its manifest."""
        links = folder / 'links'
        links.mkdir()
        for artefact in artefacts:
            (links / artefact.file).write_bytes(store.path(artefact).read_bytes())
        names = frozenset(artefact.package for artefact in artefacts)
        places = (Place('releasekit-built', str(links), names, is_flat=True), *((self.target,) if self.target else ()))
        bindings = bindings_of(self.workspace, places)
        exact = sorted({f'{artefact.package}=={artefact.version}' for artefact in artefacts})
        return bindings.write(folder / 'project', [*exact, *more, *needed_lines(self.workspace, names, bindings.bound)])


def index_flags(index: str | None, *, is_offline: bool) -> tuple[str, ...]:
    """Return the arguments that tell uv where packages come from."""
    named = ('--default-index', index) if index else ()
    return (*named, *(('--offline',) if is_offline else ()))


def prove_resolution(
    artefacts: Sequence[Artefact], store: ArtefactStore, options: ProofOptions, tell: Callable[[str, str], None]
) -> None:
    """Let uv resolve all new packages together with what the index has, on every Python.

    Once for the newest versions, and once for the oldest ones that the packages themselves say they work with.

    Raises:
        RefusedError: There is no set of versions that fits.
    """
    wheels = [artefact for artefact in artefacts if artefact.is_wheel]
    with tempfile.TemporaryDirectory(prefix='releasekit-proof-') as folder:
        more = sorted({line for wheel in wheels for line in _required(wheel, store)})
        project = options.project(Path(folder), artefacts, store, more)
        for resolution in _RESOLUTIONS:
            for python in options.workspace.configuration.pythons:
                tell('', f'resolving for Python {python}, {resolution}')
                _resolve(project, resolution, python, options)


def _required(wheel: Artefact, store: ArtefactStore) -> Iterator[str]:
    """Yield what a wheel requires in any case; only what stands in its own list is lowered by uv."""
    for text in Contents(wheel, store.path(wheel)).metadata.requires_dist or ():
        if not (text.marker and 'extra' in str(text.marker)):
            yield str(text)


def _resolve(project: Path, resolution: str, python: str, options: ProofOptions) -> None:
    try:
        run_uv_here(
            *('pip', 'compile', '--quiet', '--no-python-downloads', '--universal', '--resolution', resolution),
            *('--python-version', python, '--project', str(project.parent), *options.flags, str(project)),
        )
    except RefusedError as error:
        raise RefusedError('RK-PROOF-RESOLVE', f'Python {python}, {resolution} versions: {error}') from error


def prove_installation(
    artefacts: Sequence[Artefact],
    store: ArtefactStore,
    options: ProofOptions,
    tell: Callable[[str, str], None],
) -> None:
    """Install all new wheels in one environment, import what each declares, and load its entry points.

    Raises:
        RefusedError: Something cannot be installed, imported or loaded.
    """
    wheels = [artefact for artefact in artefacts if artefact.is_wheel]
    with tempfile.TemporaryDirectory(prefix='releasekit-proof-') as folder:
        project = options.project(Path(folder), artefacts, store, ())
        tell('', f'installing {counted(len(wheels), "package")}')
        modules = {wheel.package: declared_modules(store.path(wheel)) for wheel in wheels}
        for note in install_and_import(Path(folder) / 'venv', project, modules, options.flags):
            tell('', note)


def install_and_import(
    place: Path, project: Path, modules: Mapping[str, tuple[str, ...]], flags: Sequence[str]
) -> tuple[str, ...]:
    """Make an environment, install what a project requires, import modules and load the packages' entry points.

    Returns which entry points were not loaded, because the program that loads them is not installed.

    Args:
        place: Where the environment is made.
        project: The project's manifest, which also says where uv takes packages from.
        modules: What is imported, by distribution.
        flags: More arguments for uv.

    Raises:
        RefusedError: Something cannot be installed, imported or loaded.
    """
    python = place / ('Scripts/python.exe' if os.name == 'nt' else 'bin/python')
    run_uv_here('venv', '--quiet', '--no-project', '--python', sys.executable, str(place))
    wanted = ('--project', str(project.parent), '--requirements', str(project))
    run_uv_here('pip', 'install', '--quiet', '--python', str(python), *flags, *wanted)
    program = Path(__file__).with_name('import_program.py')
    said = [f'{name}:{",".join(found)}' for name, found in modules.items()]
    printed = run_uv_here('run', '--quiet', '--no-project', '--no-config', '--python', str(python), str(program), *said)
    return tuple(line.removeprefix(NOTE) for line in printed.splitlines() if line.startswith(NOTE))


def declared_modules(wheel: Path) -> tuple[str, ...]:
    """Return the modules and packages that a wheel installs, the outermost of each tree.

    A folder without ``__init__.py`` is a namespace that others share; what it holds is imported in its place.
    """
    with zipfile.ZipFile(wheel) as archive:
        found = [_MODULE.fullmatch(name) for name in archive.namelist()]
    names = {match['folders'].replace('/', '.') + (match['module'] or '') for match in found if match}
    names = {name.rstrip('.') for name in names}
    return tuple(sorted(name for name in names if not any(above in names for above in _above(name))))


def _above(name: str) -> Iterator[str]:
    while '.' in name:
        name = name.rpartition('.')[0]
        yield name
