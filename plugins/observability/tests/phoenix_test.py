# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The program of the contract in a real Phoenix, which is asked what it has understood.

Runs where Phoenix is installed: beside the tests, or anywhere as `PHOENIX_EXECUTABLE`. It has 600 MB, too many to be
installed for this alone.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from genkit.testing import traced_application
from genkit_observability import configure_telemetry


EXECUTABLE = os.environ.get('PHOENIX_EXECUTABLE') or shutil.which('phoenix', path=Path(sys.executable).parent)
MODEL = 'openai/gpt-4o-mini'

pytestmark = [
    pytest.mark.soak,
    pytest.mark.timeout(240),
    pytest.mark.skipif(not EXECUTABLE, reason='Phoenix is not installed: `pip install arize-phoenix`'),
]


def free_port() -> int:
    with socket.socket() as found:
        found.bind(('127.0.0.1', 0))
        return found.getsockname()[1]


@pytest.fixture
def phoenix(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    places = {
        'PHOENIX_WORKING_DIR': str(tmp_path),
        'PHOENIX_HOST': '127.0.0.1',
        'PHOENIX_PORT': str(port),
        'PHOENIX_GRPC_PORT': str(free_port()),
        'PHOENIX_TELEMETRY_ENABLED': 'false',
    }
    log = (tmp_path / 'log').open('w')
    server = subprocess.Popen([str(EXECUTABLE), 'serve'], env={**os.environ, **places}, stdout=log, stderr=log)
    url = f'http://127.0.0.1:{port}'
    try:
        _wait_until(lambda: httpx.get(f'{url}/healthz').is_success, server)
        yield url
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait_until(look: Any, server: 'subprocess.Popen[bytes]') -> Any:
    end = time.monotonic() + 180
    while time.monotonic() < end:
        assert server.poll() is None, 'Phoenix has ended'
        try:
            if found := look():
                return found
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise AssertionError('Phoenix did not come up')


async def test_phoenix_understands_the_tree_the_kinds_tokens_and_texts(phoenix: str) -> None:
    telemetry = configure_telemetry('phoenix', endpoint=phoenix, project='wardrobe', service_name='shop')
    ai, advise = traced_application()
    await advise('What do I wear in Bergen?')
    await ai.flush_tracing()
    telemetry.close()

    def spans() -> list[dict[str, Any]]:
        answer = httpx.get(f'{phoenix}/v1/projects/wardrobe/spans', params={'limit': 100})
        found: list[dict[str, Any]] = answer.json().get('data', []) if answer.is_success else []
        return found if len(found) == 8 else []

    end = time.monotonic() + 60
    while not (found := spans()):
        assert time.monotonic() < end, 'the spans did not come'
        await asyncio.sleep(0.5)
    by_name = {span['name']: span for span in found}
    kinds = {name: span['span_kind'] for name, span in by_name.items()}
    assert kinds == {
        'advise': 'CHAIN',
        'acme/notes': 'RETRIEVER',
        'acme/words': 'EMBEDDING',
        'generate': 'CHAIN',
        MODEL: 'LLM',
        'forecast': 'TOOL',
        'audit': 'CHAIN',
    }
    ids = {span['context']['span_id']: span['name'] for span in found}
    assert {span['name']: ids.get(span['parent_id']) for span in found} == {
        'advise': None,
        'acme/notes': 'advise',
        'acme/words': 'acme/notes',
        'generate': 'advise',
        MODEL: 'generate',
        'forecast': 'generate',
        'audit': 'advise',
    }
    assert [name for name, span in by_name.items() if span['status_code'] == 'ERROR'] == ['audit']
    assert by_name['advise']['attributes']['output.value'] == 'A raincoat.'
    models = [span['attributes'] for span in found if span['name'] == MODEL]
    assert sum(span['gen_ai.usage.input_tokens'] for span in models) == 300
    assert sum(span['gen_ai.usage.cost'] for span in models) == pytest.approx(0.00005925)
