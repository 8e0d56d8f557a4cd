# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Whether what came is what a case expects: objects in part, arrays as a whole or as an ordered selection."""

from collections.abc import Mapping
from typing import Any, cast


def check_output(output: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Assert that an agent's output is what a step expects of it."""
    state = within(output, 'state')
    if expected.get('hasSnapshotId'):
        assert output.get('snapshotId'), output
    if expected.get('hasSessionId'):
        assert state.get('sessionId'), output
    if 'finishReason' in expected:
        assert output.get('finishReason') == expected['finishReason'], output
    if 'message' in expected:
        assert_contains(output.get('message'), expected['message'])
    if 'errorContains' in expected:
        error = within(output, 'error')
        assert error.get('status') == expected['errorContains'].get('status', error.get('status')), output
        assert expected['errorContains'].get('message', '') in error.get('message', ''), output
    if 'stateContains' in expected:
        assert_contains(state, expected['stateContains'], is_selection=True)
    for artifact in expected.get('artifactsContain') or ():
        named = [entry for entry in output.get('artifacts') or () if entry.get('name') == artifact.get('name')]
        assert named, f'no artifact {artifact} in {output}'
        assert_contains(named[0], artifact)


def check_snapshot(snapshot: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """Assert that a snapshot is what a step expects of it."""
    for name in ('status', 'finishReason', 'parentId'):
        if expected.get(name) is not None:
            assert snapshot.get(name) == expected[name], snapshot
    if expected.get('hasSessionId'):
        assert within(snapshot, 'state').get('sessionId'), snapshot
    if 'errorContains' in expected:
        assert_contains(snapshot.get('error'), expected['errorContains'])
    if 'stateContains' in expected:
        assert_contains(snapshot.get('state'), expected['stateContains'], is_selection=True)


def within(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return an object's member that is an object; empty if it is missing."""
    found: Mapping[str, Any] | None = value.get(name)
    return found or {}


def assert_contains(actual: Any, expected: Any, *, is_selection: bool = False) -> None:
    """Assert that a value has at least what is expected.

    Args:
        actual: What came.
        expected: Members of objects that are not named may be anything, and so may what is expected as null.
        is_selection: Whether arrays may hold more, anywhere, than what is expected in this order.
    """
    assert _contains(actual, expected, is_selection=is_selection), f'{expected}\nis not in\n{actual}'


def _contains(actual: Any, expected: Any, *, is_selection: bool) -> bool:
    if expected is None:
        return True
    if isinstance(expected, dict):
        members = cast('dict[str, Any]', expected)
        found = cast('dict[str, Any]', actual) if isinstance(actual, dict) else None
        return found is not None and all(
            _contains(found.get(name), value, is_selection=is_selection) for name, value in members.items()
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and _holds(
            cast('list[Any]', actual), cast('list[Any]', expected), is_selection=is_selection
        )
    return actual == expected


def _holds(actual: list[Any], expected: list[Any], *, is_selection: bool) -> bool:
    if is_selection:
        rest = iter(actual)
        return all(any(_contains(item, wanted, is_selection=True) for item in rest) for wanted in expected)
    return len(actual) == len(expected) and all(
        _contains(item, wanted, is_selection=False) for item, wanted in zip(actual, expected, strict=True)
    )
