# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.fastapi`` has, and this package too."""

import contextlib
from collections.abc import AsyncGenerator, Callable
from typing import Any, Final

from genkit import Genkit


OLDER_MODULES: Final = ()


def genkit_lifespan(ai: Genkit) -> Callable[[Any], contextlib.AbstractAsyncContextManager[None]]:
    """Return a lifespan for a FastAPI application, which closes the plugins when the application ends.

    The developer tools need none: they are served from the moment that `Genkit` is made.
    """

    @contextlib.asynccontextmanager
    async def lifespan(_: Any) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await ai.aclose()

    return lifespan
