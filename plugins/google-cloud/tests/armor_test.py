# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Model Armor, played by a server that reads requests as Google's own types say they are."""

import asyncio
import json
import logging
from typing import Any

import pytest
from genkit import GenerateResponse, GenerationBlockedError, Genkit, GenkitError, Message, TextPart, ToolRequestPart
from genkit.testing import CannedAnswer, LoopbackServer, RecordedRequest, define_programmable_model
from genkit.types import DataPart, GenerateResponseChunk, ReasoningPart, ToolRequest
from genkit_google_cloud import ModelArmor, ModelArmorConfig
from google.cloud.modelarmor_v1.types import (
    SanitizeModelResponseRequest,
    SanitizeModelResponseResponse,
    SanitizeUserPromptRequest,
    SanitizeUserPromptResponse,
)


TEMPLATE = 'projects/p/locations/europe-west4/templates/t'
MEMBERS = {
    'rai': 'raiFilterResult',
    'pi_and_jailbreak': 'piAndJailbreakFilterResult',
    'malicious_uris': 'maliciousUriFilterResult',
    'csam': 'csamFilterFilterResult',
}


class Credentials:
    """Credentials whose token has expired once."""

    token = 'expired'
    valid = False

    def refresh(self, _request: Any) -> None:
        self.token, self.valid = 's3cr3t-token', True


def state(matched: bool) -> dict[str, str]:
    return {
        'executionState': 'EXECUTION_SUCCESS',
        'matchState': 'MATCH_FOUND' if matched else 'NO_MATCH_FOUND',
    }


class Armor:
    """The service: texts with BAD are matched by ``rai``, and what is MAIL by ``sdp``.

    Attributes:
        deidentifies: Whether the template does that.
        answer: What is answered in place of a result.
        texts: What was checked, with the method.
    """

    def __init__(self) -> None:
        self.deidentifies = True
        self.answer: CannedAnswer | None = None
        self.change: Any = None
        self.texts: list[tuple[str, str]] = []
        self.prompts: list[str] = []

    def __call__(self, request: RecordedRequest) -> CannedAnswer:
        path, _, method = request.path.rpartition(':')
        assert path == f'/v1/{TEMPLATE}'
        assert request.headers['authorization'] == 'Bearer s3cr3t-token'
        body = request.body.decode()
        if method == 'sanitizeUserPrompt':
            text = SanitizeUserPromptRequest.from_json(body).user_prompt_data.text
        else:
            assert method == 'sanitizeModelResponse'
            asked = SanitizeModelResponseRequest.from_json(body)
            text = asked.model_response_data.text
            self.prompts.append(asked.user_prompt)
        self.texts.append((method.removeprefix('sanitize'), text))
        if self.answer is not None:
            return self.answer
        result = self.result(text)
        if self.change is not None:
            self.change(result)
        else:
            kind = SanitizeUserPromptResponse if method == 'sanitizeUserPrompt' else SanitizeModelResponseResponse
            kind.from_json(json.dumps({'sanitizationResult': result}))  # a true answer
        return CannedAnswer.of_json({'sanitizationResult': result})

    def result(self, text: str) -> dict[str, Any]:
        results: dict[str, Any] = {
            name: {member: state(name == 'rai' and 'BAD' in text)} for name, member in MEMBERS.items()
        }
        found = state('MAIL' in text)
        if self.deidentifies:
            data = {'data': {'text': text.replace('MAIL', '[EMAIL]')}} if 'MAIL' in text else {}
            results['sdp'] = {'sdpFilterResult': {'deidentifyResult': {**found, **data}}}
        else:
            results['sdp'] = {'sdpFilterResult': {'inspectResult': found}}
        whole = 'MATCH_FOUND' if 'BAD' in text or 'MAIL' in text else 'NO_MATCH_FOUND'
        return {'filterMatchState': whole, 'filterResults': results, 'invocationResult': 'SUCCESS'}


@pytest.fixture
def armor():
    return Armor()


@pytest.fixture
def server(armor):
    with LoopbackServer(armor) as made:
        yield made


def armored(url: str, **fields: Any) -> ModelArmor:
    return ModelArmor(TEMPLATE, credentials=Credentials(), endpoint=url, **fields)


@pytest.fixture
async def make(server):
    all_made: list[ModelArmor] = []

    def made(**fields: Any) -> ModelArmor:
        all_made.append(armored(server.url, **fields))
        return all_made[-1]

    yield made
    for armor in all_made:
        await armor.aclose()


@pytest.fixture
def ai():
    return Genkit(model='actor')


@pytest.fixture(autouse=True)
def script(ai):
    return define_programmable_model(ai, 'actor')[0]


def says(*content: Any) -> GenerateResponse:
    parts = [TextPart(text=item) if isinstance(item, str) else item for item in content]
    return GenerateResponse(message=Message(role='model', content=parts), finish_reason='stop')


class TestVerdicts:
    async def test_what_is_harmless_passes_and_is_checked_on_both_sides(self, ai, script, make, armor):
        script.responses = [says('Fine.')]
        assert (await ai.generate(prompt='How are you?', use=[make()])).text == 'Fine.'
        assert armor.texts == [('UserPrompt', 'How are you?'), ('ModelResponse', 'Fine.')]
        assert armor.prompts == ['How are you?']

    async def test_a_prompt_that_is_blocked_never_reaches_the_model(self, ai, script, make):
        with pytest.raises(GenerationBlockedError, match='Model Armor blocked the prompt: rai'):
            await ai.generate(prompt='BAD', use=[make()])
        assert script.requests == []

    async def test_an_answer_that_is_blocked_is_not_returned(self, ai, script, make):
        script.responses = [says('BAD words')]
        with pytest.raises(GenerationBlockedError, match='Model Armor blocked the response: rai') as caught:
            await ai.generate(prompt='x', use=[make()])
        assert 'BAD' not in str(caught.value)

    @pytest.mark.parametrize(
        ('target', 'checked'),
        [
            ('userPrompt', ['UserPrompt']),
            ('modelResponse', ['ModelResponse']),
            ('all', ['UserPrompt', 'ModelResponse']),
        ],
    )
    async def test_only_the_target_is_checked(self, target, checked, ai, script, make, armor):
        script.responses = [says('ok')]
        await ai.generate(prompt='x', use=[make(protection_target=target)])
        assert [method for method, _ in armor.texts] == checked

    async def test_only_the_filters_that_are_named_count(self, ai, script, make):
        script.responses = [says('ok')]
        assert (await ai.generate(prompt='BAD', use=[make(filters=['csam', 'malicious_uris'])])).text == 'ok'
        with pytest.raises(GenerationBlockedError):
            await ai.generate(prompt='BAD', use=[make(filters=['rai'])])


class TestSensitiveData:
    async def test_block_by_default(self, ai, make):
        with pytest.raises(GenerationBlockedError, match='blocked the prompt: sdp'):
            await ai.generate(prompt='I am MAIL', use=[make()])

    async def test_go_on_de_identified_if_so_wanted(self, ai, script, make):
        script.responses = [says('Hello, MAIL!')]
        response = await ai.generate(prompt='I am MAIL', use=[make(apply_deidentification_results=True)])
        assert script.requests[0].messages[0].text == 'I am [EMAIL]'
        assert response.text == 'Hello, [EMAIL]!'

    async def test_stay_out_of_every_turn(self, ai, script, make, armor):
        call = ToolRequestPart(tool_request=ToolRequest(name='find', input='x', ref='1'))
        script.responses = [says(call), says('ok')]

        @ai.tool()
        async def find(what: str) -> dict[str, str]:
            """Find."""
            return {'found': f'{what} MAIL'}

        await ai.generate(prompt='I am MAIL', tools=[find], use=[make(apply_deidentification_results=True)])
        assert 'MAIL"' not in ''.join(message.model_dump_json() for message in script.requests[1].messages)
        assert script.requests[1].messages[0].text == 'I am [EMAIL]'
        assert script.requests[1].messages[-1].tool_responses[0].tool_response.output == '{"found": "x [EMAIL]"}'
        assert [text for _, text in armor.texts].count('I am MAIL') == 1  # it is known the second time

    async def test_block_where_they_must_not_even_be_de_identified(self, ai, make):
        strict = make(apply_deidentification_results=True, strict_sdp_enforcement=True)
        with pytest.raises(GenerationBlockedError, match='blocked the prompt: sdp'):
            await ai.generate(prompt='I am MAIL', use=[strict])

    async def test_block_where_the_template_only_finds_them(self, ai, make, armor):
        armor.deidentifies = False
        with pytest.raises(GenerationBlockedError, match='blocked the prompt: sdp'):
            await ai.generate(prompt='I am MAIL', use=[make(apply_deidentification_results=True)])

    async def test_in_what_a_tool_is_asked_block(self, ai, script, make):
        script.responses = [says(ToolRequestPart(tool_request=ToolRequest(name='mail', input='MAIL', ref='1')))]
        ran: list[str] = []

        @ai.tool()
        async def mail(to: str) -> str:
            """Mail."""
            ran.append(to)
            return 'sent'

        with pytest.raises(GenerationBlockedError, match='blocked the response: sdp'):
            await ai.generate(prompt='x', tools=[mail], use=[make(apply_deidentification_results=True)])
        assert ran == []

    async def test_in_data_block_on_either_side(self, ai, script, make):
        script.responses = [says(DataPart(data={'to': ['MAIL']}))]
        armor = make(apply_deidentification_results=True)
        with pytest.raises(GenerationBlockedError, match='blocked the response: sdp'):
            await ai.generate(prompt='x', use=[armor])
        with pytest.raises(GenerationBlockedError, match='blocked the prompt: sdp'):
            await ai.generate(prompt=[DataPart(data='MAIL')], use=[armor])

    async def test_in_several_parts_are_found_together(self, ai, script, make):
        script.responses = [says('Write to MA', 'IL.', ReasoningPart(reasoning='MAIL it is'))]
        response = await ai.generate(prompt='x', use=[make(apply_deidentification_results=True)])
        assert response.text == 'Write to [EMAIL].'
        assert response.message is not None
        assert [part.reasoning for part in response.message.content if isinstance(part, ReasoningPart)] == [
            '[EMAIL] it is'
        ]


class TestStreams:
    async def stream(self, ai: Genkit, use: list[Any]) -> tuple[list[str], Any]:
        stream = ai.generate_stream(prompt='x', use=use)
        chunks: list[str] = []
        error = None
        try:
            async for chunk in stream:
                chunks += [chunk.text]
            await stream.response
        except GenkitError as caught:
            error = caught
        return chunks, error

    async def test_show_nothing_before_all_was_checked(self, ai, script, make, armor):
        script.responses = [says('one BAD two')]
        script.chunks = [[GenerateResponseChunk(content=[TextPart(text=text)]) for text in ('one ', 'BAD ', 'two')]]
        chunks, error = await self.stream(ai, [make()])
        assert chunks == []
        assert isinstance(error, GenerationBlockedError)

    async def test_show_the_chunks_of_what_passes(self, ai, script, make):
        script.responses = [says('one two')]
        script.chunks = [[GenerateResponseChunk(content=[TextPart(text=text)]) for text in ('one ', 'two')]]
        assert await self.stream(ai, [make()]) == (['one ', 'two'], None)

    async def test_show_nothing_that_could_not_be_checked(self, ai, script, make, armor):
        script.responses = [says('one')]
        script.chunks = [[GenerateResponseChunk(content=[TextPart(text='one')])]]
        armor.answer = CannedAnswer(b'', 503)
        chunks, error = await self.stream(ai, [make(protection_target='modelResponse')])
        assert chunks == []
        assert error is not None
        assert error.status == 'UNAVAILABLE'


def leave_out(*path: str) -> Any:
    def change(result: dict[str, Any]) -> None:
        for name in path[:-1]:
            result = result[name]
        del result[path[-1]]

    return change


def put(value: Any, *path: str) -> Any:
    def change(result: dict[str, Any]) -> None:
        for name in path[:-1]:
            result = result[name]
        result[path[-1]] = value

    return change


RAI = ('filterResults', 'rai', 'raiFilterResult')
SDP = ('filterResults', 'sdp', 'sdpFilterResult')


class TestFailures:
    @pytest.mark.parametrize(
        ('answer', 'status'),
        [
            (
                CannedAnswer.of_json({'error': {'code': 401, 'message': 'who?', 'status': 'UNAUTHENTICATED'}}, 401),
                'UNAUTHENTICATED',
            ),
            (CannedAnswer.of_json({'error': {'code': 403, 'message': 'no'}}, 403), 'PERMISSION_DENIED'),
            (CannedAnswer.of_json({'error': {'code': 404, 'message': 'no template'}}, 404), 'NOT_FOUND'),
            (CannedAnswer(b'', 429, {'retry-after': '7'}), 'RESOURCE_EXHAUSTED'),
            (CannedAnswer(b'<html>oops</html>', 500, {'content-type': 'text/html'}), 'INTERNAL'),
            (CannedAnswer(b'', 503), 'UNAVAILABLE'),
            (CannedAnswer(b'', 307, {'location': 'http://127.0.0.1:9/'}), 'FAILED_PRECONDITION'),
            (CannedAnswer(b'<html>Sign in</html>', 200, {'content-type': 'text/html'}), None),
            (CannedAnswer(b''), None),
            (CannedAnswer(b'null'), None),
            (CannedAnswer(b'[]'), None),
            (CannedAnswer(b'{}'), None),
            (CannedAnswer.of_json({'sanitizationResult': 'fine'}), None),
            (CannedAnswer(b'{"sanitizationResult": {"filterMat', cut_at=10), None),
        ],
    )
    async def test_whatever_the_service_answers_nothing_passes_unchecked(self, answer, status, ai, script, make, armor):
        armor.answer = answer
        with pytest.raises(GenkitError) as caught:
            await ai.generate(prompt='x', use=[make()])
        assert script.requests == []
        assert 'Model Armor did not check a text' in caught.value.message
        assert 's3cr3t' not in f'{caught.value!r} {caught.value.__cause__!r}'
        assert status is None or caught.value.status == status
        if status == 'RESOURCE_EXHAUSTED':
            assert caught.value.details['retry_after_ms'] == 7000

    @pytest.mark.parametrize(
        'change',
        [
            *(leave_out('invocationResult'), put('PARTIAL', 'invocationResult'), put('FAILURE', 'invocationResult')),
            *(leave_out('filterMatchState'), put('MATCH_FOUND', 'filterMatchState'), put(7, 'filterMatchState')),
            *(leave_out(*RAI, 'matchState'), put('MAYBE', *RAI, 'matchState'), put(None, *RAI, 'matchState')),
            *(leave_out(*RAI, 'executionState'), put('EXECUTION_SKIPPED', *RAI, 'executionState')),
            *(put('x', *RAI), put({}, 'filterResults', 'rai'), put('x', 'filterResults', 'rai')),
            *(put({}, *SDP), put('x', 'filterResults'), leave_out(*SDP)),
        ],
    )
    async def test_a_result_that_says_nothing_is_no_permission(self, change, ai, script, make, armor):
        armor.change = change
        with pytest.raises(GenkitError, match='Model Armor did not check a text') as caught:
            await ai.generate(prompt='x', use=[make()])
        assert caught.value.status in ('UNAVAILABLE', 'INTERNAL')
        assert script.requests == []

    async def test_a_filter_that_the_template_has_not_is_told(self, ai, make, armor):
        with pytest.raises(GenkitError, match="the template has no filter 'virus_scan'; it has csam") as caught:
            await ai.generate(prompt='x', use=[make(filters=['virus_scan'])])
        assert caught.value.status == 'FAILED_PRECONDITION'

    async def test_a_file_that_is_not_there_was_not_scanned(self, ai, script, make, armor):
        skipped = {'virusScanFilterResult': {'executionState': 'EXECUTION_SKIPPED', 'matchState': 'NO_MATCH_FOUND'}}
        armor.change = put(skipped, 'filterResults', 'virus_scan')
        script.responses = [says('ok')]
        assert (await ai.generate(prompt='x', use=[make()])).text == 'ok'

    async def test_a_service_that_hangs_is_waited_for_in_vain(self, ai, make, armor):
        armor.answer = CannedAnswer(b'', delay=5)
        with pytest.raises(GenkitError) as caught:
            await ai.generate(prompt='x', use=[make(timeout=0.2)])
        assert caught.value.status == 'DEADLINE_EXCEEDED'

    async def test_a_service_that_is_down(self, ai):
        down = ModelArmor(TEMPLATE, credentials=Credentials(), endpoint='http://127.0.0.1:9')
        with pytest.raises(GenkitError) as caught:
            await ai.generate(prompt='x', use=[down])
        assert caught.value.status == 'UNAVAILABLE'

    async def test_no_credentials(self, ai, server, monkeypatch):
        monkeypatch.setenv('GOOGLE_APPLICATION_CREDENTIALS', '/does/not/exist.json')
        with pytest.raises(GenkitError, match='see GOOGLE_APPLICATION_CREDENTIALS') as caught:
            await ai.generate(prompt='x', use=[ModelArmor(TEMPLATE, endpoint=server.url)])
        assert caught.value.status == 'UNAUTHENTICATED'

    async def test_are_passed_over_only_if_so_wanted(self, ai, script, make, armor, caplog):
        caplog.set_level(logging.WARNING)
        armor.answer = CannedAnswer(b'', 503)
        script.responses = [says('ok')]
        assert (await ai.generate(prompt='x', use=[make(allow_on_failure=True)])).text == 'ok'
        assert 'A prompt is used unchecked (allow_on_failure)' in caplog.text

    async def test_are_not_remembered(self, ai, script, make, armor):
        use = make()
        armor.answer = CannedAnswer(b'', 503)
        with pytest.raises(GenkitError):
            await ai.generate(prompt='x', use=[use])
        armor.answer = None
        script.responses = [says('ok')]
        assert (await ai.generate(prompt='x', use=[use])).text == 'ok'


class TestSettings:
    @pytest.mark.parametrize(
        'name', ['t', 'projects/p/locations/l', 'projects/p/locations/../templates/t', f'{TEMPLATE}/x']
    )
    def test_what_no_template_is_called_is_refused(self, name):
        with pytest.raises(GenkitError, match='The template of Model Armor is') as caught:
            ModelArmor(name)
        assert caught.value.status == 'INVALID_ARGUMENT'

    def test_misspelt_ones_are_refused(self):
        with pytest.raises(GenkitError, match='strict_sdp_enforcement'):
            ModelArmor(TEMPLATE, strict_sdp_enforcment=True)
        with pytest.raises(GenkitError, match='filters'):
            ModelArmor(TEMPLATE, filters=['rae'])
        with pytest.raises(GenkitError, match='templateName'):
            ModelArmor()

    def test_may_come_as_one(self):
        assert ModelArmor(config=ModelArmorConfig(template_name=TEMPLATE)).config.protection_target == 'all'
        assert ModelArmor(config={'templateName': TEMPLATE, 'protectionTarget': 'userPrompt'}).config.filters is None

    def test_are_described_for_the_tools(self):
        described = ModelArmor.describe()
        assert described.name == 'model_armor'
        assert described.config_schema is not None
        assert 'templateName' in described.config_schema['properties']

    def test_work_from_one_event_loop_after_another(self, ai, script, server):
        use = armored(server.url)
        script.responses = [says('ok')]

        async def ask() -> str:
            text = (await ai.generate(prompt='x', use=[use])).text
            await use.aclose()
            return text

        assert [asyncio.run(ask()) for _ in range(2)] == ['ok', 'ok']
