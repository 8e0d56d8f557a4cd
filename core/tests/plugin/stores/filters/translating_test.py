# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError
from genkit.plugin import Comparison, Filter, FilterTranslator


class Words(FilterTranslator[str]):
    def __init__(self):
        super().__init__('shelf', 'Ask `where=` instead.')

    def compare(self, comparison: Comparison) -> str:
        if comparison.operator == 'exists':
            raise self.refused(comparison, 'the shelf does not know what is missing')
        return f'{comparison.name} {comparison.word} {"|".join(map(str, comparison.values))}'

    def all_of(self, parts: list[str]) -> str:
        return f'({" and ".join(parts)})'

    def any_of(self, parts: list[str]) -> str:
        return f'({" or ".join(parts)})'


def test_conditions_are_joined_as_they_are_nested():
    given = {'a.b': 1, '$or': [{'c': {'$nin': [2, 3]}}, {'$not': {'d': {'$gt': 4}, 'e': 5}}]}
    assert Words().translate(Filter(given).condition) == '(a.b $eq 1 and (c $nin 2|3 or (d $not $gt 4 or e $ne 5)))'


@pytest.mark.parametrize(('given', 'word'), [({'a': None}, r'\$exists'), ({'a': {'$exists': True}}, r'\$exists')])
def test_what_a_store_lacks_is_refused_by_name_and_nothing_is_left_out(given, word):
    with pytest.raises(GenkitError, match=rf"filter\['a'\] uses {word}, but the shelf .*\. Ask") as raised:
        Words().translate(Filter({'$or': [{'x': 1}, given]}).condition)
    assert (raised.value.status, raised.value.source) == ('INVALID_ARGUMENT', 'shelf')
