# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Helpers for tests of applications and plugins: models, an embedder, a loopback server, a cassette, contracts."""

from typing import TYPE_CHECKING as _TYPE_CHECKING

from genkit._base.doors import opener as _opener
from genkit._base.doors import present as _present
from genkit._base.http.real_requests import NoRealRequests
from genkit.testing.agent_cases import play_agent_case
from genkit.testing.cassette import Cassette
from genkit.testing.embedders import define_fake_embedder, fake_vector
from genkit.testing.models import ProgrammableModel, define_echo_model, define_programmable_model
from genkit.testing.overriding import Overridden, no_real_requests, overridden
from genkit.testing.realtime.gemini_live import GeminiLivePeer
from genkit.testing.realtime.hearing import HeardConversation, realtime_echo
from genkit.testing.realtime.moves import (
    CallMove,
    CancelCallsMove,
    CutMove,
    FailMove,
    GoAwayMove,
    PauseMove,
    RawMove,
    RealtimeBrain,
    RealtimeMove,
    RealtimeTurn,
    SpeakMove,
    UserSpeaksMove,
    sound_as_text,
    text_as_sound,
)
from genkit.testing.realtime.openai_realtime import OpenAIRealtimePeer
from genkit.testing.realtime.server import RealtimePeer, RealtimeServer
from genkit.testing.server import CannedAnswer, LoopbackServer, RecordedRequest
from genkit.testing.wires import (
    AnthropicWire,
    Asked,
    AskedMessage,
    Awkward,
    AwkwardKind,
    EmbedWire,
    GeminiMediaWire,
    GeminiWire,
    ImageWire,
    ModelWire,
    OllamaEmbedWire,
    OllamaWire,
    OpenAIChatWire,
    OpenAIEmbedWire,
    OpenAIImageWire,
    OpenAIResponsesWire,
    OpenAISpeechWire,
    OpenAITranscriptWire,
    Said,
    SaidCall,
    SpeechWire,
    TranscriptWire,
    VideoWire,
    Wanted,
    WantedWire,
)


if _TYPE_CHECKING:
    from genkit.testing.contracts import (
        EmbedderContract,
        EvaluatorContract,
        FilterContract,
        ImageContract,
        LocalEmbedderContract,
        ModelContract,
        RealtimeContract,
        RerankerContract,
        SeenSpan,
        SessionStoreContract,
        SpeechContract,
        StoreContract,
        TelemetryContract,
        TranscriptionContract,
        VideoContract,
        WebContract,
        traced_application,
    )

__all__ = [
    'AnthropicWire',
    'Asked',
    'AskedMessage',
    'Awkward',
    'AwkwardKind',
    'CallMove',
    'CancelCallsMove',
    'CannedAnswer',
    'Cassette',
    'CutMove',
    'EmbedWire',
    'EmbedderContract',
    'EvaluatorContract',
    'FailMove',
    'FilterContract',
    'GeminiLivePeer',
    'GeminiMediaWire',
    'GeminiWire',
    'GoAwayMove',
    'HeardConversation',
    'ImageContract',
    'ImageWire',
    'LocalEmbedderContract',
    'LoopbackServer',
    'ModelContract',
    'ModelWire',
    'NoRealRequests',
    'OllamaEmbedWire',
    'OllamaWire',
    'OpenAIChatWire',
    'OpenAIEmbedWire',
    'OpenAIImageWire',
    'OpenAIRealtimePeer',
    'OpenAIResponsesWire',
    'OpenAISpeechWire',
    'OpenAITranscriptWire',
    'Overridden',
    'PauseMove',
    'ProgrammableModel',
    'RawMove',
    'RealtimeBrain',
    'RealtimeContract',
    'RealtimeMove',
    'RealtimePeer',
    'RealtimeServer',
    'RealtimeTurn',
    'RecordedRequest',
    'RerankerContract',
    'Said',
    'SaidCall',
    'SeenSpan',
    'SessionStoreContract',
    'SpeakMove',
    'SpeechContract',
    'SpeechWire',
    'StoreContract',
    'TelemetryContract',
    'TranscriptWire',
    'TranscriptionContract',
    'UserSpeaksMove',
    'VideoContract',
    'VideoWire',
    'Wanted',
    'WantedWire',
    'WebContract',
    'define_echo_model',
    'define_fake_embedder',
    'define_programmable_model',
    'fake_vector',
    'no_real_requests',
    'overridden',
    'play_agent_case',
    'realtime_echo',
    'sound_as_text',
    'text_as_sound',
    'traced_application',
]

# Contracts need pytest, which the extra `genkit[testing]` brings, and are loaded by tests alone.
_OF_CONTRACTS = ('SeenSpan', 'traced_application')
_CONTRACTS = {
    'genkit.testing.contracts': [name for name in __all__ if name.endswith('Contract') or name in _OF_CONTRACTS]
}
__getattr__ = _opener(__name__, _CONTRACTS)


def __dir__() -> list[str]:
    """Return what there is, loaded or not."""
    return __all__


_present(__name__, (name for name in __all__ if name in globals()), globals())
