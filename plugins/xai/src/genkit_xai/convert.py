# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What xAI wants of a request beyond the protocol. Source: https://docs.x.ai/developers (November 2026)."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from genkit.plugin import text_of
from genkit_compat_oai import Dialect
from genkit_compat_oai.endpoints import get, post
from genkit_compat_oai.errors import Failures


Body = dict[str, Any]

DIALECT: Final = Dialect(
    max_tokens='max_completion_tokens',
    reasoning=('reasoning_content',),
    options=dict.fromkeys(('deferred', 'deferred_interval', 'max_turns', 'store')),
    counts={'num_sources_used': 'sources', 'num_server_side_tools_used': 'serverTools'},
    cost=('cost_in_usd_ticks', 10**10),
    kept=('citations',),
    items='xai',
)

OF_RESPONSES: Final = ('server_tools', 'previous_response_id', 'max_turns')
"""Options that only the Responses protocol has."""

_NOT_OF_THINKERS: Final = ('stop', 'frequency_penalty', 'presence_penalty')
_SERVER_TOOLS: Final = {'code_execution': 'code_interpreter', 'collections_search': 'file_search'}
_ACCEPTED: Final = 202


def without_refused(body: Body) -> Body:
    """Return the body of a chat request without what models that think refuse."""
    return {name: value for name, value in body.items() if name not in _NOT_OF_THINKERS}


def with_server_tools(body: Body, max_turns: int | None) -> Body:
    """Return the body of a request in the Responses protocol, with the provider's tools as REST names them."""
    turns = {} if max_turns is None else {'max_turns': max_turns}
    tools = {'tools': [_server_tool(tool) for tool in body['tools']]} if 'tools' in body else {}
    return {**body, **tools, **turns}


async def fetch_deferred(
    client: Any, body: Body, headers: Mapping[str, str], failures: Failures, interval: float
) -> Body:
    """Begin a completion and return it when it is ready, asking for it again and again."""
    begun = await post(client, '/chat/completions', {**body, 'deferred': True}, headers)
    given = text_of(failures.members(begun.content, 'request_id').get('request_id'), 'request_id')
    path = f'/chat/deferred-completion/{quote(given, safe="")}'
    answer = await get(client, path, headers)
    while answer.status == _ACCEPTED:
        await asyncio.sleep(interval)
        answer = await get(client, path, headers)
    return failures.members(answer.content, 'choices')


def _server_tool(tool: Any) -> Any:
    """Return a tool as REST names it, also if it was given by its name alone."""
    members: Body = {'type': tool} if isinstance(tool, str) else tool
    return {**members, 'type': _SERVER_TOOLS.get(members['type'], members['type'])}
