# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Counts agree with their nouns and verbs."""

import pytest
from releasekit.model.counts import counted, verb


@pytest.mark.parametrize(('number', 'said'), [(0, '0 files are'), (1, '1 file is'), (2, '2 files are')])
def test_a_count_agrees_with_its_noun_and_its_verb(number, said):
    assert f'{counted(number, "file")} {verb(number)}' == said
