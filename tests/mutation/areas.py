# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which sources are tried, and which tests have to notice."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final


ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Area:
    """Sources that the same tests watch over.

    Attributes:
        name: What the report calls them.
        package: The folder that holds the package, below the root.
        sources: Files and folders of the package, below `package`.
        tests: What pytest is given, the quickest first.
    """

    name: str
    package: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]

    def files(self) -> Iterator[Path]:
        """Yield every source file, in order."""
        for source in self.sources:
            path = ROOT / self.package / source
            yield from [path] if path.is_file() else sorted(path.rglob('*.py'))


AREAS: Final = (
    Area(
        'plugin',
        'core/src/genkit',
        ('plugin',),
        (
            'core/tests/plugin',
            'core/tests/testing/contracts/store_test.py',
            'plugins/compat-oai/tests/contracts_test.py',
            'plugins/compat-oai/tests/awkward_test.py',
        ),
    ),
    Area('web', 'core/src/genkit', ('web',), ('core/tests/web',)),
    Area('agent', 'core/src/genkit', ('_agent',), ('core/tests/_agent',)),
    Area('generate', 'core/src/genkit', ('_generate/tools.py', '_generate/resume.py'), ('core/tests/_generate',)),
    Area(
        'compat-oai',
        'plugins/compat-oai/src/genkit_compat_oai',
        ('convert',),
        (
            'plugins/compat-oai/tests/messages_test.py',
            'plugins/compat-oai/tests/awkward_test.py',
            'plugins/compat-oai/tests/compat_oai_test.py',
            'plugins/compat-oai/tests/responses_test.py',
        ),
    ),
    Area(
        'anthropic',
        'plugins/anthropic/src/genkit_anthropic',
        ('convert',),
        (
            'plugins/anthropic/tests/convert_test.py',
            'plugins/anthropic/tests/stream_test.py',
            'plugins/anthropic/tests',
        ),
    ),
)
