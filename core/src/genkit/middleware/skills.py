# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Skills: instructions in files, which a model loads on demand."""

import asyncio
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from pydantic import BaseModel, Field

from genkit._base.errors import GenkitError
from genkit._base.logger import Logger
from genkit._base.readers.text_file import check_within, read_text_file
from genkit._kinds.tool import make_tool
from genkit._registry.registry import AnyAction
from genkit.middleware.interface import BaseMiddleware, GenerateHookParams, GenerateMiddlewareContext, GenerateNext
from genkit.types import GenerateResponse, Message, Part, Role, TextPart, WireModel


_FILE: Final = 'SKILL.md'
_TAG: Final = 'skills-instructions'
_TOLD: Final = (
    'You have a library of skills: instructions written for particular kinds of tasks. Before you begin a task that '
    'one of them is for, call the tool use_skill with its name and follow what it says. The skills are:'
)
_FRONTMATTER: Final = re.compile(r'\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*$', re.DOTALL | re.MULTILINE)
_LOG: Final = Logger('genkit.middleware.skills')
_WARNED: Final[set[tuple[str, str]]] = set()
_MOST_WARNED: Final = 1000
# The names and descriptions stand in the system message, whose markup they must not end.
_NAME: Final = re.compile(r'[\w-](?:[\w -]{0,98}[\w-])?')


class SkillsConfig(WireModel):
    """Configuration of `Skills`.

    Attributes:
        skill_paths: Folders with one subfolder per ``SKILL.md``; relative to the working directory.
    """

    skill_paths: list[str] = Field(default=['skills'])


@dataclass(frozen=True, slots=True)
class _Skill:
    name: str
    description: str
    text: str

    @property
    def line(self) -> str:
        return f' - {self.name} - {self.description}' if self.description else f' - {self.name}'


class _UseSkill(BaseModel, defer_build=True):
    """Which skill to read."""

    skill_name: str = Field(description='The name of a skill, as listed.')


class Skills(BaseMiddleware[SkillsConfig]):
    """Lists the skills of some folders in the system message, and provides a tool that loads one.

    A skill is ``<path>/<folder>/SKILL.md``. Its frontmatter may give a ``name``, else it has the folder's, and a
    ``description``. A name has letters, digits, spaces, ``-`` and ``_``; in place of another one the folder's counts.
    Folders whose names start with a dot are skipped; so are, with a warning, links that lead out of the path, and the
    second of two skills of one name. Without any skill nothing is listed and no tool is provided. The files are read
    once per call.
    """

    def begin(self) -> None:
        """Know no skills yet."""
        self._found: Mapping[str, _Skill] | None = None

    async def wrap_generate(
        self, params: GenerateHookParams, ctx: GenerateMiddlewareContext, next_fn: GenerateNext
    ) -> GenerateResponse[Any]:
        """Write the list into the first system message, in place of an earlier one."""
        skills = await self._skills()
        if not skills:
            return await next_fn(params, ctx)
        lines = '\n'.join(skill.line for skill in skills.values())
        part = TextPart(text=f'<skills>\n{_TOLD}\n{lines}\n</skills>', metadata={_TAG: True})
        return await next_fn(params.with_options(messages=_with_list(params.options.messages, part)), ctx)

    def tools(self, ctx: GenerateMiddlewareContext) -> Sequence[AnyAction]:
        """Offer ``use_skill`` if there are any."""
        _ = ctx
        if not any(_files(path) for path in self.config.skill_paths):
            return ()

        async def use_skill(asked: _UseSkill) -> str:
            """Return the instructions of a skill. Call it before you begin a task that the skill is for."""
            skills = await self._skills()
            skill = skills.get(asked.skill_name)
            return skill.text if skill else f'There is no skill {asked.skill_name!r}. There are: {", ".join(skills)}.'

        return (make_tool(use_skill).action,)

    async def _skills(self) -> Mapping[str, _Skill]:
        if self._found is None:
            self._found = await asyncio.to_thread(_read_all, self.config.skill_paths)
        return self._found


def _read_all(paths: Sequence[str]) -> dict[str, _Skill]:
    skills: dict[str, _Skill] = {}
    for path in paths:
        for file in _files(path):
            try:
                skill = _read(file, path)
            except GenkitError as error:
                _warn('A skill could not be read.', file, error.original_message)
                continue
            if skills.setdefault(skill.name, skill) is not skill:
                _warn('A skill has the name of another one, which counts.', file, f'The name is {skill.name!r}.')
    return skills


def _files(path: str) -> list[Path]:
    found = sorted(file for file in Path(path).glob(f'*/{_FILE}') if not file.parent.name.startswith('.'))
    return [file for file in found if _lies_within(file, path)]


def _lies_within(file: Path, path: str) -> bool:
    try:
        check_within(file, path)
    except GenkitError as error:
        _warn('A skill is passed by.', file, error.original_message)
        return False
    return True


def _read(file: Path, path: str) -> _Skill:
    text = read_text_file(file, within=path)
    facts = _frontmatter(text, file)
    return _Skill(_name(facts.get('name'), file), _one_line(facts.get('description')), text)


def _name(given: Any, file: Path) -> str:
    """Return a skill's name: its own if that is one, else the folder's."""
    name, folder = ' '.join(str(given or '').split()), file.parent.name
    if _NAME.fullmatch(name):
        return name
    if not _NAME.fullmatch(folder):
        raise GenkitError(
            f'{folder!r} is no name for a skill; take up to 100 letters, digits, spaces, - and _.',
            status='INVALID_ARGUMENT',
        )
    if name:
        _warn('A skill has an odd name; it is called like its folder.', file, f'The name is {name!r}.')
    return folder


def _one_line(given: Any) -> str:
    """Return a description on one line, without markup."""
    shown = ''.join(sign if sign.isprintable() else ' ' for sign in str(given or ''))
    return html.escape(' '.join(shown.split()), quote=False)


def _frontmatter(text: str, file: Path) -> dict[str, Any]:
    found = _FRONTMATTER.match(text)
    if found is None:
        return {}
    from genkit._base.readers.yaml_text import read_yaml  # noqa: PLC0415  (loaded when a skill is read)

    try:
        facts: object = read_yaml(found[1], file.name, first_line=2)
    except GenkitError as error:
        _warn('The frontmatter of a skill is no YAML; its name is the folder.', file, error.original_message)
        return {}
    return cast('dict[str, Any]', facts) if isinstance(facts, dict) else {}


def _warn(event: str, file: Path, error: str) -> None:
    """Warn once for each problem of a file, which is read again with each call."""
    problem = (str(file), error)
    if problem not in _WARNED:
        if len(_WARNED) >= _MOST_WARNED:
            _WARNED.clear()
        _WARNED.add(problem)
        _LOG.warning(event, file=ascii(str(file)), error=error)


def _with_list(messages: Sequence[Message], part: Part) -> list[Message]:
    """Return the messages with the list in the first system message, and nowhere else."""
    cleaned = [_without_list(message) for message in messages]
    for number, message in enumerate(cleaned):
        if message.role == Role.SYSTEM:
            content = list(message.content)
            content.insert(_place(messages[number]), part)
            return [*cleaned[:number], message.replaced(content=content), *cleaned[number + 1 :]]
    return [Message(role=Role.SYSTEM, content=[part]), *cleaned]


def _place(message: Message) -> int:
    """Return where the list stands in a message; at the end if it is new."""
    return next((n for n, part in enumerate(message.content) if _is_list(part)), len(message.content))


def _without_list(message: Message) -> Message:
    kept = [part for part in message.content if not _is_list(part)]
    return message if len(kept) == len(message.content) else message.replaced(content=kept)


def _is_list(part: Part) -> bool:
    return bool(part.metadata and part.metadata.get(_TAG))
