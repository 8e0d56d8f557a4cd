# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What goes with built files: a bill of materials, and a statement of what they were built from.

Sources: https://cyclonedx.org/docs/1.6/json/, https://slsa.dev/spec/v1.1/provenance. Nothing is signed here: a
signature needs an identity, which the workflow that publishes has.
"""

import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from releasekit.build.environment import run_uv_here
from releasekit.build.store import ArtefactStore
from releasekit.model.plan import Artefact, Plan, Release
from releasekit.model.workspace import Workspace


def write_statements(
    workspace: Workspace, plan: Plan, release: Release, artefacts: Sequence[Artefact], store: ArtefactStore
) -> None:
    """Write `NAME.cdx.json` and `NAME.provenance.json` beside the files of a release.

    Raises:
        RefusedError: uv cannot export the lock, or the disk does not take them.
    """
    for name, document in (
        (f'{release.name}.cdx.json', _materials(workspace, release, artefacts)),
        (f'{release.name}.provenance.json', _provenance(plan, release, artefacts)),
    ):
        store.keep(release.name, name, (json.dumps(document, sort_keys=True) + '\n').encode())


def _materials(workspace: Workspace, release: Release, artefacts: Sequence[Artefact]) -> dict[str, Any]:
    exported: dict[str, Any] = {'bomFormat': 'CycloneDX', 'specVersion': '1.5', 'components': []}
    if (workspace.root / 'uv.lock').is_file():
        flags = ('--frozen', '--no-dev', '--all-extras', '--offline', '--format', 'cyclonedx1.5', '--quiet')
        exported = json.loads(
            run_uv_here('export', *flags, '--package', release.name, '--project', str(workspace.root))
        )
    exported.pop('serialNumber', None)  # random, and what is built twice has to be the same twice
    exported.get('metadata', {}).pop('timestamp', None)
    component = {
        'type': 'library',
        'name': release.name,
        'version': release.version,
        'purl': f'pkg:pypi/{release.name}@{release.version}',
        'bom-ref': f'{release.name}@{release.version}',
        'externalReferences': [
            {
                'type': 'distribution',
                'url': artefact.file,
                'hashes': [{'alg': 'SHA-256', 'content': artefact.sha256}],
            }
            for artefact in artefacts
        ],
    }
    return {**exported, 'metadata': {**exported.get('metadata', {}), 'component': component}}


def _provenance(plan: Plan, release: Release, artefacts: Sequence[Artefact]) -> dict[str, Any]:
    return {
        '_type': 'https://in-toto.io/Statement/v1',
        'subject': [{'name': artefact.file, 'digest': {'sha256': artefact.sha256}} for artefact in artefacts],
        'predicateType': 'https://slsa.dev/provenance/v1',
        'predicate': {
            'buildDefinition': {
                'buildType': 'urn:releasekit:pep517',
                'externalParameters': {'package': release.name, 'folder': release.folder, 'version': release.version},
                'resolvedDependencies': [
                    {'uri': 'git', 'digest': {'gitCommit': plan.inputs.commit}},
                    {'uri': 'uv.lock', 'digest': {'sha256': plan.inputs.lock}},
                ],
            },
            'runDetails': {'builder': {'id': 'urn:releasekit', 'version': {'releasekit': version('releasekit')}}},
        },
    }
