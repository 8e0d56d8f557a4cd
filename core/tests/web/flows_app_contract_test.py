# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
from genkit.testing import WebContract
from genkit.web import FlowsApp


class TestFlowsApp(WebContract):
    def serving(self, ai, context_provider=None, **options):
        return self.on_uvicorn(FlowsApp(ai, context_provider=context_provider, **options))
