"""Each expression of the law as a piece of Python, and what such pieces need to run exactly."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.law.engine import dates, members, numbers
from karama.law.engine import expressions as e
from karama.law.engine.expressions import Entity
from karama.law.engine.types import INTEGER_DIGITS_IN_DECIMALS, Kind, common_type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from karama.law.engine.graph import Binding
    from karama.law.engine.types import Type

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""In which the decimals of a generated function are computed."""

_LIMIT = 10**INTEGER_DIGITS_IN_DECIMALS


def _decimal(number: int | None) -> Decimal | None:
    if number is None:
        return None
    if not -_LIMIT < number < _LIMIT:
        message = f"{number} has more than {INTEGER_DIGITS_IN_DECIMALS} digits: it cannot meet a decimal"
        raise BadInputError(message)
    return Decimal(number)


def _ratio(numerator: int, denominator: int, places: int) -> Decimal:
    if denominator <= 0:
        return Decimal(0)
    size = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return Decimal(-size if numerator < 0 else size).scaleb(-places)


def made_function(source: str, extra: dict[str, Any] | None = None) -> Callable[..., Any]:
    """The function ``evaluate`` of a text written here from validated nodes."""
    namespace = {"_ratio": _ratio, "_decimal": _decimal, "Decimal": Decimal, "date": dt.date, **(extra or {})}
    exec(compile(source, "<law>", "exec"), namespace)  # noqa: S102 - no text of a user stands in it
    made: Callable[..., Any] = namespace["evaluate"]
    return made


def constant_values(constants: Iterable[e.Node], binding: Binding) -> tuple[object, ...]:
    """The values of parameters and cut-off dates in a month, in the order of the constants of a written function."""
    return tuple(
        binding.cutoff(one) if isinstance(one, dates.Cutoff) else binding.parameter(one.name)  # type: ignore[attr-defined]
        for one in constants
    )


class Expressions:
    """Writes expressions over variables: ``h_`` and ``p_`` columns, ``k_`` constants, ``this_year``, ``this_month``.

    ``constants`` gathers the parameters and cut-off dates met; ``made`` names the variables that hold the aggregations
    and ranks, by the identity of their nodes.  ``mark`` begins the names of constants and literals, so that several
    writers can share a function.
    """

    def __init__(self, mark: str = "") -> None:
        """Begin without constants."""
        self._mark = mark
        self.constants: dict[object, e.Node] = {}
        self.made: dict[int, str] = {}
        self._literals: dict[str, str] = {}

    def preamble(self) -> list[str]:
        """Lines above the function: literals that are made once."""
        return [f"{name} = {written}" for written, name in self._literals.items()]

    def header(self) -> list[str]:
        """Lines that give the constants ``K`` and the month their variables."""
        return [*self.unpacked("K"), " this_year, this_month = month.year, month.month"]

    def unpacked(self, constants: str) -> list[str]:
        """The line that gives the constants, held in a variable, their own; none where there are none."""
        names = "".join(f"{self._mark}k_{number}, " for number in range(len(self.constants)))
        return [f" {names}= {constants}"] if names else []

    def of(self, node: e.Node) -> str:
        """The expression of a node."""
        return self._of(node)

    def _constant(self, key: object, node: e.Node) -> str:
        self.constants.setdefault(key, node)
        return f"{self._mark}k_{list(self.constants).index(key)}"

    def _literal(self, written: str) -> str:
        return self._literals.setdefault(written, f"{self._mark}l_{len(self._literals)}")

    def of_type(self, node: e.Node, kind: Type) -> str:
        """The expression of a node as a value of a type: an integer among decimals is a decimal."""
        written = self._of(node)
        if kind.kind is Kind.DECIMAL and node.type.kind is Kind.INTEGER:
            return f"_decimal({written})"
        return written

    @singledispatchmethod
    def _of(self, node: e.Node) -> str:
        message = f"{type(node).__name__} has no Python"
        raise TypeError(message)

    @_of.register
    def _(self, node: e.Literal_) -> str:
        if isinstance(node.value, dt.date):
            return self._literal(f"date({node.value.year}, {node.value.month}, {node.value.day})")
        return self._literal(repr(node.value)) if isinstance(node.value, Decimal) else repr(node.value)

    @_of.register
    def _(self, node: e.Column) -> str:
        return f"{'p' if node.entity is Entity.PERSON else 'h'}_{node.name}"

    @_of.register
    def _(self, node: e.Parameter) -> str:
        return self._constant(node.name, node)

    @_of.register
    def _(self, node: e.Lookup) -> str:
        return f"{self._of(node.parameter)}[{self._of(node.selector)}]"

    @_of.register
    def _(self, node: dates.Cutoff) -> str:
        return self._constant(id(node), node)

    @_of.register
    def _(self, node: dates.CompletedYears) -> str:
        date = self._of(node.date)
        return f"(this_year - {date}.year - (({date}.month, {date}.day) > (this_month, 1)))"

    @_of.register
    def _(self, node: dates.MonthsSince) -> str:
        date = self._of(node.date)
        return f"((this_year - {date}.year) * 12 + this_month - {date}.month)"

    @_of.register
    def _(self, node: dates.DatePart) -> str:
        return f"{self._of(node.date)}.{node.part}"

    @_of.register
    def _(self, node: e.Comparison) -> str:
        comparator = "==" if node.comparator == "=" else node.comparator
        kind = common_type([node.left.type, node.right.type], "a comparison")
        return f"({self.of_type(node.left, kind)} {comparator} {self.of_type(node.right, kind)})"

    @_of.register
    def _(self, node: e.Among) -> str:
        return f"({self._of(node.value)} in {node.codes!r})"

    @_of.register
    def _(self, node: e.IsKnown) -> str:
        return f"({self._of(node.value)} is not None)"

    @_of.register
    def _(self, node: e.Otherwise) -> str:
        value = self._of(node.value)
        known, default = self.of_type(node.value, node.type), self.of_type(node.default, node.type)
        return f"({known} if {value} is not None else {default})"

    @_of.register
    def _(self, node: e.All) -> str:
        return f"({' and '.join(self._of(one) for one in node.conditions)})"

    @_of.register
    def _(self, node: e.Any) -> str:
        return f"({' or '.join(self._of(one) for one in node.conditions)})"

    @_of.register
    def _(self, node: e.Not) -> str:
        return f"(not {self._of(node.condition)})"

    @_of.register
    def _(self, node: e.Case) -> str:
        branches = "".join(
            f"{self.of_type(value, node.type)} if {self._of(test)} else " for test, value in node.branches
        )
        return f"({branches}{self.of_type(node.default, node.type)})"

    @_of.register
    def _(self, node: e.Total) -> str:
        return f"({' + '.join(self.of_type(one, node.type) for one in node.terms)})"

    @_of.register
    def _(self, node: e.Difference) -> str:
        return f"({self.of_type(node.left, node.type)} - {self.of_type(node.right, node.type)})"

    @_of.register
    def _(self, node: e.Product) -> str:
        product = f"({self.of_type(node.left, node.type)} * {self.of_type(node.right, node.type)})"
        return product if node.type.kind is Kind.INTEGER else f"({product} + 0)"  # -0 becomes 0, as in SQL

    @_of.register
    def _(self, node: e.Rounded) -> str:
        step = self._literal(repr(Decimal(1).scaleb(-node.places)))
        return f"({self._of(node.value)}.quantize({step}) + 0)"  # -0 becomes 0

    @_of.register
    def _(self, node: numbers.Ratio) -> str:
        return f"_ratio({self._of(node.numerator)}, {self._of(node.denominator)}, {node.places})"

    @_of.register
    def _(self, node: numbers.Extreme) -> str:
        name = "min" if node.which == "least" else "max"
        return f"{name}({', '.join(self.of_type(one, node.type) for one in node.values)})"

    @_of.register
    def _(self, node: members.Aggregate) -> str:
        return self.made[id(node)]

    @_of.register
    def _(self, node: members.Rank) -> str:
        return f"{self.made[id(node)]}[i]"
