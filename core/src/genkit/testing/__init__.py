# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What tests of applications and plugins use: models, an embedder, a loopback server, a cassette."""

from genkit._base.doors import present as _present
from genkit.testing.cassette import Cassette
from genkit.testing.embedders import define_fake_embedder, fake_vector
from genkit.testing.models import ProgrammableModel, define_echo_model, define_programmable_model
from genkit.testing.server import CannedAnswer, LoopbackServer, RecordedRequest


__all__ = [
    'CannedAnswer',
    'Cassette',
    'LoopbackServer',
    'ProgrammableModel',
    'RecordedRequest',
    'define_echo_model',
    'define_fake_embedder',
    'define_programmable_model',
    'fake_vector',
]

_present(__name__, __all__, globals())
