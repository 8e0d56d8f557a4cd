# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The standard suites of langchain-tests, against models that run here."""

from typing import Any

from genkit import ActionKind
from genkit_langchain import GenkitChatModel, GenkitEmbeddings, GenkitRetriever, to_langchain_tool
from langchain_core.embeddings import Embeddings
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import (
    ChatModelIntegrationTests,
    EmbeddingsIntegrationTests,
    RetrieversIntegrationTests,
    ToolsIntegrationTests,
)
from langchain_tests.unit_tests import ChatModelUnitTests, EmbeddingsUnitTests, ToolsUnitTests

from .conftest import application


AI = application()


class TestChatModelUnit(ChatModelUnitTests):
    """What a chat model is made of."""

    @property
    def chat_model_class(self) -> type[GenkitChatModel]:
        """The class."""
        return GenkitChatModel

    @property
    def chat_model_params(self) -> dict[str, Any]:
        """Its arguments."""
        return {'ai': AI, 'model': 'fake/reader'}

    @property
    def model_override_value(self) -> str:
        """Another model."""
        return 'fake/other'


class TestChatModel(ChatModelIntegrationTests):
    """What a chat model does."""

    @property
    def supports_json_mode(self) -> bool:
        """Whether it writes JSON without a schema."""
        return True

    @property
    def chat_model_class(self) -> type[GenkitChatModel]:
        """The class."""
        return GenkitChatModel

    @property
    def chat_model_params(self) -> dict[str, Any]:
        """Its arguments."""
        return {'ai': AI, 'model': 'fake/reader'}

    @property
    def model_override_value(self) -> str:
        """Another model."""
        return 'fake/other'


class TestEmbeddingsUnit(EmbeddingsUnitTests):
    """What embeddings are made of."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        """The class."""
        return GenkitEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        """Its arguments."""
        return {'ai': AI, 'model': 'fake/words'}


class TestEmbeddings(EmbeddingsIntegrationTests):
    """What embeddings do."""

    @property
    def embeddings_class(self) -> type[Embeddings]:
        """The class."""
        return GenkitEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        """Its arguments."""
        return {'ai': AI, 'model': 'fake/words'}


class TestRetriever(RetrieversIntegrationTests):
    """What a retriever does."""

    @property
    def retriever_constructor(self) -> type[GenkitRetriever]:
        """The class."""
        return GenkitRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        """Its arguments."""
        return {'ai': AI, 'retriever': 'fake/notes'}

    @property
    def retriever_query_example(self) -> str:
        """A query."""
        return 'a note'


def _tool() -> BaseTool:
    action = AI.registry.lookup_action(ActionKind.TOOL, 'price')
    assert action is not None
    return to_langchain_tool(action)


class TestToolUnit(ToolsUnitTests):
    """What a tool is made of."""

    @property
    def tool_constructor(self) -> BaseTool:
        """The tool."""
        return _tool()

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        """Arguments."""
        return {'dish': 'soup', 'portions': 2}


class TestTool(ToolsIntegrationTests):
    """What a tool does."""

    @property
    def tool_constructor(self) -> BaseTool:
        """The tool."""
        return _tool()

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        """Arguments."""
        return {'dish': 'soup', 'portions': 2}
