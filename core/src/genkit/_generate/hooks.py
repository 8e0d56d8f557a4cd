# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The middleware of one generate call, and the chains that its hooks form."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final, TypeAlias, TypeVar, cast

from genkit._action.function import function_name
from genkit._base.errors import GenkitError
from genkit._base.suggest import did_you_mean
from genkit._kinds.options import wrong_result
from genkit._registry.registry import AnyAction, Registry
from genkit.middleware.interface import BaseMiddleware, FunctionMiddleware, GenerateMiddlewareContext, PlainMiddleware
from genkit.types import GenerateResponse, MiddlewareRef, MultipartToolResponse


MiddlewareArgument: TypeAlias = BaseMiddleware[Any] | MiddlewareRef | PlainMiddleware | str
_ANSWERS: Final = (GenerateResponse, MultipartToolResponse)
ParamsT = TypeVar('ParamsT')
ResultT = TypeVar('ResultT')


def resolve_middleware(registry: Registry, use: Sequence[MiddlewareArgument]) -> list[BaseMiddleware[Any]]:
    """Return one fresh middleware for each entry: instances, registered names, references, plain functions.

    Raises:
        GenkitError: ``NOT_FOUND`` for a name that is not registered, ``INVALID_ARGUMENT`` for anything else.
    """
    return [_instance(registry, entry).for_call() for entry in use]


def middleware_refs(use: Sequence[MiddlewareArgument]) -> list[MiddlewareRef]:
    """Return the entries that can travel."""
    refs = [MiddlewareRef(name=entry) if isinstance(entry, str) else entry for entry in use]
    return [ref for ref in refs if isinstance(ref, MiddlewareRef)]


class Hooks:
    """The hooks of a call's middleware, those that do anything.

    Args:
        middleware: In the order given; the first is outermost.
    """

    __slots__ = ('generate', 'middleware', 'model', 'tool')

    def __init__(self, middleware: Sequence[BaseMiddleware[Any]]) -> None:
        self.middleware = middleware
        self.generate = [entry.wrap_generate for entry in middleware if entry.overrides('wrap_generate')]
        self.model = [entry.wrap_model for entry in middleware if entry.overrides('wrap_model')]
        self.tool = [entry.wrap_tool for entry in middleware if entry.overrides('wrap_tool')]

    def tools(self, ctx: GenerateMiddlewareContext) -> list[AnyAction]:
        """Return the tools that the middleware brings."""
        return [tool for entry in self.middleware for tool in entry.tools(ctx)]


NO_HOOKS = Hooks(())


async def run_hooks(
    hooks: Sequence[Callable[..., Awaitable[ResultT]]],
    params: ParamsT,
    ctx: GenerateMiddlewareContext,
    last: Callable[[ParamsT, GenerateMiddlewareContext], Awaitable[ResultT]],
) -> ResultT:
    """Run what some hooks wrap; each may go on with other parameters and another context."""
    if not hooks:
        return await last(params, ctx)

    def following(
        changed: ParamsT | None = None, other: GenerateMiddlewareContext | None = None, /
    ) -> Awaitable[ResultT]:
        return run_hooks(hooks[1:], params if changed is None else changed, other or ctx, last)

    try:
        answer = await hooks[0](params, ctx, following)
    except GenkitError:
        raise
    except Exception as error:
        raise GenkitError(f'Error in middleware {_spoken_name(hooks[0])}', cause=error) from error
    if isinstance(answer, _ANSWERS):
        return cast('ResultT', answer)
    raise _no_answer(hooks[0], answer)


def _spoken_name(hook: Any) -> str:
    owner = getattr(hook, '__self__', None)
    return function_name(owner.function) if isinstance(owner, FunctionMiddleware) else type(owner).__name__


def _no_answer(hook: Any, answer: Any) -> GenkitError:
    if inspect.iscoroutine(answer):
        answer.close()
    is_function = isinstance(getattr(hook, '__self__', None), FunctionMiddleware)
    name = _spoken_name(hook) if is_function else f'{_spoken_name(hook)}.{hook.__name__}'
    call = 'next(request)' if is_function else 'next_fn(params, ctx)'
    return wrong_result(answer, f'Middleware {name}', f'what it goes on with: `return await {call}`.')


def _instance(registry: Registry, entry: Any) -> BaseMiddleware[Any]:
    if isinstance(entry, BaseMiddleware):
        return cast('BaseMiddleware[Any]', entry)
    if isinstance(entry, type) and issubclass(entry, BaseMiddleware):
        return cast('type[BaseMiddleware[Any]]', entry)()
    if isinstance(entry, str | MiddlewareRef):
        return _registered(registry, MiddlewareRef(name=entry) if isinstance(entry, str) else entry)
    plain = cast('object', entry)
    if callable(plain):
        return FunctionMiddleware(cast('PlainMiddleware', plain))
    raise GenkitError(
        f'{entry!r} is no middleware: pass an instance, a registered name or `async def f(request, context, next)`.',
        status='INVALID_ARGUMENT',
    )


def known_middleware(registry: Registry) -> dict[str, Any]:
    """Return the middleware that can be named: what is built in, and what is registered, which may replace it."""
    from genkit.middleware.built_in import BUILT_IN  # noqa: PLC0415  (many modules, which few calls need)

    return {**{entry.name: entry for entry in BUILT_IN}, **registry.list_values('middleware')}


def _registered(registry: Registry, ref: MiddlewareRef) -> BaseMiddleware[Any]:
    known = known_middleware(registry)
    found = known.get(ref.name)
    if found is None:
        raise GenkitError(
            f'Middleware {ref.name!r} not found in registry.{did_you_mean(ref.name, known)} '
            'Register it with ai.define_middleware(…), or pass an instance.',
            status='NOT_FOUND',
        )
    return found(config=ref.config)
