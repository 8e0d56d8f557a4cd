# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The catalogue of error codes is complete, and every code is used."""

import re
from pathlib import Path

import releasekit
from releasekit.model.codes import EXIT_CODES, codes
from releasekit.model.errors import ReleasekitError


SOURCE = Path(releasekit.__file__).parent


def test_the_codes_that_the_source_names_are_those_of_the_catalogue():
    named = {code for path in SOURCE.rglob('*.py') for code in re.findall(r"'(RK-[A-Z-]+)'", path.read_text())}
    assert named == set(codes())


def test_every_code_says_what_it_means_and_what_to_do():
    for code in codes().values():
        assert code.exit_code in EXIT_CODES
        assert code.summary[0].islower()
        assert not code.summary.endswith('.')
        assert code.meaning.endswith('.')
        assert code.way_out.endswith('.')


def test_an_error_is_one_line_with_a_code():
    error = ReleasekitError('RK-USAGE', 'two\nlines')
    assert (str(error), error.code.exit_code) == ('two\\nlines', 2)
