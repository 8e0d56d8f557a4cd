# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What tests of applications and plugins use."""

from genkit._base.doors import present as _present
from genkit.testing.models import ProgrammableModel, define_echo_model, define_programmable_model


__all__ = ['ProgrammableModel', 'define_echo_model', 'define_programmable_model']

_present(__name__, __all__, globals())
