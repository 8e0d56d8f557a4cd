# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reads the text of PDF files, page by page, within limits."""

from collections.abc import Callable
from io import BytesIO
from time import monotonic
from typing import Any, Final

from genkit import GenkitError


MAX_PAGES: Final = 10_000
# What one stream may unpack to, and what the streams of all pages and forms may together. Text is small; what is larger
# is drawn.
MAX_STREAM_BYTES: Final = 16 * 2**20
MAX_BYTES: Final = 256 * 2**20
# What the pages and the forms may say, each form as often as it is drawn.
MAX_CHARACTERS: Final = 64 * 2**20
MAX_SECONDS: Final = 600.0


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
    # Many files are encrypted with an empty password, to forbid printing; any reader can open them.
    if reader.is_encrypted and not reader.decrypt(''):
        raise GenkitError(f'{shown} is encrypted; save it without a password.', status='FAILED_PRECONDITION')
    if len(reader.pages) > MAX_PAGES:
        raise GenkitError(
            f'{shown} has {len(reader.pages)} pages; at most {MAX_PAGES} are read. Split it.', status='OUT_OF_RANGE'
        )
    work = _Work(shown)
    pages: list[str] = []
    for page in reader.pages:
        contents = page.get_contents()
        work.unpack(0 if contents is None else len(contents.get_data()))
        page.extract_xform_text = work.once_each(page.extract_xform_text)
        text = page.extract_text().strip()
        work.say(len(text))
        pages.append(text)
    title = reader.metadata.title if reader.metadata else None
    return pages, title.strip() or None if isinstance(title, str) else None


class _Work:
    """Counts what reading a file takes, and ends it with ``OUT_OF_RANGE`` beyond a limit.

    The library goes on after an error in a form. What comes after one is therefore refused as well, up to the page.
    """

    def __init__(self, shown: str) -> None:
        self._shown = shown
        self._unpacked = 0
        self._said = 0
        self._until = monotonic() + MAX_SECONDS
        self._forms: dict[int, tuple[Any, str]] = {}

    def unpack(self, size: int) -> None:
        """Count the bytes of a stream before it is read."""
        self._unpacked += size
        self._check()

    def say(self, size: int) -> None:
        """Count the characters of a page or a form."""
        self._said += size
        self._check()

    def once_each(self, extract: Callable[..., str]) -> Callable[..., str]:
        """Return a function that reads a form once in a file, however often it is drawn."""

        def text_of(form: Any, *arguments: Any, **options: Any) -> str:
            known = self._forms.get(id(form))
            if known is None:
                self.unpack(len(form.get_data()))
                known = self._forms[id(form)] = form, extract(form, *arguments, **options)
            self.say(len(known[1]))
            return known[1]

        return text_of

    def _check(self) -> None:
        if self._unpacked > MAX_BYTES:
            problem = f'The pages of {self._shown} unpack to more than {MAX_BYTES} bytes'
        elif self._said > MAX_CHARACTERS:
            problem = f'The pages of {self._shown} hold more than {MAX_CHARACTERS} characters'
        elif monotonic() > self._until:
            problem = f'{self._shown} takes more than {MAX_SECONDS:g} s to read'
        else:
            return
        raise GenkitError(f'{problem}. Split it.', status='OUT_OF_RANGE')


def _library(shown: str) -> Any:
    try:
        import pypdf  # noqa: PLC0415  (an extra, and heavy)
    except ImportError as error:
        raise GenkitError(
            f'Reading {shown} needs the library pypdf: `uv add pypdf`, or `pip install pypdf`',
            status='FAILED_PRECONDITION',
        ) from error
    return pypdf
