# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import dataclasses

import pytest
from genkit import embedder_ref, indexer_ref, model_ref, retriever_ref
from genkit.types import ActionRef, EvaluatorRef, GenerationCommonConfig, ModelInfo, ModelRef, RerankerRef
from pydantic import BaseModel


class Settings(BaseModel):
    k: int = 5
    lang: str | None = None


CASES = {
    'nothing': (ModelRef(name='m'), None, None),
    'only the call': (ModelRef(name='m'), {'a': 1}, {'a': 1}),
    'only the reference': (ModelRef(name='m', config={'a': 1}), None, {'a': 1}),
    'both': (ModelRef(name='m', config={'a': 1, 'b': 1}), {'b': 2, 'c': 3}, {'a': 1, 'b': 2, 'c': 3}),
    'a version': (ModelRef(name='m', version='v1'), {'a': 1}, {'version': 'v1', 'a': 1}),
    'a version over that in the configuration': (
        ModelRef(name='m', version='v1', config={'version': 'v0'}),
        None,
        {'version': 'v1'},
    ),
    'a version of the call': (ModelRef(name='m', version='v1'), {'version': 'v2'}, {'version': 'v2'}),
    'objects': (ModelRef(name='m', config=Settings(k=1)), Settings(lang='de'), {'k': 1, 'lang': 'de'}),
    'two spellings of a member': (ModelRef(name='m', config={'max_tokens': 1}), {'maxTokens': 2}, {'maxTokens': 2}),
    'an explicit none of the call': (ModelRef(name='m', config={'a': 1}), {'a': None}, {'a': None}),
}


@pytest.mark.parametrize(('reference', 'config', 'merged'), CASES.values(), ids=CASES.keys())
def test_the_calls_configuration_lies_over_the_references(reference, config, merged):
    assert reference.merged_config(config) == merged


def test_what_was_not_set_in_an_object_does_not_count():
    reference = ModelRef(name='m', config=GenerationCommonConfig(temperature=0.1, version='v'))
    assert reference.merged_config(GenerationCommonConfig(temperature=0.9)) == {'temperature': 0.9, 'version': 'v'}


def test_neither_side_is_changed():
    own, given = {'a': 1}, {'b': 2}
    ModelRef(name='m', config=own).merged_config(given)
    assert (own, given) == ({'a': 1}, {'b': 2})


def test_a_reference_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        ModelRef(name='m').name = 'n'  # pyright: ignore[reportAttributeAccessIssue]


def test_every_kind_has_its_reference():
    info = ModelInfo(label='M')
    assert model_ref('m', namespace='p', info=info, version='v', config={'a': 1}) == ModelRef(
        name='p/m', info=info, version='v', config={'a': 1}
    )
    for reference in (
        embedder_ref('x', {'a': 1}, 'v'),
        retriever_ref('x', {'a': 1}),
        indexer_ref('x', {'a': 1}),
        RerankerRef(name='x', config={'a': 1}),
        EvaluatorRef(name='x', config={'a': 1}),
    ):
        assert isinstance(reference, ActionRef)
        assert (reference.name, reference.config) == ('x', {'a': 1})


@pytest.mark.parametrize(
    ('name', 'namespace', 'full'),
    [('m', None, 'm'), ('m', 'p', 'p/m'), ('p/m', 'p', 'p/m'), ('q/m', 'p', 'p/q/m'), ('pm', 'p', 'p/pm')],
)
def test_a_namespace_is_put_before_a_name_once(name, namespace, full):
    assert model_ref(name, namespace).name == full
