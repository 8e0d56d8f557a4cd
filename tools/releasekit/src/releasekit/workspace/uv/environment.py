# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The environment for programs that run what others wrote, such as build backends."""

import os
import re


_SECRET = re.compile(r'TOKEN|PASSWORD|SECRET|CREDENTIAL|API_KEY|^UV_PUBLISH_|^TWINE_|^AWS_', re.IGNORECASE)


def without_secrets(but: str | None = None) -> dict[str, str]:
    """Return the environment of this process without keys and tokens.

    Args:
        but: The beginning of names that are passed on nevertheless.
    """
    return {
        name: value
        for name, value in os.environ.items()
        if not _SECRET.search(name) or (but is not None and name.startswith(but))
    }
