# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The functions that every Handlebars has beside its blocks: lookup and log."""

import logging
from typing import Any, Final

from genkit._prompt.dotprompt.handlebars.function import Helper, HelperOptions
from genkit._prompt.dotprompt.handlebars.values import member, to_text


_LOGGER: Final = logging.getLogger('genkit.prompt')
_LEVELS: Final = {'debug': logging.DEBUG, 'warn': logging.WARNING, 'error': logging.ERROR}


def _lookup(value: Any, name: Any) -> Any:
    return member(value, name)


def _log(*values: Any, options: HelperOptions) -> str:
    level = _LEVELS.get(to_text(options.hash.get('level')), logging.INFO)
    _LOGGER.log(level, '%s', ' '.join(map(to_text, values)))
    return ''


BUILT_IN_HELPERS: Final = {'log': Helper('log', _log), 'lookup': Helper('lookup', _lookup, least=2)}
