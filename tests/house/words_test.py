# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import pytest

from .rules.finding import expect_none
from .rules.wording import words


def test_the_project_names_no_machine_and_no_registry(project):
    expect_none(words.check(project))


@pytest.mark.parametrize('folder', words.MACHINE_FOLDERS)
def test_a_folder_of_one_machine_is_found(tree, folder):
    [finding] = words.check(tree({'docs/start.md': f'Hello.\ncd {folder}genkit\n'}))
    assert finding.place == 'docs/start.md:2'


@pytest.mark.parametrize('host', words.REGISTRY_HOSTS)
def test_a_host_of_a_registry_is_found_outside_of_the_lock_file(tree, host):
    text = f'url = "https://{host}/simple"\n'
    [finding] = words.check(tree({'.ci/run': text, 'uv.lock': text}))
    assert finding.place == '.ci/run:1'


def test_folders_within_the_project_pass(tree):
    below = 'work/'.rjust(6, '/')  # so that this file does not name such a path itself
    text = f'See frame{below} and .{below} and https://example.com{below}.\n'
    assert words.check(tree({'docs/start.md': text})) == []
