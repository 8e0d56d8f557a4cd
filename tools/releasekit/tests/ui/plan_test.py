# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""How a plan is shown."""

import io

from releasekit.ui.plan import show_text
from releasekit.ui.screen import Screen


def test_what_is_released_for_the_same_reasons_is_shown_together(clone):
    for name in ('a', 'b', 'c'):
        clone.package(f'tools/{name}', name, name)
    clone.package('tools/d', 'd', 'd', 'a')
    clone.commit('fix(kit): a leak', 'tools/kit/x')
    stream = io.StringIO()
    show_text(Screen(stream), clone.plan())
    lines = stream.getvalue().splitlines()
    first = lines.index('  a 1.0.0')
    assert lines[first : first + 4] == ['  a 1.0.0', '  b 1.0.0', '  c 1.0.0', '    first release']
    assert lines.count('    first release') == 2
