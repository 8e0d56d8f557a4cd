# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Intent files."""

import pytest
from releasekit.model.errors import WorkspaceError
from releasekit.model.plan import Level
from releasekit.workspace.intents import read_intents
from releasekit.workspace.load import load_workspace


def intents(workshop):
    return read_intents(load_workspace(workshop.root))


FORMS = [
    '---\ngenkit: minor\nkit: patch\n---\nWords.\n\nMore.\n',
    '+++\n"Genkit" = "minor"\nkit = "patch"\n+++\n\nWords.\n\nMore.',
    "\n---\n\n'genkit': minor\nkit  :  patch\n\n---\nWords.\n\nMore.",
    '---\r\ngenkit: minor\r\nkit: patch\r\n---\r\nWords.\r\n\r\nMore.\r\n',
]


@pytest.mark.parametrize('text', FORMS)
def test_an_intent_names_members_levels_and_words(good, text):
    good.write('.changes/a.md', text)
    (intent,) = intents(good)
    assert intent.levels == {'genkit': Level.MINOR, 'kit': Level.PATCH}
    assert intent.text == 'Words.\n\nMore.'


def test_intents_are_read_by_name_and_other_files_left_alone(good):
    assert intents(good) == ()
    for name in ('b.md', 'a.md', 'README.md', 'c.txt'):
        good.write(f'.changes/{name}', '---\nkit: none\n---\nWords.\n')
    assert [intent.path.name for intent in intents(good)] == ['a.md', 'b.md']


WRONG = [
    ('words', r'\.changes/a\.md: expected `---`'),
    ('---\nkit: patch\n', r'\.changes/a\.md: expected'),
    ('---\nkit: patch\n---\n', r'\.changes/a\.md: expected'),
    ('---\nkit: patch\n+++\nWords', r'\.changes/a\.md: expected'),
    (
        '---\nkit: huge\n---\nWords',
        r"\.changes/a\.md:2: 'kit: huge' is no member with one of none, patch, minor, major",
    ),
    ('---\nkit\n---\nWords', r"\.changes/a\.md:2: 'kit' is no member"),
    ('---\nkit: patch\ngenkitt: patch\n---\nWords', r"\.changes/a\.md:3: 'genkitt: patch' .* Did you mean 'genkit'"),
]


@pytest.mark.parametrize(('text', 'message'), WRONG)
def test_what_is_no_intent_is_named_with_its_line(good, text, message):
    good.write('.changes/a.md', text)
    with pytest.raises(WorkspaceError, match=message):
        intents(good)
