# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the table says of names: profiles and ARNs have the abilities of the model behind them."""

import pytest
from genkit.plugin import ActionKind, Task
from genkit.types import Constrained
from genkit_amazon_bedrock import AmazonBedrock, BedrockEntry
from genkit_amazon_bedrock.models import FAMILIES, LISTED, MODELS, UNKNOWN


def _entry(name: str) -> BedrockEntry:
    entry = MODELS.find(name)
    assert isinstance(entry, BedrockEntry)
    assert entry.name == name
    return entry


@pytest.mark.parametrize(
    'base', ['anthropic.claude-haiku-4-5-20251001-v1:0', 'amazon.nova-lite-v1:0', 'meta.llama4-scout-17b-instruct-v1:0']
)
def test_a_profile_is_capable_of_what_its_model_is(base: str) -> None:
    model = _entry(base)
    for name in (
        *(f'{prefix}.{base}' for prefix in ('us', 'us-gov', 'eu', 'apac', 'jp', 'au', 'global')),
        f'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.{base}',
        f'arn:aws:bedrock:us-east-1::foundation-model/{base}',
    ):
        profile = _entry(name)
        assert (profile.supports, profile.extras, profile.structured) == (
            model.supports,
            model.extras,
            model.structured,
        )


@pytest.mark.parametrize(
    ('name', 'structured', 'samples', 'forced'),
    [
        ('anthropic.claude-opus-5-5', 'format', False, False),
        ('anthropic.claude-haiku-5-5', 'format', False, True),
        ('anthropic.claude-opus-5', 'format', False, True),
        ('anthropic.claude-opus-4-8', 'format', False, True),
        ('anthropic.claude-opus-4-6-v1', 'format', True, True),
        ('anthropic.claude-sonnet-4-6', 'format', True, True),
        ('anthropic.claude-opus-4-1-20250805-v1:0', 'tool', True, True),
        ('anthropic.claude-sonnet-4-20250514-v1:0', 'tool', True, True),
        ('anthropic.claude-3-7-sonnet-20250219-v1:0', 'tool', True, True),
        ('anthropic.claude-3-haiku-20240307-v1:0', 'tool', True, True),
        ('amazon.nova-2-lite-v1:0', 'tool', True, True),
        ('mistral.mistral-large-3-675b-instruct', 'format', True, True),
        ('mistral.ministral-3-8b-instruct', 'format', True, True),
        ('mistral.mistral-7b-instruct-v0:2', 'prompt', True, False),
        ('deepseek.v3-v1:0', 'format', True, False),
    ],
)
def test_families_differ_in_schemas_sampling_and_force(name: str, structured: str, samples: bool, forced: bool) -> None:
    entry = _entry(name)
    assert (entry.structured, entry.samples, bool(entry.supports.tool_choice)) == (structured, samples, forced)


@pytest.mark.parametrize(
    ('name', 'task', 'form'),
    [
        ('eu.cohere.embed-v4:0', Task.EMBED, 'cohere-4'),
        ('cohere.embed-english-v3', Task.EMBED, 'cohere-3'),
        ('amazon.titan-embed-image-v1', Task.EMBED, 'titan-image'),
        ('us.stability.sd3-5-large-v1:0', Task.IMAGE, 'stability'),
        ('arn:aws:bedrock:us-west-2::foundation-model/cohere.rerank-v3-5:0', Task.RERANK, 'cohere'),
        ('luma.ray-v2:0', Task.VIDEO, 'luma'),
    ],
)
async def test_each_kind_is_found_by_its_name(name: str, task: Task, form: str) -> None:
    entry = _entry(name)
    assert (entry.task, entry.form) == (task, form)
    plugin = AmazonBedrock(api_key='k')
    assert await plugin.resolve(task.kind, f'amazon-bedrock/{name}') is not None
    if task.kind != ActionKind.MODEL:
        assert await plugin.resolve(ActionKind.MODEL, f'amazon-bedrock/{name}') is None


def test_what_a_name_does_not_say_is_left_to_the_provider() -> None:
    entry = _entry('arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abcdefghijkl')
    assert (entry.supports, entry.structured) == (UNKNOWN.supports, 'prompt')
    assert entry.supports.constrained == Constrained.NONE


def test_each_listed_name_has_a_family() -> None:
    names = {family.name for family in FAMILIES}
    assert len(names) == len(FAMILIES)
    for name in LISTED:
        assert MODELS.find(name) != UNKNOWN
        assert (MODELS.find(name) or UNKNOWN).config is not None
