# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The application that the agent cases shared by the Genkit SDKs are played against."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from genkit import Genkit, Message, Role, TextPart, ToolRunContext
from genkit.agent import SnapshotStore
from genkit.testing.models import define_programmable_model
from genkit.types import AgentResult, Artifact, WireModel


_WORK: Final[Sequence[dict[str, Any]]] = (
    {'counter': 1, 'status': 'working'},
    {'counter': 2, 'status': 'working'},
    {'counter': 2, 'status': 'done'},
)


class _Query(WireModel):
    query: str


class _Deed(WireModel):
    action: str


def _done(text: str = 'done') -> AgentResult:
    return AgentResult(message=Message(role=Role.MODEL, content=[TextPart(text=text)]))


class CaseApplication:
    """The agents, tools and the model that the cases name.

    Args:
        store: Makes an empty store; each agent that keeps its sessions has one of its own.

    Attributes:
        script: What the model will answer.
    """

    def __init__(self, store: Callable[[], SnapshotStore]) -> None:
        self.store = store
        self.ai = ai = Genkit(model='programmableModel')
        self.script, _ = define_programmable_model(ai, 'programmableModel')

        @ai.tool(name='testTool')
        def test_tool() -> str:
            """Test."""
            return 'tool called'

        @ai.tool(name='interruptTool')
        def interrupt_tool(_query: _Query, context: ToolRunContext) -> None:
            """Ask."""
            context.interrupt()

        @ai.tool(name='restartTool')
        def restart_tool(deed: _Deed, context: ToolRunContext) -> dict[str, str]:
            """Do it when told twice."""
            if not context.is_resumed():
                context.interrupt({'requiresConfirmation': True})
            return {'result': f'confirmed: {deed.action}'}

        config = {'temperature': 1}
        ai.define_agent('promptAgent', config=config)
        ai.define_agent('promptAgentWithStore', config=config, store=self.store())
        ai.define_agent('promptAgentWithTools', config=config, tools=[test_tool])
        ai.define_agent('promptAgentWithInterrupt', config=config, tools=[interrupt_tool], store=self.store())
        ai.define_agent('promptAgentWithRestartTool', config=config, tools=[restart_tool], store=self.store())
        self._define_custom_agents()

    def _define_custom_agents(self) -> None:  # noqa: C901  (one function for each agent)
        async def blocking(runner: Any, context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                await context.abort_signal.wait()

            await runner.run(turn)
            return _done('unblocked')

        async def failing(runner: Any, _context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                raise RuntimeError('intentional failure')

            await runner.run(turn)
            return _done()

        async def artifacts(runner: Any, _context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                runner.add_artifacts(_artifact('doc1', 'v1'))
                runner.add_artifacts(_artifact('doc1', 'v2'))
                runner.add_artifacts(_artifact('doc2', 'other'))

            await runner.run(turn)
            return _done().replaced(artifacts=runner.get_artifacts())

        def one_more(old: dict[str, int] | None) -> dict[str, int]:
            return {'counter': (old or {}).get('counter', 0) + 1}

        async def counting(runner: Any, _context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                await runner.update_custom(one_more)

            await runner.run(turn)
            return _done()

        async def working(runner: Any, _context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                for state in _WORK:
                    await runner.update_custom(_becoming(state))

            await runner.run(turn)
            return _done()

        async def kept_artifacts(runner: Any, _context: Any) -> AgentResult:
            async def turn(_given: Any, _turn: Any) -> None:
                number = len(runner.get_artifacts()) + 1
                runner.add_artifacts(_artifact(f'doc{number}', f'content{number}'))

            await runner.run(turn)
            return _done().replaced(artifacts=runner.get_artifacts())

        define = self.ai.define_custom_agent
        define('customAgentBlocking', blocking, store=self.store())
        define('customAgentFailing', failing, store=self.store())
        define('customAgentWithArtifacts', artifacts)
        define('customAgentWithArtifactsStore', kept_artifacts, store=self.store())
        define('customAgentWithCustomState', counting)
        define('customAgentWithMultiCustomState', working)
        define('customAgentWithCustomStateStore', counting, store=self.store())


def _becoming(state: dict[str, Any]) -> Callable[[Any], dict[str, Any]]:
    return lambda _: state


def _artifact(name: str, text: str) -> Artifact:
    return Artifact(name=name, parts=[TextPart(text=text)])
