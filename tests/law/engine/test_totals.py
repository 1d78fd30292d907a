"""What each benefit brings a household, as the graph sums it: the lines of the same decisions, added up by hand."""

from __future__ import annotations

from collections import Counter
from random import Random

import duckdb
import pytest

from karama.foundation.errors import LawError
from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine.evaluate import decide_many, read_rows, register_tables
from karama.law.engine.expressions import Entity
from karama.law.engine.household_query import household_query
from karama.law.engine.totals import total_of, with_totals
from tests.oracles.random_households import random_households

ASD = programme_named("asd")


@pytest.mark.parametrize("month", ["2025-09", "2026-03"])
def test_totals_are_the_lines_added_up(month: str) -> None:
    asked = Month.parse(month)
    households = random_households(Random(8), 600, month)
    programme = with_totals(ASD)
    names = [total_of(one) for one in programme.benefits]
    graph = programme.law.graph(asked, names)
    assert {graph.definitions[name].formula.entity for name in names} == {Entity.HOUSEHOLD}
    query = household_query(graph, programme.law.bind(graph, asked), ["household_id", *names])
    with duckdb.connect() as connection:
        lines: Counter[tuple[str, str]] = Counter()
        for decision in decide_many(connection, ASD, households, asked):
            for line in decision.lines:
                lines[decision.household_id, line.benefit] += line.amount_centimes
        register_tables(connection, ASD, [read_rows(ASD, one, asked) for one in households])
        found = connection.execute(query.sql("duckdb")).to_arrow_table().to_pylist()
    totals = {
        (row["household_id"], one.formula): row[total_of(one)]
        for row in found
        for one in programme.benefits
        if row[total_of(one)]
    }
    assert totals == lines
    assert {name for _, name in totals} >= {"child_aid", "family_floor", "flat_aid", "birth_grant"}


def test_a_total_may_not_take_a_name_of_the_law() -> None:
    with pytest.raises(LawError, match="child_aid_total"):
        with_totals(with_totals(ASD))
