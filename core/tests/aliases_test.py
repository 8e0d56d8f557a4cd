# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import importlib
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import genkit
import pytest
from genkit import _aliases


# The older SDK's public names by module (core-contract.md §1.1).
NAMES: Final[dict[str, str]] = {
    'genkit': """
        Genkit Input Output GenerateResponseWrapper GenerateStreamResponse GenkitError UserFacingError Document Media
        MediaPart Message Part Role TextPart Plugin ActionKind ActionRunContext ExecutablePrompt FlowWrapper
        GenkitRegistry OutputOptions PromptGenerateOptions ResumeOptions SimpleRetrieverOptions ToolRunContext
        tool_response GENKIT_CLIENT_HEADER GENKIT_VERSION
    """,
    'genkit.ai': """
        Genkit Input Output ActionKind ActionRunContext Document ExecutablePrompt OutputOptions PromptGenerateOptions
        ResumeOptions FlowWrapper GenkitRegistry SimpleRetrieverOptions GenerateResponseWrapper GenerateStreamResponse
        ToolRunContext tool_response Plugin GENKIT_CLIENT_HEADER GENKIT_VERSION
    """,
    'genkit.types': """
        GenkitError ToolInterruptError ActionRunContext CustomPart DataPart Media MediaPart Message Metadata Part
        ReasoningPart Role TextPart ToolRequestPart ToolResponsePart Document DocumentData FinishReason
        GenerateActionOptions GenerateRequest GenerateResponse GenerateResponseChunk GenerationCommonConfig
        get_request_api_key get_effective_api_key GenerationUsage OutputConfig ToolChoice ToolDefinition ToolRequest
        ToolResponse EmbedRequest EmbedResponse Embedding RetrieverRequest RetrieverResponse BaseEvalDataPoint
        EvalFnResponse EvalRequest EvalResponse EvalStatusEnum Score Constrained ModelInfo Stage Supports
    """,
    'genkit.model_types': 'GenerationCommonConfig get_request_api_key get_effective_api_key',
    'genkit.aio': 'Channel ensure_async run_loop',
    'genkit.aio.channel': 'Channel',
    'genkit.aio.loop': 'run_loop',
    'genkit.codec': 'dump_dict dump_json',
    'genkit.core': """
        GENKIT_CLIENT_HEADER GENKIT_VERSION Logger get_logger get_cached_client close_cached_clients clear_client_cache
    """,
    'genkit.core.action': """
        Action ActionMetadata ActionResponse ActionRunContext ActionKind parse_action_key create_action_key
    """,
    'genkit.core.action.types': 'ActionKind',
    'genkit.core.constants': 'GENKIT_CLIENT_HEADER GENKIT_VERSION',
    'genkit.core.environment': 'is_dev_environment',
    'genkit.core.error': 'GenkitError UserFacingError get_reflection_json get_callable_json get_http_status',
    'genkit.core.extract': 'extract_json extract_items parse_partial_json',
    'genkit.core.flows': 'create_flows_asgi_app',
    'genkit.core.http_client': 'get_cached_client close_cached_clients clear_client_cache',
    'genkit.core.logging': 'get_logger',
    'genkit.core.plugin': 'Plugin',
    'genkit.core.reflection': 'create_reflection_asgi_app',
    'genkit.core.registry': 'Registry',
    'genkit.core.schema': 'to_json_schema',
    'genkit.core.status_types': 'StatusCodes',
    'genkit.core.trace': """
        AdjustingTraceExporter GenkitSpan RealtimeSpanProcessor TelemetryServerSpanExporter create_span_processor
        init_telemetry_server_exporter is_realtime_telemetry_enabled
    """,
    'genkit.core.trace.realtime_processor': 'RealtimeSpanProcessor',
    'genkit.core.tracing': 'tracer add_custom_exporter run_in_new_span',
    'genkit.core.typing': 'Message TextPart Part Role BaseDataPoint Score FinishReason Details Error',
    'genkit.blocks.background_model': 'BackgroundAction define_background_model lookup_background_action',
    'genkit.blocks.dap': 'DapConfig DapCacheConfig DynamicActionProvider define_dynamic_action_provider',
    'genkit.blocks.document': 'Document',
    'genkit.blocks.embedding': 'EmbedderRef EmbedderOptions EmbedderSupports embedder_action_metadata',
    'genkit.blocks.evaluator': 'EvaluatorRef evaluator_ref evaluator_action_metadata',
    'genkit.blocks.formats': 'FormatDef Formatter FormatterConfig',
    'genkit.blocks.middleware': 'augment_with_context',
    'genkit.blocks.model': """
        GenerateResponseWrapper GenerateResponseChunkWrapper MessageWrapper ModelReference model_ref
        model_action_metadata ModelMiddleware ModelMiddlewareNext
    """,
    'genkit.blocks.prompt': 'ExecutablePrompt load_prompt_folder',
    'genkit.blocks.reranker': 'RerankerRef RankedDocument reranker_ref reranker_action_metadata',
    'genkit.blocks.resource': 'ResourceInput ResourceOutput dynamic_resource find_matching_resource',
    'genkit.blocks.retriever': 'RetrieverRef IndexerRef retriever_action_metadata indexer_action_metadata',
    'genkit.blocks.session': 'Session SessionStore InMemorySessionStore',
    'genkit.blocks.tools': 'ToolRunContext tool_response ToolInterruptError',
    'genkit.core.context': 'ContextProvider ContextMetadata RequestData',
    'genkit.web.manager': """
        AbstractBaseServer Server ServerConfig ServerLifecycle ServerManager UvicornAdapter is_port_available
    """,
    'genkit.web.manager.signals': 'terminate_all_servers',
    'genkit.web.typing': 'Application Receive Scope Send',
    # The names of the tree after it that mean something here.
    'genkit.agent': """
        AgentFinishReason AgentInput AgentResult AgentStreamChunk Artifact SessionSnapshot SessionState SnapshotStatus
    """,
    'genkit.embedder': 'EmbedRequest EmbedResponse Embedding EmbedderRef EmbedderSupports embedder_ref',
    'genkit.evaluator': 'EvalRequest EvalResponse EvalFnResponse Score Details BaseDataPoint EvaluatorRef',
    'genkit_middleware': 'Middleware Filesystem Skills ToolApproval Retry Fallback',
    'genkit.model': 'ModelRequest ModelResponse ModelResponseChunk ModelUsage ModelInfo ModelRef ModelConfigDict',
    'genkit.plugin_api': """
        Plugin Action ActionMetadata ActionKind ActionRunContext StatusCodes GenkitError tracer add_custom_exporter
        to_json_schema get_cached_client get_callable_json is_dev_environment model_action_metadata from_http_code
    """,
}

# The older plugins' names by module.
PLUGIN_NAMES: Final[dict[str, str]] = {
    'genkit.plugins.anthropic': 'Anthropic anthropic_name',
    'genkit.plugins.compat_oai': 'OpenAI openai_model',
    'genkit.plugins.deepseek': 'DeepSeek deepseek_name',
    'genkit.plugins.evaluators': 'GenkitMetricType MetricConfig define_genkit_evaluators',
    'genkit.plugins.fastapi': 'genkit_fastapi_handler genkit_lifespan',
    'genkit.plugins.google_genai': """
        GoogleAI VertexAI EmbeddingTaskType GeminiConfigSchema GeminiEmbeddingModels GeminiImageConfigSchema
        GeminiTtsConfigSchema
    """,
    'genkit.plugins.google_genai.models.gemini': 'GeminiConfigSchema GeminiImageConfigSchema',
    'genkit.plugins.google_genai.models.utils': 'PartConverter',
    'genkit.plugins.ollama': 'Ollama ollama_name ModelDefinition EmbeddingDefinition OllamaConnectionError',
    'genkit.plugins.ollama.embedders': 'EmbeddingDefinition',
    'genkit.plugins.ollama.models': 'ModelDefinition',
}
EVERY_NAME: Final = [(module, name) for module, names in NAMES.items() for name in names.split()]
EVERY_PLUGIN_NAME: Final = [(module, name) for module, names in PLUGIN_NAMES.items() for name in names.split()]
PLUGINS: Final = sorted(found.name for found in pkgutil.iter_modules() if found.name.startswith('genkit_'))

APPLICATION: Final = '''
import asyncio
from typing import Any

from pydantic import BaseModel

from genkit.ai import Genkit, Output, ToolRunContext, tool_response
from genkit.blocks.document import Document
from genkit.blocks.model import GenerateResponseWrapper
from genkit.core.action import ActionRunContext
from genkit.core.logging import get_logger
from genkit.core.typing import FinishReason, Message, Part, Role, TextPart
from genkit.types import (
    EmbedRequest, EmbedResponse, Embedding, GenerateRequest, GenerateResponse, GenerateResponseChunk,
    GenerationCommonConfig, Media, MediaPart, Metadata, ModelInfo, RetrieverResponse, Supports, ToolRequest,
    ToolRequestPart,
)

logger = get_logger(__name__)
ai = Genkit(model='old/model')


class City(BaseModel):
    name: str


class Transfer(BaseModel):
    amount: int


def text(value: str) -> Part:
    return Part(root=TextPart(text=value))


async def model(request: GenerateRequest, ctx: ActionRunContext) -> GenerateResponse:
    last = request.messages[-1]
    content = [text('{"name": "Paris"}')]
    answered = last.content[0].root.tool_response if last.role == Role.TOOL else None
    if answered:
        content = [text(f'got {answered.output}')]
    elif request.tools:
        request_part = ToolRequestPart(tool_request=ToolRequest(name=request.tools[0].name, input={'amount': 5}))
        content = [Part(root=request_part)]
    if ctx.is_streaming:
        ctx.send_chunk(GenerateResponseChunk(role=Role.MODEL, content=[text('chunk')]))
    return GenerateResponse(message=Message(role=Role.MODEL, content=content), finish_reason=FinishReason.STOP)


ai.define_model(
    name='old/model', fn=model, config_schema=GenerationCommonConfig, info=ModelInfo(supports=Supports(tools=True))
)


@ai.tool(name='transfer', description='Moves money.')
async def transfer(given: Transfer, ctx: ToolRunContext) -> str:
    if given.amount > 3:
        ctx.interrupt({'amount': given.amount})
    return 'moved'


@ai.tool()
def small(given: Transfer) -> str:
    """Says how much."""
    return f'{given.amount} coins'


async def embedder(request: EmbedRequest) -> EmbedResponse:
    return EmbedResponse(embeddings=[Embedding(embedding=[float(len(doc.text()))]) for doc in map(
        Document.from_document_data, request.input)])


async def retriever(query: Document, options: Any) -> RetrieverResponse:
    return RetrieverResponse(documents=[Document.from_text(query.text().upper(), metadata={'k': options['k']})])


ai.define_embedder('old/embedder', embedder)
ai.define_retriever('old/retriever', retriever)


@ai.flow(name='cities', description='Finds a city.')
async def cities(hint: str, ctx: ActionRunContext) -> City:
    await logger.ainfo('asked', hint=hint)
    response: GenerateResponseWrapper = await ai.generate(
        prompt=[text(hint), Part(root=MediaPart(media=Media(url='data:image/png;base64,', content_type='image/png')))],
        config=GenerationCommonConfig(temperature=0.5),
        output=Output(schema=City),
    )
    return response.output


@ai.flow()
async def count(limit: int, ctx: ActionRunContext) -> int:
    for number in range(limit):
        ctx.send_chunk(number)
    return limit


async def main() -> None:
    print(await cities('France'))

    response = await ai.generate(prompt='small', tools=['small'])
    print(response.text, response.finish_reason == FinishReason.STOP, len(response.messages))

    paused = await ai.generate(prompt='pay', tools=['transfer'], system='Be careful.')
    interrupt = paused.interrupts[0]
    print(paused.finish_reason, interrupt.metadata['interrupt'])
    resumed = await ai.generate(
        messages=paused.messages, tools=['transfer'], tool_responses=[tool_response(interrupt, 'approved')]
    )
    print(resumed.text)

    print([embedding.embedding for embedding in await ai.embed(embedder='old/embedder', content='four')])
    found = await ai.retrieve(retriever='old/retriever', query='cat', options={'k': 2})
    print(found.documents[0].content[0].root.text, found.documents[0].metadata)

    stream, done = ai.generate_stream(prompt='x')
    print([chunk.text async for chunk in stream], (await done).text)
    numbers, total = count.stream(2)
    print([number async for number in numbers], await total)
    print(Message(role=Role.USER, content=[text('hi')], metadata=Metadata(root={'a': 1})).metadata)


ai.run_main(main())
'''

PRINTED: Final = """\
name='Paris'
got 5 coins True 4
interrupted {'amount': 5}
got approved
[[4.0]]
CAT {'k': 2}
['chunk'] {"name": "Paris"}
[0, 1] 2
{'a': 1}
"""


class TestNames:
    @pytest.mark.parametrize('module', sorted(_aliases.MODULES))
    def test_of_modules_can_be_imported(self, module):
        assert importlib.import_module(module).__name__ == module

    @pytest.mark.parametrize(('module', 'name'), EVERY_NAME, ids=lambda value: value.removeprefix('genkit.'))
    def test_of_things_are_where_they_were(self, module, name):
        found = getattr(importlib.import_module(module), name)
        assert found is not None
        assert not isinstance(found, ModuleType)

    @pytest.mark.parametrize('name', sorted(_aliases.RENAMED))
    def test_that_changed_stand_for_what_they_are_called_today(self, name):
        home, current = _aliases.RENAMED[name]
        assert _aliases.find('genkit', name) is getattr(importlib.import_module(home), current)

    def test_are_the_same_things_as_todays(self):
        from genkit.ai import Genkit
        from genkit.blocks.document import Document
        from genkit.core.typing import TextPart

        assert (Genkit, Document, TextPart) == (genkit.Genkit, genkit.Document, genkit.TextPart)

    @pytest.mark.parametrize('module', ['genkit', 'genkit.types', 'genkit.ai', 'genkit.core.typing'])
    def test_that_never_were_are_an_attribute_error(self, module):
        found = importlib.import_module(module)
        with pytest.raises(AttributeError, match=f"module '{module}' has no attribute 'Nonsense'"):
            _ = found.Nonsense
        assert not hasattr(found, '__nonsense__')

    def test_of_modules_that_never_were_are_not_found(self):
        with pytest.raises(ModuleNotFoundError, match=r'genkit\.nonsense'):
            importlib.import_module('genkit.nonsense')


class TestPlugins:
    @pytest.fixture
    def zoo(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Install a plugin: a package with a module, and with modules and names that it had before."""
        package = tmp_path / 'genkit_zoo'
        package.mkdir()
        serving = 'from genkit.plugin import serve_older_names\nserve_older_names(__name__)\n'
        (package / '__init__.py').write_text(f'{serving}class Zoo: ...\n')
        (package / 'cats.py').write_text('class Cat: ...\n')
        (package / '_older.py').write_text('OLDER_MODULES = ("cats", "cats.big")\nclass Lion: ...\n_hidden = 1\n')
        monkeypatch.syspath_prepend(tmp_path)
        known = set(sys.modules)
        yield
        for name in [name for name in sys.modules if 'zoo' in name and name not in known]:
            del sys.modules[name]

    @pytest.mark.usefixtures('zoo')
    def test_are_found_under_their_old_path(self):
        old = importlib.import_module('genkit.plugins.zoo')
        new = importlib.import_module('genkit_zoo')
        assert old is new
        assert new.__name__ == 'genkit_zoo'
        assert new.__spec__ is not None
        assert new.__spec__.name == 'genkit_zoo'

    @pytest.mark.usefixtures('zoo')
    def test_have_modules_that_are_the_same_under_both_paths(self, tmp_path):
        (tmp_path / 'genkit_zoo' / 'dogs.py').touch()
        assert importlib.import_module('genkit.plugins.zoo.dogs') is importlib.import_module('genkit_zoo.dogs')

    @pytest.mark.usefixtures('zoo')
    def test_answer_for_modules_that_they_had(self):
        big = importlib.import_module('genkit.plugins.zoo.cats.big')
        cats = importlib.import_module('genkit.plugins.zoo.cats')
        new = importlib.import_module('genkit_zoo')
        assert big.Lion is cats.Lion is new.Lion
        assert (big.Zoo, cats.Cat) == (new.Zoo, sys.modules['genkit_zoo.cats'].Cat)
        for module, name in (
            (new, 'Cat'),
            (new, '_hidden'),
            (new, 'OLDER_MODULES'),
            (big, 'Cat'),
            (big, '__nonsense__'),
        ):
            assert not hasattr(module, name)
        with pytest.raises(ImportError, match='cannot import name'):
            exec('from genkit.plugins.zoo.cats.big import Tiger')
        with pytest.raises(ModuleNotFoundError, match='birds'):
            importlib.import_module('genkit.plugins.zoo.birds')

    @pytest.mark.parametrize('package', PLUGINS)
    def test_that_are_installed_are_the_same_things_under_both_paths(self, package):
        new = importlib.import_module(package)
        old = importlib.import_module(f'genkit.plugins.{package.removeprefix("genkit_")}')
        assert [name for name in new.__all__ if getattr(old, name) is not getattr(new, name)] == []

    @pytest.mark.parametrize(('module', 'name'), EVERY_PLUGIN_NAME, ids=lambda value: value.removeprefix('genkit.'))
    def test_have_the_names_that_they_had(self, module, name):
        package = f'genkit_{module.split(".")[2]}'
        if package not in PLUGINS:
            pytest.skip(f'{package} is not installed')
        found = getattr(importlib.import_module(module), name)
        assert found is getattr(importlib.import_module(package), name)
        assert isinstance(found, type) or callable(found)

    def test_that_are_missing_say_how_to_install_them(self):
        with pytest.raises(ModuleNotFoundError) as caught:
            importlib.import_module('genkit.plugins.no_such_zoo')
        assert str(caught.value) == (
            'genkit.plugins.no_such_zoo needs the package genkit-plugin-no-such-zoo: '
            '`uv add --editable CHECKOUT/plugins/no-such-zoo`, where CHECKOUT is a clone of Genkit for Python (the '
            'genkit-plugin-no-such-zoo of the public index is another one).'
        )

    @pytest.mark.usefixtures('zoo')
    def test_that_lack_something_else_say_what(self, tmp_path):
        (tmp_path / 'genkit_zoo' / '__init__.py').write_text('import genkit_of_somebody_else\n')
        with pytest.raises(ModuleNotFoundError, match='genkit_of_somebody_else'):
            importlib.import_module('genkit.plugins.zoo')


@pytest.mark.parametrize('module', ['genkit.ai', 'genkit.core.typing', 'genkit.blocks.model', 'genkit.types'])
def test_an_old_module_may_be_the_first_import_of_a_program(module, run_python):
    program = f'import {module} as old; from {module} import Message; print(old.__name__, Message.__name__)'
    assert run_python(program).stdout == f'{module} Message\n'


def test_an_application_for_the_older_sdk_runs_unchanged(run_python):
    done = run_python(APPLICATION)
    assert (done.stdout, done.stderr) == (PRINTED, '')


def test_the_plugin_that_once_brought_the_middleware_is_taken(run_python):
    program = """
from genkit import Genkit
from genkit_middleware import Middleware, Retry
Genkit(plugins=[Middleware()])
print(Retry.__module__)
"""
    done = run_python(program)
    assert (done.stdout, done.stderr) == ('genkit.middleware\n', '')


def test_a_distribution_of_the_name_of_an_older_one_comes_first(tmp_path, monkeypatch):
    (tmp_path / 'genkit_middleware.py').write_text('class Own: ...\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, 'genkit_middleware', raising=False)
    assert hasattr(importlib.import_module('genkit_middleware'), 'Own')
    monkeypatch.delitem(sys.modules, 'genkit_middleware')
