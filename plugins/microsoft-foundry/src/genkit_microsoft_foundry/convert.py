# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the content filters say: a prompt or an answer that they block is no failure, but an answer that says so.

Source: https://learn.microsoft.com/azure/foundry/openai/concepts/content-filter-severity-levels and
https://learn.microsoft.com/azure/foundry/openai/concepts/content-streaming (November 2026).
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from genkit import GenkitError, StatusName
from genkit.plugin import ActionRunContext
from genkit.types import FinishReason, GenerateRequest, GenerateResponse, Message, Role
from genkit_compat_oai import Failures


Members = dict[str, Any]
Answering = Callable[[GenerateRequest, ActionRunContext], Awaitable[GenerateResponse[Any]]]

FILTERED: Final = 'content_filter'
"""The member of an error's details that holds what the filter says."""

_CODES: Final = frozenset(
    {'content_filter', 'contentfilter', 'content_policy_violation', 'responsibleaipolicyviolation'}
)
_RESULTS: Final = ('content_filter_result', 'content_filter_results')
_DEEPEST: Final = 8


@dataclass(frozen=True)
class FilterFailures(Failures):
    """Makes the errors of one call, which keep what a content filter says."""

    def told_in(self, body: Any, *, begun: bool = False) -> GenkitError | None:
        """Return the error that a body or an event tells of; None if it tells of none."""
        error = super().told_in(body, begun=begun)
        said = filter_said(body)
        return error if error is None or said is None else filter_error(error, said, self.source)


def filter_said(body: Any) -> Members | None:
    """Return the error of a body if it is one of the content filter."""
    members = _members(body)
    error = _members(members.get('error')) or members
    inner = _members(error.get('innererror') or error.get('inner_error'))
    codes = {str(error.get('code')).lower(), str(inner.get('code')).lower()}
    return error if codes & _CODES else None


def filter_error(error: GenkitError, said: Members, source: str) -> GenkitError:
    """Return an error of the content filter, with what it says among its details."""
    details = {name: value for name, value in error.details.items() if name != 'stack'}
    raised = GenkitError(
        _message('prompt', said, error.message),
        status=StatusName.INVALID_ARGUMENT,
        details={**details, FILTERED: said},
        source=source,
    )
    raised.__cause__ = error.__cause__
    raised.__suppress_context__ = True
    return raised


def answering_filtered(answer: Answering) -> Answering:
    """Return what answers as blocked, and says why, where a content filter blocks the prompt or the answer."""

    async def answer_or_blocked(request: GenerateRequest, context: ActionRunContext) -> GenerateResponse[Any]:
        try:
            response = await answer(request, context)
        except GenkitError as error:
            blocked = to_blocked(error)
            if blocked is None:
                raise
            return blocked
        return explained(response)

    return answer_or_blocked


def to_blocked(error: GenkitError) -> GenerateResponse[Any] | None:
    """Return the answer that an error of the content filter is; None for another error."""
    said = error.details.get(FILTERED)
    if said is None:
        return None
    return GenerateResponse(
        message=Message(role=Role.MODEL, content=[]),
        finish_reason=FinishReason.BLOCKED,
        finish_message=error.message,
        raw={'error': said},
    )


def explained(response: GenerateResponse[Any]) -> GenerateResponse[Any]:
    """Return an answer that says which categories it was blocked for, if it was."""
    if response.finish_reason is not FinishReason.BLOCKED or response.finish_message not in (None, FILTERED):
        return response
    raw = _members(response.raw)
    choices = raw.get('choices')
    first = next(iter(cast('list[Any]', choices)), None) if isinstance(choices, list) else None
    said = {'choice': first} if first is not None else {'content_filters': raw.get('content_filters')}
    return response.replaced(finish_message=_message('answer', said, ''))


def _message(what: str, said: Any, text: str) -> str:
    found = list(dict.fromkeys(_categories(said, _DEEPEST)))
    for_what = f' for {", ".join(found)}' if found else ''
    return f'The content filter blocked the {what}{for_what}. {text}'.strip()


def _categories(value: Any, depth: int) -> Iterator[str]:
    """Yield the categories that a result names as filtered, wherever it stands."""
    if not depth:
        return
    if isinstance(value, list):
        for item in cast('list[Any]', value):
            yield from _categories(item, depth - 1)
        return
    for name, member in _members(value).items():
        if name in _RESULTS:
            yield from _filtered(_members(member))
        elif isinstance(member, dict | list):
            yield from _categories(member, depth - 1)


def _filtered(results: Mapping[str, Any]) -> Iterator[str]:
    for category, found in results.items():
        members = _members(found)
        if members.get('filtered') is True:
            severity = members.get('severity')
            shown = f' ({severity})' if isinstance(severity, str) and severity != 'safe' else ''
            yield f'{category.replace("_", " ")}{shown}'


def _members(value: Any) -> Members:
    return cast('Members', value) if isinstance(value, dict) else {}
