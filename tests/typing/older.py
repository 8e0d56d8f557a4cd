# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What users of older import paths see in their editor. Checked, never run."""

from typing import Any, assert_type

from genkit import Genkit as CurrentGenkit
from genkit.ai import Genkit, Output, ToolRunContext, tool_response
from genkit.blocks.document import Document
from genkit.blocks.model import GenerateResponseWrapper, ModelMiddlewareNext, ModelReference
from genkit.blocks.prompt import load_prompt_folder
from genkit.core.action import ActionResponse, ActionRunContext
from genkit.core.context import RequestData
from genkit.core.extract import extract_items
from genkit.core.flows import create_flows_asgi_app
from genkit.core.logging import get_logger
from genkit.core.trace.realtime_processor import RealtimeSpanProcessor
from genkit.core.typing import Details, Error, FinishReason, Message, Part, Role, TextPart
from genkit.model import ModelUsage
from genkit.plugins.anthropic import Anthropic, anthropic_name
from genkit.plugins.evaluators import GenkitMetricType, define_genkit_evaluators
from genkit.plugins.google_genai import EmbeddingTaskType, GoogleAI
from genkit.plugins.google_genai.models.gemini import GeminiConfigSchema
from genkit.plugins.ollama import Ollama
from genkit.plugins.ollama.models import ModelDefinition
from genkit.types import GenerationCommonConfig, GenerationUsage
from genkit.web import FlowsApp
from genkit.web.manager import Server, ServerConfig, ServerLifecycle, ServerManager
from genkit.web.manager.signals import terminate_all_servers
from pydantic import BaseModel


class City(BaseModel):
    """An output type."""

    name: str


ai = Genkit(plugins=[GoogleAI(), Anthropic(models=['claude']), Ollama([ModelDefinition('gemma3')])])
assert_type(ai, CurrentGenkit)
assert_type(anthropic_name('claude'), str)
assert_type(create_flows_asgi_app(ai.registry), FlowsApp)
assert_type(extract_items('[]').cursor, int)
assert_type(ModelUsage(), GenerationUsage)
assert_type(EmbeddingTaskType('CLUSTERING'), EmbeddingTaskType)
define_genkit_evaluators(ai, [GenkitMetricType.REGEX])

KNOWN = (Document, Details, Error, FinishReason, ModelReference, RealtimeSpanProcessor, RequestData, ToolRunContext)
HELPERS = (ModelMiddlewareNext, get_logger, load_prompt_folder, terminate_all_servers, tool_response)


@ai.flow()
async def find(hint: str, ctx: ActionRunContext) -> City:
    """Finds a city."""
    message = Message(role=Role.USER, content=[Part(root=TextPart(text=hint))])
    response = await ai.generate(
        messages=[message], config=GeminiConfigSchema(temperature=1), output=Output(schema=City)
    )
    same: GenerateResponseWrapper[City] = response
    assert_type(same.output, City)
    assert_type(await ai.dynamic_tool('ten', len).arun('x', context=ctx.context), ActionResponse[Any])
    return same.output


async def serve(lifecycle: ServerLifecycle) -> None:
    """Runs a server."""
    config = ServerConfig(name='flows', port=3400)
    await ServerManager().run_all([Server(config=config, lifecycle=lifecycle)])
    await ai.embed('googleai/x', 'x', options=GenerationCommonConfig())
