# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contract of plugins for chat models, tested over the provider's protocol on a loopback server."""

from genkit.testing.contracts.failures import FailureTests
from genkit.testing.contracts.model.awkward import AwkwardTests
from genkit.testing.contracts.model.text import TextTests
from genkit.testing.contracts.model.tools import ToolTests


class ModelContract(TextTests, ToolTests, AwkwardTests, FailureTests):
    """Contract tests of a plugin for chat models, against a loopback server that speaks the provider's protocol.

    Subclass it in a test module, name the subclass ``Test…``, and define `plugin`, which returns the plugin for a
    server's URL, and `wire`, the provider's wire format. The entry of `model` in the plugin's table decides which tests
    run; the others are skipped with the name of the missing capability.

    Attributes:
        model: The model to test, without the plugin's prefix. Default: the first of the table.
        wire: The provider's wire format.
        request_type: The type of a request in the provider's library, such as a ``TypedDict``: every request has to
            match it.
        call_ref: An id of a tool call as the provider makes them, for one that takes no other form.
        needs_key: Whether the provider requires an API key.
        counts_thoughts: Whether the provider counts reasoning tokens separately.
        says_blocked: Whether the protocol has a finish reason for blocked responses.
        takes_stop: Whether the protocol supports stop sequences.
        lists_by_asking: Whether the plugin queries the provider for its list of models.
        patience: The timeout of waits, in seconds.

    Example:
        ```python
        from genkit.plugin import ModelPlugin
        from genkit.testing import ModelContract, OpenAIChatWire


        class TestAcme(ModelContract):
            wire = OpenAIChatWire()

            def plugin(self, url: str, api_key: str | bool | None) -> ModelPlugin:
                raise NotImplementedError('return Acme(api_key=api_key, base_url=url)')
        ```
    """
