# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Plays a provider: reads a request, says what is missing in it, and answers what the test asks for."""

import json
from typing import Any, Final

from genkit.testing import Asked, CannedAnswer, RecordedRequest, Said, SaidCall

from conform.loopback.examples import example
from conform.loopback.losses import losses
from conform.model.suite import Case


_PICTURE: Final = bytes.fromhex('89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55')
_SOUND: Final = b'RIFF\x24\x00\x00\x00WAVEfmt '
_FILM: Final = 'https://files.example/film.mp4'


def play(case: Case, wire: Any, request: RecordedRequest) -> CannedAnswer:
    """Return the provider's answer to a plugin's request.

    It is an error that says what was lost if the request does not hold all that the case asks; else an answer that
    passes if the plugin reads it correctly.

    Args:
        case: The test that is run.
        wire: The format in which the provider speaks.
        request: What the plugin sent.
    """
    asked = wire.asked(request)
    refused = getattr(asked, 'refused', None)
    lost = [refused] if refused else list(losses(case, asked))
    if lost:
        return wire.error(400, f'The request does not hold what the test asks: {"; ".join(lost)}.', {})
    if hasattr(wire, 'images') and _wants(case, 'valid-media:image'):
        return wire.images([_PICTURE], 'image/png')
    if hasattr(wire, 'sound') and _wants(case, 'valid-media:audio'):
        return wire.sound(_SOUND, 'audio/wav')
    if hasattr(wire, 'transcript'):
        return wire.transcript(_text(case))
    if hasattr(wire, 'running'):
        return wire.done(_FILM) if request.method == 'GET' else wire.running()
    said = _said(case, asked)
    return wire.stream(said) if asked.stream else wire.answer(said)


def _wants(case: Case, question: str) -> bool:
    return any(asked.text == question for asked in case.questions)


def _said(case: Case, asked: Asked) -> Said:
    """Return the answer that the validators of a case want."""
    thoughts = ['Let me ', 'think.'] if _wants(case, 'reasoning') else []
    names = [asked.validator.name for asked in case.questions]
    if any(name.endswith('has-tool-request') for name in names):
        tool = next((q.argument for q in case.questions if q.argument in asked.tools), next(iter(asked.tools), ''))
        return Said(thoughts=thoughts, calls=[SaidCall(tool, json.dumps(example(asked.tools.get(tool))))])
    if any(name.endswith('valid-json') for name in names):
        schema: Any = asked.schema or case.request.get('output', {}).get('schema') or {}
        return Said(thoughts=thoughts, texts=_pieces(json.dumps(example(schema))))
    return Said(thoughts=thoughts, texts=_pieces(_text(case)))


def _text(case: Case) -> str:
    """Return a text that starts with, and holds, what is asked for."""
    arguments = {'starts': '', 'includes': ''}
    for question in case.questions:
        for kind in arguments:
            if kind in question.validator.name:
                arguments[kind] = question.argument
    return f'{arguments["starts"]} Certainly: {arguments["includes"]}.'.lstrip()


def _pieces(text: str) -> list[str]:
    half = len(text) // 2
    return [text[:half], text[half:]]
