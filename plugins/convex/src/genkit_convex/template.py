# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The functions that the plugin calls, as files of a project of Convex."""

from importlib import resources
from pathlib import Path
from typing import Final

from genkit import GenkitError


_LEAST_DIMENSIONS: Final = 2
_MOST_DIMENSIONS: Final = 4096
_FILES: Final = ('genkit.ts', 'genkitFilter.ts', 'genkitSchema.ts')
_SCHEMA: Final = 'schema.ts'


def write_functions(project: Path | str, dimensions: int, *, force: bool = False) -> list[Path]:
    """Write the functions into the folder ``convex`` of a project, which is made if it is missing.

    A ``schema.ts`` that exists is left as it is: it has to spread ``genkitTables`` of ``genkitSchema.ts``.

    Args:
        project: The folder of the project.
        dimensions: The embedder's number of dimensions, 2 to 4096.
        force: Whether to replace files that were changed.

    Returns:
        What was written.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for dimensions that Convex does not take; ``FAILED_PRECONDITION`` if the
            project does not exist, if a file was changed, or if ``schema.ts`` lacks the tables. Then nothing is
            written.
    """
    if isinstance(dimensions, bool) or not _LEAST_DIMENSIONS <= dimensions <= _MOST_DIMENSIONS:
        raise _error(
            f'Vectors of Convex have {_LEAST_DIMENSIONS} to {_MOST_DIMENSIONS} dimensions, not {dimensions!r}. Take '
            'another embedder.',
            'INVALID_ARGUMENT',
        )
    root = Path(project)
    if not root.is_dir():
        raise _error(
            f'There is no folder {str(root)!r}. Name the folder of a project of Convex.', 'FAILED_PRECONDITION'
        )
    folder = root / 'convex'
    wanted = {folder / name: _text(name, dimensions) for name in _FILES}
    schema = folder / _SCHEMA
    if not schema.exists():
        wanted[schema] = _text(_SCHEMA, dimensions)
    elif 'genkitTables' not in schema.read_text(encoding='utf-8'):
        raise _error(
            f'{schema} lacks the tables. Add: import {{ genkitTables }} from "./genkitSchema"; and write '
            'defineSchema({ ...genkitTables, … }).',
            'FAILED_PRECONDITION',
        )
    changed = [path for path, text in wanted.items() if path.exists() and path.read_text(encoding='utf-8') != text]
    if changed and not force:
        raise _error(
            f'{changed[0]} is there and says something else. Repeat it with force=True, or --force, to replace it; '
            'other dimensions need all documents to be indexed again.',
            'FAILED_PRECONDITION',
        )
    folder.mkdir(exist_ok=True)
    for path, text in wanted.items():
        path.write_text(text, encoding='utf-8')
    return list(wanted)


def _text(name: str, dimensions: int) -> str:
    text = (resources.files('genkit_convex') / 'functions' / name).read_text(encoding='utf-8')
    return text.replace('__DIMENSIONS__', str(dimensions))


def _error(message: str, status: str) -> GenkitError:
    return GenkitError(message, status=status, source='convex')
