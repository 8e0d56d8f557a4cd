# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Runs of LangChain as spans of the current trace.

A run is a span below that of the run around it, or else below the span that is open where it starts. What Genkit
records itself has no second span: models, retrievers and tools of Genkit that a chain calls, and the outermost run of
what an action of this package calls. Such a run only stands for the span that there is. LangSmith is not involved.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, cast
from uuid import UUID, uuid4

from genkit.plugin import captures_content, redact, tracer_provider
from langchain_core.callbacks import BaseCallbackHandler, BaseCallbackManager
from langchain_core.documents import Document
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.runnables import RunnableConfig, ensure_config
from opentelemetry import context as otel_context
from opentelemetry import trace
from pydantic_core import to_json, to_jsonable_python


TRACED: Final = 'genkit_traced'
"""The member of a run's metadata that says that Genkit makes the span."""

_HIDDEN: Final = 'langsmith:hidden'
_KINDS: Final = {'model': 'chat', 'tool': 'execute_tool', 'embedder': 'embeddings'}


@dataclass(frozen=True, slots=True)
class _Run:
    span: trace.Span
    is_ours: bool
    parent: UUID | None = None


# All handlers share the runs, so that two of them make one span of a run.
_RUNS: Final[dict[UUID, _Run]] = {}


class GenkitCallbackHandler(BaseCallbackHandler):
    """Records runs of LangChain as spans: chains, chat models, language models, tools and retrievers.

    What runs inside an action of this package is recorded without it. Give it to a chain that runs by itself:
    ``chain.invoke(value, config={'callbacks': [GenkitCallbackHandler()]})``.
    """

    run_inline = True  # the span that is open where a run starts is its parent

    def on_chain_start(self, serialized: Any, inputs: Any, *, run_id: UUID, **told: Any) -> None:
        """Open the span of a chain, or of another runnable."""
        _open(run_id, 'chain', _name(serialized, told, 'chain'), inputs, told)

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **_: Any) -> None:
        """Close it."""
        _close(run_id, outputs)

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """Close it with an error."""
        _fail(run_id, error)

    def on_chat_model_start(
        self, serialized: Any, messages: list[list[BaseMessage]], *, run_id: UUID, **told: Any
    ) -> None:
        """Open the span of a chat model."""
        _open(run_id, 'model', _name(serialized, told, 'model'), messages[0] if messages else [], told)

    def on_llm_start(self, serialized: Any, prompts: list[str], *, run_id: UUID, **told: Any) -> None:
        """Open the span of a language model that completes texts."""
        _open(run_id, 'model', _name(serialized, told, 'model'), prompts, told)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        """Close the span of a model, with what it used."""
        _close(run_id, _answers(response), _usage(response))

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """Close it with an error."""
        _fail(run_id, error)

    def on_tool_start(self, serialized: Any, input_str: str, *, run_id: UUID, **told: Any) -> None:
        """Open the span of a tool."""
        given = told.get('inputs')
        _open(run_id, 'tool', _name(serialized, told, 'tool'), input_str if given is None else given, told)

    def on_tool_end(self, output: Any, *, run_id: UUID, **_: Any) -> None:
        """Close it."""
        _close(run_id, output)

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """Close it with an error."""
        _fail(run_id, error)

    def on_retriever_start(self, serialized: Any, query: str, *, run_id: UUID, **told: Any) -> None:
        """Open the span of a retriever."""
        _open(run_id, 'retriever', _name(serialized, told, 'retriever'), query, told)

    def on_retriever_end(self, documents: Sequence[Document], *, run_id: UUID, **_: Any) -> None:
        """Close it."""
        _close(run_id, documents)

    def on_retriever_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """Close it with an error."""
        _fail(run_id, error)


@contextmanager
def traced_config() -> Generator[RunnableConfig]:
    """Yield the configuration of a run whose span is the one that is open here; what it runs is recorded below that."""
    run_id = uuid4()
    _RUNS[run_id] = _Run(trace.get_current_span(), is_ours=False)
    try:
        yield RunnableConfig(callbacks=_callbacks(), run_id=run_id)
    finally:
        _take(run_id)


@contextmanager
def inside(run_manager: Any) -> Generator[None]:
    """Make the span of the run around a run of LangChain the current one, for the action of Genkit that it calls.

    Args:
        run_manager: Of the run; None where LangChain gives none, which is in streams.
    """
    around = run_manager if run_manager is not None else ensure_config().get('callbacks')
    run = _RUNS.get(getattr(around, 'parent_run_id', None) or UUID(int=0))
    if run is None:
        yield
        return
    token = otel_context.attach(trace.set_span_in_context(run.span))
    try:
        yield
    finally:
        otel_context.detach(token)


def traced_metadata(metadata: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the metadata of an object of LangChain whose runs Genkit records."""
    return {**(metadata or {}), TRACED: True}


def _callbacks() -> Any:
    """Return the callbacks of the run around this one, if there is one, with ours among them."""
    given = ensure_config().get('callbacks')
    if isinstance(given, BaseCallbackManager):
        manager = given.copy()
        manager.remove_metadata([TRACED])
        if not any(isinstance(each, GenkitCallbackHandler) for each in manager.handlers):
            manager.add_handler(_HANDLER, inherit=True)
        return manager
    return [*(given or []), _HANDLER]


def _open(run_id: UUID, kind: str, name: str, given: Any, told: Mapping[str, Any]) -> None:
    if run_id in _RUNS:
        return
    parent_id: UUID | None = told.get('parent_run_id')
    parent = None if parent_id is None else _RUNS.get(parent_id)
    around = trace.get_current_span() if parent is None else parent.span
    metadata: Mapping[str, Any] = told.get('metadata') or {}
    if metadata.get(TRACED) or _HIDDEN in (told.get('tags') or ()):
        _RUNS[run_id] = _Run(around, is_ours=False, parent=parent_id)
        return
    attributes: dict[str, Any] = {'genkit:name': name, 'genkit:type': 'util' if kind == 'chain' else 'action'}
    attributes |= {'genkit:metadata:subtype': kind, **_described(kind, name, metadata)}
    if told.get('tags'):
        attributes['genkit:metadata:langchain:tags'] = [str(tag) for tag in told['tags']]
    if captures_content():
        attributes['genkit:input'] = _text(given)
    tracer = tracer_provider().get_tracer('genkit-langchain')
    span = tracer.start_span(name, trace.set_span_in_context(around), attributes=attributes)
    _RUNS[run_id] = _Run(span, is_ours=True, parent=parent_id)


def _take(run_id: UUID) -> _Run | None:
    """Forget a run and return it; end those below it, whose end LangChain never tells if a stream is left."""
    run = _RUNS.pop(run_id, None)
    for child_id, child in list(_RUNS.items()) if run is not None else ():
        if child.parent == run_id and (left := _take(child_id)) is not None and left.is_ours:
            left.span.end()
    return run


def _close(run_id: UUID, outcome: Any, attributes: Mapping[str, Any] | None = None) -> None:
    run = _take(run_id)
    if run is None or not run.is_ours:
        return
    if run.span.is_recording():
        run.span.set_attributes({'genkit:state': 'success', **(attributes or {})})
        if captures_content():
            run.span.set_attribute('genkit:output', _text(outcome))
    run.span.end()


def _fail(run_id: UUID, error: BaseException) -> None:
    run = _take(run_id)
    if run is None or not run.is_ours:
        return
    text = f'{type(error).__name__}: {error}' if captures_content() else type(error).__name__
    run.span.set_attributes({'genkit:state': 'error', 'genkit:error': text})
    run.span.set_status(trace.Status(trace.StatusCode.ERROR, text))
    run.span.end()


def _described(kind: str, name: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    if kind not in _KINDS:
        return {}
    described = {'gen_ai.operation.name': _KINDS[kind]}
    if kind == 'tool':
        return {**described, 'gen_ai.tool.name': name, 'gen_ai.tool.type': 'function'}
    provider, model = metadata.get('ls_provider'), metadata.get('ls_model_name')
    said = {'gen_ai.provider.name': provider, 'gen_ai.request.model': model}
    return {**described, **{key: str(value) for key, value in said.items() if value}}


def _name(serialized: Any, told: Mapping[str, Any], kind: str) -> str:
    """Return what a run is called: as its caller says, or else its class."""
    said = told.get('name')
    if said:
        return str(said)
    members: Mapping[str, Any] = cast('Mapping[str, Any]', serialized) if isinstance(serialized, Mapping) else {}
    path = cast('list[Any]', members.get('id') or [kind])
    return str(members.get('name') or path[-1])


def _answers(response: LLMResult) -> Any:
    found = [each for row in response.generations for each in row]
    return [each.message if isinstance(each, ChatGeneration) else each.text for each in found]


def _usage(response: LLMResult) -> dict[str, Any]:
    messages: list[Any] = [message for message in _answers(response) if isinstance(message, BaseMessage)]
    used: list[Any] = [usage for each in messages if (usage := getattr(each, 'usage_metadata', None))]
    counted: Mapping[str, Any] = used[0] if used else {}
    names = {'gen_ai.usage.input_tokens': 'input_tokens', 'gen_ai.usage.output_tokens': 'output_tokens'}
    return {name: counted[member] for name, member in names.items() if isinstance(counted.get(member), int)}


def _text(value: Any) -> str:
    """Return a value as JSON without credentials; never an error."""
    if isinstance(value, Iterator):
        value = _plain(value)  # nothing is used up by being recorded
    try:
        return to_json(redact(to_jsonable_python(value, fallback=_plain)), fallback=_plain).decode()
    except Exception as error:  # noqa: BLE001  (recording must not break the call that is recorded)
        return to_json(f'<{type(error).__name__} while this was recorded>').decode()


def _plain(value: Any) -> Any:
    return f'<{type(value).__name__}>'


_HANDLER: Final = GenkitCallbackHandler()
