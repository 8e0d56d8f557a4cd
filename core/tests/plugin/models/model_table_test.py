# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from genkit.plugin import chat_supports
from genkit.types import Constrained, Supports


def test_a_chat_model_takes_everything_unless_something_else_is_said() -> None:
    assert chat_supports() == Supports(
        multiturn=True,
        media=True,
        tools=True,
        tool_choice=True,
        system_role=True,
        output=['text', 'json'],
        constrained=Constrained.ALL,
    )


def test_what_differs_is_said_by_name() -> None:
    told = chat_supports(Constrained.NONE, media=None, tools=False, tool_choice=False, output=['text'])

    assert told == Supports(
        multiturn=True, tools=False, tool_choice=False, system_role=True, output=['text'], constrained=Constrained.NONE
    )
