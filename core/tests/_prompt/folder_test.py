# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import logging
import os

import pytest
from genkit import GenkitError
from genkit._prompt.folder import load_prompt_folder


async def test_a_prompt_file_that_is_not_utf_8_is_named(ai, tmp_path):
    (tmp_path / 'odd.prompt').write_bytes(b'Hello \xff')
    load_prompt_folder(ai.registry, tmp_path)
    with pytest.raises(GenkitError, match=r'odd\.prompt.* is not UTF-8, first at byte 6') as refused:
        await ai.prompt('odd').render()
    assert refused.value.status == 'INVALID_ARGUMENT'


@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason='the system has no pipes with names')
def test_a_pipe_among_the_prompts_is_not_waited_for(ai, tmp_path):
    os.mkfifo(tmp_path / '_partial.prompt')
    with pytest.raises(GenkitError, match='no regular file'):
        load_prompt_folder(ai.registry, tmp_path)


async def test_links_out_of_the_folder_are_passed_by_and_links_inside_are_followed(ai, tmp_path, caplog):
    outside = tmp_path / 'outside'
    outside.mkdir()
    (outside / 'secret.prompt').write_text('TOP SECRET')
    folder = tmp_path / 'prompts'
    folder.mkdir()
    (folder / 'plain.prompt').write_text('Plain.')
    (folder / 'inner.prompt').symlink_to('plain.prompt')
    (folder / 'round').symlink_to('.')
    (folder / 'file.prompt').symlink_to(outside / 'secret.prompt')
    (folder / '_part.prompt').symlink_to(outside / 'secret.prompt')
    (folder / 'sub').symlink_to(outside)
    with caplog.at_level(logging.WARNING, 'genkit.prompts'):
        load_prompt_folder(ai.registry, folder)
    names = {key.removeprefix('/prompt/') for key in await ai.registry.list_actions() if key.startswith('/prompt/')}
    assert names == {'plain', 'inner'}
    assert len(caplog.records) == 4
    assert (await ai.prompt('inner').render()).messages[0].text == 'Plain.'


async def test_a_prompt_that_became_a_link_out_of_the_folder_is_not_read(ai, tmp_path):
    folder = tmp_path / 'prompts'
    folder.mkdir()
    (tmp_path / 'secret').write_text('TOP SECRET')
    (folder / 'a.prompt').write_text('Plain.')
    load_prompt_folder(ai.registry, folder)
    (folder / 'a.prompt').unlink()
    (folder / 'a.prompt').symlink_to(tmp_path / 'secret')
    with pytest.raises(GenkitError, match='leads out of') as refused:
        await ai.prompt('a').render()
    assert refused.value.status == 'PERMISSION_DENIED'


@pytest.mark.parametrize(
    'name', ['.prompt', '.formal.prompt', '_.prompt', 'a\n.prompt', 'a\x1b[2J.prompt', 'a.b\x7f.prompt']
)
async def test_a_file_name_that_gives_no_name_is_passed_by_with_a_warning(ai, tmp_path, caplog, name):
    (tmp_path / name).write_text('Hello')
    with caplog.at_level(logging.WARNING, 'genkit.prompts'):
        load_prompt_folder(ai.registry, tmp_path)
    assert not [key for key in await ai.registry.list_actions() if key.startswith('/prompt/')]
    assert len(caplog.records) == 1
