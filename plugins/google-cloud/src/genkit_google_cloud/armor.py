# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Model Armor as middleware: it checks what a model is given and what it answers, before anybody sees it."""

import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, Literal

from genkit import GenerateResponse, GenkitError, Message, Part, TextPart, ToolResponsePart
from genkit.middleware import (
    BaseMiddleware,
    GenerateMiddlewareContext,
    InputGuardrail,
    ModelHookParams,
    ModelNext,
    OutputGuardrail,
    Verdict,
)
from genkit.types import DataPart, ReasoningPart, ToolRequestPart, WireModel

from genkit_google_cloud.armor_service import ArmorService
from genkit_google_cloud.verdicts import ArmorVerdict, Filter


_LOGGER: Final = logging.getLogger('genkit.google_cloud')
_CHECKED_ROLES: Final = ('user', 'tool')
_MOST_REMEMBERED: Final = 1000

_Ask = Callable[[str], Awaitable[ArmorVerdict]]


class ModelArmorConfig(WireModel):
    """Configuration of `ModelArmor`.

    Attributes:
        template_name: The template, ``projects/<project>/locations/<location>/templates/<template>``.
        protection_target: What is checked: prompts, answers, or all. Prompts are what users and tools say.
        filters: The filters that count. Default: all that the template has enabled.
        strict_sdp_enforcement: Whether sensitive data block even where the template has de-identified them.
        apply_deidentification_results: Whether texts with sensitive data go on in the form that the template has
            de-identified; otherwise they are blocked.
        allow_on_failure: Whether a text that Model Armor could not check is used all the same; a line is logged then.
        timeout: Seconds for a check.
        endpoint: An address in place of the one of the template's location.
    """

    template_name: str
    protection_target: Literal['all', 'userPrompt', 'modelResponse'] = 'all'
    filters: list[Filter] | None = None
    strict_sdp_enforcement: bool = False
    apply_deidentification_results: bool = False
    allow_on_failure: bool = False
    timeout: float = 10
    endpoint: str | None = None


class ModelArmor(BaseMiddleware[ModelArmorConfig]):
    """Checks prompts and answers with Google's Model Armor.

    A text in which a filter finds something raises `GenerationBlockedError`, as a block by the provider does. Answers
    are streamed only once the whole of them was checked, and no tool runs before. A text that could not be checked is
    not used: the call fails with the status of the failure.

    Args:
        template_name: See `ModelArmorConfig`.
        credentials: Credentials of ``google.auth``. Default: Application Default Credentials.
        config: A whole configuration, in place of its fields.
        fields: The other fields of the configuration.
    """

    def __init__(
        self, template_name: str | None = None, *, credentials: Any = None, config: Any = None, **fields: Any
    ) -> None:
        named = {} if template_name is None else {'template_name': template_name}
        super().__init__(config, **named, **fields)
        own = self.config
        self._service = ArmorService(own.template_name, credentials, own.endpoint, own.timeout)
        self._known: OrderedDict[str, ArmorVerdict] = OrderedDict()

    async def wrap_model(
        self, params: ModelHookParams, ctx: GenerateMiddlewareContext, next_fn: ModelNext
    ) -> GenerateResponse[Any]:
        """Check what the model is given, call it, check what it answers."""
        prompt = next((message.text for message in reversed(params.request.messages) if message.role == 'user'), '')

        async def check_answer(response: GenerateResponse[Any]) -> Verdict[GenerateResponse[Any]] | None:
            return await self._judge_answer(response, prompt)

        async def go(
            params: ModelHookParams | None = None, ctx: GenerateMiddlewareContext | None = None, /
        ) -> GenerateResponse[Any]:
            if self.config.protection_target == 'userPrompt':
                return await next_fn(params, ctx)
            given = (params or outer[0], ctx or outer[1])
            return await OutputGuardrail(check_answer).wrap_model(*given, next_fn)

        outer = (params, ctx)
        if self.config.protection_target == 'modelResponse':
            return await go(params, ctx)
        return await InputGuardrail(self._judge_prompt).wrap_model(params, ctx, go)

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        await self._service.aclose()

    async def _judge_prompt(self, messages: list[Message]) -> Verdict[list[Message]] | None:
        changed: list[Message] = []
        for message in messages:
            checked = message
            if message.role in _CHECKED_ROLES:
                content = await self._checked(message.content, 'prompt', self._ask_of_prompt)
                if isinstance(content, str):
                    return Verdict.block(content)
                checked = message if content is message.content else message.replaced(content=content)
            changed.append(checked)
        is_same = all(one is other for one, other in zip(messages, changed, strict=True))
        return None if is_same else Verdict.replace(changed)

    async def _judge_answer(
        self, response: GenerateResponse[Any], prompt: str
    ) -> Verdict[GenerateResponse[Any]] | None:
        if response.message is None:
            return None

        async def ask(text: str) -> ArmorVerdict:
            return await self._service.check_response(text, prompt, self.config.filters)

        content = await self._checked(response.message.content, 'response', ask)
        if isinstance(content, str):
            return Verdict.block(content)
        if content is response.message.content:
            return None
        return Verdict.replace(response.replaced(message=response.message.replaced(content=content)))

    async def _ask_of_prompt(self, text: str) -> ArmorVerdict:
        """Return what is in a text; that of the turns before is known already."""
        key = hashlib.sha256(text.encode(errors='replace')).hexdigest()
        if key not in self._known:
            self._known[key] = await self._service.check_prompt(text, self.config.filters)
            while len(self._known) > _MOST_REMEMBERED:
                self._known.popitem(last=False)
        return self._known[key]

    async def _checked(self, content: Sequence[Part], what: str, ask: _Ask) -> Sequence[Part] | str:
        """Return the parts to go on with, or why they are blocked. Parts of one kind are one text."""
        for kind, write in ((TextPart, _with_text), (ReasoningPart, _with_reasoning)):
            texts = [_text(part) for part in content if isinstance(part, kind)]
            if ''.join(texts).strip():
                verdict = await self._verdict(''.join(texts), what, ask)
                if isinstance(verdict, str):
                    return verdict
                content = content if verdict.replacement is None else write(content, verdict.replacement)
        for place, part in enumerate(content):
            text = _text_of_other(part)
            verdict = await self._verdict(text, what, ask) if text else ArmorVerdict()
            if isinstance(verdict, str):
                return verdict
            if verdict.replacement is not None:
                if not isinstance(part, ToolResponsePart):
                    return _blocked(what, ('sdp',))  # without its data it would be another call, or none
                answer = part.tool_response.replaced(output=verdict.replacement, content=None)
                content = [*content[:place], part.replaced(tool_response=answer), *content[place + 1 :]]
        return content

    async def _verdict(self, text: str, what: str, ask: _Ask) -> ArmorVerdict | str:
        """Return what stands in place of a text, if anything; or why it is blocked."""
        try:
            found = await ask(text)
        except GenkitError as error:
            if not self.config.allow_on_failure:
                raise
            _LOGGER.warning('A %s is used unchecked (allow_on_failure): %s', what, error.message)
            return ArmorVerdict()
        may_replace = self.config.apply_deidentification_results and not self.config.strict_sdp_enforcement
        replacement = found.replacement if may_replace else None
        matched = tuple(name for name in found.matched if name != 'sdp' or replacement is None)
        return _blocked(what, matched) if matched else ArmorVerdict(replacement=replacement)


def _blocked(what: str, matched: Sequence[str]) -> str:
    return f'Model Armor blocked the {what}: {", ".join(matched)}'


def _text(part: TextPart | ReasoningPart) -> str:
    return part.text if isinstance(part, TextPart) else part.reasoning


def _text_of_other(part: Part) -> str:
    """Return what a tool is asked or has answered, or data, as text."""
    if isinstance(part, DataPart):
        return _as_text(part.data)
    if isinstance(part, ToolRequestPart):
        return _as_text(part.tool_request.input)
    if isinstance(part, ToolResponsePart):
        content = part.tool_response.content or ()
        texts = [str(item.text) for item in content if isinstance(item, TextPart)]
        return '\n'.join([_as_text(part.tool_response.output), *texts]).strip()
    return ''


def _as_text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ''
    return json.dumps(value, ensure_ascii=False, default=str)


def _with_text(content: Sequence[Part], text: str) -> list[Part]:
    return _replaced(content, TextPart, TextPart(text=text))


def _with_reasoning(content: Sequence[Part], text: str) -> list[Part]:
    return _replaced(content, ReasoningPart, ReasoningPart(reasoning=text))


def _replaced(content: Sequence[Part], kind: type[Any], part: Part) -> list[Part]:
    """Return parts of which those of a kind are one."""
    first = next(place for place, old in enumerate(content) if isinstance(old, kind))
    others = [old for old in content[first + 1 :] if not isinstance(old, kind)]
    return [*content[:first], part, *others]
