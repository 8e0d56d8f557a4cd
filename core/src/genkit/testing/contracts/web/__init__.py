# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""What everything that serves flows over HTTP has to do, tried on a real server."""

from genkit.testing.contracts.web.protocol import ProtocolTests
from genkit.testing.contracts.web.trust import TrustTests


class WebContract(ProtocolTests, TrustTests):
    """Tests of an adapter for a web framework, over HTTP and against a server of the framework's own kind.

    Subclass it in a test module, name the subclass ``Test…``, and say in `serving` how flows are served. Tests that an
    adapter cannot pass for a reason beyond its reach are left out by class attributes.

    Attributes:
        detects_disconnect: Whether the adapter can know that a client has left while it has nothing to send to it.
            False under WSGI; then say why in ``no_disconnect_reason``.
        no_disconnect_reason: Shown for the tests that are left out.
        knows_its_address: Whether the server tells the adapter at which address it listens. False for some WSGI
            servers; then say which in ``no_address_reason``.
        no_address_reason: Shown for the test that is left out.
        body_limit: The adapter's default maximum size of a request body, in bytes.
        callers: How many call at the same time.
        patience: Seconds until something that should happen counts as not happening.

    Example:
        ```python
        from contextlib import AbstractContextManager

        from genkit import Genkit
        from genkit.testing import WebContract
        from genkit.web import ContextProvider, FlowsApp


        class TestFlowsApp(WebContract):
            def serving(
                self, ai: Genkit, context_provider: ContextProvider | None = None
            ) -> AbstractContextManager[str]:
                return self.on_uvicorn(FlowsApp(ai, context_provider=context_provider))
        ```
    """
