# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Opens what is to be tested, wherever it runs."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from conform.loopback.target import LoopbackTarget, provider_played
from conform.model.answer import Answer
from conform.model.loopback import Loopback
from conform.model.suite import Case
from conform.targets.loading import Application, load
from conform.targets.native import NativeTarget
from conform.targets.process import started
from conform.targets.reflection import Patience, connected


class Target(Protocol):
    """Something with models that can be asked."""

    async def prepare(self, keys: Iterable[str]) -> None:
        """Wait until the actions are there."""
        ...

    async def run(self, case: Case, on_trace: Callable[[str], None]) -> Answer:
        """Run the action; raises `RunError`, and tells the trace id as soon as it is known."""
        ...


@dataclass(frozen=True)
class TargetOptions:
    """Where models run.

    Attributes:
        mode: `native` for this process, `reflection` for one of their own.
        runtime: The address of a reflection API that is there already.
        project: The folder in which the application's process runs.
        loopback: Whether the provider is played on this machine.
    """

    mode: str = 'native'
    runtime: str | None = None
    project: Path | None = None
    loopback: bool = False
    patience: Patience = field(default_factory=Patience)


@asynccontextmanager
async def open_target(
    application: Application, options: TargetOptions, loopback: Loopback | None = None
) -> AsyncGenerator[Target]:
    """Open an application; closed, stopped or left alone again at the end, as it was opened.

    Args:
        application: What holds the models.
        options: Where they run.
        loopback: How the application is pointed at a provider on this machine, if that is wanted.

    Raises:
        UsageError: The address of the runtime is none.
        StartError: It could not be loaded, started or reached.
    """
    if options.loopback and loopback is not None:
        async with (
            provider_played(application, loopback) as (pointed, provider),
            _opened(pointed, options) as target,
        ):
            yield LoopbackTarget(target, provider, loopback.wires)
    else:
        async with _opened(application, options) as target:
            yield target


@asynccontextmanager
async def _opened(application: Application, options: TargetOptions) -> AsyncGenerator[Target]:
    if options.runtime:
        async with connected(options.runtime, options.patience) as target:
            yield target
    elif options.mode == 'reflection':
        async with (
            started(application, options.project, options.patience.runtime) as url,
            connected(url, options.patience) as target,
        ):
            yield target
    else:
        ai = load(application)
        try:
            yield NativeTarget(ai)
        finally:
            await ai.aclose()
