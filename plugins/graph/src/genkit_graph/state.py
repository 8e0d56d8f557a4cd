# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""The state of a graph, what nodes write to it, and how the writes of parallel branches come together."""

import json
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, Generic, TypeVar, cast

from genkit import GenkitError
from genkit.plugin import describe_problems, did_you_mean, read_json
from genkit.types import WireModel
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticSerializationError


StateT = TypeVar('StateT', bound=BaseModel)
Values = dict[str, Any]  # a state as JSON, by the names of its members


@dataclass(frozen=True)
class Merge:
    """Says that nodes add to a member instead of setting it: ``tokens: Annotated[int, Merge(operator.add)] = 0``.

    Args:
        by: Takes what there is and what a node returned, both of the member's type, and returns the new value.
    """

    by: Callable[[Any, Any], Any]


Append: Final = Merge(operator.add)


class Write(WireModel):
    """What one node wrote to one member.

    Attributes:
        id: Unique in the run; two branches that hold the same write share it.
        value: As JSON: the new value, or what is added.
        is_addition: Whether it is added by the member's `Merge`.
    """

    id: int
    node: str
    member: str
    value: Any = None
    is_addition: bool = False


def merged(left: Sequence[Write], right: Sequence[Write]) -> list[Write]:
    """Return the writes of two branches that meet, those of the left one first.

    Raises:
        GenkitError: ``FAILED_PRECONDITION`` if one branch set a member that the other wrote as well.
    """
    shared = {write.id for write in left} & {write.id for write in right}
    of_left = [write for write in left if write.id not in shared]
    of_right = [write for write in right if write.id not in shared]
    for one in of_left:
        for other in of_right:
            if one.member == other.member and not (one.is_addition and other.is_addition):
                raise GenkitError(
                    f'The nodes {one.node!r} and {other.node!r} of parallel branches both wrote {one.member!r}. Let '
                    'one of them write it, or give the member a reducer: Annotated[list[str], Append].',
                    status='FAILED_PRECONDITION',
                )
    return [*left, *of_right]


class StateType(Generic[StateT]):
    """The model that a graph's state is an instance of.

    Args:
        model: The model.

    Raises:
        GenkitError: ``INVALID_ARGUMENT`` if it cannot be the state of a graph.
    """

    def __init__(self, model: type[StateT]) -> None:
        self.model = model
        if not (isinstance(model, type) and issubclass(model, BaseModel)):  # pyright: ignore[reportUnnecessaryIsInstance]  (from untyped callers)
            raise _invalid(f'The state of a graph is {model!r}; expected a class derived from pydantic.BaseModel.')
        if model.model_config.get('extra') == 'allow':
            raise _invalid(f'{model.__name__} takes any member (extra="allow"). Declare the members of a state.')
        for name, field in model.model_fields.items():
            if {name, field.alias} & {'run_id', 'runId'}:
                raise _invalid(f"{model.__name__}.{name} has the name of a graph's own input. Rename it.")
        self._merges = {
            name: next(each for each in field.metadata if isinstance(each, Merge))
            for name, field in model.model_fields.items()
            if any(isinstance(each, Merge) for each in field.metadata)
        }
        self._members = {name: _adapter(model.model_fields[name]) for name in self._merges}

    def values(self, state: StateT, writer: str) -> Values:
        """Return a state as JSON.

        Args:
            state: The state.
            writer: Who made it, as the subject of a message.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if JSON does not hold it whole.
        """
        try:
            text = state.model_dump_json(by_alias=False, round_trip=True)
            again = self._read(text)
        except (PydanticSerializationError, ValidationError, ValueError) as error:
            raise _invalid(
                f'{_first(writer)}: this {self.model.__name__} cannot be kept as JSON. Keep plain data in a state.',
                error,
            ) from error
        if again != state:
            names = [name for name in self.model.model_fields if getattr(again, name) != getattr(state, name)]
            raise _invalid(
                f'{_first(writer)}: {names or "the private attributes"} of {self.model.__name__} would not be the same '
                'after they were kept as JSON. Keep plain data in a state.'
            )
        return cast('Values', read_json(text))

    def make(self, values: Values) -> StateT:
        """Return a new instance with these values.

        Raises:
            GenkitError: ``FAILED_PRECONDITION`` if they do not fit.
        """
        try:
            return self._read(json.dumps(values))
        except ValidationError as error:
            raise GenkitError(
                f'The values do not make a {self.model.__name__}: {describe_problems(error)}',
                status='FAILED_PRECONDITION',
                cause=error,
            ) from error

    def after(self, values: Values, writes: Sequence[Write]) -> Values:
        """Return values after some writes."""
        values = dict(values)
        for write in writes:
            value = write.value
            if write.is_addition and write.member in self._merges:
                member = self._members[write.member]
                old, added = (member.validate_json(json.dumps(each)) for each in (values[write.member], value))
                total = member.validate_python(self._merges[write.member].by(old, added))
                value = read_json(member.dump_json(total, by_alias=False, round_trip=True))
            values[write.member] = value
        return values

    def writes(self, given: StateT, values: Values, returned: Any, node: str) -> list[Write]:
        """Return what a node wrote; without ids.

        Args:
            given: The instance that the node was given, which it may have changed.
            values: What that instance was made of.
            returned: What the node returned.
            node: Its name, for messages.

        Raises:
            GenkitError: ``INVALID_ARGUMENT`` if it is neither members, nor a state, nor None.
        """
        writer = f'node {node!r}'
        before = self.make(values)
        if isinstance(returned, self.model):
            changed = {n: v for n, v in dict(returned).items() if v != getattr(before, n)}
            tails = {name: self._tail(name, getattr(before, name), value) for name, value in changed.items()}
            update = {name: changed[name] if tail is None else tail for name, tail in tails.items()}
            additions = {name for name, tail in tails.items() if tail is not None}
        else:
            update = self.members_of(returned, writer)
            additions = self._merges.keys() & update.keys()
            if given != before:
                raise _invalid(
                    f'{_first(writer)} changed the state that it was given and did not return it. Return it.'
                )
        typed = self.checked({**dict(before), **update}, f'What {writer} returned')
        told = self.values(typed, writer)
        return [Write(id=0, node=node, member=name, value=told[name], is_addition=name in additions) for name in update]

    def checked(self, members: Mapping[str, Any] | StateT, writer: str) -> StateT:
        """Return members, by name, as a state.

        Raises:
            GenkitError: ``INVALID_ARGUMENT``.
        """
        try:
            return self.model.model_validate(members, by_alias=False, by_name=True)
        except ValidationError as error:
            raise _invalid(
                f'{_first(writer)} does not fit {self.model.__name__}: {describe_problems(error)}', error
            ) from error

    def members_of(self, returned: Any, writer: str) -> dict[str, Any]:
        """Return the members that a dictionary names; none for None.

        Raises:
            GenkitError: ``INVALID_ARGUMENT``.
        """
        if returned is None:
            return {}
        if not isinstance(returned, Mapping):
            raise _invalid(
                f'{_first(writer)} returned a {type(returned).__name__}; expected a dictionary of the members that '
                f'change, a {self.model.__name__}, or None.'
            )
        update = dict(cast('Mapping[str, Any]', returned))
        for name in update:
            if name not in self.model.model_fields:
                hint = did_you_mean(str(name), self.model.model_fields)
                raise _invalid(f'{_first(writer)} has {name!r}, which {self.model.__name__} does not have.{hint}')
        return update

    def _read(self, text: str) -> StateT:
        return self.model.model_validate_json(text, by_alias=False, by_name=True)

    def _tail(self, name: str, old: Any, new: Any) -> list[Any] | None:
        """Return what a node appended to a list by returning a longer one; None if that is not what it did."""
        if self._merges.get(name) is not Append or not isinstance(old, list) or not isinstance(new, list):
            return None
        before, after = cast('list[Any]', old), cast('list[Any]', new)
        return after[len(before) :] if after[: len(before)] == before else None


def _adapter(field: FieldInfo) -> TypeAdapter[Any]:
    return TypeAdapter(cast('Any', Annotated)[(field.annotation, *field.metadata)])


def _invalid(message: str, cause: Exception | None = None) -> GenkitError:
    return GenkitError(message, status='INVALID_ARGUMENT', cause=cause)


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]
