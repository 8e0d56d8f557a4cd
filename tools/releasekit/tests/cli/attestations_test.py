# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Files are signed where a workflow has an identity, before the first is sent, and nowhere else."""

import base64
import hashlib
import json

import pytest

from tools.releasekit.tests.index.fault_index import FaultIndex


QUICK = ('--only', 'kit', '--no-proof', '--sample', '0', '--no-verify')


@pytest.fixture
def index(project):
    with FaultIndex() as index:
        project.append(
            'pyproject.toml',
            f'[[tool.uv.index]]\nname = "mine"\nurl = "{index.url}/simple/"\npublish-url = "{index.url}/"\n',
        )
        project.commit('build: an index')
        yield index


@pytest.fixture
def workflow(index, monkeypatch):
    """The environment of a workflow that the index trusts."""
    monkeypatch.setenv('ACTIONS_ID_TOKEN_REQUEST_URL', f'{index.url}/identity')
    monkeypatch.setenv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'of-a-test')


def attestation(sha256='0' * 64, file='kit-1.0.0.tar.gz'):
    """An attestation of the right shape that nobody signed."""
    statement = {
        '_type': 'https://in-toto.io/Statement/v1',
        'subject': [{'name': file, 'digest': {'sha256': sha256}}],
        'predicateType': 'https://example.org/publish/v1',
        'predicate': None,
    }
    shown = base64.b64encode(json.dumps(statement).encode()).decode()
    material = {'certificate': base64.b64encode(b'none').decode(), 'transparency_entries': [{}]}
    envelope = {'statement': shown, 'signature': base64.b64encode(b'none').decode()}
    return {'version': 1, 'verification_material': material, 'envelope': envelope}


@pytest.fixture
def signatures(monkeypatch):
    """A stand-in for what signs, with the errors that it raises first."""
    errors, signed = [], []

    def signer():
        def sign(path):
            if errors:
                raise errors.pop(0)
            signed.append(path.name)
            return json.dumps(attestation(hashlib.sha256(path.read_bytes()).hexdigest(), path.name))

        return sign

    monkeypatch.setattr('releasekit.commands.publish.workflow_signer', signer)
    return errors, signed


def test_each_file_is_sent_with_its_attestation(run, project, index, workflow, signatures):
    index.faults = ['400']
    assert run('publish', '--to', 'mine', *QUICK)[0] == 5
    assert sorted(signatures[1]) == ['kit-1.0.0-py3-none-any.whl', 'kit-1.0.0.tar.gz']
    assert run('publish', '--to', 'mine', *QUICK)[0] == 0
    assert len(signatures[1]) == 2  # the second run sends what the first one signed
    for sent in index.sent:
        (text,) = sent.form['attestations']
        (found,) = json.loads(text)
        assert json.loads(base64.b64decode(found['envelope']['statement']))['subject'][0]['name'] == sent.file


def test_nothing_is_signed_without_an_identity_and_it_is_said(run, project, index, signatures, monkeypatch):
    monkeypatch.setenv('UV_PUBLISH_TOKEN', 'pypi-of-a-test')
    code, _, err = run('publish', '--to', 'mine', *QUICK)
    assert code == 0
    assert 'no attestations: files are not sent by the trusted workflow of a forge' in err
    assert signatures[1] == []
    assert all('attestations' not in sent.form for sent in index.sent)


def test_a_service_that_is_down_for_a_moment_is_asked_again(run, project, index, workflow, signatures):
    signatures[0][:] = [OSError('down')] * 2
    assert run('publish', '--to', 'mine', *QUICK)[0] == 0
    assert all('attestations' in sent.form for sent in index.sent)


def test_signing_can_be_declined(run, project, index, workflow, signatures):
    code, _, err = run('publish', '--to', 'mine', *QUICK, '--no-attestations')
    assert (code, signatures[1], 'signing' in err) == (0, [], False)


def test_half_of_the_files_is_never_signed(run, project, index, workflow, signatures):
    signatures[0][:] = [OSError('down')] * 3
    code, _, err = run('publish', '--to', 'mine', *QUICK)
    assert code == 4
    assert 'error[RK-ATTESTATION]: OSError: down; nothing was sent' in err
    assert index.sent == []


def test_an_identity_that_cannot_be_had_is_no_reason_to_make_one_up(run, project, index, workflow, monkeypatch):
    for name in ('GITHUB_ACTIONS', 'GITLAB_CI', 'CIRCLECI', 'BUILDKITE'):
        monkeypatch.delenv(name, raising=False)
    code, _, err = run('publish', '--to', 'mine', *QUICK)
    assert code == 4
    assert 'RK-ATTESTATION' in err
    assert index.sent == []


def provenance(repository='lights/house'):
    publisher = {'kind': 'GitHub', 'repository': repository, 'workflow': 'release.yml', 'environment': None}
    bundle = {'publisher': publisher, 'attestations': [attestation()]}
    return json.dumps({'version': 1, 'attestation_bundles': [bundle]}).encode()


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ('served', 'said'),
    [
        (provenance(), 'its provenance does not hold'),
        (provenance('dark/house'), "its provenance names 'dark/house', not 'lights/house'"),
        (b'{"version": 1, "attestation_bundles": []}', 'its provenance has no attestation'),
        (b'no provenance', 'its provenance does not hold'),
    ],
)
def test_a_provenance_that_does_not_hold_is_wrong(run, project, index, monkeypatch, served, said):
    monkeypatch.setenv('UV_PUBLISH_TOKEN', 'pypi-of-a-test')
    monkeypatch.setenv('GITHUB_REPOSITORY', 'lights/house')
    assert run('publish', '--to', 'mine', *QUICK)[0] == 0
    index.provenance = served
    code, out, _ = run('verify', '--to', 'mine', '--only', 'kit')
    assert (code, out.count(said)) == (5, 2), out
