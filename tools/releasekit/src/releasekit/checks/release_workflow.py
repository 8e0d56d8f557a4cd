# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The workflow that releases a workspace: made from its configuration, and compared with what lies there.

What publishes is one job at the top level, as trusted publishers want it, with no more rights than it needs, behind an
environment that people can guard (PyPI's documentation of trusted publishers, security model). Actions are named by
commit, because a tag may become something else; a bot may move them on.
"""

import re

from releasekit.model.workspace import Workspace


PATH = '.github/workflows/release.yml'
_CHECKOUT = 'actions/checkout@fbc6f3992d24b796d5a048ff273f7fcc4a7b6c09 # v5.1.0'
_SETUP_UV = 'astral-sh/setup-uv@37802adc94f370d6bfd71619e3f0bf239e1f3b78 # v7.6.0'
_COMMIT = re.compile(r'@[0-9a-f]{40} # v[0-9.]+$', re.MULTILINE)
_TEXT = """\
# Made by `releasekit check --fix`; what is changed by hand, `releasekit check` finds.
name: release

on:
  push:
    branches: [main]
  workflow_dispatch:

permissions: {{}}

concurrency:
  group: release
  cancel-in-progress: false

defaults:
  run:
    shell: bash

jobs:
  prepare:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
    timeout-minutes: 20
    permissions:
      contents: write
      pull-requests: write
    steps:
      - uses: {checkout}
        with:
          fetch-depth: 0
      - uses: {setup_uv}
      - run: {command} prepare
        env:
          GITHUB_TOKEN: ${{{{ github.token }}}}

  publish:
    if: github.event_name == 'workflow_dispatch'
    runs-on: ubuntu-latest
    timeout-minutes: 180
    environment: release
    permissions:
      contents: write
      id-token: write
    steps:
      - uses: {checkout}
        with:
          fetch-depth: 0
      - uses: {setup_uv}
      - run: {command} doctor
      - run: {command} plan --out "$RUNNER_TEMP/plan.json"
      - run: {command} publish --to {index} --plan "$RUNNER_TEMP/plan.json" --lease origin
      - run: {command} tag --to {index} --plan "$RUNNER_TEMP/plan.json" --push origin
        env:
          GITHUB_TOKEN: ${{{{ github.token }}}}
"""


def release_workflow_text(workspace: Workspace) -> str | None:
    """Return what the workflow has to be; None where the configuration names no index to publish to."""
    index = workspace.configuration.publish_to
    own = workspace.root / 'bin' / 'releasekit'
    command = 'bin/releasekit' if own.is_file() else 'uvx releasekit'
    return _TEXT.format(command=command, index=index, checkout=_CHECKOUT, setup_uv=_SETUP_UV) if index else None


def without_commits(text: str) -> str:
    """Return a workflow in which actions that are named by commit, whichever that is, are equal."""
    return _COMMIT.sub('@', text)
