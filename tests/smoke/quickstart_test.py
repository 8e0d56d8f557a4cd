# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The quickstart as somebody runs it: a program of its own, without a network."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest


ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / 'samples' / 'quickstart' / 'main.py'
NO_NETWORK = {f'{name}_proxy': 'http://127.0.0.1:9' for name in ('http', 'https', 'all')}

pytestmark = pytest.mark.timeout(120)


def run(*options: object, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), *map(str, options)]
    environment = {**os.environ, **NO_NETWORK, 'PYTHONWARNINGS': 'error', 'PYTHONIOENCODING': 'utf-8'}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding='utf-8', check=False)


def test_it_answers_from_the_documents_and_shows_what_happened(tmp_path):
    ended = run(folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, '')
    lines = ended.stdout.splitlines()
    asked = lines.index('Who built the lighthouse of Skarholm?')
    told = '\n'.join(lines[asked:])
    assert 'Ada Norling' in told.partition('from lighthouse.md')[0]
    assert 'from lighthouse.md (The builder)' in told
    assert "count_words('lighthouse.md') returned 'lighthouse.md has 73 words.'" in told
    assert re.search(r"Fact\(subject='.*Skarholm', person='Ada Norling', year=1911\)", told)
    tree = lines[lines.index('What happened') :]
    assert tree[1].startswith('  └─ quickstart (flow) ')
    for name in ('indexer', 'embedder', 'retriever', 'model', 'tool'):
        assert any(f'({name}) ' in line and line.endswith(' ms') for line in tree)
    told_next = lines[lines.index('Next') + 1 :]
    for path in re.findall(r'(?:samples|docs)/\S+', '\n'.join(told_next)):
        assert (ROOT / path).is_file()
    assert told_next[0].startswith('  bin/quickstart --docs DIR')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != 'posix', reason='a console of Windows interrupts every program in it')
@pytest.mark.parametrize('line', ['importing', 'loading smollm2', 'smollm2-135m-instruct is ready'])
def test_ctrl_c_ends_it_at_once_whatever_it_does(tmp_path, line):
    environment = {**os.environ, 'TMPDIR': str(tmp_path)}
    command = [sys.executable, '-u', str(PROGRAM)]
    with subprocess.Popen(command, env=environment, stdout=PIPE, stderr=PIPE, encoding='utf-8') as program:
        assert program.stdout is not None
        assert any(line in said for said in program.stdout)
        program.send_signal(signal.SIGINT)
        _, errors = program.communicate()
    assert (program.returncode, errors) == (130, '')
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != 'posix', reason='a console of Windows interrupts every program in it')
def test_ctrl_c_ends_it_without_a_traceback_while_it_imports(tmp_path):
    (tmp_path / 'argparse.py').write_text('import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n')
    environment = {**os.environ, 'PYTHONPATH': str(tmp_path)}
    ended = subprocess.run([sys.executable, str(PROGRAM)], env=environment, capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, b'', b'')


def test_it_draws_what_the_terminal_shows(tmp_path):
    picture = tmp_path / 'picture.svg'
    assert run('--picture', picture, folder=tmp_path).returncode == 0
    drawn = picture.read_text('utf-8')
    assert drawn.startswith('<svg')
    assert drawn.count('passages') == 2  # how many there are, and the end of the bar
    assert 'url(http' not in drawn


def test_it_answers_other_questions_as_json_and_keeps_the_index_where_it_is_told_to(tmp_path):
    store = tmp_path / 'store'
    ended = run('--json', '--store', store, '--ask', 'What is the name of the dog?', folder=tmp_path)
    assert ended.returncode == 0
    report = json.loads(ended.stdout)
    assert report['question'] == 'What is the name of the dog?'
    assert 'Biscuit' in report['answer']
    assert report['sources'][0] == {'file': 'keepers.md', 'heading': 'The dog'}
    assert report['tool']['name'] == 'count_words'
    assert report['tool']['input'] == {'file': 'keepers.md'}
    assert report['tool']['output'] == 'keepers.md has 62 words.'
    assert '62' in report['tool']['answer']
    assert set(report['object']) == {'subject', 'person', 'year'}
    [root] = report['trace']
    assert root['name'] == 'quickstart'
    assert root['milliseconds'] >= sum(step['milliseconds'] for step in root['steps']) * 0.9
    assert [path.name for path in store.iterdir() if path.suffix == '.gkvs'] == ['index-quickstart.gkvs']


def test_it_reads_a_folder_of_yours(tmp_path):
    docs = tmp_path / 'mine'
    (docs / 'deep').mkdir(parents=True)
    (docs / 'deep' / 'tea.md').write_text('# Tea\n\nThe favourite tea of Mira Holt is jasmine.\n', 'utf-8')
    (docs / 'notes.txt').write_text('Not Markdown.', 'utf-8')
    ended = run('--docs', docs, '--ask', 'What is the favourite tea of Mira Holt?', folder=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, '')
    assert 'jasmine' in ended.stdout
    assert 'from deep/tea.md (Tea)' in ended.stdout
    assert 'count_words' not in ended.stdout  # a question of ours about a file of yours
    assert 'Fact(' not in ended.stdout  # nor need there be a person and a year


def test_a_folder_without_documents_is_one_clear_line(tmp_path):
    (tmp_path / 'empty.md').write_text('# A heading alone\n', 'utf-8')
    for folder, message in ((tmp_path, 'holds no Markdown file'), (tmp_path / 'nowhere', 'there is no folder')):
        ended = run('--docs', folder, '--store', tmp_path / 'store', folder=tmp_path)
        assert (ended.returncode, ended.stdout) == (1, '')
        assert ended.stderr.count('\n') == 1
        assert ended.stderr.startswith(
            f'quickstart: {message}' if folder.name == 'nowhere' else 'quickstart: the folder'
        )
        assert message in ended.stderr
        assert str(folder) in ended.stderr
    assert not (tmp_path / 'store').exists()


def test_documents_that_are_no_text_are_one_clear_line(tmp_path):
    (tmp_path / 'photo.md').write_bytes(b'\xff\xd8\xff')
    ended = run('--docs', tmp_path, folder=tmp_path)
    assert (ended.returncode, ended.stdout) == (1, '')
    assert ended.stderr.startswith(f'quickstart: cannot read {str(tmp_path / "photo.md")!r}')
    assert ended.stderr.count('\n') == 1


def unwritable(parent: Path) -> Path:
    """A folder that nothing can be written into; a file in its place where rights do not bind whoever runs this."""
    store = parent / 'store'
    if os.name == 'posix' and os.geteuid() != 0:
        store.mkdir(mode=0o500)
    else:
        store.write_text('a file', 'utf-8')
    return store


def test_a_store_that_cannot_be_written_is_one_clear_line_and_left_as_it_is(tmp_path):
    store = unwritable(tmp_path)
    ended = run('--json', '--store', store, folder=tmp_path)
    assert ended.returncode == 1
    assert ended.stdout == ''
    assert ended.stderr.splitlines()[-1].startswith('quickstart: ')
    assert str(store) in ended.stderr
    assert 'Traceback' not in ended.stderr
    assert list(tmp_path.rglob('*')) == [store]
