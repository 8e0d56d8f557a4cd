# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contract of embedders that run in the program, or that no loopback server can replace."""

import asyncio
import gc
import time
from collections.abc import Sequence
from typing import Any, ClassVar, Final

import pytest

from genkit import Genkit, GenkitError, Media, MediaPart, StatusName
from genkit._action.kind import ActionKind
from genkit.testing.contracts.contract import Contract
from genkit.types import Document, EmbedRequest


_TEXTS: Final = ('The sea is calm.', 'Grüße, 世界 🐦', 'Invoices are due in March.', 'a\0b', 'word ' * 100)
_PIXEL: Final = 'data:image/png;base64,iVBORw0KGgo='


class LocalEmbedderContract(Contract):
    """Contract tests of an embedder without a server. Subclass it as ``Test…``, and define `application`.

    Attributes:
        many: How many texts the test that cancels embeds: enough for seconds.
        tolerance: The maximum difference between the vectors of equal texts.
        patience: The timeout of waits, in seconds.
    """

    many: ClassVar[int] = 2000
    tolerance: ClassVar[float] = 1e-3
    patience: ClassVar[float] = 10

    async def application(self) -> tuple[Genkit, str]:
        """Return an application and the embedder's full name; the only method a subclass must define."""
        raise NotImplementedError(f'{type(self).__name__} must say where its embedder is: define `application`.')

    async def vectors(self, texts: Sequence[str]) -> list[list[float]]:
        """Return the vectors of some texts."""
        ai, name = await self.application()
        return [embedding.embedding for embedding in await ai.embed_many(name, list(texts))]

    async def described(self) -> dict[str, Any]:
        """Return what the listing says of the embedder."""
        ai, name = await self.application()
        listed = {metadata.name: metadata for metadata in await ai.list_actions('embedder')}
        return (listed[name].metadata or {})['embedder']

    async def refusal(self, document: Document) -> GenkitError:
        """Return the error that a document in second place causes."""
        ai, name = await self.application()
        with pytest.raises(GenkitError) as raised:
            await ai.embed_many(name, ['text', document])
        return raised.value

    def same(self, vector: list[float]) -> Any:
        """Return what equals a vector."""
        return pytest.approx(vector, abs=self.tolerance)

    async def test_vectors_have_the_dimensions_that_are_listed(self) -> None:
        assert {len(vector) for vector in await self.vectors(_TEXTS)} == {(await self.described())['dimensions']}

    async def test_the_order_is_kept_and_a_batch_changes_nothing(self) -> None:
        together = await self.vectors(_TEXTS)
        for text, vector in zip(_TEXTS, together, strict=True):
            assert await self.vectors([text]) == [self.same(vector)]

    async def test_other_texts_have_other_vectors(self) -> None:
        vectors = await self.vectors(_TEXTS)
        for place, vector in enumerate(vectors):
            assert all(other != self.same(vector) for other in vectors[:place])

    async def test_no_text_has_no_vector(self) -> None:
        ai, name = await self.application()
        action = await ai.registry.require_action(ActionKind.EMBEDDER, name)  # the application asks for none
        assert (await action.arun(EmbedRequest(input=[]))).response.embeddings == []

    async def test_what_holds_no_text_is_refused_by_its_place(self) -> None:
        error = await self.refusal(Document.from_text(' \n'))
        assert error.status == StatusName.INVALID_ARGUMENT
        assert '1' in error.message

    async def test_an_image_is_refused_unless_it_is_listed_as_taken(self) -> None:
        supports: dict[str, Any] = (await self.described()).get('supports') or {}
        if 'image' in supports.get('input', ()):
            pytest.skip('it is listed as taking images')
        error = await self.refusal(Document(content=[MediaPart(media=Media(url=_PIXEL))]))
        assert error.status == StatusName.INVALID_ARGUMENT
        assert '1' in error.message

    async def test_those_who_ask_at_once_get_their_own(self) -> None:
        alone = [(await self.vectors([text]))[0] for text in _TEXTS]
        at_once = await asyncio.gather(*(self.vectors([text]) for text in _TEXTS))
        for vector, found in zip(alone, at_once, strict=True):
            assert found == [self.same(vector)]

    async def test_the_event_loop_goes_on_and_what_is_cancelled_is_left(self) -> None:
        beats = 0

        async def beat() -> None:
            nonlocal beats
            while True:
                beats += 1
                await asyncio.sleep(0.001)

        await self.vectors(['loaded'])
        heart = asyncio.create_task(beat())
        work = asyncio.create_task(self.vectors([f'A sentence of some length, {n}.' for n in range(self.many)]))
        gc.disable()  # a pass over everything that the tests before have left is not the embedder's work
        try:
            began = time.thread_time()  # of this thread alone: it does not matter what else the machine does
            while beats <= 10 and not work.done():  # noqa: ASYNC110  (it is the beating that counts)
                await asyncio.sleep(0.001)
            held = (time.thread_time() - began) / max(beats, 1)
        finally:
            gc.enable()
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        heart.cancel()
        assert held < 0.03
        async with asyncio.timeout(self.patience):
            assert len(await self.vectors(['text'])) == 1

    def test_it_works_from_one_event_loop_after_another(self) -> None:
        found = [asyncio.run(self.vectors(_TEXTS[:1])) for _ in range(3)]
        assert found == [[self.same(found[0][0])]] * 3
