# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Sessions in environments of their own: `nox -l` lists them, `nox -s tests-3.13 -- core -k parts` passes options on.

What they install and which Pythons they use is read from the packages; nothing is listed here.
"""

from pathlib import Path

import nox


ROOT = Path(__file__).parent
WORKSPACE = nox.project.load_toml(ROOT / 'pyproject.toml')
PYTHONS = nox.project.python_versions(nox.project.load_toml(ROOT / 'core/pyproject.toml'))

nox.options.default_venv_backend = 'uv'
nox.options.reuse_venv = 'yes'
nox.options.sessions = ['lint', 'types', 'house', 'tests', 'docs', 'samples']


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """All tests, on every supported Python."""
    sync(session, '--all-packages', '--all-groups')
    session.run('pytest', *session.posargs)


@nox.session(python=PYTHONS[0])
def lowest(session: nox.Session) -> None:
    """The packages' tests with the oldest versions of what they declare."""
    run_resolved(session, '--resolution', 'lowest-direct')


@nox.session(python=PYTHONS[-1])
def newest(session: nox.Session) -> None:
    """The packages' tests with the newest versions that the manifests allow, pre-releases among them."""
    run_resolved(session, '--upgrade', '--prerelease', 'allow')


@nox.session
def lint(session: nox.Session) -> None:
    """Format and lint, without changing anything."""
    sync(session, '--only-group', 'lint')
    session.run('ruff', 'format', '--check', '.')
    session.run('ruff', 'check', '.')


@nox.session
def types(session: nox.Session) -> None:
    """Types: strict for sources, basic for tests and samples."""
    sync(session, '--all-packages', '--all-groups')
    session.run('pyright', *session.posargs)
    session.run('mypy', '--strict', 'tests/typing')


@nox.session
def house(session: nox.Session) -> None:
    """Floors, doors, shapes and sizes: the rules of the house."""
    run_tests(session, 'tests/house')


@nox.session
def docs(session: nox.Session) -> None:
    """Every Python block of the documentation."""
    run_tests(session, 'tests/docs')


@nox.session
def samples(session: nox.Session) -> None:
    """Every sample, offline."""
    run_tests(session, 'tests/samples', 'samples')


def run_tests(session: nox.Session, *folders: str) -> None:
    """Runs the tests of some folders with everything installed."""
    sync(session, '--all-packages', '--all-groups')
    session.run('pytest', *folders, *session.posargs)


def run_resolved(session: nox.Session, *options: str) -> None:
    """Runs the tests of packages, all or those that were named, with versions that the lock file does not choose."""
    patterns = WORKSPACE['tool']['uv']['workspace']['members']
    packages = sorted(folder for pattern in patterns for folder in ROOT.glob(pattern) if (folder / 'src').is_dir())
    wanted = ['--group', 'test']
    for package in packages:
        wanted += ['--editable', str(package)]
        if 'test' in nox.project.load_toml(package / 'pyproject.toml').get('dependency-groups', {}):
            wanted += ['--group', f'{package / "pyproject.toml"}:test']
    session.install(*options, *wanted)
    session.run('pytest', *(session.posargs or map(str, packages)))


def sync(session: nox.Session, *options: str) -> None:
    """Installs what the lock file says into the session's environment."""
    place = session.virtualenv.location
    session.run_install('uv', 'sync', '--quiet', '--locked', *options, env={'UV_PROJECT_ENVIRONMENT': place})
