# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import logging
import os

import pytest
from genkit import GenkitError, Input, Output
from genkit._prompt.folder import load_prompt_folder
from pydantic import BaseModel


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


class Case(BaseModel):
    name: str


class Verdict(BaseModel):
    ok: bool


class TestASchemaThatNobodyHasDefined:
    @pytest.fixture
    def judge(self, ai, model, tmp_path):
        """A prompt that names two of them."""
        sections = 'input: {schema: Case, default: {name: Bo}}\noutput: {schema: Verdict}'
        (tmp_path / 'judge.prompt').write_text(f'---\n{sections}\n---\nIs {{{{name}}}} ok?')
        load_prompt_folder(ai.registry, tmp_path)
        model.responses = ['{"ok": true}']
        return ai.prompt('judge', input=Input(schema=Case), output=Output(schema=Verdict))

    async def test_is_not_looked_for_where_the_caller_gives_another(self, ai, judge):
        assert (await judge()).output == Verdict(ok=True)
        assert (await judge.render({'name': 'Al'})).messages[0].text == 'Is Al ok?'
        answer = await ai.prompt('judge', input=Input(schema=Case))(output=Output(schema=Verdict))
        assert answer.output == Verdict(ok=True)

    async def test_is_an_error_where_it_is_needed(self, ai, judge):
        with pytest.raises(GenkitError, match="Schema 'Case' not found") as missing:
            await ai.prompt('judge', output=Output(schema=Verdict))()
        assert missing.value.status == 'NOT_FOUND'
        with pytest.raises(GenkitError, match="Schema 'Verdict' not found"):
            await ai.prompt('judge', input=Input(schema=Case))()

    async def test_is_found_once_it_is_defined(self, ai, judge):
        with pytest.raises(GenkitError, match="Schema 'Case' not found"):
            await ai.prompt('judge')()
        ai.define_schema('Case', Case)
        ai.define_schema('Verdict', Verdict)
        assert (await ai.prompt('judge')()).output == {'ok': True}

    async def test_may_be_named_by_a_prompt_from_a_text(self, ai, judge):
        prompt = ai.define_prompt_source('text', '---\ninput: {schema: Case}\n---\n{{name}}')
        with pytest.raises(GenkitError, match="Schema 'Case' not found"):
            await prompt.render({'name': 'Al'})
        ai.define_schema('Case', Case)
        assert (await prompt.render({'name': 'Al'})).messages[0].text == 'Al'

    async def test_is_described_without_its_schema(self, ai, judge):
        described = (await ai.registry.list_actions())['/prompt/judge'].metadata
        assert described['prompt']['input'] == {'default': {'name': 'Bo'}}
        assert described['prompt']['output'] == {'format': 'json', 'constrained': True}


async def test_an_input_in_place_of_the_files_own_is_checked(ai, tmp_path):
    (tmp_path / 'greet.prompt').write_text(
        '---\ninput: {schema: {name: integer}, default: {name: 1}}\n---\nHi {{name}}'
    )
    load_prompt_folder(ai.registry, tmp_path)
    greet = ai.prompt('greet', input=Input(schema=Case))
    assert (await greet.render({'name': 'Al'})).messages[0].text == 'Hi Al'
    with pytest.raises(GenkitError, match='the input of prompt greet failed: name: Input should be a valid string'):
        await greet.render()  # the default of the file, which is no text
    lenient = ai.prompt('greet', input=Input(default={'name': 2}))
    assert (await lenient.render()).messages[0].text == 'Hi 2'


async def test_the_types_of_a_handle_may_be_given_without_wrappers(ai, model, tmp_path):
    (tmp_path / 'judge.prompt').write_text(
        '---\ninput: {schema: Case}\noutput: {schema: Verdict}\n---\nIs {{name}} ok?'
    )
    load_prompt_folder(ai.registry, tmp_path)
    model.responses = ['{"ok": true}']
    judge = ai.prompt('judge', input_schema=Case, output_schema=Verdict)
    assert (await judge(Case(name='Al'))).output == Verdict(ok=True)
