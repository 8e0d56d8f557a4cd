# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest
from genkit import GenkitError
from genkit.plugin import to_sampler
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    monkeypatch.delenv('OTEL_TRACES_SAMPLER', raising=False)
    monkeypatch.delenv('OTEL_TRACES_SAMPLER_ARG', raising=False)


@pytest.mark.parametrize('given', [None, 1, 1.0])
def test_everything_is_sent_by_default(given):
    assert to_sampler(given) is None


def test_a_share_of_the_traces():
    sampler = to_sampler(0.25)
    assert sampler is not None
    assert sampler.get_description() == 'TraceIdRatioBased{0.25}'


def test_a_sampler_is_used_as_it_is():
    assert to_sampler(ALWAYS_OFF) is ALWAYS_OFF


@pytest.mark.parametrize('given', [-0.1, 1.1, True, 'all', float('nan')])
def test_anything_else_is_refused(given):
    with pytest.raises(GenkitError, match='a share of traces between 0 and 1') as caught:
        to_sampler(given)
    assert caught.value.status == 'INVALID_ARGUMENT'


@pytest.mark.parametrize(
    ('name', 'share', 'description'),
    [
        ('traceidratio', '0.5', 'TraceIdRatioBased{0.5}'),
        ('parentbased_traceidratio', '0.5', 'TraceIdRatioBased{0.5}'),
        ('always_off', '', 'TraceIdRatioBased{0}'),
        ('parentbased_always_off', '', 'TraceIdRatioBased{0}'),
    ],
)
def test_the_variables_count_where_there_is_no_argument(name, share, description, monkeypatch):
    monkeypatch.setenv('OTEL_TRACES_SAMPLER', name)
    monkeypatch.setenv('OTEL_TRACES_SAMPLER_ARG', share)
    sampler = to_sampler(None)
    assert sampler is not None
    assert sampler.get_description() == description
    assert to_sampler(1) is None


@pytest.mark.parametrize('share', ['many', '7'])
def test_a_variable_that_is_no_share_is_refused_by_its_name(share, monkeypatch):
    monkeypatch.setenv('OTEL_TRACES_SAMPLER', 'traceidratio')
    monkeypatch.setenv('OTEL_TRACES_SAMPLER_ARG', share)
    with pytest.raises(GenkitError, match='OTEL_TRACES_SAMPLER_ARG'):
        to_sampler(None)
