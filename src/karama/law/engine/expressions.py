"""The narrow waist: the expressions of which every formula is made.

Frozen nodes that validate themselves when built, so that only meaningful expressions exist.  Left out on purpose,
because engines disagree on them silently: floats, free division, arithmetic on dates, string functions, implicit
nulls, ties in ranks.  Each node knows its ``type`` and its ``entity``: ``CONSTANT`` (parameters, cut-off dates),
``HOUSEHOLD`` or ``PERSON``.  A household's value may be read for each of its persons; a person's value reaches the
household only through an aggregation.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING, Literal, NoReturn

from karama.law.engine import types
from karama.law.engine.checks import describe, need, need_known, need_numbers, need_some, refuse
from karama.law.engine.types import BOOLEAN, INTEGER, Constant, Kind, Type

if TYPE_CHECKING:
    from collections.abc import Iterator


class Entity(IntEnum):
    """On whose row a value stands; the greater one wins when two meet."""

    CONSTANT = 0
    HOUSEHOLD = 1
    PERSON = 2


@dataclass(frozen=True, eq=False)
class Node:
    """An expression; compared with ``is``, combined with ``& | ~ + - * < <= > >=`` and the methods below."""

    type: Type = field(init=False)
    entity: Entity = field(init=False)

    def _settle(self, kind: Type, entity: Entity) -> None:
        object.__setattr__(self, "type", kind)
        object.__setattr__(self, "entity", entity)

    @cached_property
    def _below(self) -> tuple[Node, ...]:
        contents = (getattr(self, one.name) for one in fields(self) if one.init)
        return tuple(found for content in contents for found in _nodes_in(content))

    def children(self) -> tuple[Node, ...]:
        """The nodes directly below, in the order of the fields; looked for once, since a node never changes."""
        return self._below

    def walk(self) -> Iterator[Node]:
        """This node and all those below, each before its own."""
        waiting: list[Node] = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed(one.children()))

    def __bool__(self) -> NoReturn:  # noqa: PLE0304 - it never returns
        refuse("a condition has no value while the law is being written: use case(), &, | and ~")

    def __and__(self, other: Node) -> Node:
        return all_of(self, other)

    def __or__(self, other: Node) -> Node:
        return any_of(self, other)

    def __invert__(self) -> Node:
        return Not(self)

    def __lt__(self, other: Node | Constant) -> Node:
        return Comparison("<", self, node(other))

    def __le__(self, other: Node | Constant) -> Node:
        return Comparison("<=", self, node(other))

    def __gt__(self, other: Node | Constant) -> Node:
        return Comparison(">", self, node(other))

    def __ge__(self, other: Node | Constant) -> Node:
        return Comparison(">=", self, node(other))

    def __eq__(self, other: object) -> NoReturn:
        refuse(f"== compares objects of Python, not values of the law: write equals() ({describe(self)})")

    __hash__ = object.__hash__

    def equals(self, other: Node | Constant) -> Node:
        """The same value."""
        return Comparison("=", self, node(other))

    def among(self, *codes: str) -> Node:
        """One of the listed codes."""
        return Among(self, codes)

    def is_known(self) -> Node:
        """Whether the value is recorded."""
        return IsKnown(self)

    def otherwise(self, default: Node | Constant) -> Node:
        """The value, or the default where it is unknown."""
        return Otherwise(self, node(default))

    def __add__(self, other: Node | Constant) -> Node:
        return total(self, node(other))

    def __sub__(self, other: Node | Constant) -> Node:
        return Difference(self, node(other))

    def __mul__(self, other: Node | Constant) -> Node:
        return Product(self, node(other))

    def rounded(self, places: int) -> Node:
        """Rounded half away from zero."""
        return Rounded(self, places)


@dataclass(frozen=True, eq=False)
class Order:
    """One key of a ranking; ``descending`` puts the largest first."""

    key: Node
    descending: bool = False


def _nodes_in(content: object) -> Iterator[Node]:
    if isinstance(content, Node):
        yield content
    elif isinstance(content, Order):
        yield content.key
    elif isinstance(content, tuple):
        for part in content:
            yield from _nodes_in(part)


def node(value: Node | Constant) -> Node:
    """The value as a node."""
    return value if isinstance(value, Node) else Literal_(value)


def widest(*nodes: Node) -> Entity:
    """The entity on whose row a combination of operands stands."""
    return max((one.entity for one in nodes), default=Entity.CONSTANT)


@dataclass(frozen=True, eq=False)
class Literal_(Node):  # noqa: N801 - "Literal" is typing's
    """A value written in the formula."""

    value: Constant

    def __post_init__(self) -> None:
        self._settle(types.literal_type(self.value), Entity.CONSTANT)


@dataclass(frozen=True, eq=False)
class Column(Node):
    """An input of the register or the result of another formula, read by its name."""

    name: str
    column_type: Type
    column_entity: Entity

    def __post_init__(self) -> None:
        self._settle(self.column_type, self.column_entity)


@dataclass(frozen=True, eq=False)
class Parameter(Node):
    """A dated value of the law, constant for a month and a clock; ``key`` names the column that selects its entry."""

    name: str
    parameter_type: Type
    key: str | None = None

    def __post_init__(self) -> None:
        self._settle(self.parameter_type, Entity.CONSTANT)

    def at(self, selector: Node) -> Node:
        """The entry of a keyed parameter for the selector's code."""
        return Lookup(self, selector)


@dataclass(frozen=True, eq=False)
class Lookup(Node):
    """Entry of a keyed parameter (a table by zone, for example)."""

    parameter: Parameter
    selector: Node

    def __post_init__(self) -> None:
        if self.parameter.key is None:
            refuse(f"parameter '{self.parameter.name}' has one value, not a table: read it without at()")
        need_known("a table", self.selector)
        need(Kind.CHOICE, "a table's selector", self.selector)
        self._settle(self.parameter.type, self.selector.entity)


Comparator = Literal["<", "<=", ">", ">=", "="]


@dataclass(frozen=True, eq=False)
class Comparison(Node):
    """Two values of one nature compared; codes only for equality."""

    comparator: Comparator
    left: Node
    right: Node

    def __post_init__(self) -> None:
        need_known("a comparison", self.left, self.right)
        types.common_type([self.left.type, self.right.type], "a comparison")
        if self.comparator != "=" and self.left.type.kind in {Kind.CHOICE, Kind.TEXT, Kind.BOOLEAN}:
            refuse(f"{describe(self.left)} is {self.left.type}, which has no order: compare it with equals()")
        codes, other = self.left.type, self.right
        if codes.kind is Kind.CHOICE and isinstance(other, Literal_) and other.value not in codes.choices:
            refuse(f"{describe(self.left)} is never '{other.value}': use one of {', '.join(codes.choices)}")
        self._settle(BOOLEAN, widest(self.left, self.right))


@dataclass(frozen=True, eq=False)
class Among(Node):
    """Membership in a list of codes."""

    value: Node
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        need_known("among()", self.value)
        need(Kind.CHOICE, "among()", self.value)
        unknown = [code for code in self.codes if code not in self.value.type.choices]
        if unknown or not self.codes:
            refuse(f"{describe(self.value)} is never {unknown}: use some of {', '.join(self.value.type.choices)}")
        self._settle(BOOLEAN, self.value.entity)


@dataclass(frozen=True, eq=False)
class IsKnown(Node):
    """Whether a value is recorded."""

    value: Node

    def __post_init__(self) -> None:
        if not self.value.type.nullable:
            refuse(f"{describe(self.value)} is always known: is_known() says nothing")
        self._settle(BOOLEAN, self.value.entity)


@dataclass(frozen=True, eq=False)
class Otherwise(Node):
    """A value, or a default where it is unknown."""

    value: Node
    default: Node

    def __post_init__(self) -> None:
        if not self.value.type.nullable:
            refuse(f"{describe(self.value)} is always known: otherwise() says nothing")
        kind = types.common_type([self.value.type, self.default.type], "otherwise()")
        settled = kind.or_unknown() if self.default.type.nullable else kind.known()
        self._settle(settled, widest(self.value, self.default))


@dataclass(frozen=True, eq=False)
class All(Node):
    """Every condition holds."""

    conditions: tuple[Node, ...]

    def __post_init__(self) -> None:
        need_some("'and'", self.conditions)
        need_known("'and'", *self.conditions)
        need(Kind.BOOLEAN, "'and'", *self.conditions)
        self._settle(BOOLEAN, widest(*self.conditions))


@dataclass(frozen=True, eq=False)
class Any(Node):
    """At least one condition holds."""

    conditions: tuple[Node, ...]

    def __post_init__(self) -> None:
        need_some("'or'", self.conditions)
        need_known("'or'", *self.conditions)
        need(Kind.BOOLEAN, "'or'", *self.conditions)
        self._settle(BOOLEAN, widest(*self.conditions))


def all_of(*conditions: Node) -> Node:
    """Every condition; nested ones are laid flat."""
    return All(tuple(part for one in conditions for part in (one.conditions if isinstance(one, All) else (one,))))


def any_of(*conditions: Node) -> Node:
    """At least one condition; nested ones are laid flat."""
    return Any(tuple(part for one in conditions for part in (one.conditions if isinstance(one, Any) else (one,))))


@dataclass(frozen=True, eq=False)
class Not(Node):
    """The contrary of a condition."""

    condition: Node

    def __post_init__(self) -> None:
        need_known("'not'", self.condition)
        need(Kind.BOOLEAN, "'not'", self.condition)
        self._settle(BOOLEAN, self.condition.entity)


@dataclass(frozen=True, eq=False)
class Case(Node):
    """The value of the first condition that holds, else the last one."""

    branches: tuple[tuple[Node, Node], ...]
    default: Node

    def __post_init__(self) -> None:
        conditions = [condition for condition, _ in self.branches]
        values = [value for _, value in self.branches] + [self.default]
        need_known("case()", *conditions)
        need(Kind.BOOLEAN, "case()", *conditions)
        kind = types.common_type([value.type for value in values], "case()")
        self._settle(kind, widest(*conditions, *values))


@dataclass(frozen=True, eq=False)
class Total(Node):
    """Sum of several numbers of one row."""

    terms: tuple[Node, ...]

    def __post_init__(self) -> None:
        need_some("a sum", self.terms)
        need_known("a sum", *self.terms)
        need_numbers("a sum", *self.terms)
        kind = types.common_type([one.type for one in self.terms], "a sum")
        if kind.kind is Kind.DECIMAL:
            kind = types.decimal(kind.digits + len(str(len(self.terms))), kind.places)
        self._settle(kind, widest(*self.terms))


def total(*terms: Node | Constant) -> Node:
    """Sum of the terms; nested sums are laid flat."""
    nodes = [node(one) for one in terms]
    return Total(tuple(part for one in nodes for part in (one.terms if isinstance(one, Total) else (one,))))


@dataclass(frozen=True, eq=False)
class Difference(Node):
    """First number minus second."""

    left: Node
    right: Node

    def __post_init__(self) -> None:
        need_known("a difference", self.left, self.right)
        need_numbers("a difference", self.left, self.right)
        kind = types.common_type([self.left.type, self.right.type], "a difference")
        if kind.kind is Kind.DECIMAL:
            kind = types.decimal(kind.digits + 1, kind.places)
        self._settle(kind, widest(self.left, self.right))


@dataclass(frozen=True, eq=False)
class Product(Node):
    """Product of two numbers; exact, so decimals add their places."""

    left: Node
    right: Node

    def __post_init__(self) -> None:
        need_known("a product", self.left, self.right)
        need_numbers("a product", self.left, self.right)
        if self.left.type.kind is Kind.INTEGER and self.right.type.kind is Kind.INTEGER:
            kind = INTEGER
        else:
            left, right = types.as_decimal(self.left.type), types.as_decimal(self.right.type)
            kind = types.decimal(left.digits + right.digits, left.places + right.places)
        self._settle(kind, widest(self.left, self.right))


@dataclass(frozen=True, eq=False)
class Rounded(Node):
    """A decimal rounded half away from zero to fewer places."""

    value: Node
    places: int

    def __post_init__(self) -> None:
        need_known("rounded()", self.value)
        need(Kind.DECIMAL, "rounded()", self.value)
        kind = self.value.type
        if self.places >= kind.places:
            refuse(f"{describe(self.value)} has {kind.places} places: rounding to {self.places} changes nothing")
        self._settle(types.decimal(kind.digits - kind.places + self.places + 1, self.places), self.value.entity)
