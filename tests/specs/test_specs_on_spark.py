"""Every dated household of this folder on Spark: each value as DuckDB gives it, and the expected amounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
import sqlglot

from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine import evaluate
from karama.law.engine.expressions import Entity
from karama.law.engine.spark import run_plan_on_spark
from tests.spark_tables import differences, give
from tests.specs.test_specs import ANSWERED, asked, marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

    from karama.law.engine.programme import Programme
    from karama.law.engine.sql import Plan
    from tests.specs.loader import Step


def registers() -> dict[str, list[Step]]:
    """The steps by what they ask: programme, month, clock and switches."""
    found: dict[str, list[Step]] = {}
    for step in ANSWERED:
        changed = "".join(f" {name}={value}" for name, value in sorted(step.parameters.items()))
        found.setdefault(f"{step.programme} {step.month} {step.clock}{changed}", []).append(step)
    return found


REGISTERS = registers()


def queries(programme: Programme, plan: Plan) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every result of a plan, with its key."""
    inputs = programme.law.inputs
    yield f"SELECT * FROM {evaluate.HOUSEHOLD_RESULT}", (inputs.household_key,)
    if plan.last(Entity.PERSON) is not None:
        yield f"SELECT * FROM {evaluate.PERSON_RESULT}", (inputs.household_key, inputs.person_key)
    yield evaluate.decisions_sql(programme), (inputs.household_key,)
    if lines := evaluate.lines_sql(programme, plan.graph):
        household = (inputs.household_key,) if inputs.person_table else ()
        yield lines, (*household, inputs.person_key, "benefit")


@pytest.mark.long
@pytest.mark.parametrize("name", REGISTERS)
def test_spark_decides_as_duckdb_does(name: str, interpreting_spark: SparkSession) -> None:
    spark, steps = interpreting_spark, REGISTERS[name]
    programme, month = programme_named(steps[0].programme), Month.parse(steps[0].month)
    inputs = programme.law.inputs
    households = [marked(step, f"{number:03d}-") for number, step in enumerate(steps)]
    rows = [evaluate.read_rows(programme, one, month) for one in households]
    plan = evaluate.plan_of(programme, month, asked(steps[0])["amounts"], asked(steps[0])["parameters"])
    with duckdb.connect() as connection:
        evaluate.register_tables(connection, programme, rows)
        evaluate.run_plan(connection, plan)
        for table in filter(None, (inputs.household_table, inputs.person_table)):
            give(spark, table, connection.table(table).to_arrow_table())
        run_plan_on_spark(spark, plan, keep=True)
        for query, key in queries(programme, plan):
            assert differences(connection, spark, query, key) == [], query
    check_amounts(spark, programme, households, steps)
    spark.catalog.clearCache()


def check_amounts(
    spark: SparkSession, programme: Programme, households: list[dict[str, object]], steps: list[Step]
) -> None:
    """What Spark gives is what the cases state, in case both engines were wrong alike."""
    (query,) = sqlglot.transpile(evaluate.decisions_sql(programme), read="duckdb", write="spark")
    key = programme.law.inputs.household_key
    found = {row[key]: row for row in spark.sql(query).toArrow().to_pylist()}
    for step, household in zip(steps, households, strict=True):
        if step.amount_centimes is not None:
            assert found[household[key]]["amount_centimes"] == step.amount_centimes, step.why
