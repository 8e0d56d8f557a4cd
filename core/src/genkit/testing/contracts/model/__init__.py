# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What every plugin for chat models has to do, tried over the provider's protocol on a loopback server."""

from genkit.testing.contracts.failures import FailureTests
from genkit.testing.contracts.model.awkward import AwkwardTests
from genkit.testing.contracts.model.text import TextTests
from genkit.testing.contracts.model.tools import ToolTests


class ModelContract(TextTests, ToolTests, AwkwardTests, FailureTests):
    """Tests of a plugin for chat models, against a loopback server that speaks the provider's protocol.

    Subclass it in a test module, name the subclass ``Test…``, and say in `plugin` how the plugin is pointed at a server
    and in `wire` how the provider speaks. The entry of `model` in the plugin's table decides which tests run; a test
    that cannot run there is skipped with the name of the ability that is missing.

    Attributes:
        model: The model to test, without the plugin's prefix. Default: the first of the table.
        wire: How the provider speaks.
        request_type: What the provider's own library says a request is, such as a ``TypedDict``: every request has to
            fit it.
        needs_key: Whether the provider wants a key.
        counts_thoughts: Whether the provider counts the tokens of thoughts apart.
        says_blocked: Whether the protocol has a word for an answer that was blocked.
        takes_stop: Whether the protocol knows sequences at which an answer stops.
        lists_by_asking: Whether the provider is asked which models it has.
        patience: Seconds until something that should happen counts as not happening.

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
