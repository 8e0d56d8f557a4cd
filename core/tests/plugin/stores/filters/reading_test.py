# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import datetime as dt

import pytest
from genkit import GenkitError
from genkit.plugin import AllOf, AnyOf, Comparison, Filter, meets
from genkit.testing.contracts.filter_cases import DOCUMENTS, OF_NUMBERS_IN_LISTS, WITHOUT_MEANING, filter_cases
from genkit.types import WireModel


def read(given):
    return Filter(given).condition


@pytest.mark.parametrize(('given', 'expected'), [*filter_cases(), *OF_NUMBERS_IN_LISTS])
def test_documents_meet_what_is_read(given, expected):
    assert {name for name, metadata in DOCUMENTS.items() if meets(read(given), metadata)} == expected


@pytest.mark.parametrize(('given', 'named'), WITHOUT_MEANING)
def test_what_has_no_meaning_is_refused_by_its_place(given, named):
    with pytest.raises(GenkitError, match=named) as raised:
        read(given)
    assert raised.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize(
    ('value', 'named'),
    [
        (dt.date(2026, 1, 2), r'isoformat\(\)'),
        (float('nan'), 'nan'),
        (float('inf'), 'inf'),
        (b'travel', "b'travel'"),
        ('\ud800', 'surrogate'),
        (object(), 'object'),
    ],
)
def test_values_that_metadata_cannot_hold_are_refused(value, named):
    for given in ({'when': value}, {'when': {'$ne': value}}, {'when': {'$in': [value]}}, {'when': {'$gt': value}}):
        with pytest.raises(GenkitError, match=named):
            read(given)


def test_what_is_nested_too_deep_or_has_too_many_values_is_refused():
    given = {'year': 1}
    for _ in range(40):
        given = {'$and': [given]}
    with pytest.raises(GenkitError, match='nested at most 32'):
        read(given)
    tests = {'$gt': 1}
    for _ in range(40):
        tests = {'$not': tests}
    with pytest.raises(GenkitError, match='nested at most 32'):
        read({'year': tests})
    with pytest.raises(GenkitError, match='10001 values'):
        read({'year': {'$in': list(range(10_001))}})
    with pytest.raises(GenkitError) as raised:
        read('x' * 100_000)
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize('key', ['$not', '$and', '$or'])
def test_what_is_nested_is_refused_however_deep_it_is(key):
    given = {'topic': 'travel'}
    for _ in range(10_000):
        given = {key: given if key == '$not' else [given]}
    with pytest.raises(GenkitError, match='nested at most 32'):
        read(given)


def test_a_negation_ends_at_the_comparisons_and_constants_vanish():
    year = Comparison(('year',), 'gt', 3)
    assert read({'year': {'$gt': 3}}) == year
    assert read({'$not': {'a': 1, 'b': {'$nin': [2]}}}) == AnyOf(
        (Comparison(('a',), 'eq', 1, negated=True), Comparison(('b',), 'in', (2,)))
    )
    assert read({'$and': [{}, {'year': {'$gt': 3}}, {'a': {'$nin': []}}]}) == year
    assert read({'$or': [{'a': {'$in': []}}, {'year': {'$gt': 3}}]}) == year
    assert read({'$or': [{}, {'year': {'$gt': 3}}]}) == AllOf()
    assert read({'a': {'$in': [None]}}) == Comparison(('a',), 'exists', negated=True)
    assert read({'a.b': {'$ne': None}}) == Comparison(('a', 'b'), 'exists')


def test_a_filter_is_an_option():
    class Options(WireModel):
        filter: Filter | None = None

    options = Options.model_validate({'filter': {'year': {'$in': []}}})
    assert options.filter is not None
    assert (options.filter.finds_nothing, options.filter.finds_everything) == (True, False)
    assert Filter({}).finds_everything
    assert options.to_wire() == {'filter': {'year': {'$in': []}}}
    assert options == Options(filter=Filter({'year': {'$in': []}}))
    assert options != Options()
    assert Options.model_validate(options.model_dump()) == options
    assert repr(Filter({'a': 1})) == "Filter({'a': 1})"
    members = Options.model_json_schema()['properties']['filter']
    assert members['anyOf'] == [{'type': 'object', 'additionalProperties': True}, {'type': 'null'}]
    with pytest.raises(GenkitError, match=r"filter\['year'\]"):
        Options.model_validate({'filter': {'year': [1]}})


def test_what_the_caller_does_with_the_mapping_later_changes_nothing():
    given = {'year': 1}
    read = Filter(given)
    given['year'] = 2
    assert (read.given, read.condition) == ({'year': 1}, Comparison(('year',), 'eq', 1))
