# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Every command leaves the tree as it found it; what writes into it has to be asked to."""

import pytest
from releasekit.cli.arguments import build_parser


QUICK = ('--no-proof', '--sample', '0')
READING = {
    'discover': (),
    'graph': (),
    'check': (),
    'plan': (),
    'changelog': (),
    'build': QUICK,
    'publish': ('--to', 'local', *QUICK, '--no-verify'),
    'verify': ('--to', 'local'),
    'tag': ('--to', 'local', '--dry-run'),
    'status': ('--to', 'local'),
    'rollback': ('--to', 'local'),
    'doctor': (),
    'explain': ('RK-PLAN-BREAKS',),
    'init': (),
    'rename': ('--prefix', 'acme-'),
    'completions': ('bash',),
}
WRITING = {'version', 'prepare'}


def test_every_command_is_here():
    commands = next(action.choices for action in build_parser()._actions if isinstance(action.choices, dict))
    assert commands.keys() == READING.keys() | WRITING


@pytest.mark.timeout(120)
def test_the_tree_is_clean_before_and_after_every_command(run, project):
    head = project.git('rev-parse', 'HEAD')
    for command, arguments in READING.items():
        code, _, err = run(command, *arguments)
        assert 'Traceback' not in err
        assert code in (0, 1, 4), f'{command} ends with {code}: {err}'
        assert project.git('status', '--porcelain', '--ignored') == '', f'{command} has left something'
    assert project.git('rev-parse', 'HEAD') == head
