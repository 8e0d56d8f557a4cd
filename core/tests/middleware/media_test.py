# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import asyncio
import base64
import gzip
import socket
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import pytest
from genkit import GenkitError, Media, MediaPart, Message, StatusName, TextPart
from genkit.middleware import DownloadRequestMedia


PNG = b'\x89PNG\r\n\x1a\n'


class Site:
    """A web server on this machine: answers by path, and remembers what it was asked.

    Attributes:
        answers: The raw answer of each path; none at all for a path that is not here.
        asked: The path and the host of each request.
    """

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.asked: list[tuple[str, str]] = []
        self.port = 0

    def url(self, path: str, host: str = '127.0.0.1') -> str:
        return f'http://{host}:{self.port}{path}'

    def holds(self, path: str, body: bytes, kind: str = 'image/png', status: str = '200 OK', *headers: str) -> None:
        lines = [f'HTTP/1.1 {status}', f'Content-Type: {kind}', 'Connection: close', *headers]
        self.answers[path] = '\r\n'.join([*lines, '', '']).encode() + body

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b'\r\n\r\n')).decode()
        path = head.split(' ')[1]
        host = next(line[6:] for line in head.split('\r\n') if line.lower().startswith('host: '))
        self.asked.append((path, host))
        if path in self.answers:
            writer.write(self.answers[path])
        else:
            await reader.read()  # until the client has had enough
        writer.close()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    async with await asyncio.start_server(site.answer, '127.0.0.1', 0) as server:
        site.port = server.sockets[0].getsockname()[1]
        yield site


@pytest.fixture
def ask(ai, model, says):
    """Return a function that sends a medium to the model and returns the part that arrives there."""
    model.responses = [says('ok')]

    async def send(url, content_type=None, **options):
        options.setdefault('allowed_hosts', ['127.0.0.1'])
        part = MediaPart(media=Media(url=url, content_type=content_type))
        await ai.generate(prompt=[TextPart(text='x'), part], use=[DownloadRequestMedia(**options)])
        return model.requests[-1].messages[-1].content[-1].media

    return send


async def refused(call) -> GenkitError:
    with pytest.raises(GenkitError) as caught:
        await call
    return caught.value


async def test_a_medium_is_put_in_for_its_address(site, ask):
    site.holds('/a.png', PNG)
    media = await ask(site.url('/a.png'))
    assert media.url == f'data:image/png;base64,{base64.b64encode(PNG).decode()}'
    assert media.content_type == 'image/png'


async def test_the_type_that_the_part_tells_wins_over_the_servers(site, ask):
    site.holds('/a', PNG, 'image/x-odd; charset=binary')
    assert (await ask(site.url('/a'), 'image/png')).url.startswith('data:image/png;base64,')
    assert (await ask(site.url('/a'))).url.startswith('data:image/x-odd;base64,')


@pytest.mark.parametrize('url', ['data:image/png;base64,AA==', 'gs://bucket/a.png', 'file:///etc/passwd'])
async def test_what_is_no_http_address_is_left_alone(ask, url):
    assert (await ask(url)).url == url


async def test_only_wanted_parts_are_fetched_wherever_they_are(site, ai, model, says):
    site.holds('/a', PNG)
    site.holds('/b', PNG)
    model.responses = [says('ok')]
    urls = [site.url('/a'), site.url('/b')]
    messages = [Message(role='user', content=[MediaPart(media=Media(url=url))]) for url in urls]
    use = [DownloadRequestMedia(wanted=lambda part: part.media.url.endswith('a'), allowed_hosts=['127.0.0.1'])]
    await ai.generate(messages=messages, use=use)
    arrived = [message.content[0].media.url for message in model.requests[0].messages]
    assert arrived[0].startswith('data:')
    assert arrived[1] == urls[1]


async def test_what_is_too_large_is_not_fetched_to_its_end(site, ask):
    site.holds('/large', b'x' * 100_000)
    error = await refused(ask(site.url('/large'), max_bytes=1000))
    assert error.status == StatusName.OUT_OF_RANGE
    site.holds('/exact', b'x' * 1000)
    assert (await ask(site.url('/exact'), max_bytes=1000)).url


async def test_a_server_that_does_not_answer_is_given_up(site, ask):
    error = await refused(ask(site.url('/never'), timeout=0.05))
    assert error.status == StatusName.DEADLINE_EXCEEDED


async def test_a_type_that_is_not_accepted_is_refused(site, ask):
    site.holds('/page', b'<html>', 'application/x-sh')
    error = await refused(ask(site.url('/page')))
    assert error.status == StatusName.INVALID_ARGUMENT
    assert "'application/x-sh'" in error.message
    assert (await ask(site.url('/page'), content_types=['application/x-sh'])).content_type == 'application/x-sh'


@pytest.mark.parametrize(
    ('status', 'expected'), [('404 Not Found', 'NOT_FOUND'), ('403 Forbidden', 'PERMISSION_DENIED')]
)
async def test_an_error_of_the_server_is_told(site, ask, status, expected):
    site.holds('/gone', b'', status=status)
    assert (await refused(ask(site.url('/gone')))).status == expected


async def test_redirects_are_followed_a_few_times(site, ask):
    site.holds('/a', b'', 'text/plain', '302 Found', 'Location: /b')
    site.holds('/b', PNG)
    assert (await ask(site.url('/a'))).content_type == 'image/png'
    site.holds('/b', b'', 'text/plain', '302 Found', 'Location: /a')
    assert (await refused(ask(site.url('/a')))).status == StatusName.OUT_OF_RANGE


@pytest.mark.parametrize('target', ['localhost', '127.0.0.2', '10.0.0.1', '169.254.169.254', '[::1]', '0.0.0.0'])
async def test_a_redirect_to_a_private_address_is_refused(site, ask, target):
    site.holds('/a', b'', 'text/plain', '302 Found', f'Location: http://{target}:{site.port}/secret')
    site.holds('/secret', PNG)
    error = await refused(ask(site.url('/a')))
    assert error.status == StatusName.PERMISSION_DENIED
    assert [path for path, _ in site.asked] == ['/a']


@pytest.mark.parametrize('target', ['file:///etc/passwd', 'ftp://127.0.0.1/a'])
async def test_a_redirect_to_another_scheme_is_refused(site, ask, target):
    site.holds('/a', b'', 'text/plain', '302 Found', f'Location: {target}')
    assert (await refused(ask(site.url('/a')))).status == StatusName.INVALID_ARGUMENT


@pytest.mark.parametrize(
    'host',
    ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '192.168.0.1', '100.64.0.1'],
)
async def test_a_private_address_is_refused_unless_it_is_allowed(site, ask, host):
    error = await refused(ask(site.url('/a', host), allowed_hosts=[]))
    assert error.status == StatusName.PERMISSION_DENIED
    assert site.asked == []


@pytest.fixture
def names(monkeypatch):
    """Resolve names as the test says; each lookup takes the next answer. Returns answers and what was looked up."""
    answers: dict[str, list[list[str]]] = {}
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        if host not in answers:
            return real(host, port, *args, **kwargs)
        looked_up.append(host)
        addresses = answers[host].pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, '', (address, port)) for address in addresses]

    monkeypatch.setattr(socket, 'getaddrinfo', resolve)
    return answers, looked_up


async def test_a_name_that_leads_to_a_private_address_is_refused(site, ask, names):
    names[0]['media.test'] = [['127.0.0.1']]
    error = await refused(ask(site.url('/a', 'media.test')))
    assert "'media.test' leads to 127.0.0.1, which is not a public address" in error.message
    assert site.asked == []


async def test_one_private_address_among_public_ones_is_enough(site, ask, names):
    names[0]['media.test'] = [['93.184.215.14', '127.0.0.1']]
    assert (await refused(ask(site.url('/a', 'media.test')))).status == StatusName.PERMISSION_DENIED


async def test_a_name_that_leads_elsewhere_a_moment_later_changes_nothing(site, ask, names, monkeypatch):
    monkeypatch.setattr('genkit._base.http.download.is_public', lambda address: address == '127.0.0.1')
    names[0]['media.test'] = [['127.0.0.1'], ['127.0.0.2']]
    site.holds('/a', PNG)
    assert (await ask(site.url('/a', 'media.test'), allowed_hosts=[])).content_type == 'image/png'
    assert names[1] == ['media.test']
    assert site.asked == [('/a', f'media.test:{site.port}')]


async def test_no_secret_of_an_address_is_told(site, ask):
    site.holds('/a?key=s3cret', b'', status='404 Not Found')
    error = await refused(ask(site.url('/a?key=s3cret', 'user:p4ss@127.0.0.1')))
    assert 's3cret' not in str(error)
    assert 'p4ss' not in str(error)


def bomb(layers: int, size: int = 50 * 2**20) -> bytes:
    """Return zeros, packed once or several times."""
    packed = bytes(size)
    for _ in range(layers):
        packed = gzip.compress(packed)
    return packed


@pytest.mark.parametrize(
    ('encoding', 'layers'), [('gzip, gzip', 2), ('gzip,gzip,gzip', 3), ('br', 1), ('zstd', 1), ('?', 1)]
)
async def test_a_body_that_is_packed_twice_or_oddly_is_refused(site, ask, encoding, layers):
    site.holds('/bomb', bomb(layers, 1000), 'image/png', '200 OK', f'Content-Encoding: {encoding}')
    error = await refused(ask(site.url('/bomb'), max_bytes=10**6))
    assert error.status == StatusName.FAILED_PRECONDITION
    assert repr(encoding) in error.message


async def test_a_body_is_not_unpacked_beyond_the_limit(site, ask):
    site.holds('/bomb', bomb(1), 'image/png', '200 OK', 'Content-Encoding: gzip')
    tracemalloc.start()
    error = await refused(ask(site.url('/bomb'), max_bytes=10**6))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert error.status == StatusName.OUT_OF_RANGE
    assert peak < 10 * 10**6


@pytest.mark.parametrize(
    ('encoding', 'pack'),
    [('gzip', gzip.compress), ('X-GZip', gzip.compress), ('deflate', zlib.compress), ('identity', bytes)],
)
async def test_one_layer_is_unpacked(site, ask, encoding, pack):
    site.holds('/a', pack(PNG * 1000), 'image/png', '200 OK', f'Content-Encoding: {encoding}')
    media = await ask(site.url('/a'), max_bytes=len(PNG) * 1000)
    assert media.url == f'data:image/png;base64,{base64.b64encode(PNG * 1000).decode()}'


@pytest.mark.parametrize('body', [b'not packed', gzip.compress(PNG * 100, mtime=0)[:-9], b''])
async def test_a_body_that_cannot_be_unpacked_is_an_error(site, ask, body):
    site.holds('/a', body, 'image/png', '200 OK', 'Content-Encoding: gzip')
    assert (await refused(ask(site.url('/a')))).status == StatusName.DATA_LOSS


@pytest.mark.parametrize('kind', ['image/png"><script>', 'image/png,text/html', 'image/', 'png'])
async def test_a_type_that_is_none_reaches_no_address(site, ask, kind):
    site.holds('/a', PNG, kind)
    assert (await refused(ask(site.url('/a')))).status == StatusName.INVALID_ARGUMENT
    site.holds('/a', PNG)
    assert (await refused(ask(site.url('/a'), kind))).status == StatusName.INVALID_ARGUMENT


@pytest.mark.parametrize(
    'host', ['a' * 70, 'a..b', 'xn--a', '\u0261\u0300' * 40, 'a\x00b', '[::1', 'a:b:c', '127.0.0.1:99999']
)
async def test_a_name_that_no_host_may_have_is_an_argument_that_is_wrong(site, ask, host):
    error = await refused(ask(f'http://{host}/'))
    assert error.status == StatusName.INVALID_ARGUMENT
    if host.isascii() and '\x00' not in host:
        site.holds('/a', b'', 'text/plain', '302 Found', f'Location: http://{host}/')
        assert (await refused(ask(site.url('/a')))).status in (StatusName.INVALID_ARGUMENT, StatusName.UNAVAILABLE)
