# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The developer tools test the models of providers, which are played on this machine in their own wire formats."""

import json
from importlib.metadata import entry_points

import pytest
from conform.loopback.losses import losses
from conform.loopback.player import play
from conform.loopback.wires import wire_for
from conform.specs.folders import read_folder
from conform.specs.read import read_cases
from genkit.testing import LoopbackServer

from .conftest import ROOT


PROGRAM = """
import json
from importlib.metadata import entry_points

from genkit import Genkit

(point,) = entry_points(group='genkit.plugins', name={plugin!r})
ai = Genkit(plugins=[point.load()(**json.loads({options!r}))])


async def main() -> None:
    pass


if __name__ == '__main__':
    ai.run_main(main())
"""


def first_suite(folder):
    """Return the tests of the first model in a package's spec."""
    cases = read_cases(folder.spec)
    return [case for case in cases if case.model == cases[0].model]


class Played:
    """A provider, which finds out by a request which test it belongs to."""

    def __init__(self, folder, cases):
        self.cases = cases
        self.wire = wire_for(cases[0].model, folder.settings.loopback.wires)
        self.misfits = []

    def answer(self, request):
        asked = self.wire.asked(request)
        for case in self.cases:
            if case.stream == asked.stream and not list(losses(case, asked)):
                return play(case, self.wire, request)
        self.misfits.append(request.body)
        return self.wire.error(400, 'The request belongs to no test.', {})


@pytest.mark.parametrize('name', ['cohere', 'huggingface', 'mistral'])
def test_dev_test_model_passes_for_a_provider(kitchen, name):
    folder = read_folder(ROOT / 'plugins' / name)
    cases = first_suite(folder)
    assert len(cases) >= 9
    tests = [
        {
            'name': case.name,
            'input': case.request,
            'validators': [question.text for question in case.questions],
            'stream': case.stream,
        }
        for case in cases
    ]
    (kitchen.project / 'spec.yaml').write_text(json.dumps([{'model': cases[0].model, 'tests': tests}]))
    (point,) = entry_points(group='genkit.plugins', name=folder.settings.plugin or name)
    played = Played(folder, cases)
    with LoopbackServer(played.answer) as server:
        options = {**folder.settings.loopback.config, folder.settings.loopback.address: server.url}
        program = PROGRAM.format(plugin=point.name, options=json.dumps(options))
        (kitchen.project / 'main.py').write_text(program)
        ended = kitchen.with_app('dev:test-model', '--from-file', 'spec.yaml')
    assert f'Tests Completed: {len(cases)} Passed, 0 Failed' in ended.stdout, (
        ended.stdout[-3000:] + ended.stderr[-3000:]
    )
    assert ended.returncode == 0
    assert played.misfits == []
    assert len(server.requests) == len(cases)
