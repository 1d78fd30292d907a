"""The narrow waist: the expressions of which every formula is made.

Frozen nodes that validate themselves when built, so that only meaningful expressions exist.  Left out on purpose,
because engines disagree on them silently: floats, free division, arithmetic on dates, string functions, implicit
nulls, ties in ranks.  Each node knows its ``type`` and its ``entity``: ``CONSTANT`` (parameters, cut-off dates),
``HOUSEHOLD`` or ``PERSON``.  A household's value may be read for each of its persons; a person's value reaches the
household only through an aggregation.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields
from decimal import Decimal
from enum import IntEnum
from typing import TYPE_CHECKING, Literal, NoReturn

from karama.foundation.errors import LawError
from karama.law.engine import types
from karama.law.engine.types import BOOLEAN, DATE, INTEGER, Kind, Type

if TYPE_CHECKING:
    from collections.abc import Iterator

Constant = bool | int | Decimal | str | dt.date
"""A value known when the law is read."""

Value = Constant | None
"""A value of one row; None when unknown."""


class Entity(IntEnum):
    """On whose row a value stands; the greater one wins when two meet."""

    CONSTANT = 0
    HOUSEHOLD = 1
    PERSON = 2


def _refuse(message: str) -> NoReturn:
    raise LawError(message)


@dataclass(frozen=True, eq=False)
class Node:
    """An expression; compared by identity, combined with ``& | ~ + - * < <= > >=`` and the methods below."""

    type: Type = field(init=False)
    entity: Entity = field(init=False)

    def _settle(self, kind: Type, entity: Entity) -> None:
        object.__setattr__(self, "type", kind)
        object.__setattr__(self, "entity", entity)

    def children(self) -> Iterator[Node]:
        """The nodes directly below, in the order of the fields."""
        for one in fields(self):
            if one.init:
                yield from _nodes_in(getattr(self, one.name))

    def walk(self) -> Iterator[Node]:
        """This node and all those below."""
        yield self
        for child in self.children():
            yield from child.walk()

    def __bool__(self) -> NoReturn:
        """Refuse Python's own ``if``, ``and``, ``or``, ``not``: the value is not known while the law is written."""
        _refuse("a condition has no value while the law is being written: use case(), &, | and ~")

    def __and__(self, other: Node) -> Node:
        """Both."""
        return all_of(self, other)

    def __or__(self, other: Node) -> Node:
        """At least one."""
        return any_of(self, other)

    def __invert__(self) -> Node:
        """The contrary."""
        return Not(self)

    def __lt__(self, other: Node | Constant) -> Node:
        """Less, or earlier."""
        return Comparison("<", self, node(other))

    def __le__(self, other: Node | Constant) -> Node:
        """At most, or not later."""
        return Comparison("<=", self, node(other))

    def __gt__(self, other: Node | Constant) -> Node:
        """More, or later."""
        return Comparison(">", self, node(other))

    def __ge__(self, other: Node | Constant) -> Node:
        """At least, or not earlier."""
        return Comparison(">=", self, node(other))

    def equals(self, other: Node | Constant) -> Node:
        """The same value (``==`` is left to Python, which needs it)."""
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
        """Sum."""
        return total(self, node(other))

    def __sub__(self, other: Node | Constant) -> Node:
        """Difference."""
        return Difference(self, node(other))

    def __mul__(self, other: Node | Constant) -> Node:
        """Product."""
        return Product(self, node(other))

    def rounded(self, places: int) -> Node:
        """Rounded half away from zero."""
        return Rounded(self, places)


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


def _need_known(where: str, *nodes: Node) -> None:
    for one in nodes:
        if one.type.nullable:
            _refuse(f"{where} reads {describe(one)}, which may be unknown: ask is_known() or give otherwise(...) first")


def _need(kind: Kind, where: str, *nodes: Node) -> None:
    for one in nodes:
        if one.type.kind is not kind:
            _refuse(f"{where} needs {kind.value}, but {describe(one)} is {one.type}")


def describe(one: Node) -> str:
    """Short name of a node for messages."""
    return repr(one.name) if isinstance(one, (Column, Parameter)) else f"a {type(one).__name__.strip('_').lower()}"


def _widest(*nodes: Node) -> Entity:
    return max((one.entity for one in nodes), default=Entity.CONSTANT)


@dataclass(frozen=True, eq=False)
class Literal_(Node):  # noqa: N801 - "Literal" is typing's
    """A value written in the formula."""

    value: Constant

    def __post_init__(self) -> None:
        """Find the type; floats are refused."""
        self._settle(literal_type(self.value), Entity.CONSTANT)


def literal_type(value: Constant) -> Type:
    """The type of a value written in a formula.

    Raises:
        LawError: a float, or another Python type the law does not know.
    """
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, int):
        return INTEGER
    if isinstance(value, Decimal) and value.is_finite():
        places = max(0, -int(value.as_tuple().exponent))
        return types.decimal(max(len(value.as_tuple().digits), places + 1), places)
    if isinstance(value, str):
        return types.choice(value)
    if isinstance(value, dt.date):
        return DATE
    _refuse(f"{value!r} cannot stand in a formula: use whole numbers, Decimal, text, dates or booleans, never floats")


@dataclass(frozen=True, eq=False)
class Column(Node):
    """An input of the register or the result of another formula, read by its name."""

    name: str
    column_type: Type
    column_entity: Entity

    def __post_init__(self) -> None:
        """Take type and entity as declared."""
        self._settle(self.column_type, self.column_entity)


@dataclass(frozen=True, eq=False)
class Parameter(Node):
    """A dated value of the law, constant for a month and a clock; ``key`` names the column that selects its entry."""

    name: str
    parameter_type: Type
    key: str | None = None

    def __post_init__(self) -> None:
        """Take the type as declared."""
        self._settle(self.parameter_type, Entity.CONSTANT)

    def at(self, selector: Node) -> Node:
        """The entry of a keyed parameter for the selector's code."""
        return Lookup(self, selector)


@dataclass(frozen=True, eq=False)
class Lookup(Node):
    """Entry of a keyed parameter (a table by region, for example)."""

    parameter: Parameter
    selector: Node

    def __post_init__(self) -> None:
        """The parameter must be keyed and the selector a known code."""
        if self.parameter.key is None:
            _refuse(f"parameter '{self.parameter.name}' has one value, not a table: read it without at()")
        _need_known("a table", self.selector)
        _need(Kind.CHOICE, "a table's selector", self.selector)
        self._settle(self.parameter.type, self.selector.entity)


@dataclass(frozen=True, eq=False)
class Cutoff(Node):
    """A date computed once per run from the first day of the month: minus years, plus months, plus days.

    ``age < n`` on the reference day is written ``birth_date > years_before(n)``: nothing else is done to dates.
    """

    years_before: Node
    months_after: Node
    days_after: int = 0

    def __post_init__(self) -> None:
        """Offsets are whole constants."""
        _need(Kind.INTEGER, "a cut-off date", self.years_before, self.months_after)
        if _widest(self.years_before, self.months_after) is not Entity.CONSTANT:
            _refuse("a cut-off date is the same for everybody: its offsets must be numbers or parameters")
        self._settle(DATE, Entity.CONSTANT)


@dataclass(frozen=True, eq=False)
class CompletedYears(Node):
    """Age in completed years on the first day of the month."""

    date: Node

    def __post_init__(self) -> None:
        """A known date."""
        _need_known("completed_years()", self.date)
        _need(Kind.DATE, "completed_years()", self.date)
        self._settle(INTEGER, self.date.entity)


@dataclass(frozen=True, eq=False)
class MonthsSince(Node):
    """Calendar months from the month of a date to the month in question (0 in the same month)."""

    date: Node

    def __post_init__(self) -> None:
        """A known date."""
        _need_known("months_since()", self.date)
        _need(Kind.DATE, "months_since()", self.date)
        self._settle(INTEGER, self.date.entity)


@dataclass(frozen=True, eq=False)
class DatePart(Node):
    """Number of the month in the year (1 to 12), or of the day in the month (1 to 31)."""

    part: Literal["month", "day"]
    date: Node

    def __post_init__(self) -> None:
        """A known date."""
        _need_known(f"{self.part}_of()", self.date)
        _need(Kind.DATE, f"{self.part}_of()", self.date)
        self._settle(INTEGER, self.date.entity)


Comparator = Literal["<", "<=", ">", ">=", "="]


@dataclass(frozen=True, eq=False)
class Comparison(Node):
    """Two values of one nature compared; codes only for equality."""

    comparator: Comparator
    left: Node
    right: Node

    def __post_init__(self) -> None:
        """Known values of one nature."""
        _need_known("a comparison", self.left, self.right)
        types.common_type([self.left.type, self.right.type], "a comparison")
        if self.comparator != "=" and self.left.type.kind in {Kind.CHOICE, Kind.TEXT, Kind.BOOLEAN}:
            _refuse(f"{describe(self.left)} is {self.left.type}, which has no order: compare it with equals()")
        codes, other = self.left.type, self.right
        if codes.kind is Kind.CHOICE and isinstance(other, Literal_) and other.value not in codes.choices:
            _refuse(f"{describe(self.left)} is never '{other.value}': use one of {', '.join(codes.choices)}")
        self._settle(BOOLEAN, _widest(self.left, self.right))


@dataclass(frozen=True, eq=False)
class Among(Node):
    """Membership in a list of codes."""

    value: Node
    codes: tuple[str, ...]

    def __post_init__(self) -> None:
        """The codes must exist."""
        _need_known("among()", self.value)
        _need(Kind.CHOICE, "among()", self.value)
        unknown = [code for code in self.codes if code not in self.value.type.choices]
        if unknown or not self.codes:
            _refuse(f"{describe(self.value)} is never {unknown}: use some of {', '.join(self.value.type.choices)}")
        self._settle(BOOLEAN, self.value.entity)


@dataclass(frozen=True, eq=False)
class IsKnown(Node):
    """Whether a value is recorded."""

    value: Node

    def __post_init__(self) -> None:
        """Only useful on a value that may be unknown."""
        if not self.value.type.nullable:
            _refuse(f"{describe(self.value)} is always known: is_known() says nothing")
        self._settle(BOOLEAN, self.value.entity)


@dataclass(frozen=True, eq=False)
class Otherwise(Node):
    """A value, or a default where it is unknown."""

    value: Node
    default: Node

    def __post_init__(self) -> None:
        """The default fits; it may itself be unknown, then so is the result."""
        if not self.value.type.nullable:
            _refuse(f"{describe(self.value)} is always known: otherwise() says nothing")
        kind = types.common_type([self.value.type, self.default.type], "otherwise()")
        settled = kind.or_unknown() if self.default.type.nullable else kind.known()
        self._settle(settled, _widest(self.value, self.default))


@dataclass(frozen=True, eq=False)
class All(Node):
    """Every condition holds."""

    conditions: tuple[Node, ...]

    def __post_init__(self) -> None:
        """Conditions only."""
        _need_known("'and'", *self.conditions)
        _need(Kind.BOOLEAN, "'and'", *self.conditions)
        self._settle(BOOLEAN, _widest(*self.conditions))


@dataclass(frozen=True, eq=False)
class Any(Node):
    """At least one condition holds."""

    conditions: tuple[Node, ...]

    def __post_init__(self) -> None:
        """Conditions only."""
        _need_known("'or'", *self.conditions)
        _need(Kind.BOOLEAN, "'or'", *self.conditions)
        self._settle(BOOLEAN, _widest(*self.conditions))


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
        """A condition."""
        _need_known("'not'", self.condition)
        _need(Kind.BOOLEAN, "'not'", self.condition)
        self._settle(BOOLEAN, self.condition.entity)


@dataclass(frozen=True, eq=False)
class Case(Node):
    """The value of the first condition that holds, else the last one."""

    branches: tuple[tuple[Node, Node], ...]
    default: Node

    def __post_init__(self) -> None:
        """Conditions are conditions, values of one nature; when one may be unknown, so may the result."""
        conditions = [condition for condition, _ in self.branches]
        values = [value for _, value in self.branches] + [self.default]
        _need_known("case()", *conditions)
        _need(Kind.BOOLEAN, "case()", *conditions)
        kind = types.common_type([value.type for value in values], "case()")
        self._settle(kind, _widest(*conditions, *values))


@dataclass(frozen=True, eq=False)
class Total(Node):
    """Sum of several numbers of one row."""

    terms: tuple[Node, ...]

    def __post_init__(self) -> None:
        """Numbers; decimals widen by what the count of terms needs."""
        _need_known("a sum", *self.terms)
        _need_numbers("a sum", *self.terms)
        kind = types.common_type([one.type for one in self.terms], "a sum")
        if kind.kind is Kind.DECIMAL:
            kind = types.decimal(kind.digits + len(str(len(self.terms))), kind.places)
        self._settle(kind, _widest(*self.terms))


def _need_numbers(where: str, *nodes: Node) -> None:
    for one in nodes:
        if not one.type.numeric:
            _refuse(f"{where} needs numbers, but {describe(one)} is {one.type}")


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
        """Numbers."""
        _need_known("a difference", self.left, self.right)
        _need_numbers("a difference", self.left, self.right)
        kind = types.common_type([self.left.type, self.right.type], "a difference")
        if kind.kind is Kind.DECIMAL:
            kind = types.decimal(kind.digits + 1, kind.places)
        self._settle(kind, _widest(self.left, self.right))


@dataclass(frozen=True, eq=False)
class Product(Node):
    """Product of two numbers; exact, so decimals add their places."""

    left: Node
    right: Node

    def __post_init__(self) -> None:
        """Numbers."""
        _need_known("a product", self.left, self.right)
        _need_numbers("a product", self.left, self.right)
        if self.left.type.kind is Kind.INTEGER and self.right.type.kind is Kind.INTEGER:
            kind = INTEGER
        else:
            left, right = types.as_decimal(self.left.type), types.as_decimal(self.right.type)
            kind = types.decimal(left.digits + right.digits, left.places + right.places)
        self._settle(kind, _widest(self.left, self.right))


@dataclass(frozen=True, eq=False)
class Rounded(Node):
    """A decimal rounded half away from zero to fewer places."""

    value: Node
    places: int

    def __post_init__(self) -> None:
        """Fewer places than before."""
        _need_known("rounded()", self.value)
        _need(Kind.DECIMAL, "rounded()", self.value)
        kind = self.value.type
        if self.places >= kind.places:
            _refuse(f"{describe(self.value)} has {kind.places} places: rounding to {self.places} changes nothing")
        self._settle(types.decimal(kind.digits - kind.places + self.places + 1, self.places), self.value.entity)


RATIO_DIGITS = 18


@dataclass(frozen=True, eq=False)
class Ratio(Node):
    """Quotient of two non-negative integers, half up at the given places; 0 when the denominator is 0."""

    numerator: Node
    denominator: Node
    places: int

    def __post_init__(self) -> None:
        """Integers, places that a 64-bit number can hold."""
        _need_known("ratio()", self.numerator, self.denominator)
        _need(Kind.INTEGER, "ratio()", self.numerator, self.denominator)
        if not 0 <= self.places <= RATIO_DIGITS - 6:
            _refuse(f"ratio() with {self.places} places: use 0 to {RATIO_DIGITS - 6}")
        self._settle(types.decimal(RATIO_DIGITS, self.places), _widest(self.numerator, self.denominator))


@dataclass(frozen=True, eq=False)
class Extreme(Node):
    """The least or the greatest of several numbers or dates of one row."""

    which: Literal["least", "greatest"]
    values: tuple[Node, ...]

    def __post_init__(self) -> None:
        """Ordered values of one nature."""
        _need_known(f"{self.which}()", *self.values)
        kind = types.common_type([one.type for one in self.values], f"{self.which}()")
        if not (kind.numeric or kind.kind is Kind.DATE):
            _refuse(f"{self.which}() of {kind} has no sense: use numbers or dates")
        self._settle(kind, _widest(*self.values))


Aggregation = Literal["sum", "count", "any", "least", "greatest"]


@dataclass(frozen=True, eq=False)
class Aggregate(Node):
    """A household's value drawn from its persons: sum, count, any, least or greatest, over those ``where`` holds."""

    aggregation: Aggregation
    value: Node
    where: Node
    default: Node

    def __post_init__(self) -> None:
        """A person's value."""
        _need_known(f"{self.aggregation} over persons", self.value, self.where, self.default)
        _need(Kind.BOOLEAN, f"{self.aggregation} over persons", self.where)
        if _widest(self.value, self.where) is not Entity.PERSON:
            _refuse(f"{self.aggregation} over persons reads nothing of a person: aggregate a person's value")
        if self.default.entity is not Entity.CONSTANT:
            _refuse("the value of an empty household must be a constant")
        kind = types.common_type([self.value.type, self.default.type], f"{self.aggregation} over persons")
        if self.aggregation == "sum":
            _need_numbers("a sum over persons", self.value)
            if kind.kind is Kind.DECIMAL:
                kind = types.decimal(kind.digits + 3, kind.places)
        self._settle(kind, Entity.HOUSEHOLD)


@dataclass(frozen=True, eq=False)
class Order:
    """One key of a ranking; ``descending`` puts the largest first."""

    key: Node
    descending: bool = False


@dataclass(frozen=True, eq=False)
class Rank(Node):
    """Rank within the household, from 1, among the persons for whom ``among`` holds; 0 for the others.

    The order is total: after the given keys the person's identifier decides, so no engine has a tie to break.
    With ``shared`` equal keys share the rank (1, 2, 2, 4).  ``within`` restarts the count for each of its values.
    """

    among_: Node
    order: tuple[Order, ...]
    within: tuple[Node, ...] = ()
    shared: bool = False

    def __post_init__(self) -> None:
        """Keys that have an order."""
        keys = [one.key for one in self.order]
        _need_known("a rank", self.among_, *keys, *self.within)
        _need(Kind.BOOLEAN, "a rank", self.among_)
        for key in keys:
            if not (key.type.numeric or key.type.kind is Kind.DATE):
                _refuse(f"a rank cannot be ordered by {describe(key)}, which is {key.type}: use numbers or dates")
        if self.among_.entity is not Entity.PERSON:
            _refuse("a rank needs persons to rank: say among whom")
        if self.shared and not keys:
            _refuse("a shared rank needs a key to share")
        self._settle(INTEGER, Entity.PERSON)
