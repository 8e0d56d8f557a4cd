# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import Genkit
from genkit.middleware import BUILT_IN, MiddlewareRef


# What each needs at least, as it would stand in a `.prompt` file.
CONFIGS = {
    'fallback': {'models': ['other']},
    'filesystem': {'rootDir': '.'},
    'rate_limit': {'requestsPerSecond': 1000},
    'usage_limit': {'maxRequests': 1000},
    'validate_support': {'supports': {'media': True}},
}


def test_each_has_a_name_a_description_and_a_schema_of_its_own():
    described = [middleware.describe() for middleware in BUILT_IN]
    assert [each.name for each in described] == sorted({each.name for each in described})
    for each in described:
        assert each.description
        assert not each.description.startswith('BaseMiddleware')


@pytest.mark.parametrize('middleware', BUILT_IN, ids=lambda middleware: middleware.name)
async def test_each_can_be_named_in_a_call_with_plain_data(ai, model, says, middleware):
    ai.define_middleware(middleware, name=f'my-{middleware.name}')
    model.responses = [says('ok')]
    ref = MiddlewareRef(name=f'my-{middleware.name}', config=CONFIGS.get(middleware.name))
    assert (await ai.generate(prompt='x', use=[ref])).text == 'ok'


@pytest.mark.parametrize('middleware', BUILT_IN, ids=lambda middleware: middleware.name)
def test_each_names_its_members_as_the_wire_does_and_takes_both(middleware):
    if middleware.config_type is None:
        return
    schema = middleware.describe().config_schema
    assert all('_' not in name for name in schema['properties'])
    made = middleware(config=CONFIGS.get(middleware.name, {}))
    again = middleware(config=dict(made.config))
    assert again.config == made.config


def test_all_can_be_registered_together():
    ai = Genkit()
    for middleware in BUILT_IN:
        if middleware.name not in ai.registry.list_values('middleware'):
            ai.define_middleware(middleware)
    assert {middleware.name for middleware in BUILT_IN} <= set(ai.registry.list_values('middleware'))
