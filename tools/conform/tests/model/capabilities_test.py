# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The built-in tests are requests that models understand, with the validators of the developer tools."""

import base64
import struct
import zlib

import pytest
from conform.model.capabilities import capabilities, find_capability, parse_question
from conform.model.errors import UsageError
from conform.specs.read import default_capabilities
from genkit.types import GenerateRequest


# The rows of each letter from the top; the last two lie below the line.
LETTERS = {
    'g': ('     ', '     ', ' ####', '#   #', '#   #', '#   #', ' ####', '    #', '#### '),
    'e': ('     ', '     ', ' ### ', '#   #', '#####', '#    ', ' ### ', '     ', '     '),
    'n': ('     ', '     ', '# ## ', '##  #', '#   #', '#   #', '#   #', '     ', '     '),
    'k': ('#    ', '#    ', '#  # ', '# #  ', '##   ', '# #  ', '#  # ', '     ', '     '),
    'i': ('  #  ', '     ', ' ##  ', '  #  ', '  #  ', '  #  ', ' ### ', '     ', '     '),
    't': (' #   ', ' #   ', '#### ', ' #   ', ' #   ', ' #  #', '  ## ', '     ', '     '),
}
MARGIN, DOT = 3, 14


def drawing():
    """Draws "genkit" as lines of dots."""
    rows = [' '.join(LETTERS[letter][row] for letter in 'genkit') for row in range(9)]
    empty = [' ' * len(rows[0])] * MARGIN
    return [f'{" " * MARGIN}{row}{" " * MARGIN}' for row in (*empty, *rows, *empty)]


def dots_of(png):
    """Reads a PNG of 8 bits of grey whose lines have no filter; one dot for every square of pixels."""
    assert png.startswith(b'\x89PNG\r\n\x1a\n')
    chunks, place = {}, 8
    while place < len(png):
        (length,) = struct.unpack_from('>I', png, place)
        name, content = png[place + 4 : place + 8], png[place + 8 : place + 8 + length]
        assert struct.unpack_from('>I', png, place + 8 + length) == (zlib.crc32(name + content),)
        chunks[name] = content
        place += 12 + length
    width, height, *kind = struct.unpack('>IIBBBBB', chunks[b'IHDR'])
    assert kind == [8, 0, 0, 0, 0]
    pixels = zlib.decompress(chunks[b'IDAT'])
    lines = [pixels[start + 1 : start + 1 + width] for start in range(0, height * (width + 1), width + 1)]
    return [''.join('#' if line[x] == 0 else ' ' for x in range(0, width, DOT)) for line in lines[::DOT]]


def test_the_picture_shows_the_word():
    part = find_capability('input-image-base64').test.request['messages'][0]['content'][1]
    prefix, _, content = part['media']['url'].partition(',')
    assert (prefix, part['media']['contentType']) == ('data:image/png;base64', 'image/png')
    assert dots_of(base64.b64decode(content)) == drawing()


@pytest.mark.parametrize('name', list(capabilities()))
def test_every_request_is_one(name):
    case = find_capability(name).case('m')
    assert (case.model, case.name, case.skip) == ('m', name, '')
    assert GenerateRequest.model_validate(case.request, by_name=False, by_alias=True).extra == {}


def test_the_defaults_are_those_of_the_developer_tools():
    assert set(default_capabilities()) == {
        'tool-request',
        'structured-output',
        'multiturn',
        'system-role',
        'input-image-base64',
        'input-image-url',
        'streaming-multiturn',
        'streaming-tool-request',
        'streaming-structured-output',
    }


def test_the_validators_are_those_of_the_developer_tools():
    asked = {name: [question.text for question in found.test.questions] for name, found in capabilities().items()}
    assert asked == {
        'tool-request': ['has-tool-request:weather'],
        'structured-output': ['valid-json'],
        'multiturn': ['text-includes:Genkit'],
        'streaming-multiturn': ['stream-text-includes:Genkit'],
        'streaming-tool-request': ['stream-has-tool-request:weather'],
        'streaming-structured-output': ['stream-valid-json'],
        'system-role': ['text-starts-with:RESPONSE:'],
        'input-image-base64': ['text-includes:genkit'],
        'input-image-url': ['text-includes:google'],
        'input-video-youtube': ['text-not-empty'],
        'output-audio': ['valid-media:audio'],
        'output-image': ['valid-media:image'],
        'reasoning': ['reasoning'],  # which the developer tools list without a test
    }
    streamed = {name for name, found in capabilities().items() if found.test.stream}
    assert streamed == {name for name in capabilities() if name.startswith('streaming-')}


@pytest.mark.parametrize(
    ('text', 'message'),
    [
        ('text-inclues:x', "'text-inclues:x' is no validator. Did you mean 'text-includes'?"),
        ('text-includes', "'text-includes' is not how this validator is written: 'text-includes:text'."),
        ('text-includes:', "'text-includes:' is not how this validator is written: 'text-includes:text'."),
        ('valid-json:x', "'valid-json:x' is not how this validator is written: 'valid-json'."),
        ('text-not-empty ', "'text-not-empty ' is no validator."),
    ],
)
def test_a_validator_that_is_written_wrongly_is_refused(text, message):
    with pytest.raises(UsageError) as caught:
        parse_question(text)
    assert caught.value.message.startswith(message)


def test_an_unknown_capability_is_refused():
    with pytest.raises(UsageError, match=r"'multitrun' is no capability\. Did you mean 'multiturn'"):
        find_capability('multitrun')
