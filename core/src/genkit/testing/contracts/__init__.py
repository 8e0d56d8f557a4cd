# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contracts: classes of tests to subclass, one for each kind of plugin. Needs the extra ``genkit[testing]``."""

from genkit._base.errors import GenkitError
from genkit._base.suggest import how_to_install


try:
    import pytest
except ImportError as error:
    raise GenkitError(
        f"Contracts need 'pytest', which is not installed: {how_to_install('genkit[testing]', dev=True)}.",
        status='FAILED_PRECONDITION',
        cause=error,
    ) from error

for _name in (
    *('embedder', 'failures', 'filters', 'judging', 'local_embedder', 'media', 'model'),
    *('provider_exchanges', 'realtime', 'session_store', 'store', 'telemetry', 'web'),
):
    pytest.register_assert_rewrite(f'genkit.testing.contracts.{_name}')

# Their assertions have been taken over by now.
from genkit.testing.contracts.embedder import EmbedderContract  # noqa: E402
from genkit.testing.contracts.filters import FilterContract  # noqa: E402
from genkit.testing.contracts.judging import EvaluatorContract, RerankerContract  # noqa: E402
from genkit.testing.contracts.local_embedder import LocalEmbedderContract  # noqa: E402
from genkit.testing.contracts.media import (  # noqa: E402
    ImageContract,
    SpeechContract,
    TranscriptionContract,
    VideoContract,
)
from genkit.testing.contracts.model import ModelContract  # noqa: E402
from genkit.testing.contracts.realtime import RealtimeContract  # noqa: E402
from genkit.testing.contracts.session_store import SessionStoreContract  # noqa: E402
from genkit.testing.contracts.store import StoreContract  # noqa: E402
from genkit.testing.contracts.telemetry import SeenSpan, TelemetryContract, traced_application  # noqa: E402
from genkit.testing.contracts.web import WebContract  # noqa: E402


__all__ = [
    'EmbedderContract',
    'EvaluatorContract',
    'FilterContract',
    'ImageContract',
    'LocalEmbedderContract',
    'ModelContract',
    'RealtimeContract',
    'RerankerContract',
    'SeenSpan',
    'SessionStoreContract',
    'SpeechContract',
    'StoreContract',
    'TelemetryContract',
    'TranscriptionContract',
    'VideoContract',
    'WebContract',
    'traced_application',
]
