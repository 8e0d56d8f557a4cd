# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A wheel and a source distribution, written by hand, and indexes to send them to."""

import hashlib
import io
import tarfile
import zipfile

import pytest
from releasekit.model.plan import Artefact


METADATA = """\
Metadata-Version: 2.4
Name: kit
Version: 1.2.0
Summary: A kit
Keywords: a,b
Author-email: Ada <ada@example.org>
License-Expression: Apache-2.0
License-File: LICENSE
Classifier: Typing :: Typed
Classifier: Programming Language :: Python :: 3
Project-URL: Home, https://example.org/kit
Project-URL: Issues, https://example.org/issues
Requires-Python: >=3.11
Requires-Dist: httpx>=0.27
Requires-Dist: rich; extra == "ui"
Provides-Extra: ui
Description-Content-Type: text/markdown

# kit

Ünïcode.
"""


@pytest.fixture
def files(tmp_path):
    """The files of kit 1.2.0, and a function that gives their paths."""
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, 'w') as archive:
        archive.writestr('kit/__init__.py', '')
        archive.writestr('kit-1.2.0.dist-info/METADATA', METADATA)
        archive.writestr(
            'kit-1.2.0.dist-info/WHEEL', 'Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n'
        )
        archive.writestr('kit-1.2.0.dist-info/RECORD', '')
    sdist = io.BytesIO()
    with tarfile.open(fileobj=sdist, mode='w:gz') as archive:
        content = METADATA.encode()
        entry = tarfile.TarInfo('kit-1.2.0/PKG-INFO')
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    artefacts = []
    for name, content in (('kit-1.2.0-py3-none-any.whl', wheel.getvalue()), ('kit-1.2.0.tar.gz', sdist.getvalue())):
        (tmp_path / name).write_bytes(content)
        artefacts.append(Artefact('kit', '1.2.0', name, hashlib.sha256(content).hexdigest(), len(content)))
    return tuple(artefacts), lambda artefact: tmp_path / artefact.file
