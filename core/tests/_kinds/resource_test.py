# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from typing import Any

import pytest
from genkit import ActionKind, ActionRunContext, Genkit, GenkitError, Message, TextPart, make_resource
from genkit._kinds.resource import ResourceInput, ResourceOutput, find_resource
from genkit.testing import define_echo_model
from genkit.types import GenerateActionOptions, Resource, ResourcePart


def resource(uri: str) -> ResourcePart:
    return ResourcePart.model_validate({'resource': {'uri': uri}})


def of_uri(given: Any) -> list[TextPart]:
    """Says which resource was asked."""
    return [TextPart(text=f'content of {given.uri}')]


@pytest.fixture
def sent(ai, model, says):
    """Return a function that sends parts and returns those that the model saw."""

    async def send(*content: Any, **options: Any):
        model.responses = [says('ok')]
        await ai.generate(prompt=list(content), **options)
        return model.requests[-1].messages[-1].content

    return send


class TestInMessages:
    async def test_is_replaced_by_its_content_where_it_stood(self, ai, sent):
        ai.define_resource(uri='note://a', fn=lambda _: [TextPart(text='1'), TextPart(text='2')])
        content = await sent(TextPart(text='before'), resource('note://a'), TextPart(text='after'))
        assert [part.text for part in content] == ['before', '1', '2', 'after']

    async def test_is_replaced_in_the_history_and_the_system_message_too(self, ai, model, says):
        ai.define_resource(uri='note://a', fn=of_uri)
        model.responses = [says('ok')]
        history = [Message(role='user', content=[resource('note://a')]), Message(role='model', content=[])]
        await ai.generate(system=resource('note://a'), messages=history, prompt='x')
        texts = [message.text for message in model.requests[0].messages]
        assert texts == ['content of note://a', 'content of note://a', '', 'x']
        assert isinstance(history[0].content[0], ResourcePart)

    async def test_says_where_each_part_comes_from(self, ai, sent):
        ai.define_resource(uri='note://a', fn=of_uri)
        ai.define_resource(template='file://{name}', fn=of_uri)
        exact, matched = await sent(resource('note://a'), resource('file://x'))
        assert exact.metadata == {'resource': {'uri': 'note://a'}}
        assert matched.metadata == {'resource': {'uri': 'file://x', 'template': 'file://{name}'}}

    async def test_is_the_parent_of_parts_that_say_where_they_come_from(self, ai, sent):
        def listing(_: Any) -> list[TextPart]:
            return [
                TextPart(text='1', metadata={'resource': {'uri': 'dir://a/1'}, 'size': 1}),
                TextPart(text='2', metadata={'resource': {'uri': 'dir://a/2', 'parent': {'uri': 'dir://other'}}}),
            ]

        ai.define_resource(uri='dir://a', fn=listing)
        first, second = await sent(resource('dir://a'))
        assert first.metadata == {'resource': {'uri': 'dir://a/1', 'parent': {'uri': 'dir://a'}}, 'size': 1}
        assert second.metadata['resource']['parent'] == {'uri': 'dir://other'}

    async def test_that_is_unknown_is_an_error_before_the_model_is_asked(self, ai, model, sent):
        ai.define_resource(uri='note://a', fn=of_uri)
        with pytest.raises(GenkitError, match='failed to find matching resource for note://b') as caught:
            await sent(resource('note://b'))
        assert caught.value.status == 'NOT_FOUND'
        assert model.requests == []

    async def test_that_fails_fails_the_call_with_its_status(self, ai, sent):
        def locked(_: Any) -> list[TextPart]:
            raise GenkitError('It is locked.', status='PERMISSION_DENIED')

        ai.define_resource(uri='note://a', fn=locked)
        with pytest.raises(GenkitError, match='It is locked') as caught:
            await sent(resource('note://a'))
        assert caught.value.status == 'PERMISSION_DENIED'

    async def test_knows_the_context_of_the_call(self, ai, sent):
        async def own(given: ResourceInput, context: ActionRunContext) -> ResourceOutput:
            return ResourceOutput(content=[TextPart(text=f'{given.uri} of {context.context["user"]}')])

        ai.define_resource(uri='note://a', fn=own)
        (part,) = await sent(resource('note://a'), context={'user': 'Ada'})
        assert part.text == 'note://a of Ada'

    async def test_is_looked_for_among_those_that_the_options_name_first(self, ai, model, says):
        ai.define_resource(name='general', template='x://{+rest}', fn=lambda _: [TextPart(text='general')])
        ai.define_resource(name='special', template='x://{one}', fn=lambda _: [TextPart(text='special')])
        model.responses = [says('ok')]
        options = GenerateActionOptions(
            model='programmable', messages=[Message(role='user', content=[resource('x://a')])], resources=['special']
        )
        await ai.registry.lookup_action(ActionKind.UTIL, 'generate').arun(options)
        assert model.requests[0].messages[0].text == 'special'


class TestTemplate:
    @pytest.mark.parametrize(
        ('template', 'uri', 'variables'),
        [
            ('file://{name}', 'file://a.txt', {'name': 'a.txt'}),
            ('file://{dir}/{name}', 'file://a/b', {'dir': 'a', 'name': 'b'}),
            ('web://{+path}', 'web://a/b?c=1#d', {'path': 'a/b?c=1#d'}),
            ('web://{host}/{+path}', 'web://h/a/b', {'host': 'h', 'path': 'a/b'}),
            ('x://{a}.{b}', 'x://1.2', {'a': '1', 'b': '2'}),
            ('x://(1+1)?{a_b}', 'x://(1+1)?2', {'a_b': '2'}),
            ('x://{a}/end', 'x://ä ö/end', {'a': 'ä ö'}),
        ],
    )
    async def test_gives_its_variables(self, ai, sent, template, uri, variables):
        seen: list[Any] = []

        def note(given: Any) -> list[TextPart]:
            seen.append(given.model_dump(exclude={'uri'}))
            return []

        ai.define_resource(template=template, fn=note)
        await sent(resource(uri))
        assert seen == [variables]

    @pytest.mark.parametrize(
        ('template', 'uri'),
        [
            ('file://{name}', 'file://a/b'),
            ('file://{name}', 'file://'),
            ('file://{name}', 'files://a'),
            ('web://{+path}', 'web://'),
            ('x://a.b', 'x://acb'),
            ('x://{a}/end', 'x://1/end/2'),
        ],
    )
    async def test_answers_nothing_else(self, ai, sent, template, uri):
        ai.define_resource(template=template, fn=of_uri)
        with pytest.raises(GenkitError, match='failed to find matching resource'):
            await sent(resource(uri))

    async def test_that_was_defined_first_wins(self, ai, sent):
        ai.define_resource(template='x://{+all}', fn=lambda _: [TextPart(text='first')])
        ai.define_resource(template='x://{one}', fn=lambda _: [TextPart(text='second')])
        (part,) = await sent(resource('x://a'))
        assert part.text == 'first'


class TestAction:
    async def test_is_run_with_a_uri(self, ai):
        action = ai.define_resource(template='file://{name}', fn=of_uri)
        output = (await action.arun_raw({'uri': 'file://a'})).response
        assert [part.text for part in output.content] == ['content of file://a']

    async def test_does_not_answer_for_others(self, ai):
        action = ai.define_resource(name='files', template='file://{name}', fn=of_uri)
        with pytest.raises(GenkitError, match="'files' does not answer 'web://a'") as caught:
            await action.arun_raw({'uri': 'web://a'})
        assert caught.value.status == 'NOT_FOUND'

    @pytest.mark.parametrize('output', [{'content': [{'text': 'a'}]}, [TextPart(text='a')], [{'text': 'a'}]])
    async def test_may_answer_with_data(self, ai, output):
        action = ai.define_resource(uri='note://a', fn=lambda _: output)
        assert (await action.arun(ResourceInput(uri='note://a'))).response.content[0].text == 'a'

    async def test_is_found_by_uri(self, ai):
        action = ai.define_resource(name='n', uri='note://a', fn=of_uri)
        assert await find_resource(ai.registry, 'note://a') is action
        with pytest.raises(GenkitError, match="Resource 'missing' not found"):
            await find_resource(ai.registry, 'note://a', ['missing'])

    def test_shows_what_it_stands_for(self, ai):
        exact = ai.define_resource(uri='note://a', fn=of_uri, metadata={'a': 1})
        matching = ai.define_resource({'name': 'files', 'template': 'file://{name}', 'description': 'Files.'}, of_uri)
        assert (exact.name, exact.description) == ('note://a', 'Says which resource was asked.')
        assert exact.metadata == {'a': 1, 'resource': {'uri': 'note://a'}}
        assert (matching.name, matching.description) == ('files', 'Files.')
        assert matching.metadata == {'resource': {'template': 'file://{name}'}}
        assert matching.kind is ActionKind.RESOURCE


class TestBadDefinition:
    @pytest.mark.parametrize('members', [{}, {'uri': 'a://b', 'template': 'a://{b}'}])
    def test_needs_either_uri_or_template(self, ai, members):
        with pytest.raises(GenkitError, match="Resource 'r' needs either uri= or template=") as caught:
            ai.define_resource(name='r', fn=of_uri, **members)
        assert caught.value.status == 'INVALID_ARGUMENT'

    def test_needs_a_function(self, ai):
        with pytest.raises(GenkitError, match="Resource 'r' needs a function") as caught:
            ai.define_resource({'name': 'r', 'uri': 'a://b'})
        assert caught.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize('template', ['f://{a}/{a}', 't://{uri}'])
async def test_a_template_whose_variables_clash_is_refused(ai, template):
    with pytest.raises(GenkitError, match='names a variable twice') as caught:
        ai.define_resource(fn=lambda _: [], template=template)
    assert caught.value.status == 'INVALID_ARGUMENT'


async def test_resources_of_one_call_are_asked_first_and_known_to_it_alone():
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    ai.define_resource(uri='kitchen://menu', fn=lambda _: [TextPart(text='soup')])
    today = make_resource(lambda _: [TextPart(text='fish')], uri='kitchen://menu', name='today')
    asked = ResourcePart(resource=Resource(uri='kitchen://menu'))
    assert (await ai.generate(prompt=asked, resources=[today])).text == '[ECHO] user: fish'
    assert (await ai.generate(prompt=asked)).text == '[ECHO] user: soup'
    assert (await ai.generate(prompt=asked, resources=['kitchen://menu'])).text == '[ECHO] user: soup'
    other = ResourcePart(resource=Resource(uri='kitchen://wine'))
    with pytest.raises(GenkitError, match='failed to find matching resource for kitchen://wine'):
        await ai.generate(prompt=other, resources=[today])


async def test_what_is_no_resource_is_refused_by_its_place():
    ai = Genkit(model='echo')
    define_echo_model(ai, 'echo')
    with pytest.raises(GenkitError, match=r'resources\[1\] is 7; expected a name, or a resource'):
        await ai.generate(prompt='x', resources=['a', 7])  # pyright: ignore[reportArgumentType]


async def test_a_long_uri_is_named_by_its_beginning(ai):
    ai.define_resource(fn=of_uri, template='x:{+rest}')
    with pytest.raises(GenkitError, match=r'of 100002 characters; templates match 8192 at most') as raised:
        await find_resource(ai.registry, 'x:' + 'a' * 100_000)
    assert raised.value.status == 'NOT_FOUND'
    assert len(raised.value.message) < 1000
