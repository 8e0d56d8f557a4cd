# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embedders without a server that do one thing wrong each."""

import asyncio
import math
from typing import ClassVar

from genkit import Genkit, GenkitError
from genkit.plugin import (
    EmbedderOptions,
    make_embedder,
    text_to_embed,
)
from genkit.testing import (
    LocalEmbedderContract,
)
from genkit.types import (
    Embedding,
    EmbedResponse,
)


class LocalEmbedder:
    def text(self, document, number):
        text = text_to_embed(document, number)
        if not text.strip():
            raise GenkitError(f'Document {number} is blank.', status='INVALID_ARGUMENT')
        return text

    def vector(self, text, place):
        return [math.sin(sum(map(ord, text)) * factor) for factor in (1, 2, 3, 4)]

    async def rest(self):
        await asyncio.sleep(0.001)

    async def embed(self, request):
        texts = [self.text(document, number) for number, document in enumerate(request.input)]
        vectors = []
        for place, text in enumerate(texts):
            await self.rest()
            vectors.append(self.vector(text, place))
        return EmbedResponse(embeddings=[Embedding(embedding=vector) for vector in vectors])


class OfLocalEmbedders(LocalEmbedderContract):
    noticed_by: ClassVar[set[str]] = set()
    Fake = LocalEmbedder

    async def application(self):
        ai = Genkit()
        fake = self.__dict__.setdefault('fake', self.Fake())
        embedder = make_embedder(
            'local', fake.embed, EmbedderOptions(dimensions=4)
        )  # as plugins do: nothing is checked
        ai.registry.register_action(embedder)
        return ai, 'local'


class TestRightLocalEmbedder(OfLocalEmbedders):
    pass


class TestLocalEmbedderOfPlaces(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_the_order_is_kept_and_a_batch_changes_nothing'}

    class Fake(LocalEmbedder):
        def vector(self, text, place):
            return super().vector(text + 'x' * place, place)


class TestLocalEmbedderOfLengths(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_other_texts_have_other_vectors'}

    class Fake(LocalEmbedder):
        def vector(self, text, place):
            return super().vector('a', place)


class TestLocalEmbedderOfLessThanItSays(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_vectors_have_the_dimensions_that_are_listed'}

    class Fake(LocalEmbedder):
        def vector(self, text, place):
            return super().vector(text, place)[:3]


class TestLocalEmbedderOfAnything(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {
        'test_what_holds_no_text_is_refused_by_its_place',
        'test_an_image_is_refused_unless_it_is_listed_as_taken',
    }

    class Fake(LocalEmbedder):
        def text(self, document, number):
            return ''.join(getattr(part, 'text', '') for part in document.content)


class TestLocalEmbedderThatHoldsTheLoop(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_the_event_loop_goes_on_and_what_is_cancelled_is_left'}

    class Fake(LocalEmbedder):
        async def rest(self):
            return None


class TestLocalEmbedderOfBlanks(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_what_holds_no_text_is_refused_by_its_place'}

    class Fake(LocalEmbedder):
        def text(self, document, number):
            return text_to_embed(document, number)


class TestLocalEmbedderThatSeesNothing(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_an_image_is_refused_unless_it_is_listed_as_taken'}

    class Fake(LocalEmbedder):
        def text(self, document, number):
            return 'a picture' if document.media() else super().text(document, number)


class TestLocalEmbedderOfOneAtATime(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_those_who_ask_at_once_get_their_own'}

    class Fake(LocalEmbedder):
        asked = ''

        def text(self, document, number):
            self.asked = super().text(document, number)
            return self.asked

        def vector(self, text, place):
            return super().vector(text if place or len(self.texts) > 1 else self.asked, place)

        async def embed(self, request):
            self.texts = request.input
            return await super().embed(request)


class TestLocalEmbedderBoundToItsFirstLoop(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_it_works_from_one_event_loop_after_another'}

    class Fake(LocalEmbedder):
        loop = None

        async def embed(self, request):
            self.loop = self.loop or asyncio.get_running_loop()
            if self.loop is not asyncio.get_running_loop():
                raise GenkitError('The model belongs to another event loop.', status='INTERNAL')
            return await super().embed(request)


class TestLocalEmbedderOfSomething(OfLocalEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_no_text_has_no_vector'}

    class Fake(LocalEmbedder):
        async def embed(self, request):
            found = await super().embed(request)
            return found if found.embeddings else EmbedResponse(embeddings=[Embedding(embedding=[0.0] * 4)])


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
