# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Settings from environment variables."""

import os


def is_dev_environment() -> bool:
    """Return whether the developer tools started this process (``GENKIT_ENV=dev``)."""
    return os.environ.get('GENKIT_ENV') == 'dev'
