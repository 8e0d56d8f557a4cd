# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Types that a user may ask for, each with a value of it."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, computed_field
from typing_extensions import TypedDict


T = TypeVar('T')


class Colour(Enum):
    RED = 'red'
    BLUE = 'blue'


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Cat(BaseModel):
    kind: Literal['cat']
    lives: int


class Dog(BaseModel):
    kind: Literal['dog']
    friend: Cat = Field(description='The best one.')


class Owner(BaseModel):
    pet: Annotated[Cat | Dog, Field(discriminator='kind')]


class Person(BaseModel):
    name: str | None
    age: int | None = None


class Tree(BaseModel):
    name: str
    branches: list['Tree'] = []


class Chain(BaseModel):
    link: str
    rest: 'Chain | None'


class Author(BaseModel):
    name: str
    books: 'list[Book]'


class Book(BaseModel):
    title: str
    authors: list[Author]


class Box(BaseModel, Generic[T]):
    content: T


class Names(RootModel[list[str]]):
    pass


class Word(RootModel[str]):
    pass


class Ages(RootModel[dict[str, int]]):
    pass


class Limited(BaseModel):
    count: int = Field(ge=1, lt=10, multiple_of=2)
    code: str = Field(pattern=r'^[A-Z]{2}\d+$', min_length=3, max_length=8)
    ahead: str = Field(json_schema_extra={'pattern': r'^(?!x).*$'})
    tags: list[str] = Field(min_length=2, max_length=3)


class Moment(BaseModel):
    day: dt.date
    at: dt.datetime
    lasts: dt.timedelta
    ref: uuid.UUID
    price: Decimal
    raw: bytes


class Defaults(BaseModel):
    title: str = 'untitled'
    tags: list[str] = []


class Aliased(BaseModel):
    first_name: str = Field(alias='firstName')


class Closed(BaseModel):
    model_config = ConfigDict(extra='forbid')

    a: int


class Open(BaseModel):
    model_config = ConfigDict(extra='allow')

    a: int


class Computed(BaseModel):
    side: int

    @computed_field
    @property
    def area(self) -> int:
        return self.side**2


class Empty(BaseModel):
    pass


class Anything(BaseModel):
    value: Any


class Movie(TypedDict):
    title: str
    year: int


@dataclass
class Point:
    x: float
    y: float


class Pair(NamedTuple):
    left: int
    right: str


class Deep(BaseModel):
    level: 'Box[Box[Box[Box[Box[Box[Box[Box[Box[Box[Box[int]]]]]]]]]]]'


class Lists(BaseModel):
    rows: list[list[int | None] | None]


def deep(levels: int) -> Any:
    return 1 if not levels else {'content': deep(levels - 1)}


CASES: Mapping[str, tuple[Any, Any]] = {
    'optional': (Person, Person(name=None)),
    'optional root': (Person | None, None),
    'union': (int | str | list[int], [1, 2]),
    'union of objects': (Cat | Point, Point(1.5, 2.0)),
    'discriminated union': (Owner, Owner(pet=Dog(kind='dog', friend=Cat(kind='cat', lives=9)))),
    'discriminated root': (Annotated[Cat | Dog, Field(discriminator='kind')], Cat(kind='cat', lives=1)),
    'literal of one': (Literal['yes'], 'yes'),
    'literal of many': (Literal['a', 'b', 1, True] | None, True),
    'literal with a type': (Box[Literal[1, 2]], Box[Literal[1, 2]](content=2)),
    'enum': (Colour, Colour.BLUE),
    'enum of numbers': (Box[Level], Box[Level](content=Level.HIGH)),
    'nullable enum': (Box[Colour | None], Box[Colour | None](content=None)),
    'boolean constant': (Box[Literal[True]], Box[Literal[True]](content=True)),
    'tuple': (tuple[int, str], (1, 'a')),
    'tuple of one kind': (tuple[int, ...], (1, 2, 3)),
    'empty tuple': (Box[tuple[()]], Box[tuple[()]](content=())),
    'named tuple': (Pair, Pair(1, 'a')),
    'set': (Box[set[int]], Box[set[int]](content={1, 2})),
    'open dictionary': (dict[str, int], {'value': 1}),
    'dictionary of models': (Box[dict[str, Cat]], Box[dict[str, Cat]](content={'tom': Cat(kind='cat', lives=2)})),
    'nested lists': (Lists, Lists(rows=[[1, None], None])),
    'list of models': (list[Cat], [Cat(kind='cat', lives=9)]),
    'plain list': (list, [1, 'a', {}]),
    'recursive': (Tree, Tree(name='a', branches=[Tree(name='b')])),
    'recursive list': (list[Tree], [Tree(name='a')]),
    'recursive and required': (Chain, Chain(link='a', rest=Chain(link='b', rest=None))),
    'mutually recursive': (Author, Author(name='a', books=[Book(title='b', authors=[])])),
    'generic': (Box[list[Cat]], Box[list[Cat]](content=[])),
    'root of a list': (Names, Names(['a', 'b'])),
    'root of a text': (Word, Word('a "quoted" \\ one }')),
    'root of a dictionary': (Ages, Ages({'a': 1})),
    'limits': (Limited, Limited(count=4, code='AB12', ahead='y', tags=['a', 'b'])),
    'formats': (
        Moment,
        Moment(
            day=dt.date(2026, 1, 2),
            at=dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
            lasts=dt.timedelta(hours=1),
            ref=uuid.UUID(int=7),
            price=Decimal('1.50'),
            raw=b'raw',
        ),
    ),
    'date root': (dt.date, dt.date(2026, 1, 2)),
    'defaults': (Defaults, Defaults()),
    'alias': (Aliased, Aliased.model_validate({'firstName': 'Ada'})),
    'extra forbidden': (Closed, Closed(a=1)),
    'extra allowed': (Open, Open.model_validate({'a': 1, 'b': 2})),
    'computed field': (Computed, Computed(side=2)),
    'empty model': (Empty, Empty()),
    'any': (Any, {'value': [1]}),
    'any member': (Anything, Anything(value=None)),
    'typed dictionary': (Movie, {'title': 'M', 'year': 1931}),
    'dataclass': (Point, Point(1.0, 2.0)),
    'described': (Annotated[list[int], Field(description='Primes.', min_length=1)], [2, 3]),
    'integer': (int, 7),
    'deep': (Deep, Deep(level=deep(11))),
}
