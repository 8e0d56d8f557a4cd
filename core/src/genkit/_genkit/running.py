# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The methods of `Genkit` that run and close an application."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from genkit._action.stream import with_timeout
from genkit._base.environment import is_dev_environment
from genkit._base.errors import GenkitError
from genkit._base.suggest import refuse
from genkit._reflect.start import stay_for_tools
from genkit._registry.registry import Registry
from genkit._trace.provider import flush_tracing


T = TypeVar('T')


class Running:
    """Running an application from code that is not asynchronous, and closing it.

    Attributes:
        registry: Knows the plugins.
    """

    registry: Registry

    def run_main(self, coro: Coroutine[Any, Any, T]) -> T:
        """Run an application's main coroutine; in development, then serve the developer tools until they end.

        Returns:
            What the coroutine returned.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` where an event loop runs already, as in a notebook: ``await`` it there.
        """
        _require_coroutine('run_main', coro)
        _require_no_loop('run_main', coro)
        return asyncio.run(stay_for_tools(coro) if is_dev_environment() else coro)

    @staticmethod
    def run_sync(coro: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """Run a coroutine from synchronous code, such as a script or a Flask view, and block until it has finished.

        ``answer = ai.run_sync(ai.generate(prompt='Hi'))``. All calls share one event loop in a dedicated thread, so
        that clients and connections are kept between them; any number of threads may call at a time.

        Args:
            coro: A call of `generate`, of a flow, or any other coroutine.
            timeout: Seconds after which it is cancelled. Default: none.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` where an event loop runs already, as in a notebook or an ``async``
                function: ``await`` it there; ``DEADLINE_EXCEEDED`` after ``timeout``.
        """
        _require_coroutine('run_sync', coro)
        _require_no_loop('run_sync', coro)
        from genkit.web.background import run_in_background  # noqa: PLC0415  (not every application needs it)

        running = run_in_background(coro if timeout is None else with_timeout(coro, timeout))
        try:
            return running.result()
        except BaseException:
            running.cancel()  # Ctrl-C ends the wait, and then the call
            raise

    async def aclose(self) -> None:
        """Close the connections and models of all plugins, and flush ended spans to their exporters.

        A serverless program calls it, or `flush_tracing`, before it is frozen: what has not been exported by then is
        lost. A plugin that fails to close does not keep the others from closing; its error is raised at the end.
        """
        failures: list[Exception] = []
        for plugin in self.registry.plugins.values():
            try:
                await plugin.aclose()
            except Exception as error:  # noqa: BLE001  (raised below)
                failures.append(error)
        await flush_tracing()
        if failures:
            raise failures[0]

    async def flush_tracing(self) -> None:
        """Wait until every ended span has been handed to its exporters."""
        await flush_tracing()


def _require_coroutine(method: str, coro: Any) -> None:
    if not isinstance(coro, Coroutine):
        name = getattr(coro, '__name__', 'main') if callable(coro) else 'main'
        refuse(f'The argument of {method}()', coro, f'expected a call of an async function: write {method}({name}(…)).')


def _require_no_loop(method: str, coro: Coroutine[Any, Any, Any]) -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    coro.close()
    raise GenkitError(
        f'{method}() was called where an event loop runs, as in a notebook or an async function. Write `await` there, '
        f'such as `await main()` in place of `ai.{method}(main())`.',
        status='FAILED_PRECONDITION',
    )
