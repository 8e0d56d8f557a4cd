# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError
from genkit._prompt.dotprompt import Dotprompt
from genkit._prompt.dotprompt.metadata import read_metadata
from genkit.types import ToolDefinition


SOURCE = """---
name: greet
variant: formal
version: 1.5
description: Greets
model: echo
config: {temperature: 0.5, topK: 3}
tools: [known, other]
toolChoice: auto
returnToolRequests: true
maxTurns: 3
input:
  default: {name: Guest}
  schema:
    name?: string, who
output:
  format: json
  contentType: application/json
  schema: Answer, short
metadata: {owner: me}
toolDefs:
  - name: inline
    description: d
    inputSchema: {q: string}
use: [retry]
mine.key: 1
mine.sub.key: 2
unknown: kept
---
Hello
"""


@pytest.fixture
def dotprompt() -> Dotprompt:
    environment = Dotprompt(resolve_schema={'Answer': {'type': 'string'}}.get)
    environment.define_tool(ToolDefinition(name='known', description='k'))
    return environment


def test_every_member_of_frontmatter_is_read(dotprompt):
    settings = dotprompt.render_metadata(SOURCE).to_wire()
    assert settings.pop('raw')['unknown'] == 'kept'
    query = {
        'type': 'object',
        'properties': {'q': {'type': 'string'}},
        'additionalProperties': False,
        'required': ['q'],
    }
    name = {'type': ['string', 'null'], 'description': 'who'}
    assert settings == {
        'name': 'greet',
        'variant': 'formal',
        'version': '1.5',
        'description': 'Greets',
        'model': 'echo',
        'config': {'temperature': 0.5, 'topK': 3},
        'tools': ['other'],
        'toolChoice': 'auto',
        'returnToolRequests': True,
        'maxTurns': 3,
        'input': {
            'default': {'name': 'Guest'},
            'schema': {'type': 'object', 'properties': {'name': name}, 'additionalProperties': False},
        },
        'output': {
            'format': 'json',
            'contentType': 'application/json',
            'schema': {'type': 'string', 'description': 'short'},
        },
        'metadata': {'owner': 'me'},
        'toolDefs': [
            {'name': 'inline', 'description': 'd', 'inputSchema': query},
            {'name': 'known', 'description': 'k'},
        ],
        'use': ['retry'],
        'ext': {'mine': {'key': 1}, 'mine.sub': {'key': 2}},
    }


def test_without_frontmatter_nothing_is_set(dotprompt):
    assert dotprompt.render_metadata('Hello').to_wire() == {'config': {}, 'metadata': {}, 'ext': {}, 'raw': {}}


def test_overrides_replace_members_and_merge_the_config(dotprompt):
    overrides = {'model': 'other', 'config': {'topK': 5}, 'input': {'default': {'name': 'You'}}}
    settings = dotprompt.compile(SOURCE).render(overrides=overrides).metadata
    assert (settings.model, settings.config) == ('other', {'temperature': 0.5, 'topK': 5})
    assert settings.input
    assert settings.input.default == {'name': 'You'}
    assert dotprompt.compile(SOURCE).metadata.model == 'echo'


@pytest.mark.parametrize(
    ('frontmatter', 'message'),
    [
        ('maxTurns: many', 'maxTurns: '),
        ('config: fast', 'config: '),
        ('tools: {a: 1}', 'tools: '),
        ('input: text', 'input: '),
        ('toolDefs: [{name: x}]', 'toolDefs.0.description: '),
        ('input: {schema: {a(bad): string}}', "Picoschema at 'a(bad)'"),
    ],
)
def test_a_wrong_member_is_named(dotprompt, frontmatter, message):
    with pytest.raises(GenkitError) as caught:
        dotprompt.render_metadata(f'---\n{frontmatter}\n---\n', file='a.prompt')
    assert message in caught.value.message
    assert caught.value.status == 'INVALID_ARGUMENT'


def test_a_schema_that_is_defined_later_is_found_when_the_settings_are_read():
    schemas: dict[str, dict[str, str]] = {}
    prompt = Dotprompt(resolve_schema=schemas.get).compile('---\noutput: {schema: Answer}\n---\nHello')
    with pytest.raises(GenkitError, match="'Answer' is neither a type"):
        prompt.render()
    schemas['Answer'] = {'type': 'string'}
    assert prompt.render().metadata.to_wire()['output'] == {'schema': {'type': 'string'}}


@pytest.mark.parametrize(
    ('key', 'advice'),
    [
        ('modell', "Did you mean 'model'?"),
        ('temperature', 'Write it below `config:`, as in `config: {temperature: …}`.'),
        ('maxOutputTokens', 'Write it below `config:`'),
        ('system', 'Begin the template with {{role "system"}}'),
        ('qqq', 'A key of an extension has a dot'),
    ],
)
def test_a_key_that_does_nothing_is_logged_with_what_to_write(key, advice, caplog):
    read_metadata({'model': 'm', key: 1, 'mine.key': 2}, lambda name: {'title': name}, 'a.prompt')
    [record] = caplog.records
    assert record.getMessage().startswith(f'Frontmatter of a.prompt: {key!r} does nothing.')
    assert advice in record.getMessage()
