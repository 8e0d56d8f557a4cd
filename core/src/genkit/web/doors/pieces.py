# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Server-sent events whose data a door writes."""

from collections.abc import AsyncGenerator
from typing import Self

from genkit.web.frames import Frames


class PieceFrames(Frames):
    """Frames of texts.

    Args:
        texts: The data of each frame, in one line; closed when the client leaves.
    """

    def __init__(self, texts: AsyncGenerator[str, None]) -> None:
        self._texts = texts

    def __aiter__(self) -> Self:
        """Iterate over the frames."""
        return self

    async def __anext__(self) -> bytes:
        """Return the next frame."""
        return f'data: {await anext(self._texts)}\n\n'.encode()

    def __del__(self) -> None:
        """Leave the run to its generator, which asyncio closes."""

    async def aclose(self) -> None:
        """End the run."""
        await self._texts.aclose()
