# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
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
