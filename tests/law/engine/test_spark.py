"""The law on Spark: a session that computes as DuckDB does, and random laws that prove it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from karama.foundation.errors import StorageError
from karama.law.engine import spark as law_on_spark
from karama.law.engine.spark import run_plan_on_spark
from tests.law.engine.both_engines import CONNECTION, evaluate
from tests.law.engine.generated_laws import MONTHS, laws, register
from tests.spark_tables import differences, give

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

    from karama.foundation.months import Month
    from karama.law.engine.graph import Law


def test_without_pyspark_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(law_on_spark, "find_spec", lambda _: None)
    with pytest.raises(StorageError, match=r"pip install karama\[spark\]"):
        law_on_spark.session()


@pytest.mark.long
def test_without_java_the_error_says_what_is_needed(spark: SparkSession, tmp_path: Path) -> None:
    assert spark.version.startswith("4.")
    code = "from karama.law.engine.spark import session; session('local[1]')"
    given_home = {name: value for name, value in os.environ.items() if name != "JAVA_HOME"} | {"PATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=given_home, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "StorageError: Spark does not start on 'local[1]'" in done.stderr
    assert "it needs Java 17 or 21 (JAVA_HOME)" in done.stderr


@pytest.mark.long
def test_the_session_says_where_it_runs_and_computes_as_duckdb_does(spark: SparkSession) -> None:
    wanted = {"spark.master": "local[2]", "spark.sql.ansi.enabled": "true", "spark.sql.session.timeZone": "UTC"}
    assert {name: spark.conf.get(name) for name in wanted} == wanted
    assert law_on_spark.session() is spark


@pytest.mark.long
@settings(
    max_examples=20,
    phases=[Phase.generate],  # a plan takes seconds: a failing law is shown as it is
    suppress_health_check=list(HealthCheck),
)
@given(law=laws(40), seed=st.integers(0, 10_000), month=st.sampled_from(MONTHS))
def test_spark_agrees_with_duckdb_on_laws_of_forty_formulas(
    interpreting_spark: SparkSession, law: Law, seed: int, month: Month
) -> None:
    spark, computed = interpreting_spark, evaluate(law, register(seed), month)
    for table in (law.inputs.household_table, str(law.inputs.person_table)):
        give(spark, table, CONNECTION.table(table).to_arrow_table())
    run_plan_on_spark(spark, computed.plan, keep=True)
    for step in dict.fromkeys(filter(None, map(computed.plan.last, (step.entity for step in computed.plan.steps)))):
        key = ("household_id", "person_id")[: 1 + (step.name.startswith("person"))]
        assert differences(CONNECTION, spark, f"SELECT * FROM {step.name}", key) == []
    spark.catalog.clearCache()
