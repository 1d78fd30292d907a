"""Values that go from persons to their household and back, several times; the steps of the SQL plan."""

# ruff: noqa: PLW0108 - the arguments of a rule are what it reads, so that a lambda must name them
from __future__ import annotations

from decimal import Decimal

import pytest
import sqlglot

from karama.law.engine.expressions import node
from karama.law.engine.graph import Law
from karama.law.engine.language import any_person, case, count_of, greatest_of, rank, ratio, sum_of, when
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.sql import Plan, compile_plan
from tests.law.engine.both_engines import (
    CONNECTION,
    HOUSEHOLD,
    MARCH,
    PERSON,
    TOY,
    disagreements,
    evaluate,
    household,
    rule,
)

# Persons -> household -> persons -> household -> persons -> household -> persons -> household.
LAW = Law(
    TOY,
    [
        rule(HOUSEHOLD, "first_among_best", lambda is_first, wage: sum_of(wage, where=is_first)),
        rule(PERSON, "earns", lambda wage: wage > 0),
        rule(HOUSEHOLD, "earners", lambda earns: count_of(earns)),
        rule(PERSON, "share", lambda earns, income, earners: case((earns, ratio(income, earners, 2)), otherwise=0)),
        rule(HOUSEHOLD, "best_share", lambda share, earns: greatest_of(share, where=earns, otherwise=0)),
        rule(HOUSEHOLD, "twice_the_best", lambda best_share: best_share + best_share),
        rule(PERSON, "is_best", lambda earns, share, best_share: earns & share.equals(best_share)),
        rule(HOUSEHOLD, "how_many_best", lambda is_best: count_of(is_best)),
        rule(
            PERSON, "is_first", lambda is_best, wage, how_many_best: rank(is_best, wage).equals(1) & (how_many_best > 1)
        ),
        rule(HOUSEHOLD, "above_mean", lambda wage, earners: count_of(wage > earners * 2)),
        rule(HOUSEHOLD, "constant", lambda: node(7)),
    ],
    ParameterSet({}),
)
REGISTER = [
    household("A", {"wage": 4}, {"wage": 9}, {"wage": 0}, {"wage": 4}, income=10),
    household("B", {"wage": 1}, income=5),
    household("C", {"wage": 0}, {"wage": 0}, income=5),
    household("D", income=5),
]


def plan_of(*outputs: str) -> Plan:
    graph = LAW.graph(MARCH, outputs)
    return compile_plan(graph, LAW.bind(graph, MARCH))


def test_values_cross_between_persons_and_households_as_often_as_the_law_asks() -> None:
    computed = evaluate(LAW, REGISTER)
    assert disagreements(computed) == []
    phases = {name: one.phase for name, one in computed.graph.definitions.items()}
    assert phases == {
        "earns": 0,
        "earners": 0,
        "share": 1,
        "best_share": 1,
        "twice_the_best": 1,
        "is_best": 2,
        "how_many_best": 2,
        "is_first": 3,
        "first_among_best": 3,
        "above_mean": 1,
        "constant": 0,
    }
    assert computed.graph.phases == 4
    rows = computed.sql.households
    expected = {
        "earners": [3, 1, 0, 0],
        "best_share": [Decimal("3.33"), Decimal(5), Decimal(0), Decimal(0)],
        "twice_the_best": [Decimal("6.66"), Decimal(10), Decimal(0), Decimal(0)],
        "how_many_best": [3, 1, 0, 0],
        "first_among_best": [4, 0, 0, 0],
        "above_mean": [1, 0, 0, 0],
        "constant": [7, 7, 7, 7],
    }
    assert {name: [rows[key][name] for key in "ABCD"] for name in expected} == expected
    firsts = [key for key, row in computed.sql.persons.items() if row["is_first"]]
    assert firsts == ["A1"]


def test_the_steps_of_a_plan_are_named_by_phase_and_end_with_every_column() -> None:
    plan = plan_of("first_among_best")
    assert [step.name for step in plan.steps] == [
        f"{entity}_{phase}" for phase in range(4) for entity in ("person", "household")
    ]
    last = plan.last(HOUSEHOLD)
    assert last is not None
    assert set(last.columns) == {"household_id", "income", "earners", "best_share", "how_many_best", "first_among_best"}


def test_only_what_is_asked_for_is_computed() -> None:
    plan = plan_of("earners")
    assert set(plan.graph.definitions) == {"earns", "earners"}
    assert [column.name for column in plan.graph.input_columns] == ["wage"]
    alone = plan_of("constant")
    assert [step.name for step in alone.steps] == ["household_0"]
    assert alone.last(PERSON) is None


def test_one_query_gives_what_the_steps_give() -> None:
    computed = evaluate(LAW, REGISTER)
    for entity, columns in ((HOUSEHOLD, ("first_among_best", "earners")), (PERSON, ("is_first", "share"))):
        key = "household_id" if entity is HOUSEHOLD else "person_id"
        query = plan_of("first_among_best").single_query(entity, (key, *columns)).sql("duckdb")
        rows = CONNECTION.execute(query).to_arrow_table().to_pylist()
        found = {row[key]: [row[name] for name in columns] for row in rows}
        assert found == {key: [row[name] for name in columns] for key, row in computed.sql.of(entity).items()}


@pytest.mark.parametrize("dialect", ["duckdb", "postgres", "spark"])
def test_the_plan_is_written_for_each_dialect_and_can_be_read_back(dialect: str) -> None:
    for step in plan_of("first_among_best", "above_mean").steps:
        text = step.sql(dialect)
        assert sqlglot.parse_one(text, read=dialect).sql(dialect) == text
        assert sqlglot.parse_one(step.sql(dialect, pretty=True), read=dialect).sql(dialect) == text


def test_each_dialect_keeps_types_quotes_and_whole_division() -> None:
    (share,) = [step for step in plan_of("share").steps if step.name == "person_1"]
    assert 'CAST(CASE WHEN "earns"' in share.sql("postgres")
    assert "AS DECIMAL(18, 2))" in share.sql("postgres")
    assert "DIV(" in share.sql("postgres")
    assert "`earns`" in share.sql("spark")
    assert " DIV " in share.sql("spark")
    assert " // " in share.sql("duckdb")


def test_a_household_reading_a_household_through_its_persons() -> None:
    law = Law(
        TOY,
        [
            rule(HOUSEHOLD, "size", lambda wage: count_of(wage > -1)),
            rule(HOUSEHOLD, "alone_and_paid", lambda size, wage: any_person(size.equals(1) & (wage > 0))),
            rule(HOUSEHOLD, "paid_by_rooms", lambda rooms, wage: sum_of(when(wage > rooms, rooms))),
        ],
        ParameterSet({}),
    )
    computed = evaluate(law, REGISTER)
    assert disagreements(computed) == []
    rows = computed.python.households
    assert [rows[key]["alone_and_paid"] for key in "ABCD"] == [False, True, False, False]
    assert [rows[key]["paid_by_rooms"] for key in "ABCD"] == [9, 0, 0, 0]
