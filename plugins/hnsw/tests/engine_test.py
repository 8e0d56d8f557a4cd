# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Segments, graphs and files: what an index does when it grows, and when its files are not what was written."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from genkit import Document, GenkitError
from genkit.plugin import Filter, StoreEntry
from genkit_hnsw import HnswIndex, RetrieverOptions
from genkit_hnsw.engine import Engine, Limits


DIMENSIONS = 32
SMALL = Limits(tail=200, fan=4, few=60)
# Directions around a few hundred centres, as embeddings have them; a graph leads nowhere among random numbers.
RANDOM = np.random.default_rng(1)
CENTRES = RANDOM.standard_normal((150, DIMENSIONS))
VECTORS = (CENTRES[RANDOM.integers(150, size=3000)] + 0.4 * RANDOM.standard_normal((3000, DIMENSIONS))).astype(
    np.float32
)
ASKED = (CENTRES + 0.4 * RANDOM.standard_normal(CENTRES.shape)).astype(np.float32)


def engine(directory: Path, distance: str = 'cosine', limits: Limits = SMALL, **settings: int) -> Engine:
    return Engine(HnswIndex(name='n', embedder='e', directory=directory, distance=distance, **settings), limits)  # pyright: ignore[reportArgumentType]


def entry(number: int, text: str = '') -> StoreEntry:
    metadata = {'number': number, 'parity': 'odd' if number % 2 else 'even', 'hundred': number // 100}
    return StoreEntry(str(number), Document.from_text(text or f'text {number}', metadata), VECTORS[number].tolist())


def filled(directory: Path, count: int = 3000, distance: str = 'cosine') -> Engine:
    index = engine(directory, distance)
    for start in range(0, count, 100):
        index.upsert([entry(number) for number in range(start, min(count, start + 100))])
    return index


@pytest.fixture(scope='module')
def ready(tmp_path_factory) -> Path:
    directory = tmp_path_factory.mktemp('filled')
    filled(directory)
    return directory


@pytest.fixture
def copied(ready, tmp_path) -> Path:
    shutil.copytree(ready, tmp_path, dirs_exist_ok=True)
    return tmp_path


def numbers(index: Engine, vector: np.ndarray, **options) -> list[int]:
    return [int(match.id) for match in index.query(vector.tolist(), RetrieverOptions(**options))]


def nearest(vector: np.ndarray, k: int, distance: str = 'cosine', allowed: np.ndarray | None = None) -> list[int]:
    if distance == 'l2':
        scores = -((VECTORS - vector) ** 2).sum(axis=1)
    else:
        scores = VECTORS @ vector
        if distance == 'cosine':
            scores = scores / np.linalg.norm(VECTORS, axis=1) / np.linalg.norm(vector)
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)
    return np.argsort(-scores, kind='stable')[:k].tolist()


def files(directory: Path, kind: str = '') -> list[Path]:
    return sorted((directory / 'index-n').glob(f'*{kind}'))


@pytest.mark.parametrize('distance', ['cosine', 'l2', 'ip'])
def test_the_graph_finds_nearly_all_that_is_nearest_and_an_exact_search_all(distance, tmp_path):
    index = filled(tmp_path, distance=distance)
    assert len(files(tmp_path, '.graph')) > 2
    hits = 0
    for vector in ASKED[:40]:
        wanted = nearest(vector, 10, distance)
        hits += len(set(wanted) & set(numbers(index, vector, k=10)))
        assert numbers(index, vector, k=10, exact=True) == wanted
    assert hits >= 380


@pytest.mark.parametrize('distance', ['cosine', 'l2', 'ip'])
def test_scores_are_those_of_the_whole_vectors(distance, tmp_path):
    index = filled(tmp_path, 500, distance)
    vector = ASKED[0].astype(np.float64)
    for match in index.query(vector.tolist(), RetrieverOptions(k=5)):
        other = VECTORS[int(match.id)].astype(np.float64)
        product = float(vector @ other)
        expected = {
            'ip': product,
            'cosine': product / float(np.linalg.norm(vector) * np.linalg.norm(other)),
            'l2': -float(((vector - other) ** 2).sum()),
        }[distance]
        assert match.score == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(
    'condition',
    [
        {'number': {'$lt': 3}},
        {'hundred': 17},
        {'parity': 'odd'},
        {'$or': [{'hundred': {'$gte': 29}}, {'number': {'$in': [5, 7, 1700]}}]},
        {'number': {'$gte': 0}},
    ],
)
def test_a_filter_loses_nothing_however_many_meet_it(ready, condition):
    index = engine(ready)
    read = Filter(condition)
    allowed = np.zeros(3000, np.bool_)
    for number in range(3000):
        metadata = {'number': number, 'parity': 'odd' if number % 2 else 'even', 'hundred': number // 100}
        allowed[number] = meets_all(read, metadata)
    assert index.count(read.condition) == np.count_nonzero(allowed)
    count = min(50, int(np.count_nonzero(allowed)))
    for vector in ASKED[:5]:
        found = numbers(index, vector, k=50, filter=condition)
        assert len(found) == count
        assert allowed[found].all()
        assert len(set(found) & set(nearest(vector, count, allowed=allowed))) >= 0.9 * count
        assert numbers(index, vector, k=50, filter=condition, exact=True) == nearest(vector, count, allowed=allowed)


def meets_all(read: Filter, metadata: dict) -> bool:
    from genkit.plugin import meets

    return meets(read.condition, metadata)


def test_values_that_are_equal_in_python_are_not_mixed_up_between_filters(tmp_path):
    index = engine(tmp_path)
    index.upsert([StoreEntry('a', Document.from_text('a', {'x': 1}), [1.0, 0.0])])
    counts = [index.count(Filter({'x': value}).condition) for value in (1, True, 1.0, '1')]
    assert counts == [1, 0, 1, 0]


def test_what_was_replaced_or_deleted_is_not_found_in_segments_either(copied):
    index = engine(copied)
    index.upsert([entry(7, 'new text'), entry(2999, 'newer text')])
    index.delete(['8', '2998', 'unknown'])
    index.delete_meeting(Filter({'hundred': 3}).condition)
    for each in (index, engine(copied)):
        assert each.count(None) == 3000 - 2 - 100
        assert [match.document.text() for match in each.query(VECTORS[7].tolist(), RetrieverOptions(k=1))] == [
            'new text'
        ]
        assert 8 not in numbers(each, VECTORS[8], k=20)
        found = numbers(each, VECTORS[350], k=2898)
        assert len(found) == len(set(found)) == 2898
        assert not {number for number in found if 300 <= number < 400}
        assert each.existing(['7', '8', '2999', '301']) == {'7', '2999'}


def test_most_of_an_index_may_be_deleted_and_its_space_comes_back(copied):
    index = engine(copied)
    before = sum(path.stat().st_size for path in files(copied))
    index.delete_meeting(Filter({'number': {'$gte': 300}}).condition)
    assert sorted(numbers(index, ASKED[0], k=3000)) == list(range(300))
    index.compact()
    assert sum(path.stat().st_size for path in files(copied)) < before / 5
    assert sorted(numbers(engine(copied), ASKED[0], k=3000)) == list(range(300))
    assert len(files(copied, '.vectors')) == 1
    index.delete([str(number) for number in range(300)])
    index.compact()
    assert [path.name for path in files(copied)] in (['manifest.json'], ['lock', 'manifest.json'])
    assert index.query([1.0] * DIMENSIONS, RetrieverOptions()) == []


def test_an_index_that_is_empty_again_takes_other_dimensions(copied):
    index = engine(copied)
    index.clear()
    assert index.count(None) == 0
    index.upsert([StoreEntry('a', Document.from_text('a'), [1.0, 2.0])])
    index.delete(['a'])
    index.upsert([StoreEntry('a', Document.from_text('a'), [1.0, 2.0, 3.0])])
    assert engine(copied).count(None) == 1


def test_a_write_to_a_large_index_writes_little(copied):
    """Files that are new or have changed after a write hold what was written and the manifest, not the index."""
    index = engine(copied)
    index.compact()
    before = {path.name: path.stat().st_size for path in files(copied)}
    for number in range(10):
        index.upsert([entry(number, f'again {number}')])
    after = {path.name: path.stat().st_size for path in files(copied)}
    manifest = after['manifest.json']
    log = sum(size for name, size in after.items() if name.startswith('log-'))
    assert {name for name in after if after[name] != before.get(name)} == {
        'manifest.json',
        *(name for name in after if name.startswith('log-')),
    }
    assert log < 10 * 500
    assert manifest < 5000


def test_segments_become_fewer_as_they_become_large(ready):
    """Of 3000 rows, large segments of up to 800, and fewer than four small ones of 200."""
    segments = [path.stat().st_size // (4 * DIMENSIONS) for path in files(ready, '.vectors')]
    assert sum(segments) > 2700
    assert len([rows for rows in segments if rows <= 400]) < 4
    assert max(segments) <= 800


def test_a_reader_that_is_open_follows_all_changes(copied):
    writer, reader = engine(copied), engine(copied)
    for change in (
        lambda: writer.upsert([entry(5, 'changed')]),
        lambda: writer.delete(['6']),
        writer.compact,
        writer.clear,
        lambda: writer.upsert([entry(9)]),
        writer.compact,
    ):
        change()
        assert reader.count(None) == writer.count(None)
        assert numbers(reader, ASKED[0], k=30) == numbers(writer, ASKED[0], k=30)


@pytest.mark.parametrize('kind', ['manifest.json', 'log-*', '.vectors', '.records', '.graph', 'removed-*'])
@pytest.mark.parametrize('harm', ['flipped', 'cut', 'lengthened', 'gone'])
def test_a_damaged_file_is_named_and_nothing_is_changed(copied, kind, harm):
    index = engine(copied)
    index.delete(['5'])
    index.compact()
    index.delete(['6'])
    for number in range(0, 400, 100):
        index.upsert([entry(each, 'again') for each in range(number, number + 100)])
    path = files(copied, kind)[0]
    data = path.read_bytes()
    if harm == 'gone':
        path.unlink()
    elif harm == 'flipped':
        middle = len(data) // 2
        path.write_bytes(data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :])
    elif harm == 'cut':
        path.write_bytes(data[:-3])
    else:
        path.write_bytes(data + b'xyz')
    if path.name.startswith('log-') and harm == 'lengthened':  # as a write does that was interrupted
        assert engine(copied).count(None) == 3000
        return
    before = {each.name: each.read_bytes() for each in files(copied)}
    for call in (
        lambda damaged: damaged.query(VECTORS[0].tolist(), RetrieverOptions()),
        lambda damaged: damaged.upsert([entry(1, 'new')]),
        lambda damaged: damaged.count(None),
    ):
        with pytest.raises(GenkitError, match=path.name) as raised:
            call(engine(copied))
        assert raised.value.status == 'DATA_LOSS'
        assert raised.value.details['path'] == str(path)
    assert {each.name: each.read_bytes() for each in files(copied)} == before
    damaged = engine(copied)
    damaged.clear()
    damaged.upsert([entry(1, 'new')])
    assert engine(copied).count(None) == 1


def test_a_folder_of_a_later_release_is_left_alone(copied):
    manifest = copied / 'index-n' / 'manifest.json'
    manifest.write_text(manifest.read_text().replace('"format":1', '"format":2'))
    with pytest.raises(GenkitError, match='has format 2, and this release reads format 1') as raised:
        engine(copied).count(None)
    assert raised.value.status == 'FAILED_PRECONDITION'


def test_another_distance_or_other_dimensions_are_refused(copied):
    with pytest.raises(GenkitError, match=r"'cosine', and is configured with distance='l2'") as raised:
        engine(copied, 'l2').query(VECTORS[0].tolist(), RetrieverOptions())
    assert raised.value.status == 'FAILED_PRECONDITION'
    for vector in ([1.0] * 31, [1.0] * 33):
        with pytest.raises(GenkitError, match=f'32 dimensions, and one of {len(vector)}') as raised:
            engine(copied).upsert([entry(1), StoreEntry('x', Document.from_text('x'), vector)])
        assert raised.value.status == 'FAILED_PRECONDITION'
        with pytest.raises(GenkitError, match=f'32 dimensions, and one of {len(vector)}'):
            engine(copied).query(vector, RetrieverOptions())


@pytest.mark.parametrize('number', [float('nan'), float('inf'), 1e39])
def test_a_vector_that_holds_no_numbers_is_refused_by_the_name_of_its_document(tmp_path, number):
    index = engine(tmp_path)
    with pytest.raises(GenkitError, match="document 'bad' holds numbers that are not finite") as raised:
        index.upsert(
            [
                StoreEntry('good', Document.from_text('x'), [1.0, 2.0]),
                StoreEntry('bad', Document.from_text('x'), [1.0, number]),
            ]
        )
    assert raised.value.status == 'INVALID_ARGUMENT'
    assert index.count(None) == 0


def test_a_vector_of_zeros_is_like_no_other(tmp_path):
    index = engine(tmp_path)
    index.upsert(
        [StoreEntry(str(n), Document.from_text('x'), vector) for n, vector in enumerate([[0.0, 0.0], [3.0, 4.0]])]
    )
    scores = {match.id: match.score for match in index.query([6.0, 8.0], RetrieverOptions())}
    assert scores == {'0': 0.0, '1': pytest.approx(1.0)}
    assert {match.score for match in index.query([0.0, 0.0], RetrieverOptions())} == {0.0}


@pytest.mark.parametrize('count', [1, 199, 200, 201, 1000])
def test_a_batch_may_be_of_any_size(tmp_path, count):
    index = engine(tmp_path)
    index.upsert([])
    index.upsert([entry(number) for number in range(count)])
    index.upsert([entry(number, 'again') for number in range(count)])
    assert index.count(None) == count
    assert {match.document.text() for match in index.query(ASKED[0].tolist(), RetrieverOptions(k=count))} == {'again'}


def test_what_an_index_holds_may_be_of_any_shape(tmp_path):
    texts = ['', ' ', 'ü\n\0', '\ud800', '🍜' * 10_000, '{"text": 1}', '[]', 'null']
    index = engine(tmp_path)
    entries = [
        StoreEntry(f'{text}/../{n}', Document.from_text(text, {'ü"': [n, None, {'a': 1e300}, '\ud800']}), [1.0, n])
        for n, text in enumerate(texts)
    ]
    index.upsert(entries)
    index.compact()
    found = {match.id: match.document for match in engine(tmp_path).query([1.0, 1.0], RetrieverOptions(k=50))}
    assert found == {each.id: each.document for each in entries}
    assert index.existing([each.id for each in entries]) == set(found)


@pytest.mark.parametrize('name', ['a/b', '../up', 'ÜBER', 'a b', '.', 'CON', "x'y", 'index%2f', '\ud800'])
def test_every_name_has_a_folder_of_its_own(tmp_path, name):
    paths = [
        HnswIndex(name=each, embedder='e', directory=tmp_path).path for each in (name, name + '_', name.lower() + 'x')
    ]
    assert len(set(paths)) == 3
    for path in paths:
        assert path.parent == tmp_path
        assert path.name.isascii()
