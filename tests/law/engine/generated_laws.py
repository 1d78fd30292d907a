"""Random laws: formulas that read one another between persons and households, over random rows.

Every expression is well typed because it is built like a lawyer would build it, from the words of the language; the
greatest absolute value of each integer is carried along, so that 64 bits always suffice, 8 digits beside decimals.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from karama.foundation.errors import LawError
from karama.foundation.months import Month
from karama.law.engine import language as words
from karama.law.engine.expressions import Column, Node, Parameter, all_of, any_of, node
from karama.law.engine.formulas import Formula
from karama.law.engine.graph import Law
from karama.law.engine.types import Kind
from tests.law.engine.both_engines import HOUSEHOLD, PERSON, TOY, household, label
from tests.law.engine.winter_fuel import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.law.engine.expressions import Entity, Order
    from tests.law.engine.both_engines import Row

PARAMETERS = PROGRAMME.law.parameters
MOST = 10**9
MOST_BESIDE_DECIMALS = 10**8 - 1
MOST_IN_RATIO = 10**6 - 1
PERSONS = 4
BOUNDS = {"rooms": 9, "income": 99_999, "debt": 9_999, "wage": 9_999, "grade": 12}
BOUNDS |= {"child_supplement": 1_000, "child_age_limit": 16, "fuel_amount": 15_000}
DAYS = [dt.date(*day) for day in ((2024, 2, 29), (2008, 3, 1), (2008, 3, 2), (2010, 2, 28), (1960, 12, 31))]
DAYS += [dt.date(*day) for day in ((2025, 10, 15), (2026, 3, 1), (2026, 3, 31), (2010, 3, 1), (2009, 9, 30))]
DECIMALS = [Decimal(text) for text in ("0", "0.000000001", "9.743001", "-0.0000000005", "1.5", "-2.25", "1E+2")]
SCORES = ["0", "4.25", "4.250000001", "9.743001", "999.999999999", "-0.000000001", "-3.5"]
KINDS = (Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.CHOICE, Kind.DATE, Kind.TEXT)
KINDS_OF_FORMULAS = [*KINDS, Kind.INTEGER, Kind.INTEGER, Kind.DECIMAL, Kind.DECIMAL, Kind.BOOLEAN]
MONTHS = (Month(2025, 10), Month(2026, 2), Month(2026, 3), Month(2028, 2))


@dataclass(frozen=True)
class Term:
    """An expression, and the greatest absolute value it takes if it is an integer."""

    node: Node
    bound: int = 0


class Writer:
    """Writes random expressions; ``pick`` chooses, so that Hypothesis can make a failing law smaller."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw
        self.columns = [Term(one.node(), BOUNDS.get(one.name, 0)) for one in TOY.columns]
        self._parameters = [Term(one.node(), BOUNDS.get(one.name, 0)) for one in PARAMETERS]

    def number(self, most: int) -> int:
        """A whole number from 0."""
        return int(self._draw(st.integers(0, most)))

    def pick(self, options: list[Any]) -> Any:  # noqa: ANN401 - one of the options
        return options[self.number(len(options) - 1)]

    def formula(self, number: int) -> Formula:
        """One more formula, which later ones may read."""
        entity, kind = self.pick([HOUSEHOLD, PERSON]), self.pick(KINDS_OF_FORMULAS)
        term = self.term(kind, entity, self.number(4))
        unknown = self._columns(kind, entity, nullable=True)
        if unknown and self.number(4) == 0:
            condition = self.term(Kind.BOOLEAN, entity, 1).node
            other = self.pick(unknown)
            bound = max(term.bound, other.bound)
            term = self._sure(lambda: words.case((condition, other.node), otherwise=term.node), term, bound)
        name = f"value_{number}"
        self.columns.append(Term(Column(name, term.node.type, entity), term.bound))
        read = {one.name: None for one in term.node.walk() if isinstance(one, Column | Parameter)}
        return Formula(name, entity, tuple(read), lambda *_: term.node, label(name), "test", "generated")

    def term(self, kind: Kind, scope: Entity, depth: int, *, inside: bool = False) -> Term:
        """An expression readable on the rows of ``scope``; ``inside`` an aggregation or rank neither may stand."""
        if depth <= 0:
            return self._leaf(kind, scope)
        ways = [self._case, *[getattr(self, f"_{kind.value}")] * 3]
        if self._columns(kind, scope, nullable=True):
            ways.append(self._otherwise)
        if not inside and scope is HOUSEHOLD and kind is not Kind.CHOICE and kind is not Kind.TEXT:
            ways += [self._aggregate, self._aggregate]
        if not inside and scope is PERSON and kind is Kind.INTEGER:
            ways += [self._rank, self._rank]
        found: Term = self.pick(ways)(kind, scope, depth - 1, inside)
        return found if found.bound <= MOST else self._leaf(kind, scope)

    def _columns(self, kind: Kind, scope: Entity, *, nullable: bool) -> list[Term]:
        return [
            one
            for one in self.columns
            if one.node.type.kind is kind and one.node.entity <= scope and one.node.type.nullable is nullable
        ]

    def _leaf(self, kind: Kind, scope: Entity) -> Term:
        leaves = self._columns(kind, scope, nullable=False)
        computed = [one for one in leaves if one.node.name.startswith("value_")]
        if computed and self.number(1):
            return self.pick(computed)
        leaves += [one for one in self._parameters if one.node.type.kind is kind and one.node.key is None]
        if kind is Kind.INTEGER:
            written = self.pick([0, 1, -1, 7, 99_999_999])
            return self.pick([*leaves, Term(node(written), abs(written))])
        if kind is Kind.DECIMAL:
            return self.pick([*leaves, Term(node(self.pick(DECIMALS)))])
        if kind is Kind.DATE:
            months = self.number(30) - 15
            cutoffs = [words.first_day(months), words.last_day(months), words.years_before(self.number(40))]
            cutoffs += [words.years_before(PARAMETERS.get("child_age_limit").node()), node(self.pick(DAYS))]
            return self.pick([*leaves, *(Term(one) for one in cutoffs)])
        if kind is Kind.BOOLEAN:
            return self.pick([*leaves, Term(node(value=True))])
        return self.pick(leaves)

    def _sure(self, build: Callable[[], Node], fallback: Term, bound: int = 0) -> Term:
        """What is built, or the fallback where a decimal would need more than 38 digits."""
        try:
            return Term(build(), bound)
        except LawError as error:
            if "cannot be held exactly" not in str(error):
                raise
            return fallback

    def _small(self, term: Term, most: int = MOST_BESIDE_DECIMALS) -> Node:
        """An integer made to fit beside decimals."""
        return term.node if term.bound <= most else node(self.number(most))

    def _number_beside_decimals(self, scope: Entity, depth: int, inside: bool) -> Node:  # noqa: FBT001
        if self.number(2) == 0:
            return self._small(self.term(Kind.INTEGER, scope, depth, inside=inside))
        return self.term(Kind.DECIMAL, scope, depth, inside=inside).node

    def _case(self, kind: Kind, scope: Entity, depth: int, inside: bool) -> Term:  # noqa: FBT001
        conditions = [self.term(Kind.BOOLEAN, scope, depth, inside=inside).node for _ in range(1 + self.number(1))]
        values = [self.term(kind, scope, depth, inside=inside) for _ in range(len(conditions) + 1)]
        nodes, bound = [one.node for one in values], max(one.bound for one in values)
        if kind is Kind.DECIMAL:
            nodes[0] = self._number_beside_decimals(scope, depth, inside)
        branches = list(zip(conditions, nodes, strict=False))
        return self._sure(lambda: words.case(*branches, otherwise=nodes[-1]), values[-1], bound)

    def _otherwise(self, kind: Kind, scope: Entity, depth: int, inside: bool) -> Term:  # noqa: FBT001
        unknown = self.pick(self._columns(kind, scope, nullable=True))
        default = self.term(kind, scope, depth, inside=inside)
        bound = max(unknown.bound, default.bound)
        return self._sure(lambda: unknown.node.otherwise(default.node), default, bound)

    def _integer(self, kind: Kind, scope: Entity, depth: int, inside: bool) -> Term:  # noqa: FBT001
        way = self.number(7)
        if way in {0, 7}:
            date = self.term(Kind.DATE, scope, depth, inside=inside).node
            word = self.pick([words.completed_years, words.months_since, words.month_of, words.day_of])
            return Term(word(date), 2_000)
        if way == 1:
            table = PARAMETERS.get("fuel_amount").node()
            return Term(table.at(self.columns[1].node), BOUNDS["fuel_amount"])
        one, two = (self.term(kind, scope, depth, inside=inside) for _ in range(2))
        if way in {2, 3}:
            return Term(self.pick([words.total(one.node, two.node, 1), one.node - two.node]), one.bound + two.bound + 1)
        if way == 4:
            return Term(one.node * two.node, one.bound * two.bound)
        word = self.pick([words.least, words.greatest])
        return Term(word(one.node, two.node), max(one.bound, two.bound))

    def _decimal(self, kind: Kind, scope: Entity, depth: int, inside: bool) -> Term:  # noqa: FBT001
        one = self.term(kind, scope, depth, inside=inside)
        way = self.number(6)
        if way == 0 and one.node.type.places:
            places = self.number(one.node.type.places - 1)
            return self._sure(lambda: one.node.rounded(places), one)
        if way in {0, 1}:
            parts = [self.term(Kind.INTEGER, scope, depth, inside=inside) for _ in range(2)]
            numerator, denominator = (self._small(part, MOST_IN_RATIO) for part in parts)
            return Term(words.ratio(numerator, denominator, self.pick([0, 2, 9, 12])))
        two = self._number_beside_decimals(scope, depth, inside)
        build: Callable[[], Node] = self.pick(
            [
                lambda: one.node + two,
                lambda: two - one.node,
                lambda: one.node * two,
                lambda: words.least(one.node, two),
                lambda: words.greatest(two, one.node),
                lambda: words.total(one.node, two, one.node),
            ]
        )
        return self._sure(build, one)

    def _boolean(self, kind: Kind, scope: Entity, depth: int, inside: bool) -> Term:  # noqa: FBT001
        way = self.number(5)
        unknown = [one.node for one in self.columns if one.node.type.nullable and one.node.entity <= scope]
        if way == 0:
            return Term(self.pick(unknown).is_known())
        if way == 1:
            parts = [self.term(kind, scope, depth, inside=inside).node for _ in range(2 + self.number(1))]
            return Term(self.pick([all_of, any_of])(*parts))
        if way == 2:
            return Term(~self.term(kind, scope, depth, inside=inside).node)
        if way == 3:
            code = self.term(Kind.CHOICE, scope, depth, inside=inside).node
            codes = [one for one in code.type.choices if self.number(1)] or [code.type.choices[0]]
            return Term(self.pick([code.among(*codes), code.equals(codes[0])]))
        return self._comparison(scope, depth, inside)

    def _comparison(self, scope: Entity, depth: int, inside: bool) -> Term:  # noqa: FBT001
        kind = self.pick(list(KINDS))
        one, two = (self.term(kind, scope, depth, inside=inside).node for _ in range(2))
        if kind is Kind.DECIMAL:
            two = self._number_beside_decimals(scope, depth, inside)
        builds: list[Callable[[], Node]] = [lambda: one.equals(two)]
        if kind in {Kind.INTEGER, Kind.DECIMAL, Kind.DATE}:
            builds += [lambda: one < two, lambda: one <= two, lambda: one > two, lambda: one >= two]
        return self._sure(self.pick(builds), Term(node(value=False)))

    def _choice(self, kind: Kind, scope: Entity, depth: int, inside: bool) -> Term:  # noqa: FBT001
        return self._case(kind, scope, depth, inside)

    def _text(self, kind: Kind, scope: Entity, depth: int, inside: bool) -> Term:  # noqa: FBT001
        return self._case(kind, scope, depth, inside)

    def _date(self, kind: Kind, scope: Entity, depth: int, inside: bool) -> Term:  # noqa: FBT001
        one, two = (self.term(kind, scope, depth, inside=inside).node for _ in range(2))
        return Term(self.pick([words.least, words.greatest])(one, two, self.pick(DAYS)))

    def _of_persons(self, depth: int) -> Node:
        """A condition that says something of each person."""
        condition = self.term(Kind.BOOLEAN, PERSON, depth, inside=True).node
        person = next(one.node for one in self.columns if one.node.name == "worker")
        return condition if condition.entity is PERSON else condition & (person | ~condition)

    def _aggregate(self, kind: Kind, scope: Entity, depth: int, _inside: bool) -> Term:  # noqa: FBT001
        where = self._of_persons(depth)
        if kind is Kind.BOOLEAN:
            return Term(words.any_person(where))
        value = self.term(kind, PERSON, depth, inside=True)
        if kind is not Kind.DATE and self.number(1):
            if kind is Kind.INTEGER and self.number(1):
                return Term(words.count_of(where), PERSONS)
            return self._sure(lambda: words.sum_of(value.node, where), self._leaf(kind, scope), PERSONS * value.bound)
        default = {Kind.INTEGER: -1, Kind.DECIMAL: Decimal("0.5"), Kind.DATE: DAYS[0]}[kind]
        word = self.pick([words.least_of, words.greatest_of])
        build = lambda: word(value.node, where=where, otherwise=default)  # noqa: E731 - built twice at most
        return self._sure(build, self._leaf(kind, scope), max(1, value.bound))

    def _rank(self, _kind: Kind, _scope: Entity, depth: int, _inside: bool) -> Term:  # noqa: FBT001
        kinds = [self.pick([Kind.INTEGER, Kind.DECIMAL, Kind.DATE]) for _ in range(self.number(2))]
        keys: list[Node | Order] = [self.term(one, PERSON, depth, inside=True).node for one in kinds]
        keys = [words.descending(one) if isinstance(one, Node) and self.number(1) else one for one in keys]
        within = [self.term(self.pick(list(KINDS)), PERSON, depth, inside=True).node for _ in range(self.number(1))]
        shared = bool(keys) and self.number(1) == 1
        return Term(words.rank(self._of_persons(depth), *keys, within=within, shared=shared), PERSONS)


@st.composite
def laws(draw: Callable[[st.SearchStrategy[Any]], Any], most: int = 10) -> Law:
    """A law of ``most`` formulas or five fewer, given in the opposite order of what reads what."""
    writer = Writer(draw)
    formulas = [writer.formula(number) for number in range(most - writer.number(5))]
    return Law(TOY, reversed(formulas), PARAMETERS)


def register(seed: int) -> list[Row]:
    """Three households of up to four persons, full of boundaries, ties and unknown values."""
    source = random.Random(seed)

    def unknown(value: object) -> object:
        return value if source.random() < 0.6 else None

    def member(name: str) -> Row:
        return {
            "person_id": name,
            "role": source.choice(["head", "child", "child", "other"]),
            "born": source.choice(DAYS),
            "died": unknown(source.choice(DAYS)),
            "worker": source.random() < 0.5,
            "wage": source.choice([0, 0, 1, -1, 250, 9_999, -9_999]),
            "grade": unknown(source.choice([0, 1, 12])),
            "weight": source.choice(SCORES),
            "mother": unknown(source.choice(["H0-0", name])),
        }

    return [
        household(
            f"H{number}",
            *(member(f"H{number}-{one}") for one in range(source.randint(0, PERSONS))),
            zone=source.choice(["north", "south", "east"]),
            rooms=source.choice([0, 1, 3, 9]),
            income=source.choice([0, 7, -7, 99_999, -99_999]),
            debt=unknown(source.choice([0, 40, -9_999])),
            score=source.choice(SCORES),
            old_score=unknown(source.choice(SCORES)),
            price=source.choice(["0", "0.125", "-0.125", "99999.999", "4.25"]),
            claimed=unknown(source.choice(DAYS)),
            owner=source.random() < 0.5,
            tenure=unknown(source.choice(["owned", "rented"])),
        )
        for number in range(3)
    ]
