"""Each expression of the law as one SQL expression, with exact types; the plan around them is in ``sql``."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import singledispatchmethod
from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from karama.law.engine import dates, members, numbers, types
from karama.law.engine import expressions as e
from karama.law.engine.decimal_sums import DIGITS_OF_64_BITS, by_condition, narrow_sum
from karama.law.engine.fold import COMPARED
from karama.law.engine.shapes import shape
from karama.law.engine.types import INTEGER_DIGITS_IN_DECIMALS, Kind, Type

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from karama.law.engine.graph import Binding
    from karama.law.engine.inputs import Inputs


class Aggregated(Protocol):
    """What is summed, counted or sought over persons."""

    @property
    def aggregation(self) -> members.Aggregation:
        """How."""

    @property
    def value(self) -> e.Node:
        """What."""

    @property
    def where(self) -> e.Node:
        """Over whom."""

    @property
    def type(self) -> Type:
        """Of the result."""


# SQLGlot copies what it is given unless told otherwise; each node here is made once and owned by its parent.


def paren(written: exp.Expression) -> exp.Paren:
    """The expression in brackets."""
    return exp.Paren(this=written)


def bigint() -> exp.DataType:
    """The type of every integer of the law."""
    return exp.DataType(this=exp.DataType.Type.BIGINT)


def decimal_type(digits: int, places: int) -> exp.DataType:
    """DECIMAL(digits, places)."""
    sizes = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in (digits, places)]
    return exp.DataType(this=exp.DataType.Type.DECIMAL, expressions=sizes)


COMPARISONS = {"<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE, "=": exp.EQ}


def sql_type(kind: Type) -> exp.DataType:
    """The SQL type of a value."""
    if kind.kind is Kind.DECIMAL:
        return decimal_type(kind.digits, kind.places)
    names = {
        Kind.BOOLEAN: exp.DataType.Type.BOOLEAN,
        Kind.INTEGER: exp.DataType.Type.BIGINT,
        Kind.DATE: exp.DataType.Type.DATE,
    }
    return exp.DataType(this=names.get(kind.kind, exp.DataType.Type.TEXT))


def cast(value: exp.Expression, kind: exp.DataType) -> exp.Expression:
    """The value as another type; SQLGlot's own function drops a cast from one decimal to another."""
    if isinstance(value, exp.Cast) and value.to == kind:
        return value
    return exp.Cast(this=value, to=kind)


def name_of(name: str, table: str | None = None) -> exp.Column:
    """A quoted column."""
    return exp.column(name, table=table, quoted=True)


def input_column(inputs: Inputs, name: str, table: str) -> exp.Expression:
    """A column of the register under its own name, its integers as wide as those of the law."""
    column = inputs.get(name)
    if column is None or column.type.kind is not Kind.INTEGER:
        return name_of(name, table)
    written: exp.Expression = exp.alias_(cast(name_of(name, table), sql_type(column.type)), name, quoted=True)
    return written


class ExpressionWriter:
    """Writes one expression of the law as one SQL expression over the columns of its step."""

    def __init__(self, binding: Binding, household_key: str, person_key: str, certain: Iterable[e.Node] = ()) -> None:
        """Constants come from the binding; ranks are taken within the household key, ties by the person key.

        ``certain`` are conditions that hold for every row a rank is taken among.
        """
        self._binding = binding
        self._household_key = household_key
        self._person_key = person_key
        self._certain = frozenset(shape(one) for one in certain)
        self.hoisted: dict[int, str] = {}

    def __call__(self, node: e.Node) -> exp.Expression:
        """The SQL of a node."""
        return self._of(node)

    def as_type(self, node: e.Node, kind: Type) -> exp.Expression:
        """The node as a number of a wider type: an integer becomes a decimal of fixed width."""
        if kind.kind is not Kind.DECIMAL or node.type.known() == kind.known():
            return self._of(node)
        if isinstance(node, e.Case):  # constants then widen when the query is planned, not row by row
            branches = ((self._of(condition), self.as_type(value, kind)) for condition, value in node.branches)
            return self._case(branches, self.as_type(node.default, kind))
        written = self._of(node)
        if node.type.kind is Kind.INTEGER:
            written = cast(written, decimal_type(INTEGER_DIGITS_IN_DECIMALS, 0))
        return cast(written, sql_type(kind))

    def constant(self, value: types.Constant) -> exp.Expression:
        """A literal of exact type."""
        if isinstance(value, bool):
            return exp.true() if value else exp.false()
        if isinstance(value, int):
            return cast(exp.Literal.number(value), sql_type(types.INTEGER))
        if isinstance(value, Decimal):
            return cast(exp.Literal.string(f"{value:f}"), sql_type(types.literal_type(value)))
        if isinstance(value, dt.date):
            return cast(exp.Literal.string(value.isoformat()), sql_type(types.DATE))
        return exp.Literal.string(value)

    @singledispatchmethod
    def _of(self, node: e.Node) -> exp.Expression:
        message = f"{type(node).__name__} has no SQL"
        raise TypeError(message)

    @_of.register
    def _(self, node: e.Literal_) -> exp.Expression:
        return self.constant(node.value)

    @_of.register
    def _(self, node: e.Column) -> exp.Expression:
        return name_of(node.name)

    @_of.register
    def _(self, node: e.Parameter) -> exp.Expression:
        value = self._binding.parameter(node.name)
        written = self.constant(value)  # type: ignore[arg-type]
        return cast(written, sql_type(node.type)) if node.type.kind is Kind.DECIMAL else written

    @_of.register
    def _(self, node: e.Lookup) -> exp.Expression:
        table: Mapping[str, types.Constant] = self._binding.parameter(node.parameter.name)  # type: ignore[assignment]
        written = exp.Case(this=self._of(node.selector), ifs=[])
        for code, value in table.items():
            entry = cast(self.constant(value), sql_type(node.type))
            written.append("ifs", exp.If(this=exp.Literal.string(code), true=entry))
        return written

    @_of.register
    def _(self, node: dates.Cutoff) -> exp.Expression:
        return self.constant(self._binding.cutoff(node))

    @_of.register
    def _(self, node: dates.CompletedYears) -> exp.Expression:
        month, date = self._binding.month, self._of(node.date)
        passed = exp.or_(
            exp.GT(this=_part("MONTH", date), expression=exp.Literal.number(month.month)),
            exp.and_(
                exp.EQ(this=_part("MONTH", date), expression=exp.Literal.number(month.month)),
                exp.GT(this=_part("DAY", date), expression=exp.Literal.number(1)),
            ),
        )
        years = exp.Sub(this=exp.Literal.number(month.year), expression=_part("YEAR", date))
        late = exp.case().when(passed, exp.Literal.number(1)).else_(exp.Literal.number(0))
        return cast(exp.Sub(this=paren(years), expression=late), sql_type(types.INTEGER))

    @_of.register
    def _(self, node: dates.MonthsSince) -> exp.Expression:
        date = self._of(node.date)
        years = exp.Mul(this=_part("YEAR", date), expression=exp.Literal.number(12))
        index = paren(exp.Add(this=years, expression=_part("MONTH", date)))
        now = exp.Literal.number(self._binding.month.index + 1)
        return cast(exp.Sub(this=now, expression=index), sql_type(types.INTEGER))

    @_of.register
    def _(self, node: dates.DatePart) -> exp.Expression:
        return _part(node.part.upper(), self._of(node.date))

    @_of.register
    def _(self, node: e.Comparison) -> exp.Expression:
        kind = types.common_type([node.left.type, node.right.type], "a comparison")
        left, right = self.as_type(node.left, kind), self.as_type(node.right, kind)
        if isinstance(node.left, e.Otherwise) and isinstance(node.left.value, e.Column):
            default, bound = self._constant_value(node.left.default), self._constant_value(node.right)
            if default is not None and bound is not None:
                settled = COMPARED[node.comparator](default, bound)
                return self._compared_if_known(node.left.value, node.comparator, right, kind, unknown=settled)
        return paren(COMPARISONS[node.comparator](this=left, expression=right))

    @_of.register
    def _(self, node: e.Among) -> exp.Expression:
        return paren(self._of(node.value).isin(*node.codes))

    @_of.register
    def _(self, node: e.IsKnown) -> exp.Expression:
        return paren(exp.Not(this=exp.Is(this=self._of(node.value), expression=exp.null())))

    @_of.register
    def _(self, node: e.Otherwise) -> exp.Expression:
        return exp.func("COALESCE", self.as_type(node.value, node.type), self.as_type(node.default, node.type))

    @_of.register
    def _(self, node: e.All) -> exp.Expression:
        return paren(exp.and_(*(self._of(one) for one in node.conditions), copy=False))

    @_of.register
    def _(self, node: e.Any) -> exp.Expression:
        return paren(exp.or_(*(self._of(one) for one in node.conditions), copy=False))

    @_of.register
    def _(self, node: e.Not) -> exp.Expression:
        return paren(exp.Not(this=paren(self._of(node.condition))))

    @_of.register
    def _(self, node: e.Case) -> exp.Expression:
        branches = ((self._of(condition), self.as_type(value, node.type)) for condition, value in node.branches)
        return self._case(branches, self.as_type(node.default, node.type))

    @staticmethod
    def _case(branches: Iterable[tuple[exp.Expression, exp.Expression]], default: exp.Expression) -> exp.Case:
        written = exp.case()
        for condition, value in branches:
            written = written.when(condition, value, copy=False)
        return written.else_(default, copy=False)

    @_of.register
    def _(self, node: e.Total) -> exp.Expression:
        if node.type.kind is not Kind.DECIMAL:
            return self._summed(node.terms, node.type)
        apart, together = by_condition(node.terms)
        written = []
        for condition, terms in together:
            nothing = self.as_type(e.Literal_(0), node.type)
            written.append(self._case([(self._of(condition), self._decimals(terms, node.type))], nothing))
        return self._decimals(apart, node.type, written)

    def _decimals(self, terms: Sequence[e.Node], kind: Type, first: Sequence[exp.Expression] = ()) -> exp.Expression:
        """A sum of decimals; those whose sum fits 64 bits are added first, which engines do much faster."""
        narrow, narrow_kind = narrow_sum(terms)
        if len(narrow) < 2:  # noqa: PLR2004 - a sum
            return self._summed(terms, kind, first)
        rest = [one for one in terms if not any(one is other for other in narrow)]
        return self._summed(rest, kind, [*first, cast(self._summed(narrow, narrow_kind), sql_type(kind))])

    def _summed(self, terms: Sequence[e.Node], kind: Type, first: Sequence[exp.Expression] = ()) -> exp.Expression:
        written, *others = [*first, *(self.as_type(one, kind) for one in terms)]
        for term in others:
            written = exp.Add(this=written, expression=term)
            if kind.kind is Kind.DECIMAL:
                written = cast(written, sql_type(kind))
        return paren(written)

    @_of.register
    def _(self, node: e.Difference) -> exp.Expression:
        left, right = self.as_type(node.left, node.type), self.as_type(node.right, node.type)
        return cast(exp.Sub(this=left, expression=paren(right)), sql_type(node.type))

    @_of.register
    def _(self, node: e.Product) -> exp.Expression:
        if node.type.kind is Kind.INTEGER:
            return paren(exp.Mul(this=self._of(node.left), expression=self._of(node.right)))
        left = self.as_type(node.left, types.as_decimal(node.left.type))
        right = self.as_type(node.right, types.as_decimal(node.right.type))
        if node.type.digits > DIGITS_OF_64_BITS >= types.as_decimal(node.left.type).digits:
            # DuckDB multiplies two narrow decimals in 64 bits even where the product needs more.
            left = cast(left, sql_type(types.decimal(DIGITS_OF_64_BITS + 1, types.as_decimal(node.left.type).places)))
        return cast(exp.Mul(this=left, expression=right), sql_type(node.type))

    @_of.register
    def _(self, node: e.Rounded) -> exp.Expression:
        return cast(self._of(node.value), sql_type(node.type))

    @_of.register
    def _(self, node: numbers.Ratio) -> exp.Expression:
        numerator, denominator = self._of(node.numerator), self._of(node.denominator)
        scale = cast(exp.Literal.number(2 * 10**node.places), sql_type(types.INTEGER))
        doubled = exp.Mul(this=paren(denominator), expression=self.constant(2))
        negative = exp.LT(this=paren(numerator.copy()), expression=self.constant(0))
        sign = exp.case().when(negative, self.constant(-1)).else_(self.constant(1))
        half = exp.Mul(this=sign, expression=paren(denominator.copy()))
        raised = exp.Add(this=exp.Mul(this=paren(numerator), expression=scale), expression=paren(half))
        quotient = exp.IntDiv(this=paren(raised), expression=paren(doubled))
        unit = cast(exp.Literal.string(f"{Decimal(1).scaleb(-node.places):f}"), sql_type(_unit(node.places)))
        whole = cast(quotient, decimal_type(numbers.RATIO_DIGITS, 0))
        value = cast(exp.Mul(this=whole, expression=unit), sql_type(node.type))
        nothing = cast(self.constant(0), sql_type(node.type))
        empty = exp.LTE(this=paren(denominator.copy()), expression=self.constant(0))
        return exp.case().when(empty, nothing).else_(value)

    @_of.register
    def _(self, node: numbers.Extreme) -> exp.Expression:
        name = "LEAST" if node.which == "least" else "GREATEST"
        return exp.func(name, *(self.as_type(one, node.type) for one in node.values))

    @_of.register
    def _(self, node: members.Aggregate) -> exp.Expression:
        return cast(name_of(self.hoisted[id(node)]), sql_type(node.type))

    @_of.register
    def _(self, node: members.Rank) -> exp.Expression:
        order = [exp.Ordered(this=self._of(one.key), desc=one.descending, nulls_first=False) for one in node.order]
        if not node.shared:
            order.append(exp.Ordered(this=name_of(self._person_key), desc=False, nulls_first=False))
        certain = shape(node.among_) in self._certain
        among = [] if certain else [self._of(node.among_)]
        within = [name_of(self._household_key), *among, *(self._of(one) for one in node.within)]
        function = exp.Anonymous(this="RANK") if node.shared else exp.RowNumber()
        window = exp.Window(this=function, partition_by=within, order=exp.Order(expressions=order))
        counted = cast(window, sql_type(types.INTEGER))
        return counted if certain else exp.case().when(among[0].copy(), counted).else_(self.constant(0))

    def _constant_value(self, node: e.Node) -> types.Constant | None:
        """The value of a number or date known before any row is read."""
        if isinstance(node, dates.Cutoff):
            return self._binding.cutoff(node)
        if isinstance(node, e.Parameter) and node.key is None:
            return self._binding.parameter(node.name)  # type: ignore[return-value]  # without a key it is one value
        return node.value if isinstance(node, e.Literal_) else None

    def _compared_if_known(
        self, column: e.Column, comparator: e.Comparator, right: exp.Expression, kind: Type, *, unknown: bool
    ) -> exp.Expression:
        """A comparison settled where the column is unknown, written so that engines can skip rows by the column."""
        compared = COMPARISONS[comparator](this=self.as_type(column, kind), expression=right)
        absent = exp.Is(this=self._of(column), expression=exp.null())
        if unknown:
            return paren(exp.Or(this=absent, expression=compared))
        return paren(exp.And(this=exp.Not(this=absent), expression=compared))

    def aggregate(self, node: Aggregated) -> exp.Expression:
        """An aggregation as it stands beside GROUP BY; empty households are seen to by the caller."""
        always = isinstance(node.where, e.Literal_) and node.where.value is True
        value = self.as_type(node.value, node.type)
        if node.aggregation == "any":
            return exp.LogicalOr(this=value if always else self._of(e.all_of(node.where, node.value)))
        if node.aggregation == "count" and isinstance(node.value, e.Literal_) and node.value.value == 1:
            return exp.Count(this=exp.Star() if always else exp.case().when(self._of(node.where), value))
        if node.aggregation in {"sum", "count"}:
            nothing = cast(self.constant(0), sql_type(node.type))
            kept = value if always else exp.case().when(self._of(node.where), value).else_(nothing)
            return exp.Sum(this=kept)
        kept = value if always else exp.case().when(self._of(node.where), value)
        return exp.Min(this=kept) if node.aggregation == "least" else exp.Max(this=kept)


def _unit(places: int) -> Type:
    return types.decimal(max(places, 1), places)


def _part(name: str, date: exp.Expression) -> exp.Expression:
    part = exp.Extract(this=exp.var(name), expression=date.copy())
    return cast(part, bigint())
