# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from collections.abc import Sequence
from typing import Any

import pytest
from genkit import (
    FinishReason,
    GenerateResponse,
    Genkit,
    GenkitError,
    Interrupt,
    Message,
    StatusName,
    TextPart,
    restart_tool,
)
from genkit.middleware import (
    BaseMiddleware,
    GenerateHookParams,
    GenerateMiddlewareContext,
    ModelHookParams,
    MultipartToolResponse,
    Retry,
    ToolHookParams,
)
from genkit.types import GenerateResponseChunk, MiddlewareRef
from pydantic import BaseModel, Field


class Trail(BaseMiddleware):
    """Writes down what it wraps."""

    def __init__(self, label: str, trail: list[str]) -> None:
        self.label = label
        self.trail = trail

    async def wrap_generate(self, params, ctx, next_fn):
        self.trail.append(f'{self.label} generate {params.iteration}')
        response = await next_fn(params, ctx)
        self.trail.append(f'{self.label} generated {params.iteration}')
        return response

    async def wrap_model(self, params, ctx, next_fn):
        self.trail.append(f'{self.label} model')
        return await next_fn()

    async def wrap_tool(self, params, ctx, next_fn):
        self.trail.append(f'{self.label} tool {params.tool.name}')
        return await next_fn(params)


async def test_hooks_wrap_every_turn_model_call_and_tool_the_first_outermost(ai, model, says, calls):
    ai.tool('t')(lambda: 1)
    trail: list[str] = []
    model.responses = [says(calls('t')), says('done')]
    response = await ai.generate(prompt='x', tools=['t'], use=[Trail('a', trail), Trail('b', trail)])
    assert response.text == 'done'
    assert trail == [
        *('a generate 0', 'b generate 0', 'a model', 'b model', 'a tool t', 'b tool t'),
        *('a generate 1', 'b generate 1', 'a model', 'b model'),
        *('b generated 1', 'a generated 1', 'b generated 0', 'a generated 0'),
    ]


async def test_a_plain_function_is_a_model_hook_on_every_turn(ai, model, says, calls):
    ai.tool('t')(lambda: 1)
    seen = []

    async def look(request, context, following):
        seen.append(len(request.messages))
        return await following(request.replaced(config={'seen': len(seen)}))

    model.responses = [says(calls('t')), says('done')]
    await ai.generate(prompt='x', tools=['t'], use=[look])
    assert seen == [1, 3]
    assert [request.config for request in model.requests] == [{'seen': 1}, {'seen': 2}]


async def test_model_level_middleware_is_inside_the_calls(ai, says):
    order = []

    def note(label):
        async def middleware(request, _context, following):
            order.append(label)
            return await following()

        return middleware

    ai.define_model('m', lambda _: says('ok'), use=[note('model 1'), note('model 2')])
    await ai.generate(model='m', prompt='x', use=[note('call')])
    assert order == ['call', 'model 1', 'model 2']


async def test_model_level_middleware_runs_when_the_model_is_called_directly(ai, says):
    class Shout(BaseMiddleware):
        async def wrap_model(self, params, ctx, next_fn):
            response = await next_fn()
            return response.replaced(message=Message(role='model', content=response.text.upper()))

    ai.define_model('m', lambda _: says('ok'), use=[Shout()])
    action = await ai.registry.resolve_action_by_key('/model/m')
    result = await action.arun_raw({'messages': [{'role': 'user', 'content': [{'text': 'x'}]}]})
    assert result.response.text == 'OK'


async def test_state_lives_for_one_call_and_is_shared_by_its_turns(ai, model, says, calls):
    ai.tool('t')(lambda: 1)
    totals = []

    class Counter(BaseMiddleware):
        def begin(self):
            self.count = 0

        async def wrap_model(self, params, ctx, next_fn):
            self.count += 1
            totals.append(self.count)
            return await next_fn()

    counter = Counter()
    model.responses = [says(calls('t')), says('done'), says(calls('t')), says('done')]
    await ai.generate(prompt='x', tools=['t'], use=[counter])
    await ai.generate(prompt='x', tools=['t'], use=[counter])
    assert totals == [1, 2, 1, 2]


class Limits(BaseModel):
    """How much."""

    most: int = Field(default=3, ge=1)


class Limited(BaseMiddleware[Limits]):
    """Sends its limit along.

    More words.
    """

    async def wrap_model(self, params: ModelHookParams, ctx, next_fn):
        return await next_fn(ModelHookParams(params.request.replaced(config={'most': self.config.most})))


async def test_a_configuration_is_typed_checked_and_described():
    assert Limited(most=5).config == Limits(most=5)
    assert Limited(config=Limits(most=2)).config.most == 2
    description = Limited.describe()
    assert (description.name, description.description) == ('limited', 'Sends its limit along.')
    assert description.to_wire()['configSchema']['properties']['most']['minimum'] == 1
    with pytest.raises(GenkitError, match='configuration of Limited does not fit: most') as caught:
        Limited(most=0)
    assert caught.value.status == StatusName.INVALID_ARGUMENT


async def test_registered_middleware_is_named_in_the_call_and_over_the_wire(ai, model, says):
    ai.middleware(name='at-most')(Limited)
    model.responses = [says('ok')]
    await ai.generate(prompt='x', use=['at-most'])
    await ai.generate(prompt='x', use=[MiddlewareRef(name='at-most', config={'most': 7})])
    action = await ai.registry.resolve_action_by_key('/util/generate')
    await action.arun_raw(
        {
            'model': 'programmable',
            'messages': [{'role': 'user', 'content': [{'text': 'x'}]}],
            'use': [{'name': 'at-most', 'config': {'most': 9}}],
        }
    )
    assert [request.config for request in model.requests] == [{'most': 3}, {'most': 7}, {'most': 9}]


async def test_an_unknown_name_is_not_found_with_the_nearest(ai, model):
    ai.define_middleware(Limited, name='limited')
    with pytest.raises(GenkitError, match=r"Middleware 'limitd' not found in registry\. Did you mean 'limited'"):
        await ai.generate(prompt='x', use=['limitd'])


@pytest.mark.parametrize('name', ['', 'a b', 'a/b', 'a:b', 'a\\b', 'a\n'])
def test_a_name_that_cannot_travel_is_refused(ai, name):
    with pytest.raises(GenkitError, match='cannot name a middleware'):
        ai.define_middleware(Limited, name=name)


async def test_middleware_brings_tools(ai, model, says, calls):
    class WithTool(BaseMiddleware):
        def tools(self, ctx: GenerateMiddlewareContext) -> Sequence[Any]:
            return [ai.dynamic_tool('extra', lambda: 'brought').action]

    ai.tool('own')(lambda: 'own')
    model.responses = [says(calls('extra')), says('done')]
    response = await ai.generate(prompt='x', tools=['own'], use=[WithTool()])
    assert [tool.name for tool in model.requests[0].tools] == ['own', 'extra']
    assert response.messages[2].content[0].tool_response.output == 'brought'


async def test_a_tool_hook_may_answer_in_place_of_the_tool(ai, model, says, calls):
    class Pretend(BaseMiddleware):
        async def wrap_tool(self, params, ctx, next_fn):
            return MultipartToolResponse(output='pretended', content=[TextPart(text='part')])

    ai.tool('t')(lambda: pytest.fail('ran'))
    model.responses = [says(calls('t', None, 'r')), says('done')]
    response = await ai.generate(prompt='x', tools=['t'], use=[Pretend()])
    answer = response.messages[2].content[0].tool_response
    assert (answer.name, answer.ref, answer.output) == ('t', 'r', 'pretended')


async def test_a_tool_hook_may_interrupt_and_sees_the_restart(ai, model, says, calls):
    class Ask(BaseMiddleware):
        async def wrap_tool(self, params: ToolHookParams, ctx, next_fn):
            if ctx.resumed is None:
                raise Interrupt({'ask': params.tool.name})
            return await next_fn()

    ai.tool('t')(lambda: 'ran')
    model.responses = [says(calls('t')), says('done')]
    waiting = await ai.generate(prompt='x', tools=['t'], use=[Ask()])
    assert waiting.finish_reason == FinishReason.INTERRUPTED
    response = await ai.generate(
        messages=waiting.messages, tools=['t'], use=[Ask()], resume_restart=restart_tool(waiting.interrupts[0])
    )
    assert response.messages[2].content[0].tool_response.output == 'ran'


async def test_a_generate_hook_may_change_what_a_turn_works_with(ai, model, says):
    class Prefix(BaseMiddleware):
        async def wrap_generate(self, params: GenerateHookParams, ctx, next_fn):
            first = Message(role='system', content='Be brief.')
            return await next_fn(params.with_options(messages=[first, *params.options.messages], model='other'))

    ai.define_model('other', lambda request: says(request.messages[0].text))
    assert (await ai.generate(prompt='x', use=[Prefix()])).text == 'Be brief.'


async def test_hooks_apply_while_streaming_and_may_see_the_chunks(ai, model, says, chunk):
    class Upper(BaseMiddleware):
        async def wrap_model(self, params, ctx, next_fn):
            def send(piece: GenerateResponseChunk[Any]) -> None:
                ctx.send_chunk(GenerateResponseChunk(content=[TextPart(text=piece.text.upper())]))

            return await next_fn(params, ctx.replace_on_chunk(send))

    model.responses = [says('ab')]
    model.chunks = [[chunk('a'), chunk('b')]]
    stream = ai.generate_stream(prompt='x', use=[Upper()])
    assert [(c.index, c.text, c.accumulated_text) async for c in stream] == [(0, 'A', 'A'), (0, 'B', 'AB')]


async def test_a_hook_may_go_on_several_times(ai, says):
    answers = iter([says('no'), says('yes')])
    ai.define_model('m', lambda _: next(answers))

    class Again(BaseMiddleware):
        async def wrap_generate(self, params, ctx, next_fn):
            response = await next_fn()
            return response if response.text == 'yes' else await next_fn()

    assert (await ai.generate(model='m', prompt='x', use=[Again()])).text == 'yes'


async def test_a_hook_that_raises_fails_the_call_with_its_error(ai, model, says):
    model.responses = [says('ok')]

    async def broken(_request, _context, _following):
        raise GenkitError('refused', status='PERMISSION_DENIED')

    with pytest.raises(GenkitError, match='refused') as caught:
        await ai.generate(prompt='x', use=[broken])
    assert caught.value.status == StatusName.PERMISSION_DENIED


async def test_what_is_no_middleware_is_named(ai, model):
    with pytest.raises(GenkitError, match='42 is no middleware'):
        await ai.generate(prompt='x', use=[42])


async def test_a_plugin_registers_its_middleware_by_name(says):
    from genkit import Genkit, Plugin

    class Brings(Plugin):
        name = 'brings'

        def middleware(self):
            return [Limited]

        async def resolve(self, action_type, name):
            return None

    ai = Genkit(plugins=[Brings()])
    assert list(ai.registry.list_values('middleware')) == ['limited']


async def test_calls_of_one_application_share_what_a_middleware_keeps_there(ai, model, says):
    from genkit import Genkit

    class Counting(BaseMiddleware):
        async def wrap_model(self, params, ctx, next_fn):
            ctx.shared('count', list[int]).append(1)
            response = await next_fn()
            return response.replaced(message=Message(role='model', content=str(len(ctx.shared('count', list[int])))))

    other = Genkit()
    other.define_model('m', lambda _: says('ok'))
    model.responses = [says('ok')]
    ai.define_middleware(Counting)
    assert [(await ai.generate(prompt='x', use=['counting'])).text for _ in range(2)] == ['1', '2']
    assert (await other.generate(model='m', prompt='x', use=[Counting()])).text == '1'


async def test_what_is_shared_is_that_of_the_application_in_the_registry_of_a_call_too(ai):
    ctx = GenerateMiddlewareContext(ai.registry)
    child = GenerateMiddlewareContext(ai.registry.new_child().new_child())
    assert child.shared('key', list) is ctx.shared('key', list)
    assert child.shared('other', list) is not ctx.shared('key', list)


def test_a_configuration_is_given_in_one_way_only():
    with pytest.raises(GenkitError, match=r"both config= and \['most'\]"):
        Limited(config=Limits(most=2), most=3)


async def test_the_hook_of_a_models_own_middleware_knows_the_model(ai, says):
    from genkit._action.context import ActionRunContext
    from genkit.middleware.interface import model_middleware
    from genkit.types import GenerateRequest

    seen = []

    class Look(BaseMiddleware):
        async def wrap_model(self, params, ctx, next_fn):
            seen.append(ctx.model)
            return await next_fn()

    async def answer(_request, _context):
        return says('ok')

    request = GenerateRequest(messages=[Message(role='user', content='x')])
    await model_middleware(Look(), ai.registry, 'm')(request, ActionRunContext(), answer)
    assert seen == ['m']


async def test_what_is_built_in_is_known_by_name_and_may_be_replaced(ai, says):
    failures = iter([GenkitError('busy', status='UNAVAILABLE')])

    def sometimes(_request):
        for failure in failures:
            raise failure
        return says('ok')

    ai.define_model('sometimes', sometimes)
    use = [MiddlewareRef(name='retry', config={'initialDelayMs': 0, 'noJitter': True})]
    assert (await ai.generate(model='sometimes', prompt='x', use=use)).text == 'ok'

    ai.define_middleware(Limited, name='retry')
    assert (await ai.generate(model='sometimes', prompt='x', use=['retry'])).text == 'ok'


async def test_a_hook_may_change_the_request_in_its_parameters(ai, model, says):
    class Shouting(BaseMiddleware):
        async def wrap_model(self, params, ctx, next_fn):
            params.request = params.request.replaced(messages=[Message(role='user', content='HI')])
            return await next_fn(params, ctx)

    model.responses = [says('ok')]
    await ai.generate(prompt='hi', use=[Shouting()])
    assert model.requests[-1].messages[-1].text == 'HI'


async def test_a_class_is_registered_by_its_own_plugin():
    class Shout(BaseMiddleware):
        async def wrap_model(self, params, ctx, call):
            response = await call(params, ctx)
            return response.replaced(message=Message(role='model', content=response.text.upper()))

    ai = Genkit(plugins=[Shout.plugin()], model='quiet')
    ai.define_model('quiet', lambda _: GenerateResponse(message=Message(role='model', content='hello')))
    assert (await ai.generate(prompt='Hi', use=['shout'])).text == 'HELLO'


def test_a_repr_shows_what_was_given():
    assert repr(Retry(max_retries=5, no_jitter=True)) == 'Retry(max_retries=5, no_jitter=True)'
    assert repr(Retry()) == 'Retry()'
