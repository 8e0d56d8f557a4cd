# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Attestations."""

from releasekit.model.plan import Artefact


def attestation_file(artefact: Artefact) -> str:
    """Return the name of the file that holds the attestation of an artefact."""
    return f'{artefact.file}.publish.attestation'
