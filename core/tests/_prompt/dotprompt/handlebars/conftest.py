# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import functools
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from genkit._prompt.dotprompt.handlebars.built_in import BUILT_IN_HELPERS
from genkit._prompt.dotprompt.handlebars.function import Helper
from genkit._prompt.dotprompt.handlebars.template import Template


@pytest.fixture
def write() -> Callable[..., str]:
    """Return a function that renders a template with values, partials, helpers and a frame."""

    def render(
        source: str,
        values: Any = None,
        partials: Mapping[str, str] | None = None,
        helpers: Mapping[str, Callable[..., Any]] | None = None,
        frame: Mapping[str, Any] | None = None,
    ) -> str:
        known = {**BUILT_IN_HELPERS, **{name: Helper(name, function) for name, function in (helpers or {}).items()}}

        @functools.cache
        def find(name: str) -> Template | None:
            return Template(partials[name], known, find) if partials and name in partials else None

        return Template(source, known, find).render({} if values is None else values, frame)

    return render
