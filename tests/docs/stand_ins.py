# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Puts a server on this machine behind the provider that a page talks to, so that its blocks show what a user writes.

A page says so in a comment, which readers do not see: ``<!-- stand-in: AnthropicWire base_url -->`` names a wire of
`genkit.testing`, or a plugin's own as ``genkit_cohere.testing:CohereWire``, and the argument of the plugin that takes
the address.
"""

import importlib
import re
from collections.abc import Generator
from contextlib import contextmanager

from genkit.testing import LoopbackServer, Said


COMMENT = re.compile(r'<!-- stand-in: (?:([\w.]+):)?(\w+) (\w+) -->')
PLUGIN = re.compile(r'from genkit_\w+ import (\w+)$', re.MULTILINE)


@contextmanager
def stood_in(text: str) -> Generator[str]:
    """Give a page whose plugin talks to a server on this machine, which answers everything with a greeting."""
    named = COMMENT.search(text)
    if named is None:
        yield text
        return
    plugin = PLUGIN.search(text)
    assert plugin is not None, 'The page has a comment `stand-in` and no line `from genkit_… import Plugin`.'
    wire = getattr(importlib.import_module(named[1] or 'genkit.testing'), named[2])()
    with LoopbackServer(lambda _: wire.answer(Said(texts=['Hello!']))) as server:
        made = re.compile(rf'\b{plugin[1]}\(([^()]*)\)')
        changed = made.sub(lambda call: f'{plugin[1]}({_more(call[1])}api_key="key", {named[3]}={server.url!r})', text)
        assert changed != text, f'The page has a comment `stand-in` and no call {plugin[1]}().'
        yield changed
        assert server.requests, f'Nothing was asked of {plugin[1]}.'


def _more(arguments: str) -> str:
    return f'{arguments}, ' if arguments else ''
