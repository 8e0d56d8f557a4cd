# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Changes of a JSON value as RFC 6902 writes them: https://www.rfc-editor.org/rfc/rfc6902."""

import copy
from collections.abc import Sequence
from typing import Any, Final, cast

from genkit.types import JsonPatchOp, JsonPatchOperation


_APPENDS: Final = ('-',)
_REFUSED: Final = frozenset({'__proto__', 'constructor', 'prototype'})


def diff(before: Any, after: Any, path: str = '') -> list[JsonPatchOperation]:
    """Return the operations that turn one value into another: objects by member, arrays by index."""
    if isinstance(before, dict) and isinstance(after, dict):
        return _diff_objects(cast('dict[str, Any]', before), cast('dict[str, Any]', after), path)
    if isinstance(before, list) and isinstance(after, list):
        return _diff_arrays(cast('list[Any]', before), cast('list[Any]', after), path)
    if isinstance(before, bool) == isinstance(after, bool) and before == after:
        return []
    return [_operation(JsonPatchOp.REPLACE, path, after)]


def apply_patch(value: Any, operations: Sequence[JsonPatchOperation]) -> Any:
    """Return a copy of a value with a JSON patch applied; the value itself is not changed.

    A parent that is missing is made, and what is not there need not be removed: the value may have been replaced
    meanwhile.
    """
    changed: Any = copy.deepcopy(value)
    for operation in operations:
        changed = _applied(changed, operation)
    return changed


def _diff_objects(before: dict[str, Any], after: dict[str, Any], path: str) -> list[JsonPatchOperation]:
    operations: list[JsonPatchOperation] = []
    for name, value in after.items():
        place = f'{path}/{_escaped(name)}'
        if name in before:
            operations += diff(before[name], value, place)
        else:
            operations.append(_operation(JsonPatchOp.ADD, place, value))
    removed = [name for name in before if name not in after]
    return [*operations, *(_operation(JsonPatchOp.REMOVE, f'{path}/{_escaped(name)}') for name in removed)]


def _diff_arrays(before: list[Any], after: list[Any], path: str) -> list[JsonPatchOperation]:
    operations: list[JsonPatchOperation] = []
    shared = min(len(before), len(after))
    for number in range(shared):
        operations += diff(before[number], after[number], f'{path}/{number}')
    operations += [_operation(JsonPatchOp.ADD, f'{path}/-', value) for value in after[shared:]]
    surplus = range(len(before) - 1, shared - 1, -1)
    return [*operations, *(_operation(JsonPatchOp.REMOVE, f'{path}/{number}') for number in surplus)]


def _operation(op: JsonPatchOp, path: str, value: Any = None) -> JsonPatchOperation:
    return JsonPatchOperation(op=op, path=path, value=value)


def _applied(value: Any, operation: JsonPatchOperation) -> Any:
    tokens = [_plain(token) for token in operation.path.split('/')[1:]]
    if any(token in _REFUSED for token in tokens):
        return value
    if operation.op in (JsonPatchOp.TEST, JsonPatchOp.MOVE, JsonPatchOp.COPY):
        return value
    removes = operation.op is JsonPatchOp.REMOVE
    if not tokens:
        return None if removes else copy.deepcopy(operation.value)
    root: Any = cast('Any', value) if isinstance(value, dict | list) else {}
    parent: Any = root
    for token in tokens[:-1]:
        child = _get(parent, token)
        if not isinstance(child, dict | list):
            if removes:
                return root
            child = {}
            _put(parent, token, child)
        parent = cast('Any', child)
    if removes:
        _remove(parent, tokens[-1])
    else:
        _put(parent, tokens[-1], copy.deepcopy(operation.value), insert=operation.op is JsonPatchOp.ADD)
    return root


def _get(parent: Any, token: str) -> Any:
    if isinstance(parent, dict):
        return cast('dict[str, Any]', parent).get(token)
    items = cast('list[Any]', parent)
    return items[int(token)] if token.isdigit() and int(token) < len(items) else None


def _put(parent: Any, token: str, value: Any, *, insert: bool = False) -> None:
    if isinstance(parent, dict):
        parent[token] = value
        return
    items = cast('list[Any]', parent)
    if token.isdigit() and int(token) < len(items):
        if insert:
            items.insert(int(token), value)
        else:
            items[int(token)] = value
    elif token in _APPENDS or token.isdigit():
        items.append(value)


def _remove(parent: Any, token: str) -> None:
    if isinstance(parent, dict):
        cast('dict[str, Any]', parent).pop(token, None)
    elif token.isdigit() and int(token) < len(cast('list[Any]', parent)):
        del parent[int(token)]


def _escaped(name: str) -> str:
    return name.replace('~', '~0').replace('/', '~1')


def _plain(token: str) -> str:
    return token.replace('~1', '/').replace('~0', '~')
