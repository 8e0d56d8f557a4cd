# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names and values of span attributes; the developer tools and cloud exporters read them."""

import functools
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from genkit._base.secrets import REDACTED, redact_json
from genkit._base.serialize import dump_json


TRACER_NAME: Final = 'genkit-tracer'
TRACER_VERSION: Final = 'v1'

TYPE: Final = 'genkit:type'
SUBTYPE: Final = 'genkit:metadata:subtype'
NAME: Final = 'genkit:name'
KEY: Final = 'genkit:key'
PATH: Final = 'genkit:path'
QUALIFIED_PATH: Final = 'genkit:qualifiedPath'
INPUT: Final = 'genkit:input'
OUTPUT: Final = 'genkit:output'
STATE: Final = 'genkit:state'
ERROR: Final = 'genkit:error'
IS_ROOT: Final = 'genkit:isRoot'
IS_FAILURE_SOURCE: Final = 'genkit:isFailureSource'
CONTEXT: Final = 'genkit:metadata:context'
INTERRUPT: Final = 'genkit:metadata:interrupt'
METADATA_PREFIX: Final = 'genkit:metadata:'

_HIDDEN_CONTEXT: Final = ('auth', 'secrets')


@functools.lru_cache(maxsize=4096)
def path_step(name: str, span_type: str, subtype: str | None) -> str:
    """Return one step of a path: ``/{name,t:type[,s:subtype]}``, the name URL-quoted."""
    suffix = f',s:{subtype}' if subtype else ''
    return f'/{{{quote(name, safe="/")},t:{span_type}{suffix}}}'


def display_path(path: str) -> str:
    """Return the names of a path joined with `` > ``."""
    return ' > '.join(step.partition(',')[0] for step in path.split('/{')[1:])


def recorded(value: Any) -> str:
    """Return a value as the JSON text that a span records, credentials replaced; never fails."""
    try:
        return redact_json(dump_json(value))
    except Exception as error:  # noqa: BLE001  (recording must not break the call that is recorded)
        return dump_json(f'<{type(value).__name__} cannot be recorded: {type(error).__name__}>')


def recorded_context(context: Mapping[str, Any]) -> str:
    """Return a call's context as JSON text, who is asking and every secret left out."""
    return recorded({name: REDACTED if name in _HIDDEN_CONTEXT else value for name, value in context.items()})
