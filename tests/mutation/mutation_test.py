# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What the mutants of the sources are: `python -m tests.mutation` shows how many the tests notice."""

import ast
from pathlib import Path

import pytest

from .areas import AREAS
from .mutants import mutants_of
from .trial import sample, try_all


SURVIVING = 0.15  # of the mutants: some change nothing that anybody could notice

SOURCE = '''
def sold(count, log, error):
    """Say how much is sold."""
    log.debug('asked')
    if count > 0 and error:
        return count + 1
    if not error:
        return -count
    raise GenkitError(f'There is {count}.', status='NOT_FOUND')
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / 'sold.py'
    path.write_text(SOURCE, encoding='utf-8')
    return path


def test_each_mutant_differs_from_the_source_in_one_piece(file: Path) -> None:
    mutants = list(mutants_of(file))
    sources = [mutant.source() for mutant in mutants]
    assert len({*sources, ast.unparse(ast.parse(SOURCE))}) == len(mutants) + 1
    assert [(mutant.line, mutant.change) for mutant in mutants if 'return' not in mutant.change] == [
        (5, 'count > 0 and error -> count > 0 or error'),
        (5, 'count > 0 -> count >= 0'),
        (5, '0 -> 1'),
        (5, '0 -> -1'),
        (6, '1 -> 2'),
        (6, '1 -> 0'),
        (7, 'not error -> error'),
        (9, "raise GenkitError(f'There is {count}.', status='NOT_FOUND') -> nothing"),
        (9, "'NOT_FOUND' -> 'UNKNOWN'"),
    ]


def test_texts_logs_and_docstrings_are_left_alone(file: Path) -> None:
    assert all('asked' in mutant.source() and 'Say how much' in mutant.source() for mutant in mutants_of(file))


def test_a_mutant_keeps_its_rank_when_lines_move(file: Path) -> None:
    before = [mutant.rank(file.parent) for mutant in mutants_of(file)]
    file.write_text(f'\n\n{SOURCE}', encoding='utf-8')
    assert [mutant.rank(file.parent) for mutant in mutants_of(file)] == before


@pytest.mark.parametrize('area', AREAS, ids=lambda area: area.name)
def test_each_area_has_many_mutants_that_can_be_compiled(area: object) -> None:
    chosen = sample(10, areas=[next(each for each in AREAS if each is area)])
    assert len(chosen) == 10
    for _, mutant in chosen:
        compile(mutant.source(), str(mutant.path), 'exec')


@pytest.mark.nightly
@pytest.mark.timeout(1500)
def test_nearly_every_mistake_in_the_tools_of_generate_is_noticed():
    """A sample of the quickest area; the others are tried by hand, as CONTRIBUTING says."""
    trials = list(try_all(sample(10, areas=[area for area in AREAS if area.name == 'generate'])))
    survivors = [str(trial) for trial in trials if not trial.is_killed]
    assert len(survivors) <= len(trials) * SURVIVING, survivors
