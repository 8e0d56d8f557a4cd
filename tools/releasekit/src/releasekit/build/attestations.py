# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Attestations: signed statements that a workflow published a file, made with the identity that the workflow has.

Nothing is signed without an identity, and an index takes attestations from trusted publishers only.
Source: https://peps.python.org/pep-0740/
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from releasekit.model.documents import parse_json
from releasekit.model.errors import RefusedError
from releasekit.model.plan import Artefact


INSTALL = "install 'releasekit[attestations]'"
_OFFERS = ('ACTIONS_ID_TOKEN_REQUEST_URL', 'SIGSTORE_ID_TOKEN')  # of GitHub Actions, and of GitLab
_ATTEMPTS = 3

Sign = Callable[[Path], str]


def attestation_path(path: Path) -> Path:
    """Return where the attestation of a file lies: beside it, under the name by which `uv publish` finds it too."""
    return path.with_name(f'{path.name}.publish.attestation')


def is_identity_offered() -> bool:
    """Return whether the environment offers an identity to sign with."""
    return any(os.environ.get(name) for name in _OFFERS)


def attest(artefacts: Sequence[Artefact], path_of: Callable[[Artefact], Path], signer: Callable[[], Sign]) -> int:
    """Sign files that have no attestation yet, all of them before the first is sent; return how many were signed.

    Args:
        artefacts: What will be sent.
        path_of: Finds an artefact's file.
        signer: Gives what signs a file; `workflow_signer`.

    Raises:
        RefusedError: One cannot be signed; nothing was sent.
    """
    missing = [path_of(file) for file in artefacts if not _is_attested(file, attestation_path(path_of(file)))]
    made: dict[Path, str] = {}
    for attempt in range(_ATTEMPTS):
        try:
            sign = signer()
            for path in missing:
                made[path] = made.get(path) or sign(path)
            break
        except RefusedError:
            raise
        except Exception as error:
            if attempt + 1 == _ATTEMPTS:
                text = f'{type(error).__name__}: {error}; nothing was sent. `--no-attestations` publishes without them'
                raise RefusedError('RK-ATTESTATION', text) from error
    for path, text in made.items():
        attestation_path(path).write_text(text, encoding='utf-8')
    return len(made)


def workflow_signer() -> Sign:
    """Return what signs files with the identity of the workflow.

    Raises:
        RefusedError: The libraries that sign are not installed, or the environment offers no identity.
    """
    try:
        from pypi_attestations import Attestation, Distribution  # noqa: PLC0415 - an extra, and slow to import
        from sigstore.models import ClientTrustConfig  # noqa: PLC0415 - see above
        from sigstore.oidc import IdentityToken, detect_credential  # noqa: PLC0415 - see above
        from sigstore.sign import SigningContext  # noqa: PLC0415 - see above
    except ImportError as error:
        raise RefusedError('RK-ATTESTATION', f'{error.name} is not installed: {INSTALL}') from error
    token = detect_credential()
    if token is None:
        raise RefusedError('RK-ATTESTATION', 'the environment offers no identity to sign with')
    context = SigningContext.from_trust_config(ClientTrustConfig.production())
    identity = IdentityToken(token)

    def sign(path: Path) -> str:
        with context.signer(identity) as signer:
            return Attestation.sign(signer, Distribution.from_file(path)).model_dump_json()

    return sign


def _is_attested(artefact: Artefact, path: Path) -> bool:
    """Return whether an attestation lies there that speaks of the very bytes."""
    try:
        statement = _statement(parse_json(path.read_bytes()))
        subjects: list[Any] = statement['subject']
        return any(subject['digest']['sha256'] == artefact.sha256 for subject in subjects)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _statement(attestation: Mapping[str, Any]) -> Mapping[str, Any]:
    import base64  # noqa: PLC0415 - only here

    return cast('Mapping[str, Any]', parse_json(base64.b64decode(attestation['envelope']['statement'])))


def provenance_problem(document: bytes, artefact: Artefact) -> str | None:
    """Return what is wrong with the provenance that an index serves of a file; None if each attestation holds.

    Where this runs in a workflow of GitHub, the repository that published the file has to be the workflow's own. The
    installed sigstore brings along what is trusted; nobody is asked.

    Args:
        document: The provenance object of PEP 740.
        artefact: The file as it was built.
    """
    try:
        from pypi_attestations import AttestationError, Distribution, Provenance  # noqa: PLC0415 - see above
        from sigstore.errors import Error as SigstoreError  # noqa: PLC0415 - see above
    except ImportError:
        return None
    try:
        bundles = Provenance.model_validate_json(document).attestation_bundles
        file = Distribution(name=artefact.file, digest=artefact.sha256)
        own = os.environ.get('GITHUB_REPOSITORY')
        for bundle in bundles:
            publisher = bundle.publisher
            if publisher.kind == 'GitHub' and own and publisher.repository != own:
                return f'{artefact.file}: its provenance names {publisher.repository!r}, not {own!r}'
            for attestation in bundle.attestations:
                attestation.verify(publisher, file, offline=True)
    except (ValueError, AttestationError, SigstoreError) as error:
        return f'{artefact.file}: its provenance does not hold: {type(error).__name__}: {error}'
    return None if bundles else f'{artefact.file}: its provenance has no attestation'
