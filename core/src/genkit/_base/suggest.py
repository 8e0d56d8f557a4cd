# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Turns a mistake of a caller into a way out: an unknown name or option, one thing in place of a list."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn, cast

from pydantic import BaseModel

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.secrets import redact


_SHOWN: Final = 100
# Settings of a model, which belong into its configuration.
_OF_CONFIG: Final = frozenset(
    {
        'api_key',
        'frequency_penalty',
        'max_completion_tokens',
        'max_output_tokens',
        'max_tokens',
        'parallel_tool_calls',
        'presence_penalty',
        'reasoning_effort',
        'seed',
        'stop',
        'stop_sequences',
        'temperature',
        'thinking',
        'thinking_budget',
        'top_k',
        'top_p',
    }
)
# Names that other libraries, or Genkit in other languages, have for the same thing: the first that is known is meant.
_ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    'agents': ('tools',),
    'callback': ('on_chunk',),
    'callbacks': ('on_chunk', 'use'),
    'chat_history': ('messages',),
    'chunk_schema': ('chunk_type',),
    'contents': ('messages', 'prompt'),
    'context_providers': ('context_provider',),
    'deps': ('context',),
    'documents': ('docs',),
    'functions': ('tools',),
    'generation_config': ('config',),
    'history': ('messages',),
    'input': ('prompt_input', 'prompt'),
    'instructions': ('system',),
    'max_iterations': ('max_turns',),
    'max_steps': ('max_turns',),
    'memory': ('store',),
    'message': ('prompt', 'messages'),
    'message_history': ('messages',),
    'middleware': ('use',),
    'model_name': ('model',),
    'model_settings': ('config',),
    'on_token': ('on_chunk',),
    'output_cls': ('output_schema',),
    'output_type': ('output_schema',),
    'parameters': ('config', 'input_schema'),
    'query': ('prompt',),
    'question': ('prompt',),
    'response_format': ('output_schema',),
    'response_model': ('output_schema',),
    'result_type': ('output_schema',),
    'resume': ('resume_respond',),
    'schema': ('output_schema', 'input_schema'),
    'session_store': ('store',),
    'settings': ('config',),
    'streaming_callback': ('on_chunk',),
    'system_instruction': ('system',),
    'system_message': ('system',),
    'system_prompt': ('system',),
    'text': ('prompt',),
    'tool_calls': ('tools',),
    'toolsets': ('tools',),
    'user': ('prompt',),
    'user_message': ('prompt',),
    'user_prompt': ('prompt',),
}
# What streams in place of a call that waits for the whole answer.
_STREAMS: Final = {
    'A call of a prompt': 'prompt.stream(…)',
    'chat.send()': 'chat.send_stream(…)',
    'generate()': 'ai.generate_stream(…)',
}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or an empty string."""
    candidates = [str(candidate) for candidate in known]
    nearest = [each for each in candidates if each.casefold() == name.casefold()][:1]
    nearest = nearest or difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    if not nearest:
        short = {candidate.rpartition('/')[2]: candidate for candidate in candidates}
        nearest = [short[match] for match in difflib.get_close_matches(name.rpartition('/')[2], short, n=1)]
    return f' Did you mean {nearest[0]!r}?' if nearest else ''


def how_to_install(distribution: str, *, dev: bool = False) -> str:
    """Return the command that installs a distribution of this project, for a message.

    The public index has packages of the same names that belong to another project.

    Args:
        distribution: Such as ``genkit-plugin-groq`` or ``genkit[web]``.
        dev: Whether only tests need it.
    """
    name, bracket, extra = distribution.partition('[')
    folder = 'core' if name == 'genkit' else f'plugins/{name.removeprefix("genkit-plugin-")}'
    path = f"'CHECKOUT/{folder}{bracket}{extra}'" if bracket else f'CHECKOUT/{folder}'
    return (
        f'`uv add {"--dev " if dev else ""}--editable {path}`, where CHECKOUT is a clone of Genkit for Python (the '
        f'{name} of the public index is another one)'
    )


def check_options(
    where: str, options: Mapping[str, Any], known: Mapping[str, Any], named: Iterable[str] = (), otherwise: str = ''
) -> None:
    """Raise an error for unknown options.

    Args:
        where: What was called, such as ``generate()``.
        options: The options that were given.
        known: Those that there are, by name, such as the annotations of a ``TypedDict``.
        named: What the signature itself names, which the message may suggest as well.
        otherwise: What to do about a name that resembles none, which ``{name}`` stands for.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming the option and, if a known one is similar, that one.
    """
    if options.keys() <= known.keys():
        return
    name = next(name for name in options if name not in known)
    way_out = _way_out(where, name, {*known, *named}, otherwise)
    raise GenkitError(f'{where} has no option {name!r}.{way_out}', status='INVALID_ARGUMENT')


def _way_out(where: str, name: str, known: set[str], otherwise: str) -> str:
    for right in _ELSEWHERE.get(name, ()):
        if right in known:
            return f' Use {right!r}.'
    if name in _OF_CONFIG and 'config' in known:
        return f" It is a setting of the model: write config={{'{name}': …}}."
    if name == 'timeout':
        return ' Write `async with asyncio.timeout(…):` around the call.'
    if name in {'stream', 'streaming'} and where in _STREAMS:
        return f' Write `async for chunk in {_STREAMS[where]}` to stream.'
    listed = f' It has {", ".join(map(repr, sorted(known)))}.'
    return did_you_mean(name, known) or (f' {otherwise.format(name=name)}{listed}' if otherwise else listed)


def missing_member(owner: object, name: str, elsewhere: Mapping[str, str]) -> str:
    """Return the message about an attribute that an object has not, with what to write.

    Args:
        owner: The object.
        name: The attribute.
        elsewhere: What to write for names that others have for it; in snake case.
    """
    kind = type(owner).__name__
    snake = ''.join(f'_{letter.lower()}' if letter.isupper() else letter for letter in name)
    if name.startswith('_'):
        way_out = ''
    elif snake in elsewhere:
        way_out = f' Write {elsewhere[snake]}.'
    else:
        way_out = did_you_mean(snake, [each for each in dir(type(owner)) if not each.startswith('_')])
    return f'{kind!r} object has no attribute {name!r}.{way_out}'


def shown(value: Any) -> str:
    """Return a value as a message shows it: its repr, cut, without secrets."""
    try:
        text = repr(redact(value))
    except Exception:  # noqa: BLE001  (the message that shows it is about another error)
        text = f'a {type(value).__name__}'
    return text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…'


def refuse(name: str, value: Any, way_out: str, reason: ErrorReason | None = None) -> NoReturn:
    """Raise the error for an argument that cannot be what was meant.

    Args:
        name: The argument.
        value: What was given.
        way_out: What is expected and what to write, as the end of a sentence that begins with the value.
        reason: A finer cause.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    raise GenkitError(f'{name} is {shown(value)}; {way_out}', status='INVALID_ARGUMENT', reason=reason)


def refuse_unsaid(name: str, said: Any, way_out: str) -> None:
    """Refuse a message that is empty, or is neither text nor parts.

    Args:
        name: The argument, such as ``The message``.
        said: What was given.
        way_out: What to write.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    if isinstance(said, str | list | tuple) and not said:
        refuse(name, said, f'it says nothing: {way_out}')
    if isinstance(said, bytes | bytearray):
        refuse(name, said, f'bytes are no text: {way_out}')


def as_list(name: str, given: Any, text: str = '') -> 'list[Any] | tuple[Any, ...]':
    """Return the entries of a list, or one thing that was given in place of a list.

    Args:
        name: The argument.
        given: A list or any other iterable, or one entry; None stands for nothing.
        text: The way out where a text is no entry. Default: it is one.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` for a text that is no entry.
    """
    if isinstance(given, list | tuple):
        return cast('list[Any] | tuple[Any, ...]', given)
    if given is None:
        return ()
    if isinstance(given, str | bytes):
        if text:
            refuse(name, given, text)
        return [given]
    # A model of Pydantic can be iterated over, member by member.
    is_one = isinstance(given, BaseModel | Mapping | type) or not isinstance(given, Iterable)
    return [given] if is_one else list(cast('Iterable[Any]', given))
