# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from genkit._action.schema import to_json_schema, type_adapter
from genkit.types import Part, TextPart, WireModel
from pydantic import BaseModel, create_model


PROGRAM = """
    import sys, threading
    sys.setswitchinterval(1e-6)
    from genkit._action.schema import to_json_schema, type_adapter
    from genkit.types import GenerateRequest, GenerateResponse, Message, Part
    from genkit.types.agent import AgentInput, AgentOutput, SessionSnapshot
    from genkit.middleware.filesystem.tools import EditFile
    said = {'role': 'user', 'content': [{'text': 'x'}, {'toolRequest': {'name': 'a', 'input': {}}}]}
    jobs = [
        lambda: to_json_schema(AgentInput),
        lambda: to_json_schema(AgentOutput),
        lambda: to_json_schema(list[Message]),
        lambda: Message.model_validate(said).to_wire(),
        lambda: type_adapter(dict[str, GenerateResponse]).validate_python({'a': {'message': said}})['a'].to_wire(),
        lambda: GenerateRequest.model_validate({'messages': [said]}).to_wire(),
        lambda: SessionSnapshot.model_json_schema(),
        lambda: to_json_schema(EditFile),
        lambda: type_adapter(Part).validate_python({'text': 'x'}).to_wire(),
    ] * 2
    gate = threading.Barrier(len(jobs))
    failures = []
    def work(job):
        gate.wait()
        try:
            job()
        except BaseException as error:
            failures.append(f'{type(error).__name__}: {error}')
    threads = [threading.Thread(target=work, args=(job,)) for job in jobs]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    sys.exit('; '.join(failures) or 0)
"""


@pytest.mark.parametrize('attempt', range(2))
def test_types_may_be_used_first_by_many_threads_at_once(attempt):
    _ = attempt
    done = subprocess.run(
        [sys.executable, '-c', textwrap.dedent(PROGRAM)], capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stderr) == (0, '')


def test_validators_are_built_by_one_thread_at_a_time(monkeypatch):
    building: list[str] = []
    overlaps: list[list[str]] = []
    plain = BaseModel.model_rebuild.__func__

    def slow(cls, **options):
        building.append(threading.current_thread().name)
        time.sleep(0.002)
        if len(set(building)) > 1:
            overlaps.append(list(building))
        try:
            return plain(cls, **options)
        finally:
            building.remove(threading.current_thread().name)

    monkeypatch.setattr(BaseModel, 'model_rebuild', classmethod(slow))
    kinds = [type(f'Kind{n}', (WireModel,), {'__annotations__': {'name': str}}) for n in range(8)]
    gate = threading.Barrier(len(kinds))

    def use(kind):
        gate.wait()
        assert to_json_schema(kind)['properties'] == {'name': {'title': 'Name', 'type': 'string'}}
        assert type_adapter(kind).validate_python({'name': 'x'}).to_wire() == {'name': 'x'}

    with ThreadPoolExecutor(len(kinds)) as pool:
        list(pool.map(use, kinds))
    assert overlaps == []


def test_a_type_that_is_used_in_the_function_that_defines_it_finds_its_names():
    class Inner(WireModel):
        name: str

    class Outer(WireModel):
        inner: 'Inner'

    assert Outer.model_validate({'inner': {'name': 'x'}}).to_wire() == {'inner': {'name': 'x'}}


def test_many_types_of_others_that_hold_parts_do_not_pile_up():
    for number in range(300):
        create_model(f'Holder{number}', part=(Part, ...))

    class Holder(WireModel):
        part: Part

    assert Holder.model_validate({'part': {'text': 'x'}}).part == TextPart(text='x')
