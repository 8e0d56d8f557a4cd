# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""`releasekit explain`: what an error code or a rule means."""

from releasekit.checks.catalogue import RULES
from releasekit.checks.rule import Rule
from releasekit.model.codes import Code, codes
from releasekit.model.errors import UsageError
from releasekit.model.names import suggestion


def explain(name: str) -> Code | Rule:
    """Return the error code, in upper or lower case, or the rule of a name.

    Raises:
        UsageError: There is none; the message names the nearest.
    """
    rules = {rule.id: rule for rule in RULES}
    found = codes().get(name.upper()) or rules.get(name)
    if found is None:
        hint = suggestion(name.upper(), codes()) or suggestion(name, rules)
        raise UsageError(
            'RK-CODE-UNKNOWN', f'no code or rule is called {name!r}.{hint} List them: `releasekit explain`'
        )
    return found
