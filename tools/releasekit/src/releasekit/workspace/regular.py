# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Reading files of a workspace: regular files only, because opening a pipe waits for ever and a device has no end."""

import errno
import os
import stat
from pathlib import Path


# Opening a pipe must not wait for a writer.
_READ = os.O_RDONLY | sum(getattr(os, name, 0) for name in ('O_CLOEXEC', 'O_BINARY', 'O_NONBLOCK', 'O_NOCTTY'))


def read_file(path: Path, most: int | None = None) -> bytes:
    """Return what a file holds.

    Raises:
        OSError: It cannot be read, is not a regular file, or is larger than so many bytes.
    """
    descriptor = os.open(path, _READ)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, 'Not a regular file', str(path))
        if most is not None and found.st_size > most:
            raise OSError(errno.EFBIG, f'More than {most:,} bytes', str(path))
        with os.fdopen(descriptor, 'rb', closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def read_text(path: Path) -> str:
    """Return the text of a file, line ends as they are.

    Raises:
        OSError: As `read_file`.
        UnicodeDecodeError: It is not UTF-8.
    """
    return read_file(path).decode()
