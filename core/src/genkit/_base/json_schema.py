# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Checks data against JSON schemas that were written by hand or came over a wire.

A schema may come from another program, so it gets no more than it needs: it is checked before it is used, its
references lead nowhere but into itself and the published meta-schemas, its patterns are matched in bounded time, and
the work that it makes is bounded by the size of the value.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, cast

from genkit._base.errors import ErrorReason, GenkitError
from genkit._base.secrets import is_secret, redact
from genkit._base.suggest import refuse


_MAX_PROBLEMS: Final = 20
_SHOWN: Final = 300

# The keywords of JSON Schema, one of which is in every schema that says anything, and `nullable` of OpenAPI.
_KEYWORDS: Final = frozenset(
    (
        *('$anchor', '$comment', '$defs', '$dynamicAnchor', '$dynamicRef', '$id', '$ref', '$schema', '$vocabulary'),
        *('additionalItems', 'additionalProperties', 'allOf', 'anyOf', 'const', 'contains', 'contentEncoding'),
        *('contentMediaType', 'contentSchema', 'default', 'definitions', 'dependencies', 'dependentRequired'),
        *('dependentSchemas', 'deprecated', 'description', 'else', 'enum', 'examples', 'exclusiveMaximum'),
        *('exclusiveMinimum', 'format', 'if', 'items', 'maxContains', 'maxItems', 'maxLength', 'maxProperties'),
        *('maximum', 'minContains', 'minItems', 'minLength', 'minProperties', 'minimum', 'multipleOf', 'not'),
        *('nullable', 'oneOf', 'pattern', 'patternProperties', 'prefixItems', 'properties', 'propertyNames'),
        *('readOnly', 'required', 'then', 'title', 'type', 'unevaluatedItems', 'unevaluatedProperties'),
        *('uniqueItems', 'writeOnly'),
    )
)

_text: Final = json.JSONEncoder(sort_keys=True, default=str).encode


def is_json_schema(schema: Mapping[str, Any]) -> bool:
    """Return whether a dictionary may be a JSON schema, rather than one of names and types."""
    if any(isinstance(value, type) for value in schema.values()):
        return False
    return not schema or not _KEYWORDS.isdisjoint(schema) or any(name.startswith('x-') for name in schema)


def require_json_schema(name: str, schema: Any) -> None:
    """Refuse a dictionary that is not a JSON schema where one, or a type, is expected.

    Args:
        name: The argument.
        schema: What was given; anything else than a dictionary is left to others.

    Raises:
        GenkitError: ``INVALID_ARGUMENT``.
    """
    if isinstance(schema, dict) and not is_json_schema(cast('dict[str, Any]', schema)):
        refuse(
            name,
            schema,
            "a dictionary is a JSON schema: write {'type': 'object', 'properties': {…}}, or give a Pydantic model.",
        )


def check_json(schema: dict[str, Any], value: Any, what: str, reason: ErrorReason = ErrorReason.INVALID_INPUT) -> None:
    """Raise unless a value fits a schema.

    Args:
        schema: Draft 2020-12 unless it names another.
        value: JSON-compatible data.
        what: Whose value it is, for the message.
        reason: For the error's details.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` naming each wrong member, up to twenty; with reason ``INVALID_SCHEMA`` if it
            is the schema that is wrong: malformed, with a reference that leads nowhere or out, or around in a circle.
            ``OUT_OF_RANGE`` if checking takes too much work.
    """
    if not schema:
        return
    try:
        problems = _problems(_check(_text(schema)), value)
    except GenkitError as error:
        raise GenkitError(
            f'Validation of {what} failed: {error.original_message}', status=error.status, details=_reason_of(error)
        ) from error
    except RecursionError as error:
        raise _bad_schema(
            f'Validation of {what} failed: the schema or the value is nested too deeply, or a $ref of the schema '
            'leads back to itself; write a schema that looks at a smaller part of the value at each step.'
        ) from error
    except Exception as error:  # the library lets out what its parts raise: every one of them means a bad schema
        raise _bad_schema(
            f'Validation of {what} failed: its schema cannot be used: {_shortened(str(error) or type(error).__name__)}'
        ) from error
    if problems:
        raise GenkitError(
            f'Validation of {what} failed: {"; ".join(problems)}', status='INVALID_ARGUMENT', reason=reason
        )


def _problems(check: Callable[[Any, int], list[Any]], value: Any) -> list[str]:
    found = check(value, _MAX_PROBLEMS + 1)
    if not found:
        return found
    shown = [_described(problem) for problem in found[:_MAX_PROBLEMS]]
    return [*shown, '…'] if len(found) > _MAX_PROBLEMS else shown


def _described(problem: Any) -> str:
    """Return where a problem is and what it is; secrets are not repeated."""
    steps = [str(step) for step in problem.absolute_path]
    where = '.'.join(steps) or '(root)'
    if any(is_secret(step) for step in steps):
        return f'{where}: the secret does not fit {problem.validator!r}'
    if problem.validator is None:  # the schema `false`, whose place the library does not tell
        return f'{where}: the schema allows no value here'
    message: str = problem.message
    instance: object = problem.instance
    if isinstance(instance, dict | list):
        members = cast('Any', instance)
        message = message.replace(repr(members), repr(redact(members)))
    return f'{where}: {_shortened(message)}'


def _shortened(text: str) -> str:
    return text if len(text) <= _SHOWN else f'{text[:_SHOWN]}…'


def _reason_of(error: GenkitError) -> dict[str, Any] | None:
    return None if error.reason is None else {'reason': error.reason}


def _bad_schema(message: str) -> GenkitError:
    return GenkitError(message, status='INVALID_ARGUMENT', reason=ErrorReason.INVALID_SCHEMA)


@lru_cache(maxsize=256)
def _check(schema_text: str) -> Callable[[Any, int], list[Any]]:
    from genkit._base.readers.schema_engine import make_check  # noqa: PLC0415  (loaded on first use)

    return make_check(cast('dict[str, Any]', json.loads(schema_text)))
