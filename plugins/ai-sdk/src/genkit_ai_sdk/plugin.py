# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The routes that ``useChat`` calls."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final, cast

from genkit import GenkitError
from genkit.agent import AgentChat, waiting_calls
from genkit.plugin import StatusName
from genkit.web import AgentDoor, DoorCall, DoorRoute, EventWriter, WebHandler, WebResponse, error_response

from genkit_ai_sdk.convert import message_id, to_answers, to_message, to_ui_messages
from genkit_ai_sdk.events import DONE, UiMessageWriter


_HEADERS: Final = {'x-vercel-ai-ui-message-stream': 'v1'}
_LONGEST_ID: Final = 512


class AiSdkDoor(AgentDoor):
    """Serves an agent to ``useChat`` and other clients of the AI SDK, versions 5 to 7.

    The conversation is the agent's own session of the chat's id: of what the client sends, only its newest message is
    read, or its answers to the calls that wait.

    | route | what it does |
    |---|---|
    | ``POST /`` | says something, or answers what waits; streams what happens |
    | ``GET /{chat_id}/stream`` | joins the run that goes on, from its beginning; 204 without one |
    | ``POST /{chat_id}/stop`` | stops it |
    | ``GET /{chat_id}`` | returns ``{"id", "messages"}`` for a page that is loaded again |

    Example:
        ```python
        from genkit import Genkit
        from genkit.agent import MemorySnapshots
        from genkit.web import DoorApp
        from genkit_ai_sdk import AiSdkDoor

        ai = Genkit()
        waiter = ai.define_agent('waiter', store=MemorySnapshots())
        app = DoorApp(AiSdkDoor(waiter))
        ```
    """

    label: ClassVar[str] = 'The AI SDK'

    def routes(self) -> list[DoorRoute]:
        """Return the routes."""
        return [
            DoorRoute('POST', '/', lambda: self.send),
            DoorRoute('GET', '/{chat_id}/stream', self.resume),
            DoorRoute('POST', '/{chat_id}/stop', self.stop_run),
            DoorRoute('GET', '/{chat_id}', self.messages),
        ]

    @property
    def send(self) -> WebHandler:
        """Says something, or answers what waits."""
        return self.handler('POST', self._send)

    def resume(self, chat_id: str) -> WebHandler:
        """Join the run of a chat that goes on."""

        async def answer(call: DoorCall) -> WebResponse:
            found = await self.join(call, _checked(chat_id), _HEADERS)
            return found or WebResponse(204, {})

        return self.handler('GET', answer)

    def stop_run(self, chat_id: str) -> WebHandler:
        """Stop the run of a chat."""

        async def answer(call: DoorCall) -> WebResponse:
            await self.stop(call, _checked(chat_id))
            return WebResponse(204, {})

        return self.handler('POST', answer)

    def messages(self, chat_id: str) -> WebHandler:
        """Return the messages of a chat."""

        async def answer(call: DoorCall) -> WebResponse:
            chat = await self.chat(call, _checked(chat_id))
            return WebResponse.of_json({'id': chat_id, 'messages': to_ui_messages(chat.messages)})

        return self.handler('GET', answer)

    def error(self, error: BaseException) -> WebResponse:
        """Return an error as text, which the client shows as it is."""
        answer = error_response(error)
        told = error.original_message if isinstance(error, GenkitError) else 'Internal Error'
        return WebResponse(answer.status, {'content-type': 'text/plain; charset=utf-8'}, told.encode())

    def writer(self, chat: AgentChat) -> EventWriter:
        """Return the writer of the next message."""
        return UiMessageWriter(message_id(chat.messages, continues=False))

    async def _send(self, call: DoorCall) -> WebResponse:
        body = _members(call.body)
        chat_id = _checked(body.get('id'))
        if body.get('trigger') == 'regenerate-message':
            raise GenkitError(
                'This server keeps the conversation and cannot answer a message again. Send it as a new one.',
                status=StatusName.UNIMPLEMENTED,
            )
        last = _last_message(body)
        chat = await self.chat(call, chat_id)
        waiting = waiting_calls(chat.messages)
        if last.get('role') == 'user':
            return await self.stream(call, chat, to_message(last), _HEADERS)
        if not waiting:
            return self._nothing_waits(chat)
        answers, denied = to_answers(last, waiting)
        writer = UiMessageWriter(message_id(chat.messages, continues=True), denied)
        return await self.stream(call, chat, answers, _HEADERS, writer)

    def _nothing_waits(self, chat: AgentChat) -> WebResponse:
        """Return the answer to answers that came before: nothing is done again."""
        start = f'{{"type":"start","messageId":"{message_id(chat.messages, continues=True)}"}}'
        return self.of_frames((start, '{"type":"finish"}', DONE), _HEADERS)


def _members(body: Any) -> dict[str, Any]:
    if not isinstance(body, Mapping):
        raise GenkitError(
            'The body must be what useChat sends: {"id": "…", "messages": […], "trigger": "submit-message"}.',
            status='INVALID_ARGUMENT',
        )
    return dict(cast('Mapping[str, Any]', body))


def _checked(chat_id: Any) -> str:
    if not isinstance(chat_id, str) or not 0 < len(chat_id) <= _LONGEST_ID:
        raise GenkitError(
            f'The id of the chat is {str(chat_id)[:60]!r}; expected 1 to {_LONGEST_ID} characters.',
            status='INVALID_ARGUMENT',
        )
    return chat_id


def _last_message(body: Mapping[str, Any]) -> Mapping[str, Any]:
    messages: Any = body.get('messages')
    last: Any = cast('list[Any]', messages)[-1] if isinstance(messages, list) and messages else None
    if not isinstance(last, Mapping) or cast('Any', last).get('role') not in ('user', 'assistant'):
        raise GenkitError(
            'messages must end with a message of the user, or with one of the assistant that answers what waits.',
            status='INVALID_ARGUMENT',
        )
    return cast('Mapping[str, Any]', last)
