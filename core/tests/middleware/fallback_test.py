# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError, StatusName
from genkit.middleware import Fallback
from genkit.types import GenerationCommonConfig, ModelReference
from pydantic import BaseModel


@pytest.fixture
def down(ai):
    """Define models that fail, each with the status it is named after."""

    def define(name, status='UNAVAILABLE'):
        def fail(_request):
            raise GenkitError(f'{name} is down', status=status)

        ai.define_model(name, fail)

    return define


async def test_the_next_model_answers_when_one_fails(ai, down, says):
    down('a')
    down('b', 'NOT_FOUND')
    ai.define_model('c', lambda _: says('c answers'))
    assert (await ai.generate(model='a', prompt='x', use=[Fallback(models=['b', 'c'])])).text == 'c answers'


async def test_a_model_that_answers_is_the_only_one_asked(ai, model, says):
    model.responses = [says('ok')]
    ai.define_model('b', lambda _: pytest.fail('asked'))
    assert (await ai.generate(prompt='x', use=[Fallback(models=['b'])])).text == 'ok'


async def test_the_last_error_is_raised_when_all_fail(ai, down):
    down('a')
    down('b', 'INTERNAL')
    with pytest.raises(GenkitError, match='b is down'):
        await ai.generate(model='a', prompt='x', use=[Fallback(models=['b'])])


async def test_an_error_of_another_status_ends_it(ai, down, says):
    down('a')
    down('b', 'INVALID_ARGUMENT')
    ai.define_model('c', lambda _: says('c'))
    with pytest.raises(GenkitError, match='b is down'):
        await ai.generate(model='a', prompt='x', use=[Fallback(models=['b', 'c'])])


async def test_an_unknown_model_counts_as_not_found(ai, down, says):
    down('a')
    ai.define_model('c', lambda _: says('c'))
    assert (await ai.generate(model='a', prompt='x', use=[Fallback(models=['missing', 'c'])])).text == 'c'


async def test_the_request_and_its_configuration_go_along(ai, down, model, says):
    down('a')
    model.responses = [says('ok')]
    await ai.generate(model='a', prompt='x', config={'temperature': 0.5}, use=[Fallback(models=['programmable'])])
    assert model.requests[0].config == {'temperature': 0.5}
    assert model.requests[0].messages[-1].text == 'x'


@pytest.mark.parametrize(
    'config', [{'temperature': 1, 'api_key': 'k'}, GenerationCommonConfig(temperature=1, api_key='k')]
)
async def test_a_credential_stays_with_the_provider_it_was_meant_for(ai, down, model, says, config):
    down('one/a')
    model.responses = [says('ok')]
    await ai.generate(model='one/a', prompt='x', config=config, use=[Fallback(models=['programmable'])])
    assert model.requests[0].config == {'temperature': 1}


async def test_a_model_may_have_a_configuration_of_its_own(ai, down, model, says):
    down('a')
    model.responses = [says('ok')]
    own = ModelReference(name='programmable', config={'temperature': 1})
    await ai.generate(model='a', prompt='x', config={'top_k': 3}, use=[Fallback(models=[own])])
    assert model.requests[0].config == {'temperature': 1}


async def test_isolated_a_model_never_gets_the_requests_configuration(ai, down, model, says):
    down('a')
    model.responses = [says('ok')]
    fallback = Fallback(config={'models': ['programmable'], 'isolateConfig': True})
    await ai.generate(model='a', prompt='x', config={'top_k': 3}, use=[fallback])
    assert model.requests[0].config == {}


async def test_a_configuration_that_does_not_fit_the_other_model_is_told(ai, down, says):
    class Strict(BaseModel, extra='forbid'):
        temperature: float = 0

    down('a')
    ai.define_model('b', lambda _: says('b'), config_schema=Strict)
    with pytest.raises(GenkitError, match='top_k') as caught:
        await ai.generate(model='a', prompt='x', config={'top_k': 3}, use=[Fallback(models=['b'])])
    assert caught.value.status == StatusName.INVALID_ARGUMENT


async def test_the_output_is_read_and_the_tools_run_as_ever(ai, down, model, says, calls):
    ai.tool('t')(lambda: 'tool')
    down('a')
    model.responses = [says(calls('t')), says('{"n": 1}')]
    response = await ai.generate(
        model='a', prompt='x', tools=['t'], output_schema={'type': 'object'}, use=[Fallback(models=['programmable'])]
    )
    assert response.output == {'n': 1}
    assert [m.role for m in response.messages] == ['user', 'model', 'tool', 'model']


async def test_the_other_model_streams(ai, down, model, says, chunk):
    down('a')
    model.responses = [says('ok')]
    model.chunks = [[chunk('o'), chunk('k')]]
    stream = ai.generate_stream(model='a', prompt='x', use=[Fallback(models=['programmable'])])
    assert [piece.accumulated_text async for piece in stream] == ['o', 'ok']


@pytest.mark.parametrize('after_chunks', [False, True])
async def test_no_other_model_is_asked_once_a_chunk_was_sent_unless_wanted(ai, model, says, chunk, after_chunks):
    def half(_request, context):
        context.send_chunk(chunk('half'))
        raise GenkitError('broke off', status='UNAVAILABLE')

    ai.define_model('half', half)
    model.responses = [says('ok')]
    fallback = Fallback(models=['programmable'], after_chunks=after_chunks)
    stream = ai.generate_stream(model='half', prompt='x', use=[fallback])
    if after_chunks:
        assert (await stream.response).text == 'ok'
    else:
        with pytest.raises(GenkitError, match='broke off'):
            await stream.response


def test_at_least_one_model_is_needed():
    with pytest.raises(GenkitError, match='models'):
        Fallback(models=[])


async def test_the_application_hears_of_each_error_after_which_another_model_is_asked(ai, down, says):
    told: list[tuple[str, int]] = []
    down('a')
    down('b', 'NOT_FOUND')
    ai.define_model('c', lambda _: says('c answers'))
    fallback = Fallback(
        models=['b', 'c'], on_error=lambda error, attempt: told.append((str(getattr(error, 'status', None)), attempt))
    )
    assert (await ai.generate(model='a', prompt='x', use=[fallback])).text == 'c answers'
    assert told == [('UNAVAILABLE', 1), ('NOT_FOUND', 2)]
