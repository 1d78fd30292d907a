"""The compilers themselves: the text kept, constants bound late."""

# ruff: noqa: PLW0108 - the arguments of a rule are what it reads, so that a lambda must name them
from __future__ import annotations

from typing import Any

import pytest
from sqlglot import exp

from karama.foundation.months import Month
from karama.law.engine.decimal_sums import by_condition
from karama.law.engine.evaluate import function_of
from karama.law.engine.expressions import Entity, Node
from karama.law.engine.graph import Law
from karama.law.engine.language import first_day
from karama.law.engine.python import compile_function
from karama.law.engine.sql import compile_plan
from karama.law.engine.sql_expressions import cast, sql_type
from karama.law.engine.types import BOOLEAN, DATE, INTEGER, TEXT, as_decimal, choice, decimal
from tests.law.engine.both_engines import HOUSEHOLD, MARCH, TOY, rule
from tests.law.engine.winter_fuel import PROGRAMME

PARAMETERS = PROGRAMME.law.parameters


class Riddle(Node):
    """An expression no compiler has heard of."""

    def __init__(self) -> None:
        self._settle(INTEGER, Entity.CONSTANT)


def law_of(build: Any, entity: Entity = HOUSEHOLD) -> Law:  # noqa: ANN401 - a formula
    return Law(TOY, [rule(entity, "rule", build)], PARAMETERS)


def test_the_function_of_a_graph_is_made_once_and_its_text_is_kept() -> None:
    law = law_of(lambda rooms, child_age_limit: rooms + child_age_limit)
    graph = law.graph(MARCH, ("rule",))
    assert law.graph(Month(2026, 4), ("rule",)) is graph
    assert function_of(graph) is function_of(graph)
    assert "h_rule = (h_rooms + k_0)" in function_of(graph).source
    bound = function_of(graph).bind(law.bind(graph, MARCH, overrides={"child_age_limit": 20}))
    assert bound({"rooms": 1}, []) == ({"rule": 21}, [])


def test_a_constant_used_twice_is_bound_once() -> None:
    law = law_of(lambda child_age_limit, rooms: (child_age_limit + rooms) * child_age_limit)
    graph = law.graph(MARCH, ("rule",))
    assert "k_1" not in compile_function(graph).source


def test_a_month_binds_its_own_cut_offs() -> None:
    law = law_of(lambda: first_day())
    graph = law.graph(MARCH, ("rule",))
    for month in (MARCH, Month(2027, 1)):
        assert function_of(graph).bind(law.bind(graph, month))({}, [])[0] == {"rule": month.first_day}


def test_what_no_compiler_knows_is_a_fault_of_the_engine() -> None:
    law = law_of(lambda: Riddle())
    graph = law.graph(MARCH, ("rule",))
    with pytest.raises(TypeError, match="Riddle has no Python"):
        compile_function(graph)
    with pytest.raises(TypeError, match="Riddle has no SQL"):
        compile_plan(graph, law.bind(graph, MARCH))


def test_types_say_what_they_are_and_become_sql() -> None:
    types = [BOOLEAN, INTEGER, TEXT, DATE, decimal(12, 9), choice("a", "b"), DATE.or_unknown()]
    assert [str(one) for one in types] == [
        "boolean",
        "integer",
        "text",
        "date",
        "decimal(12,9)",
        "one of a, b",
        "date or unknown",
    ]
    assert [sql_type(one).sql("duckdb") for one in types] == [
        "BOOLEAN",
        "BIGINT",
        "TEXT",
        "DATE",
        "DECIMAL(12, 9)",
        "TEXT",
        "DATE",
    ]
    assert as_decimal(INTEGER) == decimal(8, 0)


def test_a_term_that_stands_twice_in_a_sum_is_no_condition_of_it() -> None:
    term = next(one for one in TOY.columns if one.name == "score").node()
    assert by_condition([term, term]) == ([term, term], [])


def test_a_cast_to_another_width_is_written_and_to_the_same_is_not() -> None:
    once = cast(exp.Literal.number("1.5"), sql_type(decimal(14, 10)))
    assert cast(once, sql_type(decimal(14, 10))) is once
    assert cast(once, sql_type(decimal(14, 9))).sql("duckdb") == (
        "CAST(CAST(1.5 AS DECIMAL(14, 10)) AS DECIMAL(14, 9))"
    )
