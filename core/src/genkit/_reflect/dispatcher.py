# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Requests of the developer tools, independent of the transport."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

from pydantic import BaseModel

from genkit._action.action import Action, ActionResponse, CallOptions
from genkit._action.bidi import BidiAction, BidiCallOptions
from genkit._action.kind import ActionKind
from genkit._action.pipe import Pipe
from genkit._action.sendable import write_json
from genkit._base.app_loop import CONTAINED
from genkit._base.errors import GenkitError, get_reflection_json
from genkit._base.secrets import redact
from genkit._base.serialize import dump_dict, dump_json
from genkit._base.suggest import did_you_mean
from genkit._generate.hooks import known_middleware
from genkit._reflect.action_loops import ActionLoops
from genkit._reflect.live_inputs import Feed
from genkit._registry.registry import Registry
from genkit._trace.telemetry_server import TelemetryServer
from genkit.types import ModelRef, ReflectionRunActionParams


AnyAction = Action[Any, Any, Any]
T = TypeVar('T')
ParamsT = TypeVar('ParamsT', bound=BaseModel)

_LOGGER: Final = logging.getLogger('genkit.reflection')
SPEC_VERSION: Final = 1
_CANCELLED: Final[dict[str, Any]] = {'code': 1, 'message': 'Action was cancelled', 'details': {}}
_VALUE_KINDS: Final = ('defaultModel', 'middleware')


@dataclass(frozen=True)
class Outcome:
    """The outcome of a run: a result or an error.

    Attributes:
        result: As JSON text.
        error: ``{code, message, details}``; ``details`` always is an object.
        trace_id: 32 hex digits; empty if the run never began.
        span_id: 16 hex digits.
    """

    result: str = 'null'
    error: dict[str, Any] | None = None
    trace_id: str = ''
    span_id: str = ''

    def to_json(self) -> str:
        """Return the last line of a run, on one line."""
        if self.error is not None:
            return dump_json({'error': self.error})
        telemetry = dump_json({'traceId': self.trace_id, 'spanId': self.span_id})
        return f'{{"result":{self.result},"telemetry":{telemetry}}}'


@dataclass
class _Run:
    loop: asyncio.AbstractEventLoop
    task: 'asyncio.Task[Any]'
    trace_id: str = ''
    span_id: str = ''


@dataclass(frozen=True)
class Watcher:
    """Callbacks of a run, called in the event loop of its requester.

    Attributes:
        began: Gets the trace and span ids.
        chunk: Gets each chunk as JSON text; None if chunks are not wanted.
        feed: Gives the inputs of an action that is talked with; None if the request holds its only one.
    """

    began: Callable[[str, str], None]
    chunk: Callable[[str], None] | None = None
    feed: Feed | None = None


class Dispatcher:
    """Lists, runs and cancels what an application has.

    Args:
        registry: The application's.
        telemetry: Where its spans go.
    """

    def __init__(self, registry: Registry, telemetry: TelemetryServer) -> None:
        self._registry = registry
        self._telemetry = telemetry
        self._loops = ActionLoops()
        self._running: dict[str, _Run] = {}

    def close(self) -> None:
        """Stop what only we use."""
        self._loops.close()

    async def list_actions(self) -> dict[str, Any]:
        """Return every action by key, as the tools read it."""
        listed = await self._call(self._registry.list_actions)
        return {key: dump_dict(metadata) for key, metadata in listed.items()}

    def list_values(self, kind: str) -> dict[str, Any]:
        """Return the values of a kind by name.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` for a kind that is not listed.
        """
        if kind not in _VALUE_KINDS:
            raise GenkitError(
                f'Values of type {kind!r} are not listed.{did_you_mean(kind, _VALUE_KINDS)} '
                f'There are {" and ".join(_VALUE_KINDS)}.',
                status='INVALID_ARGUMENT',
            )
        values = self._registry.list_values(kind)
        if kind == 'middleware':
            known = known_middleware(self._registry)
            values = {name: middleware.describe() for name, middleware in known.items()}
        return {name: _shown(value) for name, value in values.items()}

    async def find(self, key: str) -> AnyAction:
        """Return the action with a key.

        Raises:
            GenkitError: ``NOT_FOUND``, or ``INVALID_ARGUMENT`` for a malformed key.
        """
        action = await self._call(lambda: self._registry.resolve_action_by_key(key))
        if action is None:
            kind, _, name = key.removeprefix('/').partition('/')
            names = await self._call(lambda: self._names(kind))
            raise GenkitError(f'Action {key!r} not found.{did_you_mean(name, names)}', status='NOT_FOUND')
        return action

    async def _names(self, kind: str) -> list[str]:
        return [action.name for action in self._registry.registered_actions(ActionKind(kind))]

    async def run(self, action: AnyAction, params: ReflectionRunActionParams, watcher: Watcher) -> Outcome:
        """Run an action and return how that ended; what it raises is an outcome, too."""
        here = asyncio.get_running_loop()

        def tell(function: Callable[..., None], *facts: str) -> None:
            here.call_soon_threadsafe(function, *facts)

        outcome = await self._call(lambda: self._run(action, params, watcher, tell))
        await asyncio.to_thread(self._telemetry.flush)
        return outcome

    def cancel(self, trace_id: str) -> bool:
        """Cancel a run; False if there is none of that trace."""
        run = self._running.get(trace_id)
        if run is None:
            return False
        run.loop.call_soon_threadsafe(run.task.cancel)
        return True

    def notify(self, telemetry_server_url: Any, spec_version: Any = None) -> None:
        """Send spans to a telemetry server that became known later, and warn of tools from another time."""
        if isinstance(spec_version, int | float) and spec_version != SPEC_VERSION:
            _LOGGER.warning(
                'The developer tools speak version %s of their protocol and this SDK speaks %s; update the older one.',
                spec_version,
                SPEC_VERSION,
            )
        if telemetry_server_url and isinstance(telemetry_server_url, str):
            self._telemetry.adopt(telemetry_server_url)

    async def _run(
        self,
        action: AnyAction,
        params: ReflectionRunActionParams,
        watcher: Watcher,
        tell: Callable[..., None],
    ) -> Outcome:
        task: asyncio.Task[Any] | None = asyncio.current_task()
        assert task is not None, 'runs as a task'
        run = _Run(asyncio.get_running_loop(), task)

        def began(trace_id: str, span_id: str) -> None:
            if not trace_id:  # asked not to be traced
                return
            run.trace_id, run.span_id = trace_id, span_id
            self._running[trace_id] = run
            tell(watcher.began, trace_id, span_id)

        def send(chunk: Any, take: Callable[[str], None]) -> None:
            tell(take, write_json(chunk, f'A chunk of {action.key}'))

        take = watcher.chunk
        CONTAINED.set((SystemExit,))  # for this task, and those that the action starts
        try:
            _check_context(params.context)
            call: CallOptions = {
                'on_chunk': None if take is None else lambda chunk: send(chunk, take),
                'context': params.context,
                'on_trace_start': began,
                'telemetry_labels': params.telemetry_labels,
            }
            answer = await _started(action, params, watcher.feed, call)
            result = write_json(answer.response, f'The result of {action.key}')
            return Outcome(result, None, run.trace_id, run.span_id)
        except asyncio.CancelledError:
            return Outcome(error=_placed(_CANCELLED, run), trace_id=run.trace_id, span_id=run.span_id)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  (it is reported to the requester of the run; so is a `sys.exit`)
            return Outcome(error=_placed(get_reflection_json(error), run), trace_id=run.trace_id, span_id=run.span_id)
        finally:
            if self._running.get(run.trace_id) is run:  # several runs may belong to one trace
                del self._running[run.trace_id]

    async def _call(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        return await self._loops.call(make)


async def _started(
    action: AnyAction, params: ReflectionRunActionParams, feed: Feed | None, call: CallOptions
) -> ActionResponse[Any]:
    if not isinstance(action, BidiAction):
        return await action.arun_raw(params.input, **call)
    talking = cast('BidiAction[Any, Any, Any, Any]', action)
    if feed is None:
        options: BidiCallOptions = {**call, 'init': talking.validate_init(params.init)}
        return await talking.arun_raw(params.input, **options)
    inputs: Pipe[Any] = Pipe()
    running = asyncio.ensure_future(talking.arun_bidi(inputs, params.init, **call))
    refused: list[Exception] = []

    def refuse(error: Exception) -> None:
        refused.append(error)
        running.cancel()

    feed.into(inputs, talking.validate, refuse)
    try:
        return await running
    except asyncio.CancelledError:
        running.cancel()
        if refused:
            raise refused[0] from None
        raise


def read_params(kind: type[ParamsT], given: Any) -> ParamsT:
    """Return the parameters of a request; members that are not known here are left out, as newer tools may send them.

    Raises:
        ValidationError: They do not fit.
    """
    if isinstance(given, dict):
        known = {*kind.model_fields, *(field.alias for field in kind.model_fields.values())}
        given = {name: value for name, value in cast('dict[str, Any]', given).items() if name in known}
    return kind.model_validate(given)


def _shown(value: Any) -> Any:
    """Return a value as the tools read it; a reference to a model without what it leaves open, and without keys."""
    if not isinstance(value, ModelRef):
        return dump_dict(value)
    reference = cast('ModelRef[Any]', value)
    members = {'name': reference.name, 'config': reference.config, 'version': reference.version}
    return redact(dump_dict({name: member for name, member in members.items() if member is not None}))


def _check_context(context: Any) -> None:
    if context is not None and not isinstance(context, dict):
        raise GenkitError(f'The context is {context!r}; it must be a JSON object.', status='INVALID_ARGUMENT')


def _placed(error: dict[str, Any], run: _Run) -> dict[str, Any]:
    """Return an error with its trace, in case it does not name one."""
    details = {'traceId': run.trace_id, **error['details']} if run.trace_id else error['details']
    return {**error, 'details': details}
