# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import ActionKind, ActionRunContext, GenkitError, ModelInfo, Supports
from genkit.plugin import to_json_schema
from genkit.types import GenerateRequest, Operation
from pydantic import BaseModel


class Config(BaseModel):
    seconds: int = 1


def started(_request: GenerateRequest) -> Operation:
    return Operation(id='op', done=False)


def checked(operation: Operation) -> Operation:
    return operation.replaced(done=True, output='a film')


@pytest.fixture
def film(ai):
    return ai.define_background_model('film', started, checked)


class TestOperation:
    async def test_is_started_and_names_its_model(self, ai, film):
        operation = await ai.generate_operation('film', 'a cat')
        assert (operation.id, operation.done, operation.action) == ('op', False, '/background-model/film')

    async def test_is_asked_about_until_it_is_done(self, ai, film):
        operation = await ai.generate_operation('film', 'a cat')
        finished = await ai.check_operation(operation)
        assert (finished.id, finished.done, finished.output) == ('op', True, 'a film')
        assert finished.action == '/background-model/film'
        assert operation.done is False

    async def test_that_travelled_as_json_is_known_again(self, ai, film):
        wire = (await ai.generate_operation('film', 'a cat')).to_wire()
        assert wire['action'] == '/background-model/film'
        assert (await ai.check_operation(Operation.model_validate(wire))).done

    async def test_is_what_generate_returns_too(self, ai, film):
        response = await ai.generate('film', 'a cat')
        assert response.operation.id == 'op'
        assert response.message is None
        assert response.text == ''

    async def test_is_stopped(self, ai):
        async def stop(operation: Operation) -> Operation:
            return operation.replaced(done=True, metadata={'stopped': True})

        ai.define_background_model('film', started, checked, stop)
        stopped = await ai.cancel_operation(await ai.generate_operation('film', 'a cat'))
        assert (stopped.metadata, stopped.action) == ({'stopped': True}, '/background-model/film')

    async def test_that_cannot_be_stopped_is_returned_as_it_is(self, ai, film):
        operation = await ai.generate_operation('film', 'a cat')
        assert await ai.cancel_operation(operation) is operation

    async def test_of_an_unknown_model_cannot_be_asked_about(self, ai, film):
        operation = Operation(id='op', action='/background-model/flim')
        with pytest.raises(GenkitError, match=r"'flim/check' not found\. Did you mean 'film/check'") as caught:
            await ai.check_operation(operation)
        assert caught.value.status == 'NOT_FOUND'

    @pytest.mark.parametrize('ask', ['check_operation', 'cancel_operation'])
    @pytest.mark.parametrize('action', [None, '', 'film'])
    async def test_that_does_not_say_where_it_comes_from_is_refused(self, ai, film, ask, action):
        with pytest.raises(GenkitError) as caught:
            await getattr(ai, ask)(Operation(id='op', action=action))
        assert caught.value.status == 'INVALID_ARGUMENT'


class TestStart:
    async def test_sees_messages_config_and_context(self, ai):
        seen: list[Any] = []

        async def start(request: GenerateRequest, context: ActionRunContext) -> Operation:
            seen.append((request.messages[0].text, request.config, context.context))
            return Operation(id='op')

        ai.define_background_model('film', start, checked)
        await ai.generate('film', 'a cat', config={'seconds': 2}, context={'user': 'Ada'})
        assert seen == [('a cat', {'seconds': 2}, {'user': 'Ada'})]

    async def test_of_a_model_that_answers_at_once_is_refused(self, ai, model):
        with pytest.raises(
            GenkitError, match=r"'programmable' does not run in the background: .*ai\.generate"
        ) as caught:
            await ai.generate_operation('programmable', 'x')
        assert caught.value.status == 'INVALID_ARGUMENT'
        assert model.requests == []

    async def test_of_an_unknown_model_is_not_found(self, ai, film):
        with pytest.raises(GenkitError, match="Model 'flim' not found") as caught:
            await ai.generate_operation('flim', 'x')
        assert caught.value.status == 'NOT_FOUND'

    async def test_without_any_model_is_refused(self, ai):
        from genkit import Genkit

        with pytest.raises(GenkitError, match='No model configured') as caught:
            await Genkit().generate_operation(prompt='x')
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_that_gives_no_operation_is_an_error(self, ai, says):
        ai.define_model('odd', lambda _: says('at once'), info=ModelInfo(supports=Supports(long_running=True)))
        with pytest.raises(GenkitError, match="'odd' started no operation") as caught:
            await ai.generate_operation('odd', 'x')
        assert caught.value.status == 'FAILED_PRECONDITION'

    async def test_with_a_config_that_does_not_fit_is_refused(self, ai):
        ai.define_background_model('film', started, checked, config_schema=Config)
        with pytest.raises(GenkitError, match='the config of film failed: seconds') as caught:
            await ai.generate_operation('film', 'x', config={'seconds': 'long'})
        assert caught.value.status == 'INVALID_ARGUMENT'

    async def test_that_fails_keeps_its_status(self, ai):
        def full(_request: GenerateRequest) -> Operation:
            raise GenkitError('Come back later.', status='RESOURCE_EXHAUSTED')

        ai.define_background_model('film', full, checked)
        with pytest.raises(GenkitError, match='Come back later') as caught:
            await ai.generate_operation('film', 'x')
        assert caught.value.status == 'RESOURCE_EXHAUSTED'


class TestDefinition:
    async def test_gives_actions_of_three_kinds(self, ai):
        film = ai.define_background_model('film', started, checked, checked)
        keys = [film.start_action.key, film.check_action.key, film.cancel_action.key]
        assert keys == ['/background-model/film', '/check-operation/film/check', '/cancel-operation/film/cancel']
        listed = {metadata.key for metadata in await ai.list_actions()}
        assert set(keys) <= listed

    async def test_without_a_way_to_stop_has_no_action_for_it(self, ai, film):
        assert film.cancel_action is None
        assert await ai.list_actions(ActionKind.CANCEL_OPERATION) == []

    async def test_gives_a_handle_that_works_by_itself(self, ai):
        film = ai.define_background_model('film', started, checked, checked)
        operation = await film.start(GenerateRequest(messages=[]))
        assert film.name == 'film'
        assert operation.action == '/background-model/film'
        assert (await film.check(operation)).done
        assert (await film.cancel(operation)).done

    async def test_leaves_what_cannot_be_stopped_alone(self, film):
        operation = await film.start(GenerateRequest(messages=[]))
        assert await film.cancel(operation) is operation

    def test_shows_a_model_that_runs_long(self, ai):
        film = ai.define_background_model(
            'film', started, checked, label='Film', info=ModelInfo(supports=Supports(media=True)), config_schema=Config
        )
        assert film.start_action.metadata['model'] == {
            'label': 'Film',
            'supports': {'media': True, 'longRunning': True},
            'customOptions': to_json_schema(Config),
        }

    def test_is_described_by_the_docstring_unless_stated(self, ai):
        def start(_request: GenerateRequest) -> Operation:
            """Makes films."""
            return Operation(id='op')

        assert ai.define_background_model('a', start, checked).start_action.description == 'Makes films.'
        assert ai.define_background_model('b', start, checked, description='B').start_action.description == 'B'


async def test_what_is_no_operation_is_named(ai):
    ai.define_background_model('odd', lambda _request: 'text', lambda operation: operation)
    with pytest.raises(GenkitError, match="Background model 'odd' returned str"):
        await ai.generate_operation(model='odd', prompt='x')
