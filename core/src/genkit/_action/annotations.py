# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Resolves a function's annotations one by one, so that a name that cannot be found costs only its own annotation."""

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import FrameType, SimpleNamespace
from typing import Any, Final


# Between the code that defines a function and this module; cached properties and partials are called from functools.
_PASSED_OVER: Final = (__name__.partition('.')[0], 'functools')


@dataclass(frozen=True)
class Hints:
    """The annotations of a function.

    Attributes:
        found: Each annotation that could be resolved, by parameter; ``return`` is the result's.
        missing: Why each of the others could not, by parameter.
    """

    found: Mapping[str, Any] = field(default_factory=dict[str, Any])
    missing: Mapping[str, str] = field(default_factory=dict[str, str])


def annotated_function(function: Callable[..., Any]) -> Any:
    """Return the function that has the annotations: that of a partial, or the ``__call__`` of an object."""
    target: Any = function
    while isinstance(target, partial):
        target = target.func
    return target if hasattr(target, '__name__') or isinstance(target, type) else type(target).__call__


def resolve_hints(function: Callable[..., Any]) -> Hints:
    """Return the annotations of a function, of a partial or of a callable object.

    Names are looked up in the function's module, in its closure, and in the code that defines it, so that types which
    are local to another function are found too.
    """
    target = inspect.unwrap(annotated_function(function))
    raw: dict[str, Any] = dict(getattr(target, '__annotations__', {}))
    if not raw:
        return Hints()
    names = _closure(target)
    found: dict[str, Any] = {}
    missing: dict[str, str] = {}
    local: dict[str, Any] | None = None
    for name, hint in raw.items():
        try:
            found[name] = _resolved(target, name, hint, names)
        except (NameError, TypeError, AttributeError, SyntaxError):
            local = _defining_locals(target) if local is None else local
            try:
                found[name] = _resolved(target, name, hint, {**local, **names})
            except (NameError, TypeError, AttributeError, SyntaxError) as error:
                missing[name] = str(error)
    return Hints(found, missing)


def _resolved(target: Any, name: str, hint: Any, names: dict[str, Any]) -> Any:
    if hint.__class__ is type:
        return hint
    holder: Any = SimpleNamespace(__annotations__={name: hint})
    return typing.get_type_hints(holder, getattr(target, '__globals__', {}), names, include_extras=True)[name]


def _closure(target: Any) -> dict[str, Any]:
    code, cells = getattr(target, '__code__', None), getattr(target, '__closure__', None)
    found: dict[str, Any] = {}
    for name, cell in zip(getattr(code, 'co_freevars', ()), cells or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not set yet
            continue
    return found


def _defining_locals(target: Any) -> dict[str, Any]:
    """Return the local names of the code that defines a function and still runs, else of what called this package."""
    code = getattr(target, '__code__', None)
    frame = inspect.currentframe()
    while frame is not None and not any(constant is code for constant in frame.f_code.co_consts if code is not None):
        frame = frame.f_back
    frame = frame or _calling_frame()
    return dict(frame.f_locals) if frame else {}


def _calling_frame() -> FrameType | None:
    frame = inspect.currentframe()
    while frame is not None and str(frame.f_globals.get('__name__', '')).partition('.')[0] in _PASSED_OVER:
        frame = frame.f_back
    return frame
