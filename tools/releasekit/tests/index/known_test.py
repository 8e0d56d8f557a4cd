# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Which versions an index has, and plans that ask it."""

import asyncio
import threading
from contextlib import contextmanager

import pytest
from packaging.version import Version
from releasekit.commands.plan import PlanOptions, plan, plan_digest
from releasekit.index.known import known_versions
from releasekit.index.local_index import local_index
from releasekit.model.errors import UsageError


FILES = ('kit-0.9.0-py3-none-any.whl', 'kit-0.9.0.tar.gz', 'kit-0.12.0.tar.gz', 'kit-0.12.0.zip')


@contextmanager
def served(folder):
    """Serve a folder as an index, beside the event loop of whoever asks."""
    address, ready, done = [], threading.Event(), threading.Event()

    async def serve():
        async with local_index(folder) as found:
            address.append(found)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait(60)
    try:
        yield address[0]
    finally:
        done.set()
        thread.join()


@pytest.fixture(scope='module')
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp('index')
    for name in FILES:
        (folder / name).write_bytes(name.encode())
    with served(folder) as address:
        yield address


@pytest.fixture
def project(clone, index, monkeypatch):
    """Return a clone whose tool was never released, and whose index knows its name."""
    monkeypatch.delenv('UV_OFFLINE', raising=False)
    table = f'\n[[tool.uv.index]]\nname = "mine"\nurl = "{index.url}"\npublish-url = "{index.upload_url}"\n'
    clone.append('pyproject.toml', f'{table}\n[tool.releasekit]\npublish-to = "mine"\n')
    clone.commit('chore: an index')
    clone.git('tag', '--delete', 'kit-v1.0.0')
    return clone


def test_versions_are_counted_by_files(index):
    known = asyncio.run(known_versions(index, ['kit', 'nobody']))
    assert known['kit'][Version('0.9.0')] == 2
    assert list(known['kit']) == [Version('0.9.0'), Version('0.12.0')]
    assert known['nobody'] == {}


def test_a_first_release_of_a_name_that_the_index_has_is_a_problem(project):
    (problem,) = project.plan().problems
    assert (problem.code, problem.member) == ('RK-PLAN-FOREIGN', 'kit')
    assert 'mine has 0.9.0, 0.12.0' in problem.message
    assert project.plan().inputs.published == {'kit': ('0.9.0', '0.12.0')}


def test_nobody_is_asked_offline_or_where_nothing_is_new(project, monkeypatch):
    assert plan(project.root, PlanOptions(is_offline=True)).plan.problems == ()
    monkeypatch.setenv('UV_OFFLINE', '1')
    assert project.plan().problems == ()
    monkeypatch.setenv('UV_OFFLINE', '0')
    project.tag('kit-v1.0.0')
    assert project.plan().problems == ()


def test_a_plan_is_the_same_before_and_after_it_was_published(project):
    project.replace('tools/kit/pyproject.toml', '"1.0.0"', '"0.12.0"')
    project.replace('tools/kit/pyproject.toml', 'name = "kit"', 'name = "kit-2"')
    offline = plan(project.root, PlanOptions(is_offline=True)).plan
    assert plan_digest(project.plan()) == plan_digest(offline)


def test_an_index_that_does_not_answer_is_a_note(project, index):
    project.replace('pyproject.toml', index.url, 'http://127.0.0.1:9/simple/')
    planned = plan(project.root, PlanOptions())
    assert planned.plan.problems == ()
    assert planned.notes[0].startswith('mine was not asked whether names of first releases are free: ')


def test_an_index_that_nobody_knows_is_named(project):
    with pytest.raises(UsageError, match="no index is called 'min'"):
        plan(project.root, PlanOptions(to='min'))
    project.replace('pyproject.toml', 'publish-to = "mine"', 'publish-to = "yours"')
    assert plan(project.root, PlanOptions()).notes[0].startswith("`publish-to`: no index is called 'yours'")
