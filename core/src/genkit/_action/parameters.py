# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Makes one input object of a function's several parameters."""

import functools
import inspect
from collections.abc import Callable, KeysView, Mapping
from functools import partial
from typing import Annotated, Any, Final, cast

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from genkit._action.annotations import Hints, annotated_function, resolve_hints
from genkit._action.binding import Call
from genkit._action.context import ActionRunContext
from genkit._action.function import (
    default_of,
    described_by,
    function_name,
    is_async,
    names_context,
    plain_code,
    refuse_generator,
    unresolved,
    with_field,
)
from genkit._base.errors import GenkitError


_ANY_NUMBER: Final = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
_CONTEXT_NAMES: Final = frozenset({'context', 'ctx'})
_TWO: Final = 2
_VARIABLE: Final = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class SpreadInput(BaseModel):
    """The input of a function with several parameters: a member for each."""

    model_config = ConfigDict(extra='forbid', protected_namespaces=())

    def by_parameter(self) -> dict[str, Any]:
        """Return the members under the parameters' names."""
        fields = type(self).model_fields
        return {field.alias or name: getattr(self, name) for name, field in fields.items()}


class SpreadFunction:
    """A function that is called with the members of its input, or with one input by its parameter's name.

    Args:
        function: The function.
        values: Its parameters without the context.
        context: The name of the parameter that takes the context, if there is one.
        hints: The resolved annotations.

    Attributes:
        input_type: The type of the input: a Pydantic model with a member for each parameter, or the only parameter's
            type.
        call: Takes the input and the context, and calls the function; asynchronous if the function is.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        values: list[inspect.Parameter],
        context: str | None,
        hints: Hints,
    ) -> None:
        self._function = function
        self._context = context
        self._call = Call(function_name(function), values, context)
        self._only = values[0] if len(values) == 1 else None
        self._fields = {parameter.name: f'member_{number}' for number, parameter in enumerate(values)}
        self._positional = [p.name for p in values if p.kind is inspect.Parameter.POSITIONAL_ONLY]
        self.input_type: Any = self._model(values, hints) if self._only is None else _type_of(self._only, hints)
        self.call = self._caller(hints)

    @property
    def names(self) -> KeysView[str] | None:
        """The names of the members that the input has; None if it is the value of the only parameter."""
        return self._fields.keys() if self._only is None else None

    def input_of(self, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
        """Return the input that a call with these arguments stands for.

        Raises:
            TypeError: The function does not take them.
        """
        bound = self._call.bind(arguments, keywords)
        return bound if self._only is None else bound.get(self._only.name)

    def _model(self, values: list[inspect.Parameter], hints: Hints) -> type[BaseModel]:
        texts = _described(self._function)
        members: dict[str, Any] = {
            self._fields[each.name]: _member(each, hints.found.get(each.name, Any), texts.get(each.name))
            for each in values
        }
        return create_model(f'{_camel(function_name(self._function))}Input', __base__=SpreadInput, **members)

    def _arguments(self, given: Any, context: ActionRunContext) -> tuple[list[Any], dict[str, Any]]:
        if self._only is None:
            values = {name: getattr(given, field) for name, field in self._fields.items()}
        else:
            values = {self._only.name: given}
        if self._context is not None:
            values[self._context] = context
        return [values.pop(name) for name in self._positional], values

    def _caller(self, hints: Hints) -> Callable[..., Any]:
        function = self._function
        run: Any
        if is_async(function):

            async def run_async(value: Any, context: ActionRunContext) -> Any:
                arguments, keywords = self._arguments(value, context)
                return await function(*arguments, **keywords)

            run = run_async
        else:

            def run_plain(value: Any, context: ActionRunContext) -> Any:
                arguments, keywords = self._arguments(value, context)
                return function(*arguments, **keywords)

            run = run_plain
        kind, empty = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.empty
        default = empty if self._only is None else default_of(self._only)
        run.__signature__ = inspect.Signature(
            [inspect.Parameter('value', kind, default=default), inspect.Parameter('context', kind)]
        )
        target = annotated_function(function)
        run.__name__ = function_name(function)
        run.__module__ = getattr(target, '__module__', None)
        run.__qualname__ = getattr(target, '__qualname__', run.__name__)
        run.input_name = None if self._only is None else self._only.name
        run.__doc__ = inspect.getdoc(target)
        result = {'return': hints.found['return']} if 'return' in hints.found else {}
        run.__annotations__ = {'value': self.input_type, 'context': ActionRunContext, **result}
        return run


def spread_parameters(function: Callable[..., Any]) -> SpreadFunction | None:
    """Return a function as one with a single input, if it has several parameters that are no context; else None.

    A context is known by its annotation, wherever it stands; without one, by being the last of two parameters and
    called ``context`` or ``ctx``.

    Raises:
        TypeError: An annotation of an input cannot be resolved.
    """
    code = plain_code(function)
    if code is not None and code.co_argcount <= 1 and not code.co_kwonlyargcount:
        return None
    try:
        parameters = _parameters(function)
    except ValueError:
        return None  # `UserFunction` says what is wrong
    hints = resolve_hints(function)
    context = _context_of(parameters, hints)
    values = [parameter for parameter in parameters if parameter.name != context]
    if not values or (len(values) == 1 and _is_positional(values[0]) and _in_order(parameters, context)):
        return None
    for parameter in values:
        if parameter.name in hints.missing:
            raise unresolved(function_name(function), parameter.name, hints.missing[parameter.name])
    return SpreadFunction(function, values, context, hints)


def check_parameters(function: Callable[..., Any]) -> None:
    """Refuse a function that no input stands for.

    Raises:
        TypeError: It is a generator, or takes any number of arguments.
    """
    refuse_generator(function)
    code = plain_code(function)
    if code is not None and not code.co_flags & _ANY_NUMBER:
        return
    try:
        parameters = inspect.signature(function).parameters.values()
    except ValueError:
        return  # `UserFunction` says what is wrong
    variable = [str(each.replace(annotation=each.empty)) for each in parameters if each.kind in _VARIABLE]
    if not variable:
        return
    name = function_name(function)
    required_first = sorted(parameters, key=lambda each: each.default is not each.empty)
    members = ', '.join(_named(each) for each in required_first)
    raise TypeError(
        f'{name} takes {" and ".join(variable)}, and an input has no members for them. Name what they hold:\n'
        f'    {"async " if is_async(function) else ""}def {name}({members}): …\n'
        'or, if it wraps another function, show the parameters of that one:\n'
        '    @functools.wraps(function)'
    )


def _named(parameter: inspect.Parameter) -> str:
    if parameter.kind not in _VARIABLE:
        return str(parameter)
    kind = 'list' if parameter.kind is inspect.Parameter.VAR_POSITIONAL else 'dict'
    return f'{parameter.name}: {kind}'


def unbound_method(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return a stand-in for a method that is decorated in its class; None for any other function.

    It has the method's parameters without ``self``, and says how the method is used when it is called.
    """
    inside = getattr(function, '__qualname__', '').rpartition('<locals>.')[2]
    parameters = list(inspect.signature(function).parameters.values()) if '.' in inside else []
    if not parameters or parameters[0].name != 'self':
        return None
    owner, _, name = inside.rpartition('.')

    @functools.wraps(function)
    def refuse(*_arguments: Any, **_keywords: Any) -> Any:
        raise GenkitError(
            f'{inside} is a method and needs an instance: give `{owner.lower()}.{name}` of an instance, as in '
            f'`tools=[{owner.lower()}.{name}]`, or define it for one with `ai.tool()({owner.lower()}.{name})`.',
            status='FAILED_PRECONDITION',
        )

    refuse.__signature__ = inspect.signature(function).replace(parameters=parameters[1:])  # pyright: ignore[reportAttributeAccessIssue]
    return refuse


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return what a caller can pass; what a partial has fixed is not among it."""
    fixed: set[str] = set()
    target: Any = function
    while isinstance(target, partial):
        fixed |= target.keywords.keys()
        target = cast('Any', target.func)
    signature = inspect.signature(function)
    return [p for name, p in signature.parameters.items() if p.kind not in _VARIABLE and name not in fixed]


def _context_of(parameters: list[inspect.Parameter], hints: Hints) -> str | None:
    for parameter in parameters:
        if names_context(hints.found.get(parameter.name, parameter.annotation)):
            return parameter.name
    if len(parameters) < _TWO:
        return None
    unknown = [p.name for p in parameters if p.annotation is inspect.Parameter.empty or p.name in hints.missing]
    if len(parameters) == _TWO and not parameters[-1].name.strip('_') and unknown[-1:] == [parameters[-1].name]:
        return parameters[-1].name
    return next((name for name in unknown if name.strip('_') in _CONTEXT_NAMES), None)


def _in_order(parameters: list[inspect.Parameter], context: str | None) -> bool:
    """Return whether the context, if any, can be passed as the last positional argument."""
    if context is None:
        return True
    return parameters[-1].name == context and _is_positional(parameters[-1])


def _is_positional(parameter: inspect.Parameter) -> bool:
    return parameter.kind is not inspect.Parameter.KEYWORD_ONLY


def _member(parameter: inspect.Parameter, hint: Any, text: str | None) -> tuple[Any, Any]:
    """Return a parameter as the type and the field of a model's member."""
    default = parameter.default
    if isinstance(default, FieldInfo):
        about: dict[str, Any] = {**described_by(default), 'alias': parameter.name}
        if text is not None:
            about.setdefault('description', text)
        if default.default_factory is not None:
            about['default_factory'] = default.default_factory
        elif default.default is not PydanticUndefined:
            about['default'] = default.default
        return Annotated[(hint, *default.metadata)] if default.metadata else hint, Field(**about)
    given: Any = ... if default is inspect.Parameter.empty else default
    described: dict[str, Any] = {} if text is None else {'description': text}
    return hint, Field(given, alias=parameter.name, **described)


def _described(function: Callable[..., Any]) -> dict[str, str]:
    """Return what the docstring says of each parameter."""
    documentation = inspect.getdoc(annotated_function(function))
    if not documentation:
        return {}
    from docstring_parser import ParseError, parse  # noqa: PLC0415  (imported when a function needs it)

    try:
        parsed = parse(documentation)
    except ParseError:
        return {}
    return {entry.arg_name: ' '.join(entry.description.split()) for entry in parsed.params if entry.description}


def _type_of(parameter: inspect.Parameter, hints: Hints) -> Any:
    hint = hints.found.get(parameter.name, Any)
    return with_field(hint, parameter.default) if isinstance(parameter.default, FieldInfo) else hint


def _camel(name: str) -> str:
    return ''.join(word[:1].upper() + word[1:] for word in name.strip('<>').split('_'))
