# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What can be set."""

import re
from typing import Final

from genkit_firebase.errors import refused


# https://firebase.google.com/docs/firestore/quotas#collections_documents_and_fields
_RESERVED: Final = re.compile(r'__.*__', re.DOTALL)
_LONGEST_SEGMENT: Final = 1_500  # bytes


def check_collection(path: str) -> str:
    """Return the path of a collection, such as ``notes`` or ``users/ada/notes``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if Firestore takes no such path.
    """
    segments = path.split('/')
    if len(segments) % 2 and all(map(_is_segment, segments)):
        return path
    raise refused(
        f'Collection {path!r} is not possible; expected a name, or an odd number of names with slashes between them, '
        "such as 'users/ada/notes', none of them empty, '.', '..' or '__…__'."
    )


def _is_segment(name: str) -> bool:
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        return False
    return 0 < length <= _LONGEST_SEGMENT and name not in {'.', '..'} and not _RESERVED.fullmatch(name)
