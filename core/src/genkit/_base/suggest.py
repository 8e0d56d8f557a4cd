# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Turns an unknown name, of anything or of an option, into a way out."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any, Final

from genkit._base.errors import GenkitError


# Settings of a model, which belong into its configuration.
_OF_CONFIG: Final = frozenset(
    {
        'api_key',
        'frequency_penalty',
        'max_output_tokens',
        'max_tokens',
        'presence_penalty',
        'reasoning_effort',
        'seed',
        'stop',
        'stop_sequences',
        'temperature',
        'thinking',
        'top_k',
        'top_p',
    }
)
# Names that other libraries, or Genkit in other languages, have for the same thing: the first that is known is meant.
_ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    'chunk_schema': ('chunk_type',),
    'context_providers': ('context_provider',),
    'deps': ('context',),
    'functions': ('tools',),
    'history': ('messages',),
    'input': ('prompt_input', 'prompt'),
    'instructions': ('system',),
    'max_iterations': ('max_turns',),
    'max_steps': ('max_turns',),
    'memory': ('store',),
    'middleware': ('use',),
    'output_type': ('output_schema',),
    'response_format': ('output_schema',),
    'response_model': ('output_schema',),
    'result_type': ('output_schema',),
    'schema': ('output_schema', 'input_schema'),
    'session_store': ('store',),
    'system_prompt': ('system',),
    'text': ('prompt',),
    'toolsets': ('tools',),
    'user': ('prompt',),
}


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the nearest known name, or an empty string."""
    candidates = [str(candidate) for candidate in known]
    nearest = difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    if not nearest:
        short = {candidate.rpartition('/')[2]: candidate for candidate in candidates}
        nearest = [short[match] for match in difflib.get_close_matches(name.rpartition('/')[2], short, n=1)]
    return f' Did you mean {nearest[0]!r}?' if nearest else ''


def check_options(where: str, options: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    """Refuse an option that is not known.

    Args:
        where: What was called, such as ``generate()``.
        options: The options that were given.
        known: Those that there are, by name, such as the annotations of a ``TypedDict``.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming the option and, where that can be told, the right one.
    """
    if options.keys() <= known.keys():
        return
    name = next(name for name in options if name not in known)
    raise GenkitError(f'{where} has no option {name!r}.{_way_out(name, known)}', status='INVALID_ARGUMENT')


def _way_out(name: str, known: Mapping[str, Any]) -> str:
    for right in _ELSEWHERE.get(name, ()):
        if right in known:
            return f' Use {right!r}.'
    if name in _OF_CONFIG and 'config' in known:
        return f" It is a setting of the model: write config={{'{name}': …}}."
    return did_you_mean(name, known) or f' It has {", ".join(map(repr, sorted(known)))}.'
