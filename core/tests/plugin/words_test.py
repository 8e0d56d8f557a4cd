# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finish reasons, usage, cache marks, media and model tables: the small rooms of the toolkit."""

import base64
from typing import Any

import pytest
from genkit import FinishReason, GenkitError, Media
from genkit.plugin import (
    ActionKind,
    CacheMark,
    ModelEntry,
    ModelTable,
    Task,
    cache_mark,
    content_type_of,
    decode_data_url,
    fetch,
    to_data_url,
    to_finish_reason,
    token_usage,
)
from genkit.types import Supports


@pytest.mark.parametrize(
    ('word', 'reason'),
    [
        ('stop', 'stop'),
        ('STOP', 'stop'),
        ('tool_calls', 'stop'),
        ('end_turn', 'stop'),
        ('MAX_TOKENS', 'length'),
        ('content_filter', 'blocked'),
        ('refusal', 'blocked'),
        ('something-new', 'other'),
        (None, 'unknown'),
    ],
)
def test_words_of_providers_become_ours(word: str | None, reason: str) -> None:
    assert to_finish_reason(word) == reason


def test_a_provider_s_own_words_count_first() -> None:
    assert to_finish_reason('Halted', {'halted': FinishReason.LENGTH}) == 'length'


def test_the_total_is_the_sum_unless_the_provider_says_otherwise() -> None:
    assert token_usage(3, 4).total_tokens == 7
    assert token_usage(3, 4, 9).total_tokens == 9
    assert token_usage(3, None).total_tokens is None
    wrong = token_usage(-5, 4, 10**400, cached=-1, thoughts=-2, custom={'x': -1.0, 'y': float('nan'), 'z': 2.0})
    assert (wrong.input_tokens, wrong.output_tokens, wrong.total_tokens) == (None, 4, None)
    assert (wrong.cached_content_tokens, wrong.thoughts_tokens, wrong.custom) == (None, None, {'z': 2.0})
    usage = token_usage(3, 4, cached=1, thoughts=2, custom={'x': 1.0})
    assert (usage.cached_content_tokens, usage.thoughts_tokens, usage.custom) == (1, 2, {'x': 1.0})


def test_a_cache_mark_is_read_from_metadata_and_refused_when_malformed() -> None:
    assert cache_mark(None) is None
    assert cache_mark({'cache': False}) is None
    assert cache_mark({'cache': True}) == CacheMark()
    assert cache_mark({'cache': {'ttlSeconds': 300}}) == CacheMark(300)
    for wrong in ('yes', {'ttlSeconds': 0}, {'ttlSeconds': '5m'}):
        with pytest.raises(GenkitError, match='cache mark'):
            cache_mark({'cache': wrong})


def test_data_urls_are_read_and_made() -> None:
    url = to_data_url(b'\x00\xff', 'image/png')
    content = decode_data_url(Media(url=url))
    assert (content.content_type, content.data, content.base64) == ('image/png', b'\x00\xff', 'AP8=')
    assert to_data_url(base64.b64encode(b'x').decode(), 'text/plain') == 'data:text/plain;base64,eA=='


@pytest.mark.parametrize('url', ['data:image/png,abc', 'data:image/png;base64,!!!', 'https://x/y.png'])
def test_what_is_no_data_url_in_base64_is_refused(url: str) -> None:
    with pytest.raises(GenkitError) as raised:
        decode_data_url(Media(url=url))
    assert (raised.value.status, raised.value.reason) == ('INVALID_ARGUMENT', 'INVALID_PART')


@pytest.mark.parametrize(
    ('media', 'kind'),
    [
        (Media(url='https://x/a.bin', content_type='audio/wav'), 'audio/wav'),
        (Media(url='data:Image/PNG;base64,AAAA'), 'image/png'),
        (Media(url='https://x/a.jpg?size=1'), 'image/jpeg'),
        (Media(url='https://x/a'), 'application/octet-stream'),
    ],
)
def test_the_type_of_a_medium_is_stated_or_seen(media: Media, kind: str) -> None:
    assert content_type_of(media) == kind


async def test_media_of_private_addresses_are_not_fetched() -> None:
    with pytest.raises(GenkitError) as raised:
        await fetch(Media(url='http://127.0.0.1:9/x.png'))
    assert raised.value.status == 'PERMISSION_DENIED'
    assert (await fetch(Media(url='data:text/plain;base64,eA=='))).data == b'x'


TABLE = ModelTable(
    [ModelEntry(name='known', supports=Supports(tools=True)), ModelEntry(name='vectors', task=Task.EMBED)],
    families=[ModelEntry(name='image-*', task=Task.IMAGE), ModelEntry(name='*embed*', task=Task.EMBED)],
    unknown=ModelEntry(name='*', supports=Supports(multiturn=True)),
)


@pytest.mark.parametrize(
    ('name', 'kind', 'task'),
    [
        ('known', ActionKind.MODEL, Task.CHAT),
        ('known', ActionKind.EMBEDDER, None),
        ('vectors', ActionKind.EMBEDDER, Task.EMBED),
        ('vectors', ActionKind.MODEL, None),
        ('image-9', ActionKind.MODEL, Task.IMAGE),
        ('new-embed-3', ActionKind.EMBEDDER, Task.EMBED),
        ('whatever/it:is', ActionKind.MODEL, Task.CHAT),
        ('whatever', ActionKind.BACKGROUND_MODEL, None),
    ],
)
def test_names_are_found_by_themselves_by_family_or_as_unknown(name: str, kind: Any, task: Any) -> None:
    found = TABLE.find(name, kind)
    assert (found and found.task) == task
    assert found is None or found.name == name


def test_a_table_lists_what_is_in_it() -> None:
    assert [entry.name for entry in TABLE] == ['known', 'vectors']
