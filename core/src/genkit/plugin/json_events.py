# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Server-sent events whose data are JSON objects."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, cast

from genkit._base.errors import GenkitError
from genkit._base.http.events import EventReader
from genkit._base.status import StatusName
from genkit.plugin.errors.answer_errors import answer_error, cut_short
from genkit.plugin.wire_values import read_json


_END_MARK: Final = b'[DONE]'


class JsonEvents:
    """Reads the bytes of a stream as events whose data are JSON objects; an error in their place is raised.

    Null, numbers and texts are passed over, and so is the mark ``[DONE]``, which gateways may add.

    Args:
        source: The plugin's name.
        secrets: Keys that no error may repeat.
        is_error: Whether an object is an error. Default: it has an ``error`` that is not empty.
        kinds: The statuses of the provider's own words, which are in lower case.

    Attributes:
        begun: Whether the response has begun, which the caller sets: an error is ``DATA_LOSS`` from then on.
    """

    def __init__(
        self,
        source: str,
        secrets: Sequence[str | None] = (),
        *,
        is_error: Callable[[Mapping[str, Any]], bool] | None = None,
        kinds: Mapping[str, StatusName] | None = None,
    ) -> None:
        self.begun = False
        self._source = source
        self._secrets = secrets
        self._is_error = is_error or _has_error
        self._kinds = kinds
        self._reader = EventReader()

    @property
    def head(self) -> bytes:
        """The beginning of what came, up to the first event."""
        return self._reader.head

    @property
    def stray(self) -> bytes:
        """The lines that belong to no event."""
        return self._reader.stray

    def feed(self, piece: bytes) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield name and data of each event that a further piece completes.

        Raises:
            GenkitError: The provider sent an error, or something that is not JSON.
        """
        return self._read(self._reader.feed(piece), is_last=False)

    def close(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield name and data of each event that the end of the bytes completes.

        Raises:
            GenkitError: As `feed`; ``DATA_LOSS`` for an event that was cut off.
        """
        return self._read(self._reader.close(), is_last=True)

    def error(self, seen: Any) -> GenkitError:
        """Return the error for what came instead of an event, as `answer_error` does."""
        return answer_error(self._source, seen, self._secrets, begun=self.begun, kinds=self._kinds)

    def _read(self, events: Iterable[tuple[str, bytes]], *, is_last: bool) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, data in events:
            try:
                body: Any = read_json(data)
            except ValueError:
                if data == _END_MARK:
                    continue
                if is_last and (self.begun or data.startswith(b'{')):
                    raise cut_short(self._source) from None
                raise self.error(data) from None
            members = cast('dict[str, Any]', body) if isinstance(body, dict) else {}
            if name == 'error' or isinstance(body, list) or self._is_error(members):
                raise self.error(body)
            if isinstance(body, dict):
                yield name, members


def _has_error(body: Mapping[str, Any]) -> bool:
    return bool(body.get('error'))
