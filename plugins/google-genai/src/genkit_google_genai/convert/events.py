# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""From bytes to the protocol's JSON: what is no answer is an error, whatever status it came with."""

import contextlib
from collections.abc import AsyncIterator, Generator, Iterable, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, cast

from genkit.plugin import JsonEvents, answer_error, header_secrets, pieces_of, read_json

from genkit_google_genai.convert.tools import Body


if TYPE_CHECKING:
    from httpx2 import AsyncClient

_EMPTY_EVENT: Final = b'data: {}\n\n'
_ANSWERED: Final = ('candidates', 'promptFeedback')
_JSON: Final = (b'{', b'[')
_OF_OPERATIONS: Final = frozenset({'name', 'id', 'done'})  # what failed later says so in an answer that is right


def read_object(content: bytes, source: str, secrets: Sequence[str | None] = ()) -> Body:
    """Return the object that the body of an answer holds, whatever was asked for.

    Args:
        content: The body.
        source: The plugin's name.
        secrets: Keys that no error may repeat.

    Raises:
        GenkitError: It is an error, or says nothing.
    """
    try:
        answer: Any = read_json(content)
    except ValueError:
        raise answer_error(source, content, secrets) from None
    body: Body = cast('Body', answer) if isinstance(answer, dict) else {}
    if not body or (body.get('error') and not body.keys() & _OF_OPERATIONS):
        raise answer_error(source, answer, secrets)
    return body


class Answers:
    """Reads the bytes of one call's answer, whole or in pieces, for the reader of the plugin.

    Args:
        source: The plugin's name.
        secrets: Keys that no error may repeat.
        keeps: Whether it takes answers of the models; it only checks others, which the vendor's library reads.
    """

    def __init__(self, source: str, secrets: Sequence[str | None] = (), *, keeps: bool = True) -> None:
        self.keeps = keeps
        self._source = source
        self._secrets = secrets
        self._events = JsonEvents(source, secrets)
        self._pieces: list[Body] = []

    def take(self) -> list[Body]:
        """Return the pieces that have come since the last time."""
        pieces, self._pieces = self._pieces, []
        return pieces

    def read(self, content: bytes) -> None:
        """Take a whole answer.

        Raises:
            GenkitError: It is an error, or nothing of the protocol.
        """
        body = read_object(content, self._source, self._secrets)
        if body.get('error') or not any(body.get(name) for name in _ANSWERED):
            raise answer_error(self._source, body, self._secrets)
        self._pieces.append(body)

    def check(self, content: bytes) -> None:
        """Refuse what is no answer, whatever was asked for.

        Raises:
            GenkitError: As `read_object`.
        """
        read_object(content, self._source, self._secrets)

    def feed(self, piece: bytes) -> int:
        """Take a piece of a stream, and return how many events it completes.

        Raises:
            GenkitError: The provider sent an error, or something that is not JSON.
        """
        return self._take(self._events.feed(piece))

    def close(self) -> int:
        """Take the end of a stream, and return how many events it completes.

        Raises:
            GenkitError: As `feed`; also if nothing of the protocol came.
        """
        count, events = self._take(self._events.close()), self._events
        if not events.begun:
            raise events.error(events.head)
        if events.stray.lstrip().startswith(_JSON):  # a failure in mid-stream comes as JSON that is no event
            raise events.error(events.stray)
        return count

    def _take(self, events: Iterable[tuple[str, Body]]) -> int:
        before = len(self._pieces)
        for _, piece in events:
            if piece:
                self._events.begun = True
                self._pieces.append(piece)
        return len(self._pieces) - before


_ANSWERS: Final[ContextVar[Answers | None]] = ContextVar('genkit_google_genai_answers', default=None)


@contextlib.contextmanager
def reading(source: str, http: Body, *, keeps: bool = True) -> Generator[Answers]:
    """Read what the provider answers inside the block, in the library's place: that drops what it does not know."""
    answers = Answers(source, header_secrets(http.get('headers')), keeps=keeps)
    token = _ANSWERS.set(answers)
    try:
        yield answers
    finally:
        _ANSWERS.reset(token)


def reading_client() -> 'type[AsyncClient]':
    """Return the class of the client whose answers are read here."""
    from httpx2 import AsyncByteStream, AsyncClient, Response  # noqa: PLC0415  (loaded with the first call)

    class EmptyEvents(AsyncByteStream):
        """What the library gets to read of a stream: one empty event for each that came."""

        def __init__(self, response: Response, answers: Answers) -> None:
            self._response = response
            self._answers = answers

        async def __aiter__(self) -> AsyncIterator[bytes]:
            async with pieces_of(self._response) as pieces:
                async for piece in pieces:
                    count = self._answers.feed(piece)
                    if count:
                        yield _EMPTY_EVENT * count
            yield _EMPTY_EVENT * self._answers.close()

        async def aclose(self) -> None:
            await self._response.aclose()

    class ReadingClient(AsyncClient):
        """Keeps answers for those who read them, and gives the library empty ones."""

        async def send(self, request: Any, **options: Any) -> Response:
            response = await super().send(request, **options)
            answers = _ANSWERS.get()
            if answers is None or not response.is_success:
                return response
            if not answers.keeps:
                answers.check(response.content)
                return response
            if options.get('stream'):
                return Response(200, request=request, stream=EmptyEvents(response, answers))
            answers.read(response.content)
            return Response(200, request=request, json={})

    return ReadingClient
