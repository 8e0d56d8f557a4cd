# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The part of the façade that answers to names which Genkit has in other languages, or other libraries have."""

from typing import TYPE_CHECKING, Any, Final

from genkit._base.suggest import missing_member


# What Genkit has in other languages, or other libraries have, for the same thing.
_ELSEWHERE: Final = {
    'action': '@ai.flow above a function',
    'agent_tool': 'agent.as_tool()',
    'completion': 'ai.generate(…)',
    'define_action': '@ai.flow above a function',
    'define_flow': '@ai.flow above a function',
    'define_tool': '@ai.tool above a function',
    'invoke': 'ai.generate(…)',
    'run_flow': 'the call of the flow itself, `await my_flow(…)`',
    'stream': 'ai.generate_stream(…)',
}


class Elsewhere:
    """Names what to write in place of an attribute that is not there."""

    if not TYPE_CHECKING:  # type checkers name what is missing by themselves

        def __getattr__(self, name: str) -> Any:
            """Refuse a name that is not there, with the one that is meant."""
            raise AttributeError(missing_member(self, name, _ELSEWHERE))
