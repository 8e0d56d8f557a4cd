# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The contract of real-time models: a conversation over WebSockets, with a server on this machine."""

import pytest


for _name in ('talks', 'turns', 'meanwhile', 'failures', 'endings'):
    pytest.register_assert_rewrite(f'genkit.testing.contracts.realtime.{_name}')

# Their assertions have been taken over by now.
from genkit.testing.contracts.realtime.endings import EndingTests  # noqa: E402
from genkit.testing.contracts.realtime.failures import FailureTests  # noqa: E402
from genkit.testing.contracts.realtime.meanwhile import MeanwhileTests  # noqa: E402
from genkit.testing.contracts.realtime.turns import TurnTests  # noqa: E402


class RealtimeContract(TurnTests, MeanwhileTests, FailureTests, EndingTests):
    """Contract tests of a model that is talked with in real time.

    A subclass gives ``plugin``, ``peer``, ``key_of`` and ``misshapen``; where they differ, ``event_type``, ``voice``,
    ``text_config`` and ``cancels_calls``.
    """
