# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contract of a provider's embedders."""

from typing import Any, ClassVar, Final

import pytest

from genkit import Genkit, GenkitError, Media, MediaPart, StatusName
from genkit._action.kind import ActionKind
from genkit.plugin import Task
from genkit.testing.contracts.media import OptionTests
from genkit.testing.server import CannedAnswer, RecordedRequest
from genkit.testing.wires import EmbedWire
from genkit.types import Document, EmbedRequest


_PIXEL: Final = 'data:image/png;base64,iVBORw0KGgo='


class EmbedderContract(OptionTests):
    """Tests of a plugin's embedders, against a loopback server that speaks the provider's protocol.

    Subclass it in a test module as ``Test…``, and define `plugin` and `wire` as for `ModelContract`.

    Attributes:
        shortens: The option for fewer dimensions, and its place in the request; None if there is none.
        many: The number of texts in the batch test.
    """

    task = Task.EMBED
    wire: ClassVar[EmbedWire]
    shortens: ClassVar[tuple[str, str] | None] = None
    many: ClassVar[int] = 300

    def good(self) -> Any:
        """Return a vector for each text that is asked."""
        return self._by_length

    async def call(self, ai: Genkit, name: str, config: Any = None) -> Any:
        """Embed something short."""
        return await ai.embed(name, 'hi', options=config)

    def _by_length(self, request: RecordedRequest) -> CannedAnswer:
        return self.wire.vectors([[float(len(text)), 1.0] for text in self.wire.asked(request).texts])

    async def test_every_text_has_its_vector_in_order(self) -> None:
        async with self.serving(self._by_length) as (ai, exchange, name):
            found = await ai.embed_many(name, ['a', 'Grüße', ''.join('世界' for _ in range(4))])
        assert [embedding.embedding for embedding in found] == [[1.0, 1.0], [5.0, 1.0], [8.0, 1.0]]
        assert [text for asked in exchange.asked for text in asked.texts] == ['a', 'Grüße', '世界' * 4]
        assert {asked.model for asked in exchange.asked} == {self.entry.name}

    async def test_many_texts_are_embedded_whatever_one_request_takes(self) -> None:
        texts = ['x' * (number % 9 + 1) for number in range(self.many)]
        async with self.serving(self._by_length) as (ai, exchange, name):
            found = await ai.embed_many(name, texts)
        assert [embedding.embedding[0] for embedding in found] == [float(len(text)) for text in texts]
        assert [text for asked in exchange.asked for text in asked.texts] == texts

    async def test_no_text_asks_nobody(self) -> None:
        async with self.serving(self._by_length) as (ai, exchange, name):
            action = await ai.registry.require_action(ActionKind.EMBEDDER, name)  # the application asks nobody either
            assert (await action.arun(EmbedRequest(input=[]))).response.embeddings == []
        assert exchange.asked == []

    async def test_an_option_for_fewer_dimensions_is_sent(self) -> None:
        if self.shortens is None:
            pytest.skip('the provider gives vectors of one length')
        option, member = self.shortens
        async with self.serving(self._by_length) as (ai, exchange, name):
            await ai.embed(name, 'hi', options={option: 8})
        assert exchange.asked[0].options[member] == 8

    async def test_an_image_is_refused_unless_the_table_says_that_it_is_taken(self) -> None:
        if self.entry.supports.media:
            pytest.skip('the table says that it takes media')
        async with self.serving(self._by_length) as (ai, exchange, name):
            with pytest.raises(GenkitError) as raised:
                await ai.embed(name, Document(content=[MediaPart(media=Media(url=_PIXEL))]))
        assert raised.value.status == StatusName.INVALID_ARGUMENT
        assert exchange.asked == []

    async def test_vectors_that_are_missing_are_an_error(self) -> None:
        async with self.serving(self.wire.vectors([[1.0]])) as (ai, _, name):
            with pytest.raises(GenkitError, match='1 embedding') as raised:
                await ai.embed_many(name, ['one', 'two'])
        assert raised.value.status == StatusName.INTERNAL
