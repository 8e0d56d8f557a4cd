# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError
from genkit.plugin import FlatDocuments
from genkit.types import Document, Media, MediaPart, TextPart


APART = FlatDocuments(metadata='_metadata', data_type='_type', parts='_parts')
INSIDE = FlatDocuments(metadata='_metadata', data_type='_type', parts='_parts', text='content')
MANY = Document(
    content=[TextPart(text='a'), MediaPart(media=Media(url='data:image/png;base64,AA=='))], metadata={'n': 1}
)


def is_text(name: str, value: object) -> bool:
    return isinstance(value, str)


def test_a_record_has_what_can_be_compared_and_all_as_json():
    document = Document.from_text('Meow.', {'by': 'cat', 'page': 3, '_type': 'own'})
    record = APART.to_record(document, is_text)
    assert list(record.items()) == [
        ('by', 'cat'),
        ('_metadata', '{"by": "cat", "page": 3, "_type": "own"}'),
        ('_type', 'text'),
    ]
    assert list(INSIDE.to_record(document, is_text)) == ['by', '_metadata', 'content', '_type']


@pytest.mark.parametrize('document', [Document.from_text('Meow.'), Document.from_text('Ä', {'x': [1]}), MANY])
def test_a_document_comes_back_as_it_was(document):
    assert INSIDE.to_document(INSIDE.to_record(document, is_text)) == document
    assert APART.to_document(APART.to_record(document, is_text), document.data()) == document


@pytest.mark.parametrize(
    'damage',
    [{'_metadata': '{'}, {'_metadata': '[1]'}, {'_metadata': '3'}, {'_parts': '{}'}, {'_metadata': '[' * 100_000}],
)
def test_a_record_that_is_damaged_is_an_error_of_ours(damage):
    with pytest.raises(GenkitError, match='A record of the store is no document') as caught:
        INSIDE.to_document({'content': 'a', **damage})
    assert caught.value.status == 'DATA_LOSS'


def test_a_record_of_another_program_is_text_and_metadata():
    assert INSIDE.to_document({'content': 'Meow.', 'by': 'cat'}) == Document.from_text('Meow.', {'by': 'cat'})
    assert APART.to_document(None) == Document.from_text('')
