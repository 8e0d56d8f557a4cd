# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contract of web adapters, tested on a real server."""

from genkit.testing.contracts.web.joining import JoiningTests
from genkit.testing.contracts.web.protocol import ProtocolTests
from genkit.testing.contracts.web.trust import TrustTests


class WebContract(ProtocolTests, TrustTests, JoiningTests):
    """Contract tests of an adapter for a web framework, over HTTP, on a server for that framework.

    Subclass it in a test module, name the subclass ``Test…``, and define `serving`, which serves the flows. Tests that
    an adapter cannot pass for a reason beyond its control are skipped by class attributes.

    Attributes:
        detects_disconnect: Whether the adapter can know that a client has left while it has nothing to send to it.
            False under WSGI; then say why in ``no_disconnect_reason``.
        no_disconnect_reason: The reason shown for the skipped tests.
        knows_its_address: Whether the server tells the adapter at which address it listens. False for some WSGI
            servers; then say which in ``no_address_reason``.
        no_address_reason: The reason shown for the skipped test.
        body_limit: The adapter's default maximum size of a request body, in bytes.
        callers: The number of concurrent callers.
        patience: The timeout of waits, in seconds.

    Example:
        ```python
        from contextlib import AbstractContextManager
        from typing import Unpack

        from genkit import Genkit
        from genkit.testing import WebContract
        from genkit.web import ContextProvider, FlowsApp, HandlerOptions


        class TestFlowsApp(WebContract):
            def serving(
                self, ai: Genkit, context_provider: ContextProvider | None = None, **options: Unpack[HandlerOptions]
            ) -> AbstractContextManager[str]:
                return self.on_uvicorn(FlowsApp(ai, context_provider=context_provider, **options))
        ```
    """
