# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents survive the file, and a file tells a torn end from damage."""

import tempfile
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from genkit import Document, GenkitError
from genkit.types import Embedding, MediaPart, TextPart
from genkit_dev_local_vectorstore import ID_KEY, SCORE_KEY, RetrieverOptions, document_id
from genkit_dev_local_vectorstore.embed import to_unit_vectors
from genkit_dev_local_vectorstore.store import Entry, Store
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays


EVERYTHING = RetrieverOptions(limit=1000)

numbers = st.floats(allow_nan=False, allow_infinity=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
members = st.dictionaries(st.text().filter(lambda key: key not in {ID_KEY, SCORE_KEY}), json_values, max_size=4)
parts = st.one_of(
    st.builds(lambda text, metadata: TextPart(text=text, metadata=metadata), st.text(), st.none() | members),
    st.builds(lambda url, kind: MediaPart(media={'url': url, 'contentType': kind}), st.text(), st.none() | st.text()),
)
documents = st.builds(
    lambda content, metadata: Document(content=content, metadata=metadata),
    st.lists(parts, max_size=3),
    st.none() | members,
)


def store(path: Path, *given: Document, embeddings: int = 1, dimensions: int = 4) -> Store:
    """Puts each document into a frame of its own."""
    result = Store(path)
    for document in given:
        for identity, (_, data) in result.missing([document]).items():
            vectors = [Embedding(embedding=[1.0 + part, *[0.0] * (dimensions - 1)]) for part in range(embeddings)]
            result.add([Entry(identity, data, vectors)], 'fake')
    return result


def held(path: Path) -> list[Document]:
    return Store(path).search(np.array([1, 0, 0, 0], np.float32), EVERYTHING, 'fake')


def metadata_of(document: Document) -> dict[str, Any]:
    return document.metadata or {}


def texts(path: Path) -> list[str]:
    return [document.text() for document in held(path)]


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / 'index-notes.gkvs'


@pytest.fixture
def three(path) -> list[int]:
    """A file of three frames; returns where each begins, and the end."""
    filled = Store(path)
    edges = []
    for name in 'abc':
        [(identity, (_, data))] = filled.missing([Document.from_text(name)]).items()
        edges.append(max(32, path.stat().st_size if path.exists() else 0))
        filled.add([Entry(identity, data, [Embedding(embedding=[1.0, 0.5, 0.25, 0.125] * 64)])], 'fake')
    return [*edges, path.stat().st_size]


def names(path: Path) -> list[str]:
    query = to_unit_vectors([[1.0, 0.5, 0.25, 0.125] * 64], 'fake')[0]
    return [document.text() for document in Store(path).search(query, EVERYTHING, 'fake')]


@settings(deadline=None, max_examples=100)
@given(given_documents=st.lists(documents, max_size=4))
def test_documents_come_back_as_they_were(given_documents):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / 'index-x.gkvs'
        store(path, *given_documents)
        found = held(path)
    unique = {document_id(document): document for document in given_documents}
    assert [metadata_of(document)[ID_KEY] for document in found] == list(unique)
    for document, original in zip(found, unique.values(), strict=True):
        assert document.content == original.content
        assert document_id(document) == metadata_of(document)[ID_KEY]
        own = {key: value for key, value in metadata_of(document).items() if key not in {ID_KEY, SCORE_KEY}}
        assert own == metadata_of(original)


def test_text_that_is_no_unicode_comes_back(path):
    store(path, Document.from_text('a', {'name': 'b\udc80'}))
    assert metadata_of(held(path)[0])['name'] == 'b\udc80'


def test_the_order_of_metadata_makes_no_other_document():
    one, other = Document.from_text('a', {'x': 1, 'y': 2}), Document.from_text('a', {'y': 2, 'x': 1})
    assert (
        document_id(one) == document_id(other) == document_id(Document.from_text('a', {**metadata_of(one), '_id': 7}))
    )
    assert document_id(Document.from_text('a', {'x': 1})) != document_id(Document.from_text('a', {'x': True}))


@settings(deadline=None)
@given(
    arrays(np.float64, array_shapes(min_dims=2, max_dims=2), elements=st.floats(allow_nan=False, allow_infinity=False))
)
def test_vectors_get_length_one_or_stay_zero(vectors):
    units = to_unit_vectors(vectors.tolist(), 'fake')
    assert units.dtype == np.float32
    for unit, vector in zip(units, vectors, strict=True):
        assert np.linalg.norm(unit) == pytest.approx(1 if vector.any() else 0, abs=1e-5)


def test_a_file_cut_anywhere_within_the_last_record_holds_the_others_and_takes_new_ones(path, three, tmp_path):
    content = path.read_bytes()
    cut_path = tmp_path / 'cut.gkvs'
    for cut in range(three[2], three[3], 7):
        cut_path.write_bytes(content[:cut])
        assert names(cut_path) == ['a', 'b']
        assert cut_path.read_bytes() == content[:cut]
        new = Store(cut_path)
        [(identity, (_, data))] = new.missing([Document.from_text('d')]).items()
        new.add([Entry(identity, data, [Embedding(embedding=[1.0, 0.5, 0.25, 0.125] * 64)])], 'fake')
        assert names(cut_path) == ['a', 'b', 'd']
        assert cut_path.read_bytes()[: three[2]] == content[: three[2]]


@pytest.mark.parametrize('length', range(32))
def test_a_file_cut_within_its_header_is_empty_and_takes_documents(path, length, tmp_path):
    store(path, Document.from_text('a'))
    path.write_bytes(path.read_bytes()[:length])
    assert texts(path) == []
    store(path, Document.from_text('b'))
    assert texts(path) == ['b']


@pytest.mark.parametrize('part', range(4))
def test_a_last_record_of_which_a_sector_never_reached_the_disk_is_torn(path, three, part):
    content = bytearray(path.read_bytes())
    sectors = [edge for edge in range(0, len(content), 512) if edge + 512 > three[2]]
    start = max(sectors[min(part, len(sectors) - 1)], three[2])
    end = min(start // 512 * 512 + 512, len(content))
    content[start:end] = bytes(end - start)
    path.write_bytes(content)
    assert names(path) == ['a', 'b']


def test_zeros_behind_the_last_record_are_torn_and_overwritten(path):
    store(path, Document.from_text('a'))
    path.write_bytes(path.read_bytes() + bytes(1000))
    assert texts(path) == ['a']
    store(path, Document.from_text('b'))
    assert texts(path) == ['a', 'b']
    path.write_bytes(bytes(5000))
    assert texts(path) == []


OPERATIONS = {
    'search': lambda damaged: damaged.search(to_unit_vectors([[1.0] * 256], 'fake')[0], EVERYTHING, 'fake'),
    'add': lambda damaged: damaged.add([Entry('x', {}, [Embedding(embedding=[1.0] * 256)])], 'fake'),
    'delete': lambda damaged: damaged.delete(['x']),
}


@pytest.mark.parametrize('operation', OPERATIONS.values(), ids=OPERATIONS)
def test_a_changed_byte_is_reported_with_its_place_and_the_file_is_left_alone(path, three, operation):
    content = path.read_bytes()
    for place in range(0, len(content), 61):
        damaged = bytearray(content)
        damaged[place] ^= 4
        path.write_bytes(damaged)
        begin = 0 if place < 32 else max(edge for edge in three if edge <= place)
        with pytest.raises(
            GenkitError, match=f"vector store '{path}' is damaged at byte {begin}:.*and index"
        ) as caught:
            operation(Store(path))
        assert caught.value.status == 'DATA_LOSS'
        assert caught.value.details['offset'] == begin
        assert caught.value.details['path'] == str(path)
        assert path.read_bytes() == bytes(damaged)


@pytest.mark.parametrize('kept', [0, 32, 600])
def test_a_zeroed_record_before_others_is_damage(path, three, kept):
    content = bytearray(path.read_bytes())
    content[three[1] + kept : three[2]] = bytes(three[2] - three[1] - kept)
    path.write_bytes(content)
    with pytest.raises(GenkitError, match=f'damaged at byte {three[1]}'):
        names(path)


def test_damage_to_what_is_already_in_memory_does_not_stop_a_running_program(path, three):
    running = Store(path)
    query = to_unit_vectors([[1.0] * 256], 'fake')[0]
    assert len(running.search(query, EVERYTHING, 'fake')) == 3
    content = bytearray(path.read_bytes())
    content[three[1] + 40] ^= 1
    path.write_bytes(content)
    assert len(running.search(query, EVERYTHING, 'fake')) == 3


@pytest.mark.parametrize('content', [b'x', b'{"a": 1}', b'y' * 100, bytes(40) + b'z'])
def test_a_file_that_is_no_store_is_reported_and_left_alone(path, content):
    path.write_bytes(content)
    with pytest.raises(GenkitError, match='damaged at byte 0: this is not'):
        texts(path)
    with pytest.raises(GenkitError, match='damaged at byte 0: this is not'):
        store(path, Document.from_text('a'))
    assert path.read_bytes() == content


def test_clearing_is_a_way_out_of_damage(path):
    path.write_bytes(b'y' * 100)
    Store(path).clear()
    store(path, Document.from_text('a'))
    assert texts(path) == ['a']


def test_records_of_an_earlier_life_of_the_file_are_not_taken_for_its_own(path):
    store(path, Document.from_text('a'))
    earlier = path.read_bytes()[32:]
    Store(path).clear()
    store(path, Document.from_text('b'))
    path.write_bytes(path.read_bytes() + earlier)
    with pytest.raises(GenkitError, match='damaged at byte'):
        texts(path)


def test_a_file_of_a_later_format_asks_for_an_upgrade(path, monkeypatch):
    from genkit_dev_local_vectorstore.convert import new_file_header

    with monkeypatch.context() as patch:
        patch.setattr('genkit_dev_local_vectorstore.convert.FORMAT', 2)
        path.write_bytes(new_file_header()[0])
    with pytest.raises(GenkitError, match='has format 2') as caught:
        texts(path)
    assert caught.value.status == 'FAILED_PRECONDITION'


def test_a_kind_of_record_of_a_later_format_asks_for_an_upgrade(path):
    from genkit_dev_local_vectorstore.convert import FrameKind, new_file_header, to_frame

    header, generation = new_file_header()
    path.write_bytes(header + to_frame(generation, cast('FrameKind', 9), {}))
    with pytest.raises(GenkitError, match='reads format 1'):
        texts(path)


@settings(deadline=None, max_examples=100)
@given(
    vectors=arrays(np.float32, st.tuples(st.integers(1, 40), st.just(4)), elements=st.integers(-3, 3)),
    query=arrays(np.float32, 4, elements=st.integers(-3, 3)).filter(np.any),
    limit=st.integers(1, 50),
)
def test_searching_agrees_with_sorting_everything(vectors, query, limit):
    with tempfile.TemporaryDirectory() as folder:
        filled = Store(Path(folder) / 'index-x.gkvs')
        entries = [
            Entry(str(number), {'content': [], 'metadata': {'number': number}}, [Embedding(embedding=vector)])
            for number, vector in enumerate(vectors.tolist())
        ]
        filled.add(entries, 'fake')
        unit = to_unit_vectors([query.tolist()], 'fake')[0]
        found = filled.search(unit, RetrieverOptions(limit=limit), 'fake')
    norms = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    cosines = np.divide(vectors @ query, norms, out=np.zeros(len(vectors), np.float64), where=norms > 0)
    scores = [metadata_of(document)[SCORE_KEY] for document in found]
    assert scores == pytest.approx(sorted(cosines, reverse=True)[:limit], abs=1e-6)
    for document, score in zip(found, scores, strict=True):
        assert cosines[metadata_of(document)['number']] == pytest.approx(score, abs=1e-6)
