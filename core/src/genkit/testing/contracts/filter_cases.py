# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Documents, filters, and which of the documents each filter finds; written by hand, for every store the same."""

from collections.abc import Mapping
from typing import Any, Final


# The text of a document is its name here.
DOCUMENTS: Final[Mapping[str, dict[str, Any]]] = {
    'ada': {
        'year': 2019,
        'topic': 'travel',
        'draft': False,
        'rating': 4.5,
        'tags': ['sea', 'boat'],
        'author': {'name': 'Ada', 'address': {'city': 'Oslo'}},
    },
    'bob': {
        'year': 2020,
        'topic': 'food',
        'draft': True,
        'rating': 3,
        'tags': ['boat'],
        'author': {'name': "Bob O'Hara"},
    },
    'cleo': {'year': '2020', 'topic': 'Travel', 'draft': 'true', 'rating': -1.5, 'tags': 'sea'},
    'dora': {'year': None, 'topic': '', 'author': None, 'tags': []},
    'emil': {},
    'finn': {'year': 2021.0, 'topic': "x' OR '1'='1", 'tags': ['x"]}', 'größe']},
    'gwen': {'year': 0, 'topic': 'Ärger 世界 🍜', 'rating': 0.1, 'author': {'name': None}},
    'hugo': {'year': True, 'topic': 'a\\b%_*', 'draft': False, 'pages': [1, 2, 30]},
    'iris': {
        'year': 2020,
        'topic': 'zebra',
        'odd name': 1,
        "it's": 'quoted',
        'größe': 'L',
        'x"y': True,
        'SELECT': 'kept',
    },
}

_ALL: Final = ' '.join(DOCUMENTS)

# A filter, and the documents it finds; '-' before names means all but those.
_CASES: Final[tuple[tuple[dict[str, Any], str], ...]] = (
    ({}, _ALL),
    # Numbers, of one kind whether whole or not, are no texts, and truth values are no numbers.
    ({'year': 2020}, 'bob iris'),
    ({'year': {'$eq': 2020}}, 'bob iris'),
    ({'year': 2020.0}, 'bob iris'),
    ({'year': 2021}, 'finn'),
    ({'year': '2020'}, 'cleo'),
    ({'year': {'$ne': '2020'}}, '- cleo'),
    ({'year': 0}, 'gwen'),
    ({'year': 1}, ''),
    ({'year': True}, 'hugo'),
    ({'year': False}, ''),
    ({'rating': 3.0}, 'bob'),
    ({'rating': 0.1}, 'gwen'),
    ({'rating': -1.5}, 'cleo'),
    ({'draft': False}, 'ada hugo'),
    ({'draft': True}, 'bob'),
    ({'draft': 'true'}, 'cleo'),
    ({'draft': {'$ne': False}}, '- ada hugo'),
    # What is null is missing, and meets no comparison but a negated one.
    ({'year': None}, 'dora emil'),
    ({'year': {'$eq': None}}, 'dora emil'),
    ({'year': {'$ne': None}}, '- dora emil'),
    ({'year': {'$exists': True}}, '- dora emil'),
    ({'year': {'$exists': False}}, 'dora emil'),
    ({'year': {'$ne': 2020}}, '- bob iris'),
    ({'tags': None}, 'dora emil gwen hugo iris'),
    ({'no such member': 1}, ''),
    ({'no such member': {'$ne': 1}}, _ALL),
    ({'no such member': {'$gt': 1}}, ''),
    # Orders, of numbers and of texts.
    ({'year': {'$gt': 2020}}, 'finn'),
    ({'year': {'$gte': 2020}}, 'bob finn iris'),
    ({'year': {'$lt': 2020}}, 'ada gwen'),
    ({'year': {'$lte': 2020}}, 'ada bob gwen iris'),
    ({'year': {'$gt': 2018, '$lt': 2021}}, 'ada bob iris'),
    ({'year': {'$gt': 2020, '$lt': 2019}}, ''),
    ({'rating': {'$lt': 0}}, 'cleo'),
    ({'rating': {'$gte': 0.1}}, 'ada bob gwen'),
    ({'year': {'$gte': '2'}}, 'cleo'),
    ({'topic': {'$gte': 'food', '$lt': 'travel'}}, 'bob'),
    ({'topic': {'$gt': 'travel'}}, 'finn gwen iris'),
    ({'topic': {'$lte': ''}}, 'dora'),
    # Lists of values.
    ({'year': {'$in': [2019, '2020']}}, 'ada cleo'),
    ({'year': {'$in': []}}, ''),
    ({'year': {'$nin': []}}, _ALL),
    ({'year': {'$nin': [2019, 2020]}}, '- ada bob iris'),
    ({'year': {'$in': [None, 0]}}, 'dora emil gwen'),
    ({'year': {'$nin': [None, 2020]}}, '- dora emil bob iris'),
    ({'year': {'$in': [True, 2019]}}, 'ada hugo'),
    ({'$or': [{'year': {'$in': []}}, {'topic': 'food'}]}, 'bob'),
    ({'$not': {'year': {'$in': []}}}, _ALL),
    # Texts are compared as they are, whatever they mean elsewhere.
    ({'topic': 'travel'}, 'ada'),
    ({'topic': {'$ne': 'travel'}}, '- ada'),
    ({'topic': ''}, 'dora'),
    ({'topic': "x' OR '1'='1"}, 'finn'),
    ({'topic': {'$in': ["' OR 1=1 --", '" or true or "', "x' OR '1'='1"]}}, 'finn'),
    ({'topic': "'; DROP TABLE notes; --"}, ''),
    ({'topic': 'Ärger 世界 🍜'}, 'gwen'),
    ({'topic': 'a\\b%_*'}, 'hugo'),
    ({'topic': {'$in': ['%', '*', '_', '.*', '?', '$1', '{}']}}, ''),
    ({'odd name': 1}, 'iris'),
    ({"it's": 'quoted'}, 'iris'),
    ({'größe': 'L'}, 'iris'),
    ({'x"y': True}, 'iris'),
    ({'SELECT': 'kept'}, 'iris'),
    ({"x' OR '1'='1": 'y'}, ''),
    # Of a list one element suffices.
    ({'tags': 'boat'}, 'ada bob'),
    ({'tags': 'sea'}, 'ada cleo'),
    ({'tags': 'x"]}'}, 'finn'),
    ({'tags': {'$in': ['sea', 'größe']}}, 'ada cleo finn'),
    ({'tags': {'$ne': 'boat'}}, '- ada bob'),
    ({'tags': {'$nin': ['sea', 'boat']}}, '- ada bob cleo'),
    ({'$and': [{'tags': 'sea'}, {'tags': 'boat'}]}, 'ada'),
    # Members of members.
    ({'author.name': 'Ada'}, 'ada'),
    ({'author.name': "Bob O'Hara"}, 'bob'),
    ({'author.address.city': 'Oslo'}, 'ada'),
    ({'author.name.first': 'Ada'}, ''),
    ({'author.name': None}, '- ada bob'),
    ({'author.name': {'$exists': True}}, 'ada bob'),
    ({'author.name': {'$ne': 'Ada'}}, '- ada'),
    # Joined conditions.
    ({'year': 2019, 'topic': 'food'}, ''),
    ({'year': 2019, 'topic': 'travel'}, 'ada'),
    ({'$or': [{'year': 2019}, {'topic': 'food'}]}, 'ada bob'),
    ({'$or': [{'year': 2019}, {'year': 0}], 'draft': False}, 'ada'),
    ({'$and': [{'year': {'$gte': 2019}}, {'$or': [{'draft': True}, {'rating': {'$gt': 4}}]}]}, 'ada bob'),
    ({'$and': [{'$or': [{'year': 2019}, {'year': 2020}]}, {'$or': [{'draft': True}, {'topic': 'zebra'}]}]}, 'bob iris'),
    ({'$not': {'year': 2020}}, '- bob iris'),
    ({'$not': {'$not': {'year': 2019}}}, 'ada'),
    ({'$not': {'$or': [{'year': 2019}, {'draft': True}]}}, '- ada bob'),
    ({'$not': {'$and': [{'topic': 'travel'}, {'draft': False}]}}, '- ada'),
    ({'$not': {'year': 2019, 'topic': 'travel'}}, '- ada'),
    ({'year': {'$not': {'$gt': 2020}}}, '- finn'),
    ({'topic': {'$not': {'$in': ['food', 'zebra']}}}, '- bob iris'),
)

# Of stores that do not compare numbers within lists, these find nothing.
OF_NUMBERS_IN_LISTS: Final[tuple[tuple[dict[str, Any], frozenset[str]], ...]] = (
    ({'pages': 2}, frozenset({'hugo'})),
    ({'pages': {'$gt': 20}}, frozenset({'hugo'})),
    ({'pages': {'$in': [5, 30]}}, frozenset({'hugo'})),
    ({'pages': {'$lt': 1}}, frozenset()),
)

WITHOUT_MEANING: Final[tuple[tuple[Any, str], ...]] = (
    ('year = 2020', 'a mapping'),
    ([{'year': 2020}], 'a mapping'),
    ({'$gt': 3}, r"'\$gt'"),
    ({'$where': '1 == 1'}, r"'\$where'"),
    ({'year': {'$gtt': 3}}, r"Did you mean '\$gt'"),
    ({'year': {}}, 'year'),
    ({'author': {'name': 'Ada'}}, r"named 'author\.name'"),
    ({'year': [2019, 2020]}, r"filter\['year'\]"),
    ({'year': {'$in': 2020}}, 'a list of values'),
    ({'topic': {'$in': 'travel'}}, 'a list of values'),
    ({'$and': []}, 'at least one condition'),
    ({'$or': {'year': 2019}}, 'a list'),
    ({'$or': [2019]}, r"filter\['\$or'\]\[0\]"),
    ({'year': {'$exists': 1}}, 'True or False'),
    ({'year': {'$gt': None}}, 'None'),
    ({'year': {'$gt': True}}, 'an order'),
    ({'year': {'$gt': [1]}}, r'\[1\]'),
    ({'year': 1 << 70}, '64 bits'),
    ({'': 1}, 'the name of a member'),
    ({'a..b': 1}, 'one dot'),
)


def filter_cases() -> list[tuple[dict[str, Any], frozenset[str]]]:
    """Return each filter with the names of the documents that it finds."""
    return [(given, _names(found)) for given, found in _CASES]


def _names(written: str) -> frozenset[str]:
    sign, *rest = written.split() or ['']
    return frozenset(DOCUMENTS) - set(rest) if sign == '-' else frozenset(written.split())
