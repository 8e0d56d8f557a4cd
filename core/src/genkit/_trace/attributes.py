# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names and values of span attributes; the developer tools and cloud exporters read them."""

import functools
from typing import Any, Final
from urllib.parse import quote


TRACER_NAME: Final = 'genkit-tracer'
TRACER_VERSION: Final = 'v1'

TYPE: Final = 'genkit:type'
SUBTYPE: Final = 'genkit:metadata:subtype'
NAME: Final = 'genkit:name'
KEY: Final = 'genkit:key'
PATH: Final = 'genkit:path'
QUALIFIED_PATH: Final = 'genkit:qualifiedPath'
INIT: Final = 'genkit:init'
INPUT: Final = 'genkit:input'
OUTPUT: Final = 'genkit:output'
STATE: Final = 'genkit:state'
ERROR: Final = 'genkit:error'
IS_ROOT: Final = 'genkit:isRoot'
IS_FAILURE_SOURCE: Final = 'genkit:isFailureSource'
CONTEXT: Final = 'genkit:metadata:context'
INTERRUPT: Final = 'genkit:metadata:interrupt'
METADATA_PREFIX: Final = 'genkit:metadata:'


def path_step(name: str, span_type: str, kind: str | None) -> str:
    """Return one step of a path: ``/{name,t:type[,s:kind]}``, the name URL-quoted."""
    suffix = f',s:{kind}' if kind else ''
    return f'/{{{quote(name, safe="/")},t:{span_type}{suffix}}}'


@functools.lru_cache(maxsize=4096)
def opening(parent_path: str, name: str, span_type: str, kind: str | None) -> tuple[str, dict[str, Any]]:
    """Return the path of a span, and the attributes that it opens with, which are not to be changed."""
    path = parent_path + path_step(name, span_type, kind)
    attributes: dict[str, Any] = {NAME: name, TYPE: span_type, PATH: path, QUALIFIED_PATH: path}
    if kind is not None:
        attributes[SUBTYPE] = kind
        attributes[KEY] = f'/{kind}/{name}'
        if kind == 'flow':
            attributes[f'{METADATA_PREFIX}flow:name'] = name
    if not parent_path:
        attributes[IS_ROOT] = True
    return path, attributes


def display_path(path: str) -> str:
    """Return the names of a path joined with `` > ``."""
    return ' > '.join(step.partition(',')[0] for step in path.split('/{')[1:])
