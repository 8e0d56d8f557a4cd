# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The workflow that releases a workspace: made from its configuration, and compared with what lies there.

Its text stands in `release_workflow.yml`. Jobs, as trusted publishers want them, stand at the top level, and the one
that publishes waits behind an environment that people can guard (PyPI's documentation of trusted publishers, security
model). Actions are named by commit, because a tag may become something else; a bot may move them on. No job keeps a
cache of uv: a job that builds could leave there what the job that publishes then runs.
"""

import re
from importlib.metadata import version
from pathlib import Path

from releasekit.model.workspace import Workspace


PATH = '.github/workflows/release.yml'
ENVIRONMENT = 'release'
_CACHE = '0057852bfaa89a56745cba8c7296529d2fc39830 # v4.3.0'
_ACTIONS = {
    'CHECKOUT': 'actions/checkout@fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09 # v5.1.0',
    'SETUP_UV': 'astral-sh/setup-uv@37802adc94f370d6bfd71619e3f0bf239e1f3b78 # v7.6.0',
    'CACHE': f'actions/cache@{_CACHE}',
    'RESTORE': f'actions/cache/restore@{_CACHE}',
    'SAVE': f'actions/cache/save@{_CACHE}',
    'UPLOAD': 'actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2',
    'DOWNLOAD': 'actions/download-artifact@d3f86a106a0bac45b974a628896c90dbdf5c8093 # v4.3.0',
}
_BUNDLE = '--plan "$RUNNER_TEMP/release/plan.json" --from "$RUNNER_TEMP/release/bundle" --bundle-sha256 "$BUNDLE"'
_COMMIT = re.compile(r'@[0-9a-f]{40} # v[0-9.]+$', re.MULTILINE)
_OWN = 'bin/releasekit'
# A workspace that holds releasekit itself runs it from its sources, which takes a build backend: one job makes a wheel
# of it, and the others run that.
_OWN_TOOL = """\
|
          uv build --quiet --wheel --project "$GITHUB_WORKSPACE" --package releasekit --out-dir .
          uv export --quiet --locked --project "$GITHUB_WORKSPACE" --package releasekit --all-extras --no-emit-workspace --no-hashes > constraints.txt"""  # noqa: E501
_OWN_MADE = (
    'uvx --no-build --constraints "$RUNNER_TEMP/release/tool/constraints.txt" '
    '--from "$(echo "$RUNNER_TEMP"/release/tool/releasekit-*.whl)[attestations]" releasekit'
)


def release_workflow_text(workspace: Workspace) -> str | None:
    """Return what the workflow has to be; None without an index on the web, or where another forge runs jobs."""
    index = workspace.configuration.publish_to
    is_elsewhere = (workspace.root / '.gitlab-ci.yml').is_file() and not (workspace.root / '.github').is_dir()
    if index in {'', 'local'} or is_elsewhere:
        return None
    command = f"uvx --no-build --from 'releasekit[attestations]=={version('releasekit')}' releasekit"
    words = {'COMMAND': command, 'MADE': command, 'TOOL': 'echo releasekit > name.txt'}
    if (workspace.root / _OWN).is_file():
        words = {'COMMAND': _OWN, 'MADE': _OWN_MADE, 'TOOL': _OWN_TOOL}
    text = Path(__file__).with_suffix('.yml').read_text(encoding='utf-8')
    for name, word in {**_ACTIONS, **words, 'BUNDLE': _BUNDLE, 'INDEX': index}.items():
        text = text.replace(f'@{name}@', word)
    return text


def without_commits(text: str) -> str:
    """Return a workflow in which actions that are named by commit, whichever that is, are equal."""
    return _COMMIT.sub('@', text)
