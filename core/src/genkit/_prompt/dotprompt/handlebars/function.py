# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Functions that templates call."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from genkit._base.errors import GenkitError
from genkit._prompt.dotprompt.handlebars.scope import NOTHING, Render, Scope, inner_frame
from genkit._prompt.dotprompt.handlebars.syntax import Place, template_error


HelperFunction: TypeAlias = Callable[..., Any]

_SAME: Final = object()


class HelperMisuseError(ValueError):
    """Raised by a helper whose arguments make no sense; it becomes an error with the place in the template."""


class HelperOptions:
    """What a helper is given beside its arguments, when it declares a parameter named ``options``.

    Attributes:
        name: The helper's name in the template.
        hash: The ``name=value`` arguments.
    """

    __slots__ = ('_inverse', '_program', '_scope', 'hash', 'name')

    def __init__(
        self, name: str, named: Mapping[str, Any], scope: Scope, blocks: tuple['BlockPart | None', 'BlockPart | None']
    ) -> None:
        self.name = name
        self.hash = named
        self._scope = scope
        self._program, self._inverse = blocks

    @property
    def is_block(self) -> bool:
        """Whether the helper is called as ``{{#name}} … {{/name}}``."""
        return self._program is not None or self._inverse is not None

    @property
    def context(self) -> Any:
        """The value that ``this`` means where the helper is called."""
        return self._scope.this

    @property
    def frame(self) -> Mapping[str, Any]:
        """What ``@`` names, such as the call's context; not to be changed."""
        return self._scope.frame

    def fn(self, context: Any = _SAME, *, frame: Mapping[str, Any] | None = None, params: Sequence[Any] = ()) -> str:
        """Render the inside of the block.

        Args:
            context: What ``this`` means inside; the same as outside unless given.
            frame: Further ``@`` names.
            params: The values of the block parameters, ``as |a b|``, in order.
        """
        return self._render(self._program, context, frame, params)

    def inverse(
        self, context: Any = _SAME, *, frame: Mapping[str, Any] | None = None, params: Sequence[Any] = ()
    ) -> str:
        """Render what stands behind ``else``; the arguments are those of `fn`."""
        return self._render(self._inverse, context, frame, params)

    def _render(
        self, part: 'BlockPart | None', context: Any, frame: Mapping[str, Any] | None, params: Sequence[Any]
    ) -> str:
        if part is None:
            return ''
        scope = self._scope
        named = dict(zip(part.params, params, strict=False)) if part.params else NOTHING
        inside = scope.inner(
            scope.this if context is _SAME else context, inner_frame(scope.frame, **frame) if frame else None, named
        )
        return part.render(inside)


@dataclass(frozen=True, slots=True)
class BlockPart:
    """The compiled inside of a block, with the names of its parameters."""

    render: Render
    params: tuple[str, ...] = ()


class Helper:
    """A function with what its signature tells.

    Args:
        name: How templates call it.
        function: Receives the arguments in order. If it declares ``options`` it receives `HelperOptions` under that
            name; otherwise the ``name=value`` arguments become keyword arguments.
        least: How many arguments make a call of it; with fewer, ``{{name}}`` means the variable.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if the function is asynchronous or cannot be called.
    """

    __slots__ = ('function', 'least', 'name', 'takes_options')

    def __init__(self, name: str, function: HelperFunction, *, least: int = 0) -> None:
        if not callable(function) or inspect.iscoroutinefunction(function):
            raise GenkitError(
                f'Helper {name!r} is {function!r}; give a plain function, as templates are rendered without waiting.',
                status='INVALID_ARGUMENT',
            )
        self.name = name
        self.function = function
        self.least = least
        self.takes_options = _takes_options(function)

    def call(self, arguments: Sequence[Any], options: HelperOptions, place: Place) -> Any:
        """Call the function.

        Raises:
            GenkitError: With the place in the template, ``INVALID_ARGUMENT`` if the arguments do not fit.
        """
        named: Mapping[str, Any] = {'options': options} if self.takes_options else options.hash
        try:
            return self.function(*arguments, **named)
        except (GenkitError, RecursionError):
            raise
        except HelperMisuseError as error:
            raise template_error(place, f'helper {self.name!r}: {error}') from None
        except Exception as error:  # a helper is the application's code: whatever it raises gets the place
            problem = self._misfit(arguments, named)
            if problem:
                raise template_error(place, f'helper {self.name!r} was called wrongly: {problem}.') from error
            raise template_error(place, f'helper {self.name!r} failed', error, status='INTERNAL') from error

    def _misfit(self, arguments: Sequence[Any], named: Mapping[str, Any]) -> str:
        """Return how the arguments differ from the function's parameters; empty if they fit."""
        try:
            inspect.signature(self.function).bind(*arguments, **named)
        except TypeError as misfit:
            return str(misfit)
        except ValueError:
            pass
        return ''


def _takes_options(function: HelperFunction) -> bool:
    try:
        return 'options' in inspect.signature(function).parameters
    except ValueError:
        return False
