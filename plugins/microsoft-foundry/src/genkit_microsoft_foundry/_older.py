# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Names of earlier releases, which ``genkit.plugins.microsoft_foundry`` and its modules have, and this package too."""

from typing import Final

from genkit_microsoft_foundry.config import FoundryConfig
from genkit_microsoft_foundry.plugin import MicrosoftFoundry


OLDER_MODULES: Final = ('models', 'typing')

MICROSOFT_FOUNDRY_PLUGIN_NAME: Final = 'microsoft-foundry'
MicrosoftFoundryConfig = FoundryConfig
# What plugins for other languages are called.
AzureFoundry = MicrosoftFoundry
AzureOpenAI = MicrosoftFoundry


def microsoft_foundry_model(name: str) -> str:
    """Return a deployment's full name: ``microsoft-foundry/<name>``."""
    return f'{MICROSOFT_FOUNDRY_PLUGIN_NAME}/{name}'


gpt4: Final = microsoft_foundry_model('gpt-4')
gpt4o: Final = microsoft_foundry_model('gpt-4o')
gpt4o_mini: Final = microsoft_foundry_model('gpt-4o-mini')
gpt41: Final = microsoft_foundry_model('gpt-4.1')
gpt5: Final = microsoft_foundry_model('gpt-5')
o3_mini: Final = microsoft_foundry_model('o3-mini')
