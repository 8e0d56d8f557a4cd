# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import copy
import pickle
import re

import pytest
from genkit._base.readers.late_pattern import late_pattern


def test_a_late_pattern_does_what_a_pattern_does():
    late, now = late_pattern(r'(a+)(B)?', re.IGNORECASE), re.compile(r'(a+)(B)?', re.IGNORECASE)
    assert late.findall('aab Ab x') == now.findall('aab Ab x')
    assert late.sub('-', 'aab') == now.sub('-', 'aab')
    assert (late.pattern, late.flags, late.groups) == (now.pattern, now.flags, now.groups)
    assert [found[0] for found in late.finditer('aab Ab x')] == ['aab', 'Ab']


def test_a_wrong_pattern_is_told_when_it_is_used():
    with pytest.raises(re.error, match='unterminated'):
        late_pattern('[').search('x')


def test_a_late_pattern_can_be_copied():
    late = late_pattern('a')
    assert copy.copy(late).search('a')
    assert pickle.loads(pickle.dumps(late)).search('a')
