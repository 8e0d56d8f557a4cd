# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Genkit and LangChain, both ways: models, embeddings, retrievers, tools, runnables, callbacks and criteria."""

from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from genkit_langchain.criteria import Criterion
from genkit_langchain.plugin import LangChain


if _TYPE_CHECKING:
    from genkit_langchain.chat_model import GenkitChatModel
    from genkit_langchain.embed import GenkitEmbeddings
    from genkit_langchain.retriever import GenkitRetriever
    from genkit_langchain.runnable import from_runnable, to_runnable
    from genkit_langchain.tool import GenkitTool, from_langchain_tool, to_langchain_tool
    from genkit_langchain.tracing import GenkitCallbackHandler


__all__ = [
    'Criterion',
    'GenkitCallbackHandler',
    'GenkitChatModel',
    'GenkitEmbeddings',
    'GenkitRetriever',
    'GenkitTool',
    'LangChain',
    'from_langchain_tool',
    'from_runnable',
    'to_langchain_tool',
    'to_runnable',
]

# These import LangChain, which takes longer than the rest.
_MODULES = {
    'GenkitCallbackHandler': 'tracing',
    'GenkitChatModel': 'chat_model',
    'GenkitEmbeddings': 'embed',
    'GenkitRetriever': 'retriever',
    'GenkitTool': 'tool',
    'from_langchain_tool': 'tool',
    'from_runnable': 'runnable',
    'to_langchain_tool': 'tool',
    'to_runnable': 'runnable',
}


def __getattr__(name: str) -> _Any:
    """Import what is asked for."""
    if name not in _MODULES:
        raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
    return getattr(_import_module(f'{__name__}.{_MODULES[name]}'), name)
