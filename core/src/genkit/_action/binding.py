# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Binds the arguments of a call to the parameters that a caller gives; the context is given by the SDK."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Call:
    """How a function that has become an action is called.

    Attributes:
        name: The function's name.
        parameters: Its parameters without the context.
        context: The name of the parameter that takes the context, if there is one.
    """

    name: str
    parameters: list[inspect.Parameter]
    context: str | None

    @cached_property
    def _signature(self) -> inspect.Signature:
        return inspect.Signature(self.parameters)

    def bind(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values by parameter; None as the context says nothing.

        Raises:
            TypeError: The parameters do not take the arguments.
        """
        if self.context is not None:
            arguments, keywords = self._without_context(arguments, keywords)
        try:
            return self._signature.bind(*arguments, **keywords).arguments
        except TypeError as error:
            raise TypeError(f'{self.name}() {self._problem(arguments, keywords) or error}') from None

    def _without_context(
        self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]
    ) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
        """Return the arguments without the place of the context, in which there may be nothing but None."""
        names = {self.context, 'context'} - self._signature.parameters.keys()
        given = [value for name, value in keywords.items() if name in names]
        if len(arguments) == len(self.parameters) + 1 and (arguments[-1] is None or isinstance(arguments[-1], Mapping)):
            given.append(arguments[-1])
            arguments = arguments[:-1]
        if any(value is not None for value in given):
            raise TypeError(
                f'{self.name}() got a context among its arguments, and takes it from the call: write '
                f'`await {self.name}.action.arun({self._input}context={{…}})`.'
            )
        return arguments, {name: value for name, value in keywords.items() if name not in names}

    @property
    def _input(self) -> str:
        names = list(self._signature.parameters)
        if len(names) > 1:
            return '{' + ', '.join(f'{name!r}: …' for name in names) + '}, '
        return ''.join(f'{name}, ' for name in names)

    def _problem(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> str:
        """Return what is too much, in the words of Python; empty if something is missing or given twice."""
        unknown = [name for name in keywords if name not in self._signature.parameters]
        if unknown:
            return f'got an unexpected keyword argument {unknown[0]!r}'
        taken = sum(each.kind is not inspect.Parameter.KEYWORD_ONLY for each in self.parameters)
        if len(arguments) <= taken:
            return ''
        plural = '' if taken == 1 else 's'
        was = 'was' if len(arguments) == 1 else 'were'
        return f'takes {taken} positional argument{plural} but {len(arguments)} {was} given'
