# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The tools that a model works on files with."""

import base64
import html
import io
import mimetypes
import threading
from collections.abc import Callable
from typing import Any, Final

from pydantic import BaseModel, Field

from genkit._base.status import StatusName
from genkit._kinds.tool import make_tool
from genkit._registry.registry import AnyAction
from genkit.middleware.filesystem.sandbox import MAX_FILE_BYTES, FileAccessError, Sandbox
from genkit.types import Media, MediaPart, MultipartToolResponse, TextPart


MAX_SLICE_BYTES: Final = 256 * 2**10
MAX_EDITS: Final = 200


class ListFiles(BaseModel, defer_build=True):
    """Which folder to list."""

    dir_path: str = Field(default='', description='The folder; the whole if left out.')
    recursive: bool = Field(default=False, description='Whether to list the folders within it as well.')


class ReadFile(BaseModel, defer_build=True):
    """What to read."""

    file_path: str
    offset: int = Field(default=0, ge=0, description='The first line, counted from 1; 0 for the beginning.')
    limit: int = Field(default=0, ge=0, description='How many lines; 0 for all.')


class WriteFile(BaseModel, defer_build=True):
    """What to write."""

    file_path: str
    content: str = Field(description='All that the file is to hold.')


class Edit(BaseModel, defer_build=True):
    """One replacement."""

    old_string: str = Field(min_length=1, description='The text as it stands in the file; it must stand there once.')
    new_string: str
    replace_all: bool = Field(default=False, description='Whether it may stand there more than once.')


class EditFile(BaseModel, defer_build=True):
    """What to change."""

    file_path: str
    edits: list[Edit] = Field(min_length=1, description='Made one after another; all of them or none.')


class FileTools:
    """The tools for one folder.

    Args:
        sandbox: The folder.
        lock: Held while a file is changed, so that one change does not undo another.
    """

    def __init__(self, sandbox: Sandbox, lock: threading.Lock) -> None:
        self._sandbox = sandbox
        self._lock = lock

    def actions(self, prefix: str, *, writable: bool) -> list[AnyAction]:
        """Return the tools, their names after a prefix."""
        offered: list[Callable[[Any], Any]] = [self.list_files, self.read_file]
        if writable:
            offered += [self.write_file, self.edit_file]
        return [make_tool(function, f'{prefix}{function.__name__}').action for function in offered]

    def list_files(self, asked: ListFiles) -> list[dict[str, Any]]:
        """List files and folders with their paths and sizes."""
        entries = self._sandbox.entries(asked.dir_path, recursive=asked.recursive)
        return [entry._asdict() for entry in entries]

    def read_file(self, asked: ReadFile) -> MultipartToolResponse:
        """Read a text file, whole or some of its lines, or an image. What it holds comes in a message of its own."""
        path = asked.file_path
        content = self._sandbox.read(path)
        kind = mimetypes.guess_type(path)[0] or ''
        told = f'{path!r} was read. What it holds is in the next message.'
        if kind.startswith('image/') and kind != 'image/svg+xml':
            url = f'data:{kind};base64,{base64.b64encode(content).decode()}'
            return MultipartToolResponse(output=told, content=[MediaPart(media=Media(url=url, content_type=kind))])
        block = TextPart(text=_block(asked, _text(content, path)))
        return MultipartToolResponse(output=told, content=[block])

    def write_file(self, asked: WriteFile) -> str:
        """Write a file; what it held before is replaced, and folders that are missing are made."""
        content = _bytes(asked.content)
        with self._lock:
            self._sandbox.write(asked.file_path, content)
        return f'{asked.file_path!r} was written.'

    def edit_file(self, asked: EditFile) -> str:
        """Replace pieces of a text file."""
        path = asked.file_path
        if len(asked.edits) > MAX_EDITS:
            raise FileAccessError(f'{len(asked.edits)} edits are too many; make at most {MAX_EDITS} at a time.')
        with self._lock:
            content = self._sandbox.read(path)
            text, size = _text(content, path), len(content)
            for number, edit in enumerate(asked.edits, start=1):
                text, size = _edited(text, size, edit, f'Edit {number} of {path!r}')
            self._sandbox.write(path, _bytes(text))
        return f'{path!r} was changed.'


def _block(asked: ReadFile, text: str) -> str:
    """Return the lines asked for, marked with where they come from."""
    lines = list(io.StringIO(text, newline='\n'))
    start = max(0, asked.offset - 1)
    if start and start >= len(lines):
        raise FileAccessError(f'{asked.file_path!r} has only {len(lines)} lines.', StatusName.OUT_OF_RANGE)
    end = min(len(lines), start + asked.limit) if asked.limit else len(lines)
    piece = ''.join(lines[start:end])
    if len(piece.encode()) > MAX_SLICE_BYTES:
        raise FileAccessError(
            f'{asked.file_path!r} has {len(lines)} lines; what you ask for is over {MAX_SLICE_BYTES // 2**10} KiB. '
            'Read fewer at a time, with offset and limit.',
            StatusName.OUT_OF_RANGE,
        )
    is_slice = asked.offset or asked.limit
    extent = f'lines="{start + 1}-{end}"' if is_slice else f'totalLines="{len(lines)}"'
    return f'<read_file path="{html.escape(asked.file_path)}" {extent}>\n{piece}\n</read_file>'


def _text(content: bytes, path: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise FileAccessError(f'{path!r} is neither UTF-8 text nor an image.') from None


def _bytes(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise FileAccessError(f'The text holds {text[error.start]!r}, which is no character.') from None


def _edited(text: str, size: int, edit: Edit, what: str) -> tuple[str, int]:
    """Return a text after an edit, and its size in bytes, which is known before the text is made."""
    count = text.count(edit.old_string)
    if count == 0:
        raise FileAccessError(f'{what}: old_string was not found. Nothing was changed.')
    if count > 1 and not edit.replace_all:
        raise FileAccessError(
            f'{what}: old_string stands there {count} times. Nothing was changed: give more of the text around it, or '
            'set replace_all.'
        )
    size += count * (len(_bytes(edit.new_string)) - len(_bytes(edit.old_string)))
    if size > MAX_FILE_BYTES:
        raise FileAccessError(
            f'{what} would make it larger than {MAX_FILE_BYTES // 2**20} MiB. Nothing was changed.',
            StatusName.OUT_OF_RANGE,
        )
    return text.replace(edit.old_string, edit.new_string), size
