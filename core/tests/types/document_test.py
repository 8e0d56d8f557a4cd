# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit.types import (
    Document,
    DocumentData,
    Embedding,
    Media,
    MediaPart,
    RankedDocument,
    RankedDocumentData,
    RankedDocumentMetadata,
    RerankerResponse,
    TextPart,
)
from pydantic import ValidationError


def test_a_text_makes_a_document():
    document = Document.from_text('hello', {'source': 'a'})
    assert document.content == [TextPart(text='hello')]
    assert document.metadata == {'source': 'a'}
    assert (document.text(), document.data(), document.data_type(), document.media()) == ('hello', 'hello', 'text', [])


def test_a_medium_makes_a_document():
    document = Document.from_media('https://x/a.png', 'image/png')
    assert document.content == [MediaPart(media=Media(url='https://x/a.png', content_type='image/png'))]
    assert (document.text(), document.data(), document.data_type()) == ('', 'https://x/a.png', 'image/png')


@pytest.mark.parametrize(
    ('data_type', 'document'),
    [
        (None, Document.from_text('x', {'a': 1})),
        ('text', Document.from_text('x', {'a': 1})),
        ('image/png', Document.from_media('x', 'image/png', {'a': 1})),
    ],
)
def test_data_makes_a_document_of_its_type(data_type, document):
    assert Document.from_data('x', data_type, {'a': 1}) == document


def test_an_empty_document_has_no_data():
    document = Document(content=[])
    assert (document.text(), document.data(), document.data_type()) == ('', '', None)


def test_texts_are_joined_and_come_before_media():
    parts = [TextPart(text='a'), MediaPart(media=Media(url='u')), TextPart(text='b')]
    document = Document(content=parts)
    assert (document.text(), document.data(), document.data_type()) == ('ab', 'ab', 'text')


def test_wire_data_becomes_a_document_with_conveniences():
    data = DocumentData.model_validate({'content': [{'text': 'x'}], 'metadata': {'a': 1}})
    document = Document.from_document_data(data)
    assert type(document) is Document
    assert document.text() == 'x'
    assert Document.from_document_data(document) is document


class TestEmbeddingDocuments:
    def test_are_one_for_each_embedding(self):
        document = Document.from_text('long', {'source': 'a'})
        pieces = document.get_embedding_documents(
            [Embedding(embedding=[1.0], metadata={'piece': 1}), Embedding(embedding=[2.0])]
        )
        assert [piece.metadata for piece in pieces] == [{'source': 'a', 'embedMetadata': {'piece': 1}}, {'source': 'a'}]
        assert all(piece.text() == 'long' for piece in pieces)

    def test_share_nothing_that_could_be_changed_by_accident(self):
        document = Document.from_text('x', {'source': 'a'})
        first, second = document.get_embedding_documents([Embedding(embedding=[]), Embedding(embedding=[])])
        assert first.metadata is not second.metadata
        first.content.clear()
        assert document.content
        assert second.content

    def test_have_no_metadata_where_there_was_none(self):
        (piece,) = Document.from_text('x').get_embedding_documents([Embedding(embedding=[1.0])])
        assert piece.metadata is None


class TestRankedDocument:
    def test_has_its_score_beside_its_other_metadata(self):
        wire = {'content': [{'text': 'x'}], 'metadata': {'score': 0.5, 'source': 'a'}}
        ranked = RankedDocumentData.model_validate(wire)
        assert ranked.score == 0.5
        assert ranked.metadata.extra == {'source': 'a'}
        assert ranked.to_wire() == wire

    def test_needs_a_score(self):
        with pytest.raises(ValidationError):
            RankedDocumentData.model_validate({'content': [], 'metadata': {'source': 'a'}})

    def test_fits_where_its_data_is_wanted(self):
        ranked = RankedDocument(content=[TextPart(text='a')], metadata=RankedDocumentMetadata(score=1))
        response = RerankerResponse(documents=[ranked])
        assert response.to_wire() == {'documents': [{'content': [{'text': 'a'}], 'metadata': {'score': 1}}]}
        assert ranked.text() == ranked.text == 'a'
