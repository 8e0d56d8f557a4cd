# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Steps: parts of a flow that get a span of their own."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from genkit._action.function import call_in_thread
from genkit._trace.span import open_span


async def run_step(
    name: str, fn: Callable[..., Any], *arguments: Any, metadata: Mapping[str, Any] | None = None
) -> Any:
    """Run a function, a coroutine function or a plain one, as a step.

    Args:
        name: The span's name.
        fn: What runs.
        arguments: What it is called with; the first one is recorded as the step's input.
        metadata: Recorded as ``genkit:metadata:<name>``.
    """
    labels = {f'genkit:metadata:{key}': str(value) for key, value in (metadata or {}).items()}
    given = arguments[0] if arguments else None
    with open_span(name, 'flowStep', input_value=given, labels=labels) as span:
        if inspect.iscoroutinefunction(fn):
            result = await fn(*arguments)
        else:
            result = await call_in_thread(fn, *arguments)
        span.set_output(result)
        return result
