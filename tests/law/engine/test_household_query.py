"""Household columns asked alone: persons are read only where they matter, and the values stay what they were."""

# ruff: noqa: PLW0108 - the arguments of a rule are what it reads, so that a lambda must name them
from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import sqlglot
from sqlglot import exp

from karama.law.engine.fold import fold
from karama.law.engine.graph import Law, aggregates
from karama.law.engine.language import (
    any_person,
    case,
    count_of,
    descending,
    greatest_of,
    least_of,
    rank,
    ratio,
    sum_of,
    total,
    when,
    years_before,
)
from karama.law.engine.shapes import shape
from karama.law.engine.sql import compile_plan
from karama.law.engine.strands import Strands
from tests.law.engine.both_engines import HOUSEHOLD, MARCH, PERSON, TOY, alone, disagreements, evaluate, rule
from tests.law.engine.generated_laws import register
from tests.law.engine.winter_fuel import PROGRAMME

if TYPE_CHECKING:
    from karama.law.engine.strands import Strand

LONG_AGO = dt.date(1900, 1, 1)
REGISTER = [
    {**one, "household_id": f"{one['household_id']}-{seed}", "members": [
        {**person, "person_id": f"{person['person_id']}-{seed}"} for person in one["members"]
    ]}
    for seed in range(40)
    for one in register(seed)
]  # fmt: skip

COUNTED = [
    rule(PERSON, "child", lambda role, born: role.equals("child") & (born > years_before(30))),
    rule(PERSON, "place", lambda child, born: rank(child, born, shared=True)),
    rule(PERSON, "order", lambda child, born, place, wage: rank(child, born, descending(when(place <= 1, wage)), wage)),
    rule(PERSON, "paid", lambda order, wage: case((order.equals(0), 0), (order <= 2, wage + 100), otherwise=7)),
    rule(PERSON, "extra", lambda order, worker: when(worker & (order > 0) & (order <= 2), 50)),
    rule(HOUSEHOLD, "children", lambda child: count_of(child)),
    rule(HOUSEHOLD, "aid", lambda paid, extra: sum_of(paid + extra)),
    rule(HOUSEHOLD, "extras", lambda extra: sum_of(extra)),
]
CLAIMED = [
    rule(
        PERSON, "born_to", lambda role, born, mother: rank(role.equals("child"), born, within=(mother.otherwise(""),))
    ),
    rule(PERSON, "claims", lambda role, wage: role.equals("child") & (wage > 200)),
    rule(PERSON, "grant", lambda claims, born_to: when(claims, case((born_to <= 1, 20), otherwise=10))),
    rule(HOUSEHOLD, "grants", lambda grant: sum_of(grant)),
    rule(HOUSEHOLD, "anybody", lambda worker: any_person(worker)),
    rule(HOUSEHOLD, "youngest", lambda born, worker: greatest_of(born, where=worker, otherwise=LONG_AGO)),
]  # fmt: skip
TWICE = [
    rule(PERSON, "first", lambda worker, wage: rank(worker, wage)),
    rule(PERSON, "second", lambda first, born: rank((first > 0) & (first <= 2), born)),
    rule(PERSON, "due", lambda worker, second, wage: when(worker, wage * second)),
    rule(HOUSEHOLD, "all_due", lambda due: sum_of(due)),
]
BACK = [
    rule(HOUSEHOLD, "workers", lambda worker: count_of(worker)),
    rule(PERSON, "share", lambda worker, workers, rooms, wage: when(worker & (workers > rooms), wage)),
    rule(PERSON, "spot", lambda worker, share: rank(worker, descending(share))),
    rule(HOUSEHOLD, "best", lambda spot, share: sum_of(when(spot.equals(1), share))),
    rule(
        HOUSEHOLD, "least", lambda share, worker, workers: least_of(share, where=worker & (workers > 1), otherwise=-1)
    ),
    rule(HOUSEHOLD, "shown", lambda best, least, income: best + least + income),
]
WEIGHED = [
    rule(HOUSEHOLD, "here", lambda zone, owner, price: when(zone.equals("north") & owner, price)),
    rule(HOUSEHOLD, "there", lambda zone, score: when(zone.equals("north"), score * Decimal("0.125"))),
    rule(HOUSEHOLD, "south", lambda zone, rooms, price: when(zone.equals("south") & (rooms > 0), price * rooms)),
    rule(HOUSEHOLD, "asked_too", lambda zone, price: when(zone.equals("north"), price)),
    rule(HOUSEHOLD, "read_twice", lambda zone, income, rooms: when(zone.equals("south"), ratio(income, rooms, 12))),
    rule(HOUSEHOLD, "otherwise_one", lambda zone, price: case((zone.equals("north"), price), otherwise=Decimal(1))),
    rule(
        HOUSEHOLD,
        "load",
        lambda here, there, south, asked_too, read_twice, otherwise_one, score: total(
            here, there, south, asked_too, read_twice, otherwise_one, score, Decimal("0.5")
        ).rounded(4),
    ),
    rule(HOUSEHOLD, "twice", lambda read_twice, load: read_twice + load + 3),
]
LAWS = {
    "weighed": WEIGHED,
    "counted": COUNTED,
    "claimed": CLAIMED,
    "twice": TWICE,
    "back": BACK,
    "all": [*COUNTED, *CLAIMED, *TWICE, *BACK, *WEIGHED],
}


def law_of(name: str) -> Law:
    return Law(TOY, LAWS[name], PROGRAMME.law.parameters)


def strands_of(name: str) -> list[Strand]:
    law = law_of(name)
    graph = law.graph(MARCH, [one.name for one in law.formulas])
    binding = law.bind(graph, MARCH)
    folded = fold(graph, binding)
    strands = Strands(folded, binding)
    found = {shape(one): one for each in folded.of(HOUSEHOLD) for one in aggregates(strands.split(each.node))}
    return strands.of(list(found.values()))


def said(strand: Strand) -> tuple[list[str], int, bool]:
    """The conditions by name, how many aggregations, and whether ranks need other persons."""
    return [getattr(one, "name", "…") for one in strand.conditions], len(strand.drawn), strand.ranked_among != ()


@pytest.mark.parametrize("name", LAWS)
def test_values_asked_alone_are_those_of_the_whole_plan(name: str) -> None:
    computed = evaluate(law_of(name), REGISTER)
    assert disagreements(computed) == []
    assert alone(computed) == []


@pytest.mark.parametrize(
    "outputs",
    [
        ("aid",),
        ("extras",),
        ("grants",),
        ("all_due",),
        ("shown",),
        ("load",),
        ("twice", "asked_too"),
        ("aid", "grants"),
    ],
)
def test_one_value_asked_alone_is_what_python_gives(outputs: tuple[str, ...]) -> None:
    computed = evaluate(law_of("all"), REGISTER, outputs=outputs)
    assert disagreements(computed) == []
    assert alone(computed) == []
    assert len({row[outputs[0]] for row in computed.python.households.values()}) > 2


def test_ranks_are_taken_among_those_who_can_bring_something() -> None:
    assert [said(one) for one in strands_of("counted")] == [(["child"], 3, False)]


def test_a_rarer_condition_leads_to_the_households_concerned() -> None:
    assert [said(one) for one in strands_of("claimed")] == [(["worker"], 2, False), (["claims"], 1, True)]


def test_who_is_ranked_by_a_rank_is_not_told_beforehand() -> None:
    (strand,) = strands_of("twice")
    assert said(strand) == (["worker"], 1, True)
    assert strand.ranked_among is None


def query_of(name: str, *columns: str) -> exp.Select:
    law = law_of(name)
    graph = law.graph(MARCH, columns)
    return compile_plan(graph, law.bind(graph, MARCH)).single_query(HOUSEHOLD, ["household_id", *columns])


def test_what_only_a_sum_reads_stands_in_the_sum_and_its_condition_is_asked_once() -> None:
    query = query_of("weighed", "twice", "asked_too")
    names = {one.alias for one in query.find_all(exp.Alias)}
    assert {"read_twice", "asked_too", "load", "twice"} <= names
    assert not names & {"here", "there", "south"}
    assert query_of("weighed", "load").sql("duckdb").count("'north'") == 2


def test_only_the_columns_needed_are_read() -> None:
    names = {one.name for one in query_of("all", "grants").find_all(exp.Column)}
    assert not names & {"worker", "weight", "grade", "died", "rooms", "income", "order"}


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_the_query_is_written_for_each_dialect_and_can_be_read_back(dialect: str) -> None:
    text = query_of("all", "aid", "grants", "all_due", "shown").sql(dialect)
    assert sqlglot.parse_one(text, read=dialect).sql(dialect) == text
