# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenerationUsage, Media, MediaPart, TextPart
from genkit.middleware import UsageCount


async def test_what_the_model_did_not_count_is_counted(ai, model, says):
    image = MediaPart(media=Media(url='data:image/png;base64,AA==', content_type='image/png'))
    model.responses = [says('four', image)]
    usage = (await ai.generate(prompt=[TextPart(text='abc'), image], use=[UsageCount()])).usage
    assert (usage.input_characters, usage.output_characters) == (3, 4)
    assert (usage.input_images, usage.output_images, usage.input_videos) == (1, 1, 0)
    assert (usage.input_tokens, usage.total_tokens) == (None, None)


async def test_what_the_model_counted_stays(ai, model, says):
    model.responses = [says('four', usage=GenerationUsage(input_tokens=2, output_tokens=5, input_characters=99))]
    usage = (await ai.generate(prompt='abc', use=[UsageCount()])).usage
    assert (usage.input_characters, usage.output_characters) == (99, 4)
    assert (usage.input_tokens, usage.output_tokens, usage.total_tokens) == (2, 5, 7)


@pytest.mark.parametrize('total', [0, 11])
async def test_a_total_of_the_models_own_stays(ai, model, says, total):
    model.responses = [says('x', usage=GenerationUsage(input_tokens=2, output_tokens=5, total_tokens=total))]
    assert (await ai.generate(prompt='abc', use=[UsageCount()])).usage.total_tokens == total
