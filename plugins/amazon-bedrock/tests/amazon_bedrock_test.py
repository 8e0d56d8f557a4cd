# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract of chat models, for models that are held to a schema in each of the ways."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from genkit.plugin import ModelPlugin
from genkit.testing import ModelContract, RecordedRequest, Said, SaidCall
from genkit_amazon_bedrock import AmazonBedrock
from genkit_amazon_bedrock.testing import ConverseWire, read_frames
from genkit_amazon_bedrock.testing.frames import pack


def frame_values(body: bytes) -> Iterator[tuple[Any, Callable[[Any], bytes]]]:
    frames = list(read_frames(body))
    for place, (_, payload) in enumerate(frames):
        yield json.loads(payload), partial(_with_payload, frames, place)


def _with_payload(frames: list[tuple[bytes, bytes]], place: int, value: Any) -> bytes:
    payloads = [
        json.dumps(value).encode() if number == place else payload for number, (_, payload) in enumerate(frames)
    ]
    return b''.join(pack(headers, payload) for (headers, _), payload in zip(frames, payloads, strict=True))


class _Bedrock(ModelContract):
    wire = ConverseWire()
    counts_thoughts = False

    def plugin(self, url: str, api_key: Any) -> ModelPlugin:
        return AmazonBedrock(api_key=api_key, base_url=url)

    def json_values(self, body: bytes) -> Iterator[tuple[Any, Callable[[Any], bytes]]]:
        return super().json_values(body) if body.startswith(b'{') else frame_values(body)


class TestClaude(_Bedrock):
    pass


class TestGptOss(_Bedrock):
    model = 'openai.gpt-oss-120b-1:0'


class TestLlama(_Bedrock):
    model = 'us.meta.llama4-maverick-17b-instruct-v1:0'


class TestNova(_Bedrock):
    model = 'amazon.nova-pro-v1:0'

    def answer_to(self, request: RecordedRequest, given: Any) -> Any:
        """Answer by the tool that takes the answer, if there is one."""
        said = given(request) if callable(given) else given
        if isinstance(said, Said) and said.texts and self.wire.asked(request).schema is not None:
            said = replace(said, texts=[], calls=[SaidCall('genkit_answer', said.text)])
        return super().answer_to(request, said)
