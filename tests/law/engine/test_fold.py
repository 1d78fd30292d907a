"""What a month settles before a register is read: the same values with fewer formulas, by both compilations."""

# ruff: noqa: PLW0108 - the arguments of a rule are what it reads, so that a lambda must name them
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from karama.foundation.months import Month
from karama.law.engine.expressions import Literal_, node
from karama.law.engine.fold import fold
from karama.law.engine.graph import Law
from karama.law.engine.language import (
    any_person,
    case,
    count_of,
    descending,
    first_day,
    greatest_of,
    month_of,
    rank,
    sum_of,
    when,
    years_before,
)
from tests.law.engine.both_engines import HOUSEHOLD, MARCH, PERSON, TOY, disagreements, evaluate, household, rule
from tests.law.engine.winter_fuel import PROGRAMME

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.law.engine.expressions import Entity

PARAMETERS = PROGRAMME.law.parameters
REGISTER = [
    household("A", {"wage": 5, "worker": True, "grade": 2}, {"wage": 7, "born": "2024-01-01"}, rooms=3, debt=4),
    household("B", {"role": "head", "wage": -2}, rooms=0, zone="east"),
    household("C", rooms=1, score="15.5"),
]

# child_age_limit is 16, counting is "all", need_threshold 4.25, claim_after 15 October 2025; the month is March 2026.
SETTLED: list[tuple[str, Callable[..., Any], object]] = [
    ("integer against integer", lambda child_age_limit: child_age_limit > 15, True),
    ("integer against decimal", lambda child_age_limit: child_age_limit < Decimal("15.5"), False),
    ("decimal against integer", lambda child_age_limit: node(Decimal("16.5")) <= child_age_limit, False),
    ("equal parameter", lambda child_age_limit: child_age_limit.equals(16), True),
    ("switch in force", lambda counting: counting.equals("all"), True),
    ("switch not in force", lambda counting: counting.equals("first_two"), False),
    ("dates", lambda claim_after: claim_after >= first_day(-5), True),
    ("month of the year", lambda: month_of(first_day()).equals(9), False),
    ("month of a parameter", lambda claim_after: month_of(claim_after), 10),
    ("not", lambda counting: ~counting.equals("all"), False),
    ("and with a falsehood", lambda counting, owner: counting.equals("first_two") & owner, False),
    ("or with a truth", lambda counting, owner: counting.equals("all") | owner, True),
    ("and of truths", lambda counting, child_age_limit: counting.equals("all") & (child_age_limit > 1), True),
    (
        "or of falsehoods",
        lambda counting, child_age_limit: counting.equals("first_two") | (child_age_limit > 99),
        False,
    ),
    ("first branch", lambda counting, rooms: case((counting.equals("all"), 3), (rooms > 1, 2), otherwise=1), 3),
    ("no branch", lambda counting, rooms: when(counting.equals("first_two"), rooms), 0),
    ("branches all alike", lambda rooms: case((rooms > 2, 5), otherwise=5), 5),
    ("sum of nothings", lambda counting, rooms: when(counting.equals("first_two"), rooms) + 0, 0),
    ("count of nobody", lambda counting, worker: count_of(counting.equals("first_two") & worker), 0),
    ("sum of zeros", lambda counting, wage, worker: sum_of(when(counting.equals("first_two"), wage), where=worker), 0),
    ("nobody", lambda counting, worker: any_person(counting.equals("first_two") & worker), False),
    (
        "greatest of nobody",
        lambda counting, wage, worker: greatest_of(wage, where=counting.equals("first_two") & worker, otherwise=-9),
        -9,
    ),
    ("cut-off", lambda child_age_limit: years_before(child_age_limit), dt.date(2010, 3, 1)),
]
OPEN: list[tuple[str, Entity, Callable[..., Any]]] = [
    ("and with a truth", HOUSEHOLD, lambda counting, owner: counting.equals("all") & owner),
    ("and of two left", HOUSEHOLD, lambda counting, owner, rooms: counting.equals("all") & owner & (rooms > 1)),
    ("or with a falsehood", HOUSEHOLD, lambda counting, owner: counting.equals("first_two") | owner),
    ("or of two left", HOUSEHOLD, lambda counting, owner, rooms: counting.equals("first_two") | owner | (rooms > 1)),
    (
        "later branch",
        HOUSEHOLD,
        lambda counting, rooms: case((counting.equals("first_two"), 9), (rooms > 1, 2), otherwise=1),
    ),
    (
        "branch decides the rest",
        HOUSEHOLD,
        lambda counting, rooms: case((rooms > 1, 2), (counting.equals("all"), 7), otherwise=1),
    ),
    ("a default settles", HOUSEHOLD, lambda debt, child_age_limit: debt.otherwise(child_age_limit)),
    ("known or not", HOUSEHOLD, lambda debt: debt.is_known()),
    ("table", HOUSEHOLD, lambda zone, fuel_amount: fuel_amount.at(zone)),
    (
        "sum with zeros",
        HOUSEHOLD,
        lambda counting, rooms, income: when(counting.equals("first_two"), rooms) + rooms + income,
    ),
    ("decimal sum", HOUSEHOLD, lambda score, child_age_limit: score + child_age_limit + 0),
    ("codes", HOUSEHOLD, lambda counting, zone: case((counting.equals("all"), zone), otherwise="nowhere")),
    ("switch as a value", HOUSEHOLD, lambda counting, owner: case((owner, counting), otherwise="first_two")),
    ("two switches", HOUSEHOLD, lambda counting, owner: case((owner, "all"), otherwise="first_two").equals(counting)),
    ("threshold", HOUSEHOLD, lambda score, need_threshold: score <= need_threshold),
    (
        "decimal of nobody",
        HOUSEHOLD,
        lambda counting, weight, worker: sum_of(weight, where=counting.equals("first_two") & worker),
    ),
    ("everybody", HOUSEHOLD, lambda counting, wage: sum_of(wage, where=counting.equals("all"))),
    ("day of a column", PERSON, lambda born: month_of(born)),
    ("limit", PERSON, lambda born, child_age_limit: born > years_before(child_age_limit)),
    ("rank of nobody", PERSON, lambda counting, worker, wage: rank(counting.equals("first_two") & worker, wage)),
    (
        "rank by a settled key",
        PERSON,
        lambda worker, child_age_limit, wage: rank(worker | (wage > 0), child_age_limit, wage),
    ),
    (
        "rank by a settled key alone",
        PERSON,
        lambda wage, child_age_limit: rank(wage > -9, descending(child_age_limit + 0)),
    ),
    (
        "shared rank by a settled key",
        PERSON,
        lambda wage, child_age_limit: rank(wage > -9, child_age_limit, shared=True),
    ),
    (
        "shared rank by two keys",
        PERSON,
        lambda wage, child_age_limit: rank(wage > -9, child_age_limit, wage, shared=True),
    ),
    ("rank among settled", PERSON, lambda wage, worker: rank((wage > -9) & (worker | ~worker), wage)),
]


def law_of(name: str, entity: Entity, build: Callable[..., Any]) -> Law:
    return Law(TOY, [rule(entity, "rule", build), rule(entity, "reader", reader_of(name))], PARAMETERS)


def reader_of(name: str) -> Callable[..., Any]:
    """A second formula reads the first, so that what is settled goes on."""
    assert name
    return lambda rule, owner: case((owner, rule), otherwise=rule)


@pytest.mark.parametrize(("name", "build", "value"), SETTLED, ids=[one[0] for one in SETTLED])
def test_what_the_month_settles_becomes_a_value(name: str, build: Callable[..., Any], value: object) -> None:
    law = law_of(name, HOUSEHOLD, build)
    graph = law.graph(MARCH, ("reader",))
    folded = fold(graph, law.bind(graph, MARCH))
    literal = folded.definitions["reader"].node
    assert isinstance(literal, Literal_)
    assert literal.value == value
    assert literal.type == graph.definitions["reader"].node.type
    assert set(folded.definitions) == {"reader"}
    computed = evaluate(law, REGISTER)
    assert disagreements(computed) == []
    assert {row["rule"] for row in computed.sql.households.values()} == {value}


@pytest.mark.parametrize(("name", "entity", "build"), OPEN, ids=[one[0] for one in OPEN])
def test_what_stays_open_keeps_its_values(name: str, entity: Entity, build: Callable[..., Any]) -> None:
    law = law_of(name, entity, build)
    assert disagreements(evaluate(law, REGISTER)) == []
    assert disagreements(evaluate(law, REGISTER, Month(2026, 9), outputs=("reader",))) == []


def test_a_formula_nobody_needs_in_the_month_is_left_out() -> None:
    law = Law(
        TOY,
        [
            rule(PERSON, "place", lambda worker, wage: rank(worker, wage)),
            rule(HOUSEHOLD, "grant", lambda place, wage: sum_of(wage, where=place > 0)),
            rule(HOUSEHOLD, "paid", lambda grant, rooms: when(month_of(first_day()).equals(9), grant) + rooms),
        ],
        PARAMETERS,
    )
    march, september = (evaluate(law, REGISTER, month, outputs=("paid",)) for month in (MARCH, Month(2026, 9)))
    assert [step.name for step in march.plan.steps] == ["household_0"]
    assert [step.name for step in september.plan.steps] == ["person_0", "household_0"]
    assert [march.sql.households[key]["paid"] for key in "ABC"] == [3, 0, 1]
    assert [september.sql.households[key]["paid"] for key in "ABC"] == [8, 0, 1]
    assert disagreements(march) == disagreements(september) == []
