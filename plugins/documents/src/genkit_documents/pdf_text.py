# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the text of PDF files, page by page, within limits."""

from io import BytesIO
from typing import Any, Final

from genkit import GenkitError


MAX_PAGES: Final = 10_000
# What one stream may unpack to, and what the streams of all pages may together. Text is small; what is larger is drawn.
MAX_STREAM_BYTES: Final = 16 * 2**20
MAX_BYTES: Final = 256 * 2**20


def pdf_pages(content: bytes, shown: str) -> tuple[list[str], str | None]:
    """Return the text of each page, and the title if there is one.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` without the library or the password; ``OUT_OF_RANGE`` beyond a limit;
            ``INVALID_ARGUMENT`` if the file is broken.
    """
    pypdf = _library(shown)
    limits = dict.fromkeys(
        (
            'zlib_maximum_output_length',
            'lzw_maximum_output_length',
            'run_length_maximum_output_length',
            'array_based_stream_maximum_output_length',
        ),
        MAX_STREAM_BYTES,
    )
    try:
        with pypdf.apply_configuration(**limits, jbig2dec_binary=None):  # no other program is started
            return _read(pypdf.PdfReader(BytesIO(content)), shown)
    except GenkitError:
        raise
    except pypdf.errors.FileNotDecryptedError as error:
        raise GenkitError(f'{shown} is encrypted; save it without a password.', status='FAILED_PRECONDITION') from error
    except pypdf.errors.LimitReachedError as error:
        raise GenkitError(f'{shown} is too large inside: {error} Split it.', status='OUT_OF_RANGE') from error
    except Exception as error:  # a broken file may fail anywhere in the library, with any error
        raise GenkitError(
            f'{shown} is no PDF that can be read: {error!r}. Open it in a viewer and save it anew.',
            status='INVALID_ARGUMENT',
        ) from error


def _read(reader: Any, shown: str) -> tuple[list[str], str | None]:
    # Many files are encrypted with an empty password, to forbid printing; they are open to whoever reads.
    if reader.is_encrypted and not reader.decrypt(''):
        raise GenkitError(f'{shown} is encrypted; save it without a password.', status='FAILED_PRECONDITION')
    if len(reader.pages) > MAX_PAGES:
        raise GenkitError(
            f'{shown} has {len(reader.pages)} pages; at most {MAX_PAGES} are read. Split it.', status='OUT_OF_RANGE'
        )
    unpacked = 0
    pages: list[str] = []
    for page in reader.pages:
        contents = page.get_contents()
        unpacked += 0 if contents is None else len(contents.get_data())
        if unpacked > MAX_BYTES:
            raise GenkitError(
                f'The pages of {shown} unpack to more than {MAX_BYTES} bytes. Split it.', status='OUT_OF_RANGE'
            )
        pages.append(page.extract_text().strip())
    title = reader.metadata.title if reader.metadata else None
    return pages, title.strip() or None if isinstance(title, str) else None


def _library(shown: str) -> Any:
    try:
        import pypdf  # noqa: PLC0415  (an extra, and heavy)
    except ImportError as error:
        raise GenkitError(
            f'Reading {shown} needs the library pypdf: `uv add pypdf`, or `pip install pypdf`',
            status='FAILED_PRECONDITION',
        ) from error
    return pypdf
