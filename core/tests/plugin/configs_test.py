# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import ErrorReason, GenkitError
from genkit.plugin import parse_config
from genkit.types import WireModel
from pydantic import ValidationError


class Config(WireModel):
    most_words: int | None = None


@pytest.mark.parametrize('members', [{'most_words': 3}, {'mostWords': 3}, Config(most_words=3)])
def test_options_become_their_type(members):
    assert parse_config(Config, members, 'The config is wrong') == Config(most_words=3)


def test_an_error_names_what_is_wrong():
    with pytest.raises(
        GenkitError, match=r"^INVALID_ARGUMENT: The config is wrong: mostWords: .* \(got 'x'\)$"
    ) as caught:
        parse_config(Config, {'mostWords': 'x'}, 'The config is wrong')
    assert caught.value.reason == ErrorReason.INVALID_INPUT
    assert isinstance(caught.value.__cause__, ValidationError)
