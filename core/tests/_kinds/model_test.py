# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import ActionKind, GenkitError
from genkit._kinds.model import define_model
from genkit.plugin import ModelAction, make_model, model_action_metadata, to_json_schema
from genkit.types import (
    GenerateRequest,
    GenerateResponse,
    GenerationCommonConfig,
    Message,
    ModelInfo,
    Role,
    Stage,
    Supports,
    TextPart,
)
from pydantic import BaseModel
from typing_extensions import TypedDict


class Config(BaseModel):
    temperature: float = 1
    api_key: int | None = None


class Options(TypedDict):
    k: int


async def answer(request: GenerateRequest) -> GenerateResponse:
    return GenerateResponse(message=Message(role=Role.MODEL, content=[TextPart(text=request.messages[-1].text[::-1])]))


INFO = ModelInfo(
    label='Reverser', versions=['v1'], stage=Stage.STABLE, supports=Supports(tools=True, system_role=False)
)


async def test_a_model_goes_from_a_request_to_an_answer(registry):
    model = define_model(registry, 'reverse', answer)
    assert registry.lookup_action(ActionKind.MODEL, 'reverse') is model
    asked = {'messages': [{'role': 'user', 'content': [{'text': 'abc'}]}]}
    result = (await model.arun_raw(asked)).response
    assert result.text == 'cba'
    assert result.latency_ms is not None


async def test_a_malformed_request_is_refused():
    with pytest.raises(GenkitError, match=r'input of /model/m failed: messages\.0\.role'):
        await make_model('m', answer).arun_raw({'messages': [{'role': 'robot', 'content': []}]})


class TestMetadata:
    def test_shows_what_the_model_is(self):
        metadata = make_model('m', answer, info=INFO, config_schema=Config, metadata={'a': 1}).metadata
        assert metadata == {
            'a': 1,
            'model': {
                'label': 'Reverser',
                'versions': ['v1'],
                'stage': 'stable',
                'supports': {'tools': True, 'systemRole': False},
                'customOptions': to_json_schema(Config),
            },
        }

    def test_is_labelled_by_the_name_unless_told_otherwise(self):
        assert make_model('p/m', answer).metadata == {'model': {'label': 'p/m'}}

    def test_lets_given_members_win(self):
        metadata = make_model('m', answer, info=INFO, metadata={'model': {'label': 'Mine', 'more': 1}}).metadata
        assert metadata['model']['label'] == 'Mine'
        assert metadata['model']['more'] == 1
        assert metadata['model']['versions'] == ['v1']

    def test_takes_a_json_schema_as_it_is(self):
        schema = {'type': 'object', 'properties': {'x': {}}}
        assert make_model('m', answer, config_schema=schema).metadata['model']['customOptions'] == schema

    def test_is_the_same_when_a_plugin_advertises_the_model(self):
        made = make_model('p/m', answer, info=INFO, config_schema=Config)
        for info in (INFO, INFO.to_wire()):
            advertised = model_action_metadata('p/m', info, Config)
            assert advertised.metadata == made.metadata
            assert advertised.action_type == 'model'
            assert advertised.input_schema == made.input_schema
            assert advertised.output_schema == made.output_schema

    def test_tells_what_is_supported(self):
        assert make_model('m', answer, info=INFO).supports == INFO.supports
        assert make_model('m', answer).supports == Supports()


class TestConfig:
    @pytest.fixture
    def model(self) -> ModelAction:
        return make_model('p/m', answer, config_schema=Config)

    @pytest.mark.parametrize('config', [None, {}, {'temperature': 0.5}, Config(temperature=0)])
    def test_that_fits_is_accepted(self, model, config):
        model.validate_config(config)

    @pytest.mark.parametrize('config', [{'temperature': 'hot'}, {'temperature': None}])
    def test_that_does_not_is_refused_with_the_member(self, model, config):
        with pytest.raises(GenkitError, match='Validation of the config of p/m failed') as caught:
            model.validate_config(config)
        assert caught.value.status == 'INVALID_ARGUMENT'

    def test_that_holds_a_secret_is_refused_without_it(self, model):
        with pytest.raises(GenkitError) as caught:
            model.validate_config({'temperature': 'hot', 'api_key': 'sk-secret'})
        assert 'temperature' in caught.value.message
        assert 'api_key' in caught.value.message
        assert 'sk-secret' not in caught.value.message

    @pytest.mark.parametrize('schema', [None, {'type': 'object'}])
    def test_is_not_looked_at_where_no_type_is_declared(self, schema):
        make_model('m', answer, config_schema=schema).validate_config({'anything': 1})

    def test_of_the_common_type_takes_a_providers_own_members(self):
        model = make_model('m', answer, config_schema=GenerationCommonConfig)
        model.validate_config({'maxOutputTokens': 5, 'thinkingBudget': 1})
        with pytest.raises(GenkitError, match='maxOutputTokens'):
            model.validate_config({'maxOutputTokens': 'many'})

    @pytest.mark.parametrize('schema', [Options, dict[str, int]])
    def test_may_be_of_any_type_that_pydantic_knows(self, schema):
        model = make_model('m', answer, config_schema=schema)
        model.validate_config({'k': 1})
        with pytest.raises(GenkitError, match='the config of m failed: k'):
            model.validate_config({'k': 'many'})

    @pytest.mark.parametrize('config', ['hot', [1]])
    @pytest.mark.parametrize('schema', [None, Config])
    def test_that_is_no_mapping_is_refused(self, schema, config):
        with pytest.raises(GenkitError, match='config of m') as caught:
            make_model('m', answer, config_schema=schema).validate_config(config)
        assert caught.value.status == 'INVALID_ARGUMENT'

    def test_may_ask_for_a_version_that_there_is(self):
        model = make_model('m', answer, info=INFO)
        model.validate_config({'version': 'v1'})
        model.validate_config(GenerationCommonConfig(version='v1'))
        with pytest.raises(GenkitError, match="'m' has no version 'v2'") as caught:
            model.validate_config({'version': 'v2'})
        assert caught.value.status == 'INVALID_ARGUMENT'

    def test_may_ask_for_any_version_where_none_is_declared(self):
        make_model('m', answer).validate_config({'version': 'v2'})
