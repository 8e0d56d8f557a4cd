# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What every kind of answer means, asked of a server that gives it."""

import asyncio
import hashlib
import json
import time

import httpx
import pytest
from releasekit.index.credentials import credentials_for, nobody
from releasekit.index.form_upload import FormUploader, read_answer
from releasekit.index.port import IndexFile, IndexUnreachable, Outcome
from releasekit.index.simple import SimpleReader
from releasekit.index.web_index import Address, connected
from releasekit.model.errors import RefusedError

from .fault_index import FaultIndex


JSON = 'application/vnd.pypi.simple.v1+json'


def page_of(name, files, version='1.0'):
    return json.dumps({'meta': {'api-version': version}, 'name': name, 'files': files})


async def _sent(index, files, position=0, **options):
    artefacts, path_of = files
    artefact = artefacts[position]
    async with connected(Address('t', f'{index.url}/simple/', f'{index.url}/legacy/'), nobody, **options) as web:
        return await web.upload(artefact, path_of(artefact))


async def _listed(index, name='kit'):
    async with connected(Address('t', f'{index.url}/simple', f'{index.url}/'), nobody) as web:
        return await web.files(name)


async def test_a_form_holds_all_that_the_metadata_says(files):
    with FaultIndex() as index:
        answer = await _sent(index, files)
        await _sent(index, files, 1)
    assert answer.outcome is Outcome.STORED
    wheel, sdist = index.sent
    assert wheel.form == {
        ':action': ['file_upload'],
        'protocol_version': ['1'],
        'filetype': ['bdist_wheel'],
        'pyversion': ['py3'],
        'sha256_digest': [files[0][0].sha256],
        'metadata_version': ['2.4'],
        'name': ['kit'],
        'version': ['1.2.0'],
        'summary': ['A kit'],
        'keywords': ['a,b'],
        'author_email': ['Ada <ada@example.org>'],
        'license_expression': ['Apache-2.0'],
        'license_files': ['LICENSE'],
        'classifiers': ['Typing :: Typed', 'Programming Language :: Python :: 3'],
        'project_urls': ['Home, https://example.org/kit', 'Issues, https://example.org/issues'],
        'requires_python': ['>=3.11'],
        'requires_dist': ['httpx>=0.27', 'rich; extra == "ui"'],
        'provides_extra': ['ui'],
        'description_content_type': ['text/markdown'],
        'description': ['# kit\n\nÜnïcode.\n'],
    }
    assert hashlib.sha256(wheel.content).hexdigest() == files[0][0].sha256
    assert sdist.form['filetype'] == ['sdist']
    assert sdist.form['pyversion'] == ['source']
    assert wheel.headers['User-Agent'].startswith('releasekit/')


@pytest.mark.parametrize(
    ('fault', 'outcome', 'hint'),
    [
        ('503 before', Outcome.UNCLEAR, 1.0),
        ('503 after', Outcome.UNCLEAR, None),
        ('reset', Outcome.UNCLEAR, None),
        ('silent after', Outcome.UNCLEAR, None),
        ('429', Outcome.THROTTLED, 7.0),
        ('quota', Outcome.QUOTA, 4000.0),
        ('400', Outcome.REFUSED, None),
        ('403', Outcome.DENIED, None),
        ('redirect', Outcome.REFUSED, None),
        ('login', Outcome.UNCLEAR, None),
    ],
)
async def test_an_answer_is_taken_for_what_it_is_worth(files, fault, outcome, hint):
    with FaultIndex(faults=[fault]) as index:
        answer = await _sent(index, files)
    assert (answer.outcome, answer.retry_after) == (outcome, hint)


async def test_pages_of_html_are_read_as_words(files):
    with FaultIndex(faults=['400']) as index:
        assert (await _sent(index, files)).text == '400 No: not like this'


async def test_a_name_that_is_taken_is_told_apart(files):
    with FaultIndex() as index:
        index.held['kit-1.2.0-py3-none-any.whl'] = b'other'
        assert (await _sent(index, files)).outcome is Outcome.THERE


async def test_nobody_there_is_unclear(files):
    index = FaultIndex()
    with index:
        url = index.url
    artefacts, path_of = files
    async with connected(Address('t', url, url), nobody) as web:
        assert (await web.upload(artefacts[0], path_of(artefacts[0]))).outcome is Outcome.UNCLEAR
        with pytest.raises(IndexUnreachable, match='ConnectError'):
            await web.files('kit')


@pytest.mark.parametrize('speaks', ['json', 'html'])
@pytest.mark.parametrize('hides', [False, True])
async def test_pages_are_read_as_json_and_as_html(files, speaks, hides):
    artefacts, path_of = files
    with FaultIndex(speaks=speaks, hides_hashes=hides) as index:
        assert await _listed(index) is None
        async with connected(Address('t', f'{index.url}/simple/', f'{index.url}/'), nobody) as web:
            for artefact in artefacts:
                await web.upload(artefact, path_of(artefact))
            listed = await web.files('kit') or {}
            assert {name: file.sha256 for name, file in listed.items()} == {
                artefact.file: None if hides else artefact.sha256 for artefact in artefacts
            }
            digests = [await web.digest(listed[artefact.file]) for artefact in artefacts]
            assert digests == [artefact.sha256 for artefact in artefacts]


async def test_a_stale_page_shows_nothing_yet(files):
    with FaultIndex() as index:
        await _sent(index, files)
        index.stale_until = time.monotonic() + 60
        assert await _listed(index) is None


@pytest.mark.parametrize(
    ('page', 'said'),
    [
        ((200, 'text/plain', 'hello', {}), 'no page of a project'),
        ((200, 'application/json', '{"files": 3}', {}), 'no page of a project'),
        ((200, JSON, '[' * 200_000, {}), 'nested too deeply'),
        ((200, JSON, f'[{"9" * 6000}]', {}), 'no page of a project'),
        ((200, JSON, page_of('kit', [None]), {}), 'no page of a project'),
        ((200, JSON, page_of('kit', [{'filename': 3, 'url': 'x'}]), {}), 'no page of a project'),
        ((200, JSON, page_of('kit', [{'filename': 'kit-1.tar.gz', 'url': None}]), {}), 'no page of a project'),
        ((200, JSON, page_of('kit', [], '9.0'), {}), 'speaks version 9.0'),
        ((200, JSON, page_of('other', []), {}), "the page of 'other'"),
        ((200, 'text/html', '<html><form>who?</form></html>', {}), "lists no file of 'kit'"),
        ((200, 'text/html', '<html><a href="other-1.0.tar.gz">x</a></html>', {}), "lists no file of 'kit'"),
        ((200, 'text/html', '<html><![x[', {}), 'no page of a project'),
        ((200, 'text/html; charset=utf-99', '\x00\x01<a href="kit-1.0.tar.gz">x</a>', {}), 'it is not HTML'),
        ((302, 'text/html', '', {'Location': '/simple/kit/'}), 'leads from one address to the next'),
        ((302, 'text/html', '', {'Location': 'file:///etc/passwd'}), 'UnsupportedProtocol'),
        ((204, 'text/html', '', {}), 'answered 204'),
        ((200, 'text/html', 'not gzip', {'Content-Encoding': 'gzip'}), 'DecodingError'),
        ((500, 'text/plain', 'oh', {}), 'answered 500'),
        ((403, 'text/plain', 'oh', {}), 'answered 403'),
    ],
)
async def test_what_is_no_page_is_no_answer(page, said):
    with FaultIndex(page=page) as index, pytest.raises(IndexUnreachable, match=said):
        await _listed(index)


@pytest.mark.parametrize(
    'page',
    [
        (200, JSON, page_of('Kit', [])),
        (200, 'text/html', '<!DOCTYPE html><html><head><title>Links for kit</title></head></html>'),
        (200, 'text/html', '<html><meta name="pypi:repository-version" content="1.0"></html>'),
    ],
)
async def test_a_project_may_have_no_files(page):
    with FaultIndex(page=(*page, {})) as index:
        assert await _listed(index) == {}


@pytest.mark.parametrize('speaks', ['json', 'html'])
async def test_files_of_other_projects_are_left_out(speaks):
    with FaultIndex(speaks=speaks) as index:
        index.held = dict.fromkeys(('kit-1.0.tar.gz', 'kit-2-1.0.tar.gz', 'kit_ui-1.0-py3-none-any.whl'), b'')
        assert list(await _listed(index) or ()) == ['kit-1.0.tar.gz']


def _reader(pieces, patience=60.0):
    async def content():
        async for piece in pieces():
            yield piece

    def answer(_request):
        return httpx.Response(200, headers={'content-type': 'text/html'}, content=content())

    return SimpleReader(httpx.AsyncClient(transport=httpx.MockTransport(answer)), 'http://index/', patience)


async def _endless():
    while True:
        yield b'A' * 100_000


async def _dripping():
    while True:
        yield b' '
        await asyncio.sleep(0.01)


async def test_no_more_is_read_than_a_page_or_a_file_can_have():
    reader = _reader(_endless)
    with pytest.raises(IndexUnreachable, match='more than 67,108,864 bytes'):
        await reader.files('kit')
    with pytest.raises(IndexUnreachable, match='more than 16,777,256 bytes'):
        await reader.digest(IndexFile('kit-1.0.tar.gz', 'http://index/kit-1.0.tar.gz', size=10))


async def test_an_answer_has_to_be_whole_in_time():
    reader = _reader(_dripping, 0.1)
    with pytest.raises(IndexUnreachable, match='not answered to the end in time'):
        await reader.files('kit')
    with pytest.raises(IndexUnreachable, match='not answered to the end in time'):
        await reader.fetch(IndexFile('kit-1.0.tar.gz', 'http://index/kit-1.0.tar.gz'))


@pytest.mark.parametrize(
    ('said', 'hint'), [('7', 7.0), ('9' * 5000, 366 * 86_400.0), ('²', None), ('-5', None), ('soon', None)]
)
def test_a_hint_is_a_number_that_can_be_waited_for(said, hint):
    headers = [(b'Retry-After', said.encode())]
    assert read_answer(httpx.Response(429, headers=headers)).retry_after == hint


async def test_of_an_answer_to_a_file_no_more_than_the_beginning_is_read(files):
    artefacts, path_of = files

    def answer(_request):
        return httpx.Response(400, content=_endless())

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        answered = await FormUploader(client, 'http://index/', nobody).upload(artefacts[0], path_of(artefacts[0]))
    assert (answered.outcome, answered.text[:7]) == (Outcome.REFUSED, '400 AAA')


async def test_a_file_that_is_listed_and_gone_is_no_answer(files):
    with FaultIndex() as index:
        await _sent(index, files)
        listed = await _listed(index) or {}
        index.held.clear()
        async with connected(Address('t', index.url, index.url), nobody) as web:
            with pytest.raises(IndexUnreachable, match='answers 404'):
                await web.digest(listed['kit-1.2.0-py3-none-any.whl'])


async def test_uv_finds_what_it_can_install_and_nothing_else(files):
    artefacts, path_of = files
    with FaultIndex() as index:
        async with connected(Address('t', f'{index.url}/simple/', f'{index.url}/'), nobody) as web:
            assert not await web.installs('kit', '1.2.0')
            await web.upload(artefacts[0], path_of(artefacts[0]))
            assert await web.installs('kit', '1.2.0')
            assert not await web.installs('kit', '1.3.0')
            index.stale_until = time.monotonic() + 60
            assert not await web.installs('kit', '1.2.0')


async def test_uv_sends_files_too(files):
    with FaultIndex() as index:
        answer = await _sent(index, files, with_uv=True)
        assert answer.outcome is Outcome.STORED
        assert list(index.held) == ['kit-1.2.0-py3-none-any.whl']
        index.faults = ['403']
        assert (await _sent(index, files, 1, with_uv=True)).outcome is Outcome.DENIED
        index.faults = ['400']
        assert (await _sent(index, files, 1, with_uv=True)).outcome is Outcome.UNCLEAR


@pytest.fixture
def no_credentials(monkeypatch):
    for name in ('UV_PUBLISH_TOKEN', 'UV_PUBLISH_PASSWORD', 'TWINE_PASSWORD', 'ACTIONS_ID_TOKEN_REQUEST_URL'):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ('environment', 'found'),
    [
        ({'UV_PUBLISH_TOKEN': 'pypi-x'}, ('__token__', 'pypi-x')),
        ({'UV_PUBLISH_USERNAME': 'ada', 'UV_PUBLISH_PASSWORD': 'p'}, ('ada', 'p')),
        ({'TWINE_PASSWORD': 't'}, ('__token__', 't')),
    ],
)
async def test_credentials_come_from_the_environment(no_credentials, monkeypatch, environment, found):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert await credentials_for('http://127.0.0.1:9/')('kit') == found


async def test_without_credentials_the_ways_to_give_them_are_named(no_credentials):
    with pytest.raises(RefusedError, match='UV_PUBLISH_TOKEN'):
        credentials_for('http://127.0.0.1:9/')


async def test_a_trusted_publisher_gets_a_token_for_each_file(no_credentials, monkeypatch):
    with FaultIndex() as index:
        monkeypatch.setenv('ACTIONS_ID_TOKEN_REQUEST_URL', f'{index.url}/identity?api-version=2.0')
        monkeypatch.setenv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'secret-of-the-runner')
        credentials = credentials_for(f'{index.url}/legacy/')
        assert await credentials('kit') == ('__token__', 'pypi-short')
        assert await credentials('kit') == ('__token__', 'pypi-short')
        assert [entry for entry in index.minted if isinstance(entry, dict)] == [
            {'token': 'claim', 'package': 'kit'}
        ] * 2
        assert index.minted[0][1] == 'bearer secret-of-the-runner'
        assert 'audience=testindex' in index.minted[0][0]


async def test_a_refused_token_says_what_to_compare_and_no_secret(no_credentials, monkeypatch):
    errors = {'errors': [{'code': 'invalid-publisher', 'description': 'no publisher with matching claims'}]}
    with FaultIndex(mint_answer=(422, errors)) as index:
        monkeypatch.setenv('ACTIONS_ID_TOKEN_REQUEST_URL', f'{index.url}/identity')
        monkeypatch.setenv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'secret-of-the-runner')
        with pytest.raises(RefusedError, match='no publisher with matching claims') as raised:
            await credentials_for(f'{index.url}/')('kit')
    assert 'workflow file' in str(raised.value)
    assert 'secret-of-the-runner' not in str(raised.value)
    assert 'claim' not in str(raised.value).replace('claims', '')
