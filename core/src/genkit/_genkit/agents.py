# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The methods of `Genkit` that define agents."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from genkit._action.action import ActionOptions
from genkit._action.bidi import BidiAction, BidiFunction
from genkit._action.function import refuse_generator
from genkit._action.kind import ActionKind
from genkit._base.errors import GenkitError
from genkit._base.suggest import check_options
from genkit._generate.bidi import BidiGenerateOptions, BidiGeneration, generate_bidi
from genkit._generate.options import Asked, ContentArgument, ModelArgument
from genkit._genkit.prompts import PromptOptions, Prompts
from genkit._kinds.bidi_model import BidiModelAction, BidiModelFn, BidiModelOptions, define_bidi_model
from genkit._prompt.prompt import ExecutablePrompt, find_prompt
from genkit._registry.registry import Registry
from genkit.types import Message, Role


if TYPE_CHECKING:
    from types import ModuleType

    from genkit._agent.access import Authorize, Owner
    from genkit._agent.agent import Agent
    from genkit._agent.client_input import WhileWaiting
    from genkit._agent.opening import AgentFn, StoreChoice

# What asks for typed output, here or in other libraries.
_TYPED: Final = frozenset(
    ('output', 'output_schema', 'output_type', 'response_format', 'response_model', 'result_type')
)
_OF_PROMPT: Final = 'What the agent generates with is said of its prompt, in ai.define_prompt(…).'


class AgentOptions(TypedDict, total=False):
    """Options of an agent besides its function.

    Attributes:
        store: Keeps its sessions, or a function that returns the store of a caller's context; without one, its clients
            keep them.
        owner: Returns the caller's name from the context. A session belongs to the caller who started it, and no
            other caller can read, continue or abort it, unless ``authorize`` decides otherwise.
        authorize: ``(context, session)``; returns whether the caller may do with the session what ``session.action``
            says. See `SessionAccess`.
        client_roles: The roles of the messages that clients may write. Default: ``user``.
        client_replaced_input: Whether clients may restart a tool with another input than the model asked for.
            Default: False.
        while_waiting: What a plain message does while tool requests wait for an answer: ``refuse`` it (the default),
            ``abandon`` the requests, or a function that returns the output to answer a request with.
        state_schema: The type, or JSON schema, of the application's own state.
        state_transform: Returns what clients may see of a state; given the state or the state and the context.
        chunk_transform: Returns what clients may see of a chunk, None to drop it; given the chunk, or the chunk and
            the context.
        agent_description: Description for users and other agents.
        agent_metadata: Metadata for the developer tools.
    """

    store: 'StoreChoice | None'
    owner: 'Owner | None'
    authorize: 'Authorize | None'
    client_roles: Sequence[Role | str]
    client_replaced_input: bool
    while_waiting: 'WhileWaiting'
    state_schema: Any
    state_transform: Callable[..., Any] | None
    chunk_transform: Callable[..., Any] | None
    agent_description: str | None
    agent_metadata: dict[str, Any] | None


class AgentPromptOptions(PromptOptions, AgentOptions, total=False):
    """Options of an agent and of its prompt."""


class Agents(Prompts):
    """Agents: conversations that are served.

    Attributes:
        registry: Where they go.
    """

    registry: Registry

    def define_agent(self, name: str, *, prompt_input: Any = None, **options: Unpack[AgentPromptOptions]) -> 'Agent':
        """Define an agent with an inline prompt: model, system, tools and so on."""
        _refuse_output(options)
        check_options('define_agent()', options, AgentPromptOptions.__annotations__)
        members: dict[str, Any] = dict(options)
        about: Any = {key: members.pop(key) for key in AgentOptions.__annotations__ if key in members}
        prompt: ExecutablePrompt[Any, Any] = self.define_prompt(name, **members)
        return self._agent(name, _making().prompt_agent(prompt, prompt_input), about)

    def define_prompt_agent(self, name: str, *, prompt_input: Any = None, **options: Unpack[AgentOptions]) -> 'Agent':
        """Define an agent by the registered prompt of the same name."""
        check_options('define_prompt_agent()', options, AgentOptions.__annotations__, ('prompt_input',), _OF_PROMPT)

        async def serve(runner: Any, context: Any) -> Any:
            prompt = await find_prompt(self.registry, name)
            return await _making().prompt_agent(prompt, prompt_input)(runner, context)

        return self._agent(name, serve, options)

    def define_custom_agent(self, name: str, fn: 'AgentFn', **options: Unpack[AgentOptions]) -> 'Agent':
        """Define an agent by a function: ``async fn(session_runner, context)`` returns an `AgentResult`."""
        check_options('define_custom_agent()', options, AgentOptions.__annotations__, ('fn',))
        refuse_generator(fn)
        return self._agent(name, fn, options)

    def define_bidi_action(
        self,
        name: str,
        fn: BidiFunction[Any, Any, Any, Any],
        *,
        init_schema: Any = None,
        **options: Unpack[ActionOptions],
    ) -> BidiAction[Any, Any, Any, Any]:
        """Define a bidirectional action: ``async fn(inputs, context)``; see `BidiAction`."""
        return self._talking(ActionKind.CUSTOM, name, fn, init_schema, options)

    def define_bidi_flow(
        self,
        name: str,
        fn: BidiFunction[Any, Any, Any, Any],
        *,
        init_schema: Any = None,
        **options: Unpack[ActionOptions],
    ) -> BidiAction[Any, Any, Any, Any]:
        """Define a bidirectional flow: ``async fn(inputs, context)``; see `BidiAction`."""
        return self._talking(ActionKind.FLOW, name, fn, init_schema, options)

    def define_bidi_model(self, name: str, fn: BidiModelFn, **options: Unpack[BidiModelOptions]) -> BidiModelAction:
        """Define a bidirectional model: ``async fn(requests, context)``; see `BidiModelOptions`.

        ``context.init`` is a request with the configuration, the tools and the system message; each request that
        follows holds what is new. ``await context.send(chunk)`` as the model speaks; return the whole answer.
        """
        return define_bidi_model(self.registry, name, fn, **options)

    def generate_bidi(
        self,
        *,
        model: ModelArgument = None,
        system: ContentArgument = None,
        messages: Sequence[Message] | Message | None = None,
        **options: Unpack[BidiGenerateOptions],
    ) -> BidiGeneration:
        """Open a bidirectional connection to a model: ``async with ai.generate_bidi(…) as conversation``.

        ``send`` what is said, read ``receive()`` meanwhile, ``close`` when there is no more, and ``await output()`` for
        the whole answer. Tools that the model asks for run, and are answered, on the way.

        Args:
            model: The default model if None.
            system: The system message.
            messages: The conversation so far.
            options: See `BidiGenerateOptions`.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for an option that does not fit; ``receive`` and ``output`` raise
                ``NOT_FOUND`` for an unknown model or tool, and ``FAILED_PRECONDITION`` for a model that only answers.
        """
        asked = Asked(model=model, system=system, messages=messages)
        return generate_bidi(self.registry, asked, **options)

    async def agent(self, name: str) -> 'Agent':
        """Return a defined agent by name.

        Raises:
            GenkitError: ``NOT_FOUND``.
        """
        found = _making().agent_of(await self.registry.require_action(ActionKind.AGENT, name))
        if found is None:
            raise await self.registry.not_found(ActionKind.AGENT, name)
        return found

    def _agent(self, name: str, fn: 'AgentFn', options: AgentOptions) -> 'Agent':
        return _making().make_agent(self.registry, name, fn, options)

    def _talking(
        self,
        kind: ActionKind,
        name: str,
        fn: BidiFunction[Any, Any, Any, Any],
        init_schema: Any,
        options: ActionOptions,
    ) -> BidiAction[Any, Any, Any, Any]:
        action: BidiAction[Any, Any, Any, Any] = BidiAction(kind, name, fn, init_schema=init_schema, **options)
        self.registry.register_action(action)
        return action


def _refuse_output(options: Mapping[str, Any]) -> None:
    """Refuse typed output: an agent answers with messages."""
    if asked := _TYPED.intersection(options):
        raise GenkitError(
            f'define_agent() has no option {min(asked)!r}: an agent answers with messages, not with typed output. '
            'Write ai.generate(output_schema=…) for one typed answer, ai.chat().send(…, output_schema=…) in a '
            'conversation, or give the agent a tool that takes the values.',
            status='INVALID_ARGUMENT',
        )


def _making() -> 'ModuleType':
    """Return the module that makes agents, which programs without any do not load."""
    return importlib.import_module('genkit._genkit.agent_making')
