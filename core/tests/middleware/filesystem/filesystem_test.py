# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import base64
import json
import tracemalloc

import pytest
from genkit import FinishReason, GenkitError, Interrupt, restart_tool, tool_response
from genkit.middleware import BudgetExceededError, Filesystem, ToolApproval
from genkit.middleware.filesystem import tools


PNG = b'\x89PNG\r\n\x1a\n'


@pytest.fixture
def root(tmp_path):
    root = tmp_path / 'root'
    root.mkdir()
    (root / 'a.txt').write_text('one\ntwo\nthree\n')
    (tmp_path / 'secret.txt').write_text('secret')
    return root


@pytest.fixture
def use(root):
    """Return middleware with and without write access."""

    def make(*, write=False, **fields):
        return [Filesystem(root_dir=str(root), allow_write_access=write, **fields)]

    return make


@pytest.fixture
def call(ai, model, says, calls, use):
    """Return a function that has the model call one tool; returns the response and what the tool answered."""

    async def run(name, asked, **options):
        model.requests.clear()
        model.responses = [says(calls(name, asked)), says('done')]
        response = await ai.generate(prompt='x', use=use(**options))
        return response, response.messages[2].content[0].tool_response.output

    return run


async def test_the_tools_for_reading_are_offered_and_those_for_writing_if_allowed(ai, model, says, use):
    model.responses = [says('ok')]
    await ai.generate(prompt='x', use=use())
    await ai.generate(prompt='x', use=use(write=True))
    reading, writing = ([tool.name for tool in request.tools] for request in model.requests)
    assert reading == ['list_files', 'read_file']
    assert writing == ['list_files', 'read_file', 'write_file', 'edit_file']
    assert model.requests[0].tools[1].description.startswith('Read a text file')
    assert list(model.requests[0].tools[1].input_schema['properties']) == ['file_path', 'offset', 'limit']


async def test_several_folders_have_prefixes(ai, model, says, calls, use, tmp_path):
    (tmp_path / 'docs').mkdir()
    docs = Filesystem(config={'rootDirectory': str(tmp_path / 'docs'), 'toolNamePrefix': 'docs_'})
    model.responses = [says(calls('docs_list_files', {})), says('done')]
    response = await ai.generate(prompt='x', use=[*use(), docs])
    assert response.messages[2].content[0].tool_response.output == []
    assert len(model.requests[0].tools) == 4


async def test_a_folder_is_listed(call, root):
    (root / 'b').mkdir()
    (root / 'b' / 'c.txt').write_text('x')
    _, listed = await call('list_files', {})
    assert listed == [
        {'path': 'a.txt', 'is_directory': False, 'size_bytes': 14},
        {'path': 'b', 'is_directory': True, 'size_bytes': 0},
    ]
    _, listed = await call('list_files', {'dir_path': 'b', 'recursive': True})
    assert [entry['path'] for entry in listed] == ['b/c.txt']


async def test_what_is_read_comes_as_a_message_of_the_user_before_the_next_turn(call, model):
    response, told = await call('read_file', {'file_path': 'a.txt'})
    assert told == "'a.txt' was read. What it holds is in the next message."
    assert [message.role for message in response.messages] == ['user', 'model', 'tool', 'user', 'model']
    assert response.messages[3].text == '<read_file path="a.txt" totalLines="3">\none\ntwo\nthree\n\n</read_file>'
    assert model.requests[1].messages == response.messages[:4]


@pytest.mark.parametrize(
    ('asked', 'lines', 'text'),
    [
        ({'offset': 2}, '2-3', 'two\nthree\n'),
        ({'limit': 1}, '1-1', 'one\n'),
        ({'offset': 2, 'limit': 1}, '2-2', 'two\n'),
        ({'offset': 3, 'limit': 100}, '3-3', 'three\n'),
    ],
)
async def test_some_of_the_lines_can_be_read(call, asked, lines, text):
    response, _ = await call('read_file', {'file_path': 'a.txt', **asked})
    assert response.messages[3].text == f'<read_file path="a.txt" lines="{lines}">\n{text}\n</read_file>'


async def test_an_image_comes_as_media(call, root):
    (root / 'a.png').write_bytes(PNG)
    response, told = await call('read_file', {'file_path': 'a.png'})
    media = response.messages[3].content[0].media
    assert 'a.png' in told
    assert (media.url, media.content_type) == (f'data:image/png;base64,{base64.b64encode(PNG).decode()}', 'image/png')


async def test_a_vector_image_is_text_and_a_path_is_quoted(call, root):
    (root / 'a"&.svg').write_text('<svg/>')
    response, _ = await call('read_file', {'file_path': 'a"&.svg'})
    assert response.messages[3].text == '<read_file path="a&quot;&amp;.svg" totalLines="1">\n<svg/>\n</read_file>'


async def test_several_files_come_in_one_message_in_the_order_they_were_read(ai, model, says, calls, use, root):
    (root / 'b.txt').write_text('b')
    reads = [calls('read_file', {'file_path': name}, name) for name in ('a.txt', 'b.txt')]
    model.responses = [says(*reads), says('done')]
    response = await ai.generate(prompt='x', use=use())
    assert len(response.messages[3].content) == 2
    assert sum('path="b.txt"' in part.text for part in response.messages[3].content) == 1


async def test_what_is_read_is_streamed_with_an_index_of_its_own(ai, model, says, calls, chunk, use):
    model.responses = [says(calls('read_file', {'file_path': 'a.txt'})), says('done')]
    model.chunks = [[chunk('I read.')], [chunk('done')]]
    stream = ai.generate_stream(prompt='x', use=use())
    seen = [(piece.index, piece.role, piece.text[:10]) async for piece in stream]
    assert seen == [(0, 'model', 'I read.'), (1, 'tool', ''), (2, 'user', '<read_file'), (3, 'model', 'done')]


async def test_writing_and_editing(call, root):
    _, told = await call('write_file', {'file_path': 'new/b.txt', 'content': 'älter\r\n'}, write=True)
    assert told == "'new/b.txt' was written."
    assert (root / 'new' / 'b.txt').read_bytes() == 'älter\r\n'.encode()
    edits = [{'old_string': 'ä', 'new_string': 'e'}, {'old_string': 'elter', 'new_string': 'Eltern'}]
    _, told = await call('edit_file', {'file_path': 'new/b.txt', 'edits': edits}, write=True)
    assert told == "'new/b.txt' was changed."
    assert (root / 'new' / 'b.txt').read_bytes() == b'Eltern\r\n'


async def test_an_edit_may_replace_all(call, root):
    edits = [{'old_string': 'e', 'new_string': 'E', 'replace_all': True}]
    await call('edit_file', {'file_path': 'a.txt', 'edits': edits}, write=True)
    assert (root / 'a.txt').read_text() == 'onE\ntwo\nthrEE\n'


async def test_edits_cannot_make_a_file_larger_than_may_be_written(call, root):
    (root / 'large.txt').write_text('a' * 1000)
    edit = {'old_string': 'a', 'new_string': 'a' * 50, 'replace_all': True}
    tracemalloc.start()
    _, told = await call('edit_file', {'file_path': 'large.txt', 'edits': [edit] * 9}, write=True)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "Edit 3 of 'large.txt' would make it larger than 10 MiB. Nothing was changed." in told
    assert peak < 30 * 2**20
    assert (root / 'large.txt').read_text() == 'a' * 1000


async def test_a_file_may_be_edited_up_to_the_last_byte(call, root, monkeypatch):
    monkeypatch.setattr(tools, 'MAX_FILE_BYTES', 9)
    (root / 'small.txt').write_text('aaa')
    edit = {'old_string': 'a', 'new_string': 'abc', 'replace_all': True}
    await call('edit_file', {'file_path': 'small.txt', 'edits': [edit]}, write=True)
    assert (root / 'small.txt').read_text() == 'abcabcabc'
    _, told = await call(
        'edit_file', {'file_path': 'small.txt', 'edits': [{'old_string': 'abca', 'new_string': 'äbcä'}]}, write=True
    )
    assert 'would make it larger' in told


async def test_more_edits_than_are_made_at_a_time_are_refused(call, root):
    edits = [{'old_string': 'e', 'new_string': 'e', 'replace_all': True}] * 201
    _, told = await call('edit_file', {'file_path': 'a.txt', 'edits': edits}, write=True)
    assert '201 edits are too many; make at most 200 at a time.' in told
    assert (root / 'a.txt').read_text() == 'one\ntwo\nthree\n'


FAILURES = {
    'missing': ('read_file', {'file_path': 'nope.txt'}, "'nope.txt': No such file or directory."),
    'outside': ('read_file', {'file_path': '../secret.txt'}, 'lies outside of the folder'),
    'beyond the end': ('read_file', {'file_path': 'a.txt', 'offset': 4}, 'has only 3 lines'),
    'wrong arguments': ('read_file', {'offset': -1}, 'file_path: Field required'),
    'no folder': ('list_files', {'dir_path': 'a.txt'}, 'Not a directory'),
    'outside to write': ('write_file', {'file_path': '/../x', 'content': ''}, 'lies outside of the folder'),
    'no text': ('write_file', {'file_path': 'x', 'content': '\ud800'}, 'no character'),
    'no such text': (
        'edit_file',
        {
            'file_path': 'a.txt',
            'edits': [{'old_string': 'one', 'new_string': ''}, {'old_string': 'x', 'new_string': ''}],
        },
        "Edit 2 of 'a.txt': old_string was not found. Nothing was changed.",
    ),
    'ambiguous': (
        'edit_file',
        {'file_path': 'a.txt', 'edits': [{'old_string': 'e', 'new_string': ''}]},
        'stands there 3 times',
    ),
    'nothing to replace': (
        'edit_file',
        {'file_path': 'a.txt', 'edits': [{'old_string': '', 'new_string': ''}]},
        'at least 1 character',
    ),
}


@pytest.mark.parametrize(('name', 'asked', 'expected'), FAILURES.values(), ids=FAILURES)
async def test_what_cannot_be_done_is_told_to_the_model(call, root, name, asked, expected):
    response, told = await call(name, asked, write=True)
    assert told.startswith(f'Tool {name!r} failed: ')
    assert expected in told
    assert str(root.parent) not in told
    assert response.text == 'done'
    assert (root / 'a.txt').read_text() == 'one\ntwo\nthree\n'


async def test_what_is_neither_text_nor_image_is_not_read(call, root):
    (root / 'a.bin').write_bytes(b'\xff\x00')
    _, told = await call('read_file', {'file_path': 'a.bin'})
    assert told == "Tool 'read_file' failed: 'a.bin' is neither UTF-8 text nor an image."


async def test_a_slice_that_is_too_large_is_refused_and_a_smaller_one_read(call, root):
    (root / 'large.txt').write_text('x' * 1023 + '\n' + 'y' * 256 * 1024)
    _, told = await call('read_file', {'file_path': 'large.txt'})
    assert 'over 256 KiB' in told
    assert 'with offset and limit' in told
    response, _ = await call('read_file', {'file_path': 'large.txt', 'offset': 2})
    assert len(response.messages[3].text) > 256 * 1024
    _, told = await call('read_file', {'file_path': 'large.txt', 'offset': 1, 'limit': 2})
    assert 'over 256 KiB' in told


async def test_a_failure_that_is_not_of_the_files_is_raised(ai, model, says, calls, use):
    class Stingy(ToolApproval):
        async def wrap_tool(self, params, ctx, next_fn):
            raise BudgetExceededError('tool calls', 0)

    model.responses = [says(calls('read_file', {'file_path': 'a.txt'}))]
    with pytest.raises(BudgetExceededError):
        await ai.generate(prompt='x', use=[*use(), Stingy()])


async def test_tools_of_others_are_left_alone(ai, model, says, calls, use):
    def broken():
        raise GenkitError('broken', status='NOT_FOUND')

    ai.tool()(broken)
    model.responses = [says(calls('broken'))]
    with pytest.raises(GenkitError, match='broken'):
        await ai.generate(prompt='x', tools=['broken'], use=use())


async def test_what_was_read_beside_an_interrupt_is_not_lost(ai, model, says, calls, use, root):
    def ask() -> str:
        raise Interrupt({'ask': 1})

    (root / 'a.png').write_bytes(PNG)
    ai.tool()(ask)
    reads = [calls('read_file', {'file_path': name}, name) for name in ('a.txt', 'a.png')]
    model.responses = [says(*reads, calls('ask')), says('done')]
    waiting = await ai.generate(prompt='x', tools=['ask'], use=use())
    assert waiting.finish_reason == FinishReason.INTERRUPTED
    answer = tool_response(waiting.interrupts[0], 'yes')
    response = await ai.generate(messages=waiting.messages, tools=['ask'], use=use(), resume_respond=answer)
    answers = [part.tool_response for part in response.messages[2].content]
    assert answers[0].output.startswith('<read_file path="a.txt"')
    assert 'data:image/png;base64,' in json.dumps([part.to_wire() for part in response.messages[2].content])
    assert [message.role for message in response.messages] == ['user', 'model', 'tool', 'model']


async def test_what_a_restarted_tool_reads_is_its_own_answer(ai, model, says, calls, use):
    model.responses = [says(calls('read_file', {'file_path': 'a.txt'})), says('done')]
    waiting = await ai.generate(prompt='x', use=[*use(), ToolApproval()])
    restart = restart_tool(waiting.interrupts[0], resumed_metadata={'toolApproved': True})
    response = await ai.generate(messages=waiting.messages, use=[*use(), ToolApproval()], resume_restart=restart)
    assert response.messages[2].content[0].tool_response.output.startswith('<read_file path="a.txt"')


async def test_edits_at_the_same_time_do_not_undo_each_other(ai, model, says, calls, use, root):
    (root / 'n.txt').write_text(' '.join(f'<{n}>' for n in range(20)))
    edits = [
        calls('edit_file', {'file_path': 'n.txt', 'edits': [{'old_string': f'<{n}>', 'new_string': str(n)}]}, str(n))
        for n in range(20)
    ]
    model.responses = [says(*edits), says('done')]
    await ai.generate(prompt='x', use=use(write=True))
    assert (root / 'n.txt').read_text() == ' '.join(str(n) for n in range(20))


async def test_calls_at_the_same_time_do_not_mix_what_they_read(ai, says, calls, use, root):
    import asyncio

    for n in range(10):
        (root / f'{n}.txt').write_text(f'content {n}')

    async def read_what_is_named(request):
        name = request.messages[0].text
        if len(request.messages) == 1:
            return says(calls('read_file', {'file_path': f'{name}.txt'}))
        return says(request.messages[-1].text)

    ai.define_model('reader', read_what_is_named)
    shared = use()
    responses = await asyncio.gather(*(ai.generate(model='reader', prompt=str(n), use=shared) for n in range(10)))
    assert all(f'content {n}' in response.text for n, response in enumerate(responses))


def test_a_folder_must_be_named():
    with pytest.raises(GenkitError, match='rootDir'):
        Filesystem()
    with pytest.raises(GenkitError, match='at least 1 character'):
        Filesystem(root_dir='')


async def test_a_folder_that_is_not_there_is_told_to_the_model(ai, model, says, calls, tmp_path):
    model.responses = [says(calls('list_files', {})), says('done')]
    response = await ai.generate(prompt='x', use=[Filesystem(root_dir=str(tmp_path / 'missing'))])
    told = response.messages[2].content[0].tool_response.output
    assert told == "Tool 'list_files' failed: '': No such file or directory."
