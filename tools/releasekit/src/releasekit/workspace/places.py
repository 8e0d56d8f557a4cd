# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Where releasekit keeps what outlives a run: outside every repository, in the user's cache."""

import hashlib
import os
from pathlib import Path

from platformdirs import user_cache_path


def cache_folder() -> Path:
    """Return the folder for built files, environments, journals and local indexes; `RELEASEKIT_CACHE` names another."""
    named = os.environ.get('RELEASEKIT_CACHE')
    return Path(named) if named else user_cache_path('releasekit', appauthor=False)


def runs_folder(root: Path) -> Path:
    """Return the folder of a workspace's runs; clones of one workspace in different folders have their own."""
    return cache_folder() / 'runs' / hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
