# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Contracts: classes of tests to subclass, one for each kind of plugin. Needs pytest."""

import pytest


for _name in ('model_exchanges', 'model_failures', 'model_text', 'model_tools', 'session_store', 'store', 'web'):
    pytest.register_assert_rewrite(f'genkit.testing.contracts.{_name}')

# Their assertions have been taken over by now.
from genkit.testing.contracts.model import ModelContract  # noqa: E402
from genkit.testing.contracts.session_store import SessionStoreContract  # noqa: E402
from genkit.testing.contracts.store import StoreContract  # noqa: E402
from genkit.testing.contracts.web import WebContract  # noqa: E402


__all__ = ['ModelContract', 'SessionStoreContract', 'StoreContract', 'WebContract']
