# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
import regex
from genkit import Document, GenkitError, Media, MediaPart, TextPart
from genkit.types import DocumentData
from genkit_documents import split
from hypothesis import given
from hypothesis import strategies as st


PIECES = [
    *(
        'a',
        'word ',
        'A sentence. ',
        'é',
        'e\u0301',
        '\u0301',
        '👩\u200d👩\u200d👧',
        '🇩🇪',
        '🇫',
        '각',
        '\u0600',
        '\r\n',
        '\r',
    ),
    *(
        ' ',
        '\n',
        '\n\n',
        '\t',
        '# ',
        '## H\n',
        '\n### T ###\n',
        '---\n',
        '===\n',
        '```\n',
        '~~~\n',
        '- item\n',
        '1. ',
        '| ',
    ),
    *('。', '中文', '\u2028', '\xa0', '> ', '\ud800', '...', '!? "', '    '),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=60).map(''.join) | st.text(max_size=80)
SIZES = st.integers(1, 40).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1)))


def clusters(text: str) -> set[int]:
    return {0, *(match.end() for match in regex.finditer(r'\X', text))}


def known(passage: Document) -> dict[str, Any]:
    return passage.metadata or {}


def places(passages: list[Document]) -> list[tuple[int, int]]:
    return [(known(passage)['start'], known(passage)['end']) for passage in passages]


@given(TEXTS, SIZES, st.sampled_from([None, 'text', 'markdown']))
def test_a_passage_is_a_piece_of_its_document_of_at_most_the_size(text, sizes, by):
    size, overlap = sizes
    passages = split([text], size=size, overlap=overlap, by=by)
    boundaries = clusters(text)
    for number, passage in enumerate(passages, start=1):
        start, end = known(passage)['start'], known(passage)['end']
        assert text[start:end] == passage.text
        assert passage.text.strip()
        assert {start, end} <= boundaries
        assert end - start <= size or len(clusters(passage.text)) == 2
        assert known(passage)['passage'] == number


@given(TEXTS, SIZES)
def test_nothing_but_space_is_lost_and_no_more_is_repeated_than_the_overlap(text, sizes):
    size, overlap = sizes
    found = places(split([text], size=size, overlap=overlap, by='text'))
    reached = 0
    for start, end in found:
        assert not text[reached:start].strip()
        assert reached - start <= overlap
        assert end > reached
        reached = end
    assert not text[reached:].strip()


@given(TEXTS, SIZES)
def test_of_markdown_only_headings_without_a_text_are_lost(text, sizes):
    reached = 0
    for start, end in places(split([text], size=sizes[0], overlap=sizes[1])):
        for line in text[reached:start].splitlines():
            assert not line.strip() or line.strip()[0] in '#=-' or '---' in text or '===' in text
        reached = end


@given(TEXTS, SIZES)
def test_a_measure_of_words_bounds_passages_in_words(text, sizes):
    size, overlap = sizes
    for passage in split([text], size=size, overlap=overlap, by='text', length=lambda piece: len(piece.split())):
        assert len(passage.text.split()) <= size or len(clusters(passage.text)) == 2


def test_a_measure_that_does_not_add_up_is_still_kept():
    text = 'one two three four five six seven eight nine ten. ' * 20
    for passage in split(
        [text], size=30, overlap=10, length=lambda piece: len(piece.encode()) // 2 + 3 * (len(piece) % 3)
    ):
        assert len(passage.text.encode()) // 2 + 3 * (len(passage.text) % 3) <= 30


PAGE = """---
title: Tea
---
# Menu

## Tea

Hot.

```python
# no heading

## none
```

Cold
====

## Cake ##

Sweet.
### Empty
# Last
"""


def test_sections_are_passages_under_the_path_of_their_headings():
    passages = split([Document.from_text(PAGE, {'source': 'menu.md'})])
    assert [(known(passage)['headings'], str(passage.text)) for passage in passages] == [
        ([], '---\ntitle: Tea\n---'),
        (['Menu', 'Tea'], '# Menu\n\n## Tea\n\nHot.\n\n```python\n# no heading\n\n## none\n```'),
        (['Cold', 'Cake'], 'Cold\n====\n\n## Cake ##\n\nSweet.'),
    ]
    assert {known(passage)['source'] for passage in passages} == {'menu.md'}


def test_a_plain_text_has_no_headings():
    text = '# a comment\n\nwords'
    assert len(split([text])) == 1
    for document in (Document.from_text(text, {'media_type': 'text/plain'}), text):
        [passage] = split([document], by='text')
        assert (known(passage)['headings'], passage.text) == ([], text)
    [passage] = split([Document.from_text(text, {'media_type': 'text/plain'})])
    assert known(passage)['headings'] == []
    [passage] = split([Document.from_text(text, {'media_type': 'text/plain'})], by='markdown')
    assert known(passage)['headings'] == ['a comment']


def test_blocks_stay_whole_then_sentences_then_words_then_characters():
    code = '```\nfirst()\n\nsecond()\n```'
    prose = 'One sentence here. Another one there. The third, e.g. this one, ends.'
    texts = [str(passage.text) for passage in split([f'{prose}\n\n{code}\nafter'], size=40, overlap=0)]
    assert texts == ['One sentence here. Another one there.', 'The third, e.g. this one, ends.', f'{code}\nafter']
    assert [str(passage.text) for passage in split(['abc defg hi'], size=5, overlap=0)] == ['abc', 'defg', 'hi']
    assert [str(passage.text) for passage in split(['abcdefgh'], size=3, overlap=0)] == ['abc', 'def', 'gh']
    family = '👩\u200d👩\u200d👧'
    assert [str(passage.text) for passage in split([f'{family}{family}e\u0301'], size=2, overlap=0)] == [
        family,
        family,
        'e\u0301',
    ]
    assert [str(passage.text) for passage in split(['🇩🇪🇫🇷'], size=3, overlap=0)] == ['🇩🇪', '🇫🇷']


def test_a_passage_begins_with_the_end_of_the_one_before():
    texts = [str(passage.text) for passage in split(['One two. Three four. Five six. Seven.'], size=24, overlap=12)]
    assert texts == ['One two. Three four.', 'Three four. Five six.', 'Five six. Seven.']
    assert [str(passage.text) for passage in split(['abcdefgh'], size=4, overlap=2)] == ['abcd', 'cdef', 'efgh']


def test_a_heading_stays_with_the_beginning_of_its_text():
    [first, *_] = split(['# Tea\n\n' + 'hot ' * 30], size=40)
    assert first.text.startswith('# Tea\n\nhot')


def test_media_pass_through_untouched_after_the_text():
    picture = MediaPart(media=Media(url='data:image/png;base64,AAAA', content_type='image/png'))
    document = Document(content=[TextPart(text='Te'), picture, TextPart(text='a')], metadata={'source': 'x'})
    text, medium = split([document])
    assert (text.text, known(text)['end']) == ('Tea', 3)
    assert medium.content == [picture]
    assert medium.metadata == {'source': 'x', 'passage': 2}


@pytest.mark.parametrize('document', ['', ' \n\t', Document(content=[]), Document.from_text(''), '# A heading alone'])
def test_what_is_empty_yields_nothing(document):
    assert split([document]) == []


def test_documents_of_every_type_and_passages_are_split():
    data = DocumentData.model_validate({'content': [{'text': 'b'}]})
    assert [str(passage.text) for passage in split(iter(['a', data]))] == ['a', 'b']
    assert [str(passage.text) for passage in split(split(['Tea. Hot.'], size=5), size=4, overlap=0)] == ['Tea.', 'Hot.']
    assert split([]) == []


@pytest.mark.parametrize(
    ('options', 'message'),
    [
        ({'size': 0}, 'size is 0; it must be a whole number of at least 1'),
        ({'size': 2.5}, 'size is 2.5'),
        ({'size': True}, 'size is True'),
        ({'size': 10, 'overlap': 10}, 'overlap is 10; .* less than size, which is 10'),
        ({'overlap': -1}, 'overlap is -1'),
        ({'overlap': 0.1}, 'overlap is 0.1'),
        ({'by': 'html'}, "by is 'html'; it must be"),
        ({'length': lambda text: None}, 'length returned None for a text'),
        ({'length': lambda text: text}, "length returned 'Te.*' for a text"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    with pytest.raises(GenkitError, match=message) as caught:
        split(['Tea'], **options)
    assert caught.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize('documents', ['Tea', Document.from_text('Tea'), None, 7, [None], [b'Tea'], [['Tea']]])
def test_what_is_no_list_of_documents_is_refused(documents):
    with pytest.raises(GenkitError, match='split got') as caught:
        split(documents)
    assert caught.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize(
    'piece', ['#', '# x\n', '- a\n', '`', '```\n', '. ', '1. ', 'a\u0301', '🇩🇪', 'x', '\t', '\n', '> ']
)
def test_a_hostile_text_is_split_in_one_pass(piece):
    passages = split([piece * 50_000])
    assert all(len(passage.text) <= 800 for passage in passages)


def test_a_text_is_measured_a_bounded_number_of_times_for_each_passage():
    measured = 0

    def count(text: str) -> int:
        nonlocal measured
        measured += len(text)
        return len(text) // 4

    text = 'Some words that make up a sentence. ' * 5000
    passages = split([text], size=200, length=count)
    assert measured < 100 * len(passages) * 800


@pytest.mark.parametrize('end', ['\u0301', 'x', '\u200d', '', '\n\u0301', '\r\n\u0301'])
@pytest.mark.parametrize('by', ['text', 'markdown'])
def test_a_long_run_of_spaces_is_searched_once(end: str, by: Any) -> None:
    text = f'a. b{" " * 2_000_000}{end}'
    passages = split([text], by=by)
    assert passages[0].text == 'a. b'
    assert ''.join(str(passage.text).strip() for passage in passages[1:]) == end.strip()


def test_a_long_heading_is_cut_in_the_metadata_that_repeats_it() -> None:
    heading = 'T' * 200_000
    passages = split([f'# {heading}\n\n## {heading}\n\n{"word " * 4000}'])
    assert known(passages[-1])['headings'] == ['T' * 199 + '…'] * 2
    assert sum(len(str(passage.metadata)) for passage in passages) < 1_000_000
