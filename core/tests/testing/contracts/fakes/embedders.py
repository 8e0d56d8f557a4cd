# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Embedders of providers that do one thing wrong each."""

from typing import ClassVar

from genkit.plugin import (
    as_members,
)
from genkit.testing import (
    EmbedderContract,
    OpenAIEmbedWire,
)

from .fake_plugin import FakePlugin


class OfEmbedders(EmbedderContract):
    wire = OpenAIEmbedWire()
    shortens = ('dimensions', 'dimensions')
    noticed_by: ClassVar[set[str]] = set()
    Fake = FakePlugin

    def plugin(self, url, api_key):
        return self.Fake(url, api_key)


class TestRightEmbedder(OfEmbedders):
    pass


class TestUnsorted(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {
        'test_every_text_has_its_vector_in_order',
        'test_many_texts_are_embedded_whatever_one_request_takes',
    }

    class Fake(FakePlugin):
        def placed(self, data):
            return [each['embedding'] for each in data]


class TestEmbedderOfNothing(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_an_answer_that_says_nothing_is_an_error'}

    class Fake(FakePlugin):
        def checked(self, value):
            return super().checked(value or {'data': []})


class TestOfFixedLength(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_an_option_for_fewer_dimensions_is_sent'}

    class Fake(FakePlugin):
        def shortened(self, options):
            return {}


class TestEmbedderOfAnything(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_an_image_is_refused_unless_the_table_says_that_it_is_taken'}

    class Fake(FakePlugin):
        def text(self, document, number):
            return ''.join(getattr(part, 'text', '') for part in document.content)


class TestEmbedderOfPythonNames(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_options_arrive_whether_named_as_on_the_wire_or_as_in_python'}

    class Fake(FakePlugin):
        def style(self, config):
            style = as_members(config).get('house_style')
            return {'house_style': style} if style else {}


class TestEmbedderOfPlainLetters(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_every_text_has_its_vector_in_order'}

    class Fake(FakePlugin):
        def text(self, document, number):
            return super().text(document, number).encode('ascii', 'ignore').decode() or '?'


class TestEmbedderThatSwapsBatches(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_many_texts_are_embedded_whatever_one_request_takes'}

    class Fake(FakePlugin):
        def appended(self, vectors, more, texts):
            return more + vectors


class TestEmbedderThatAsksForNothing(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_no_text_asks_nobody'}

    class Fake(FakePlugin):
        def embed(self, entry):
            embed = super().embed(entry)

            async def ask(request):
                if not request.input:
                    await self.read('embeddings', request.options, json={'model': entry.name, 'input': []})
                return await embed(request)

            return ask


class TestEmbedderThatFillsUp(OfEmbedders):
    noticed_by: ClassVar[set[str]] = {'test_vectors_that_are_missing_are_an_error'}

    class Fake(FakePlugin):
        def appended(self, vectors, more, texts):
            return vectors + more + more[-1:] * (len(texts) - len(more))


FAKES = {name: fake for name, fake in list(globals().items()) if name.startswith('Test')}
