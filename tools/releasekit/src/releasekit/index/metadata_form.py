# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The fields of an upload form, from the metadata that a wheel or a source distribution carries.

Source: the upload API of the public index, and
https://packaging.python.org/en/latest/specifications/core-metadata/
"""

import tarfile
import zipfile
from pathlib import Path
from typing import Any, cast

from packaging.metadata import parse_email

from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact


_JOINED = {'keywords': ','}


def upload_form(artefact: Artefact, path: Path) -> dict[str, str | list[str]]:
    """Return the form of an upload, without the file itself.

    Raises:
        RefusedError: The file holds no metadata.
    """
    raw, _ = parse_email(_metadata_of(artefact, path))
    form: dict[str, str | list[str]] = {
        ':action': 'file_upload',
        'protocol_version': '1',
        'filetype': 'bdist_wheel' if artefact.is_wheel else 'sdist',
        'pyversion': artefact.file.removesuffix('.whl').split('-')[-3] if artefact.is_wheel else 'source',
        'sha256_digest': artefact.sha256,
    }
    for name, value in cast('dict[str, Any]', raw).items():
        if isinstance(value, dict):
            form[name] = [f'{label}, {address}' for label, address in cast('dict[str, str]', value).items()]
        elif isinstance(value, list) and name in _JOINED:
            form[name] = _JOINED[name].join(cast('list[str]', value))
        else:
            form[name] = value
    return form


def _metadata_of(artefact: Artefact, path: Path) -> bytes:
    try:
        found = _of_wheel(path) if artefact.is_wheel else _of_sdist(path)
    except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise RefusedError('RK-ARTEFACT-BROKEN', f'{artefact.file} cannot be opened: {error}') from error
    if found is None:
        raise RefusedError('RK-ARTEFACT-BROKEN', f'{artefact.file} holds no metadata')
    return found


def _of_wheel(path: Path) -> bytes | None:
    with zipfile.ZipFile(path) as wheel:
        names = [name for name in wheel.namelist() if name.endswith('.dist-info/METADATA') and name.count('/') == 1]
        return wheel.read(names[0]) if names else None


def _of_sdist(path: Path) -> bytes | None:
    with tarfile.open(path) as sdist:
        for member in sdist:
            if member.name.endswith('/PKG-INFO') and member.name.count('/') == 1:
                file = sdist.extractfile(member)
                return file.read() if file else None
    return None
