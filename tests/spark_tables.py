"""Spark beside DuckDB: one session for all tests, the same tables given to both, and what they answer differently."""

from __future__ import annotations

import contextlib
import os
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import sqlglot

from karama.law.engine.spark import session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb
    from pyspark.sql import SparkSession

NOT_RUN = "not run: Spark"
"""How the reason of a test that needs Spark and has none begins; the end of the run repeats it."""

_INTERPRETED = {
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
}

_QUICK_TO_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Many small plans are over before Java has optimised what runs them: half the processor time without."""


def missing() -> str | None:
    """Why Spark cannot run here, or None."""
    if find_spec("pyspark") is None:
        return f"{NOT_RUN}: PySpark is not installed; install requirements/spark.txt"
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and shutil.which("java", path=f"{home}/bin"))):
        return f"{NOT_RUN}: there is no Java; install openjdk-17-jre-headless"
    return None


def started() -> SparkSession:
    """The session of the tests, on two cores."""
    return session("local[2]", memory="2g", settings={"spark.driver.extraJavaOptions": _QUICK_TO_START})


@contextlib.contextmanager
def interpreting(spark: SparkSession) -> Iterator[SparkSession]:
    """Spark without its compiler: for a dozen rows, compiling a plan takes longer than computing it."""
    before = {name: spark.conf.get(name) for name in _INTERPRETED}
    for name, value in _INTERPRETED.items():
        spark.conf.set(name, value)
    try:
        yield spark
    finally:
        for name, value in before.items():
            spark.conf.set(name, str(value))


def give(spark: SparkSession, name: str, table: pa.Table) -> None:
    """Make a table known to Spark under a name."""
    spark.createDataFrame(table).createOrReplaceTempView(name)


def as_spark(query: str) -> str:
    """A query written for DuckDB, as Spark takes it."""
    (written,) = sqlglot.transpile(query, read="duckdb", write="spark")
    return written


def differences(
    connection: duckdb.DuckDBPyConnection, spark: SparkSession, query: str, key: Sequence[str]
) -> list[str]:
    """What the two engines answer differently to one query: columns, types, then rows by their key."""
    ours, theirs = connection.execute(query).to_arrow_table(), spark.sql(as_spark(query)).toArrow()
    if _types(ours) != _types(theirs):
        return [f"columns: DuckDB {_types(ours)}, Spark {_types(theirs)}"]
    left, right = _rows(ours, key), _rows(theirs, key)
    if [_named(row, key) for row in left] != [_named(row, key) for row in right]:
        return [f"rows: DuckDB {len(left)}, Spark {len(right)}, or of other keys"]
    return [
        f"{_named(mine, key)}: {name}: DuckDB {mine[name]!r}, Spark {row[name]!r}"
        for mine, row in zip(left, right, strict=True)
        for name in mine
        if mine[name] != row[name]
    ]


def _types(table: pa.Table) -> list[tuple[str, str]]:
    """Names and types, without the name that each engine gives to the elements of a list."""
    return [
        (one.name, f"list of {one.type.value_type}" if pa.types.is_list(one.type) else str(one.type))
        for one in table.schema
    ]


def _rows(table: pa.Table, key: Sequence[str]) -> list[dict[str, Any]]:
    return sorted(table.to_pylist(), key=lambda row: _named(row, key))


def _named(row: dict[str, Any], key: Sequence[str]) -> tuple[str, ...]:
    return tuple(str(row[name]) for name in key)
