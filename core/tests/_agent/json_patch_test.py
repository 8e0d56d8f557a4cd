# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit._agent.json_patch import apply_patch, diff


@pytest.mark.parametrize(
    ('before', 'after', 'changes'),
    [
        ([1, 2, 3, 4], [1, 5], [('remove', '/3'), ('remove', '/2'), ('replace', '/1')]),
        ([1], [1, 2, 3], [('add', '/-'), ('add', '/-')]),
        ([1, 2], [], [('remove', '/1'), ('remove', '/0')]),
        ({'a': 1, 'b': [1, 2]}, {'b': [1], 'c/~': None}, [('add', '/c~1~0'), ('remove', '/a'), ('remove', '/b/1')]),
        ([], [], []),
    ],
)
def test_a_difference_is_what_was_changed_and_makes_the_one_of_the_other(
    before: Any, after: Any, changes: list[tuple[str, str]]
) -> None:
    operations = diff(before, after)
    assert sorted((str(operation.op), operation.path) for operation in operations) == sorted(changes)
    assert apply_patch(before, operations) == after
