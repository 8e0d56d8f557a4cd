# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules.finding import expect_none
from .rules.wording import phrases


EXAMPLES = {
    'unless stated': '10 unless stated.',
    'unless (?:said|told) otherwise': 'Ten unless told otherwise.',
    '(?:is|are|be|been|was|were) told': 'The server is told of it.',
    'somebody': 'Until somebody answers.',
    'whoever': 'Whoever asks first waits.',
    'the ones? who': 'The one who answers.',
    'who is asking': 'The context holds who is asking.',
    'heed(?:s|ed|ing)?': 'The signal is heeded.',
    'anew': 'It is made anew.',
    'likewise': 'The output, likewise.',
    'as late as that': 'It is read as late as that.',
    'has it that': 'The protocol has it that ids are unique.',
    'for want of': 'Never 0 for want of data.',
    r'floors? \d+': 'Actions are floor 3.',
}


def test_the_project_is_written_in_plain_words(project):
    expect_none(phrases.check(project))


def test_every_phrase_has_an_example():
    assert EXAMPLES.keys() == phrases.PLAINLY.keys()


@pytest.mark.parametrize('phrase', phrases.PLAINLY)
def test_a_listed_phrase_is_found_in_a_docstring_with_what_to_write(tree, phrase):
    source = f'def ask():\n    """Ask.\n\n    {EXAMPLES[phrase]}\n    """\n'
    [finding] = phrases.check(tree({'core/src/genkit/asking.py': source}))
    assert finding.place == 'core/src/genkit/asking.py:4'
    assert finding.remedy == phrases.PLAINLY[phrase]


@pytest.mark.parametrize(
    ('place', 'text'),
    [
        ('plugins/groq/src/genkit_groq/plugin.py', 'x = 1\ny = 2  # noqa: E501  (likewise)\n'),
        ('tools/scaffold/src/scaffold/templates/README.md.txt', 'Hello.\n| `url` | an example unless stated |\n'),
        ('docs/guide/start.md', 'Hello.\nWhoever asks first waits.\n'),
        ('samples/hello/README.md', '# Hello\nUntil somebody answers.\n'),
    ],
)
def test_comments_pages_and_templates_are_read(tree, place, text):
    [finding] = phrases.check(tree({place: text}))
    assert finding.place == f'{place}:2'


def test_a_phrase_that_is_broken_across_lines_is_found(tree):
    source = '"""The limit, in bytes; 10 unless\nstated.\n"""\n'
    [finding] = phrases.check(tree({'core/src/genkit/limits.py': source}))
    assert finding.place == 'core/src/genkit/limits.py:1'


def test_texts_of_the_program_and_its_tests_pass(tree):
    source = "MESSAGE = 'Changed by somebody else.'\n"
    assert phrases.check(tree({'core/src/genkit/a.py': source, 'core/tests/a_test.py': '# whoever\n'})) == []
