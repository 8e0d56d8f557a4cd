# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from decimal import Decimal

import pytest
from genkit import FinishReason, GenerateRequest, GenerateResponse, Message, Role, TextPart
from genkit._trace.conventions.gen_ai import COST, INPUT_TOKENS, OUTPUT_TOKENS, model_attributes
from genkit._trace.price import price_of
from genkit.types import GenerationUsage
from genkit.types.cost import cost_of


SAID = GenerationUsage(input_tokens=1000, output_tokens=1000, custom={'costUsd': 0.0012345678})


def test_a_cost_that_the_provider_says_wins_over_the_price_data() -> None:
    model = 'openai/gpt-4o'
    known = cost_of(model, SAID.replaced(custom=None))
    assert known is not None
    assert cost_of(model, SAID) == Decimal('0.0012345678') != known


@pytest.mark.parametrize('model', ['', 'nobody/knows', 'a-model'])
def test_a_cost_that_the_provider_says_needs_no_price_data(model: str) -> None:
    assert cost_of(model, GenerationUsage(custom={'costUsd': 0})) == 0
    assert cost_of(model, GenerationUsage(input_tokens=1)) is None


def test_a_response_has_the_cost_that_its_provider_says() -> None:
    response = GenerateResponse(message=Message(role=Role.MODEL, content=[TextPart(text='hi')]), usage=SAID)
    assert response.cost == Decimal('0.0012345678')
    assert (SAID + SAID).custom == {'costUsd': 0.0024691356}


def test_a_span_has_the_cost_that_the_provider_says_and_no_other() -> None:
    response = GenerateResponse(usage=SAID, finish_reason=FinishReason.STOP)
    attributes = model_attributes('openai/gpt-4o', GenerateRequest(messages=[]), response)
    assert attributes[COST] == 0.0012345678
    assert price_of(attributes) == {}
    assert COST in price_of({'genkit:name': 'openai/gpt-4o', INPUT_TOKENS: 1, OUTPUT_TOKENS: 1})
