"""The same month on Spark: every row, every hash and every total as DuckDB gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from karama.cycle import hashes, verify_month
from karama.cycle import spark as cycle_on_spark
from karama.cycle.hashes import CHUNK_ROWS, RowHash
from karama.foundation.errors import BadInputError, IntegrityError
from karama.foundation.months import Month
from karama.population import generate
from tests.cycle.registers import decide, family, rewrite, rows, ward, write_register

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

    from karama.cycle import MonthResult

pytestmark = pytest.mark.long
DIFFERENT = {"seconds", "peak_memory_mb", "engine"}
"""What the manifest says of the run and not of the month."""


def of_the_month(result: MonthResult) -> dict[str, Any]:
    return {name: value for name, value in result.manifest.items() if name not in DIFFERENT}


def break_some_rows(register: Path) -> None:
    """Faults of every kind: values, codes, doubles, heads, persons without household."""
    households, persons = register / "households.parquet", register / "persons.parquet"
    place = "row_number() OVER (ORDER BY household_id)"
    rewrite(
        households,
        f"SELECT * REPLACE (CASE WHEN {place} = 3 THEN 'suburb' ELSE milieu END AS milieu,"
        f" CASE {place} WHEN 7 THEN '999999999' WHEN 9 THEN 'Rabat' ELSE commune END AS commune,"
        f" CASE WHEN {place} = 11 THEN -1.5 ELSE score END AS score,"
        f" CASE WHEN {place} = 13 THEN DATE '2025-10-02' ELSE claim_month END AS claim_month)"
        " FROM rows UNION ALL (FROM rows ORDER BY household_id LIMIT 1)",
    )
    rewrite(
        persons,
        "SELECT * REPLACE (CASE WHEN row_number() OVER (ORDER BY person_id) = 40 THEN 'nobody' ELSE household_id END"
        " AS household_id, CASE WHEN row_number() OVER (ORDER BY person_id) = 50 THEN 'head' ELSE role END AS role,"
        " CASE WHEN row_number() OVER (ORDER BY person_id) = 60 THEN DATE '1700-01-01' ELSE birth_date END"
        " AS birth_date) FROM rows",
    )


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One percent of the country in two months, the second with rows at fault; the first decided by DuckDB."""
    folder = tmp_path_factory.mktemp("country")
    generate(share=0.01, seed=20, out=folder / "register", first_month=Month(2026, 2), months=2)
    break_some_rows(folder / "register" / "2026-03")
    decide(folder / "register", "2026-02", folder / "duckdb" / "2026-02")
    return folder


def test_one_percent_of_the_country_row_for_row_and_hash_for_hash(country: Path, spark: SparkSession) -> None:
    asked = {"previous": country / "duckdb"}
    ours = decide(country / "register", "2026-03", country / "duckdb" / "2026-03", **asked)
    theirs = decide(country / "register", "2026-03", country / "spark" / "2026-03", engine="spark", **asked)
    assert theirs.manifest["engine"]["version"] == spark.version
    assert sum(theirs.manifest["faults"].values()) >= 8
    for name in ours.hashes:
        one, other = country / "duckdb" / "2026-03", country / "spark" / "2026-03"
        files = [f"read_parquet('{folder / f'{name}.parquet'}')" for folder in (one, other)]
        for left, right in (files, files[::-1]):
            assert duckdb.sql(f"FROM {left} EXCEPT ALL FROM {right} LIMIT 3").fetchall() == [], name
    assert of_the_month(theirs) == of_the_month(ours)
    assert verify_month(country / "spark" / "2026-03").outputs_sha256 == ours.manifest["outputs_sha256"]


def test_a_month_of_duckdb_is_verified_by_spark_and_one_of_spark_by_duckdb(spark: SparkSession, tmp_path: Path) -> None:
    assert spark.version
    families = (family("H1", "2012-01-05"), family("H2", score=9.9), family("H3", milieu="suburb"))
    register = write_register(tmp_path / "register", *families, wards=[ward("W1", "2012-01-01")])
    decide(register, "2026-03", tmp_path / "duckdb")
    decide(register, "2026-03", tmp_path / "spark", engine="spark")
    assert rows(tmp_path / "spark", "decisions") == rows(tmp_path / "duckdb", "decisions")
    found = {verify_month(tmp_path / "duckdb", engine="spark").outputs_sha256}
    found.add(verify_month(tmp_path / "spark", engine="duckdb").outputs_sha256)
    assert len(found) == 1
    rewrite(
        tmp_path / "spark" / "payments.parquet", "SELECT * REPLACE (amount_centimes + 1 AS amount_centimes) FROM rows"
    )
    with pytest.raises(IntegrityError, match=r"payments\.parquet: H1"):
        verify_month(tmp_path / "spark", engine="duckdb")


def test_a_damaged_file_is_named(spark: SparkSession, tmp_path: Path) -> None:
    assert spark.version
    register = write_register(tmp_path / "register [1]", family("H1"))
    (register / "persons.parquet").write_bytes(b"no Parquet")
    with pytest.raises(BadInputError, match=r"persons\.parquet: not readable as Parquet"):
        decide(register, "2026-03", tmp_path / "out", engine="spark")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("ranges", [1, 3])
def test_the_hash_is_that_of_the_definition_however_the_rows_are_spread(
    ranges: int, spark: SparkSession, tmp_path: Path
) -> None:
    numbers = [(7 * number) % 40_000 for number in range(40_000)]
    table = pa.table({
        "key": [f"k{number:06d}" for number in numbers],
        "codes": [None if number % 5 == 0 else ["é"] * (number % 3) for number in numbers],
        "known": [None if number % 7 == 0 else number % 2 == 0 for number in numbers],
    })  # fmt: skip
    pq.write_table(table, tmp_path / "rows.parquet")
    expected = RowHash(table.schema)
    expected.update(table.sort_by("key"))
    ordered = spark.read.parquet(str(tmp_path / "rows.parquet")).repartitionByRange(ranges, "key")
    ordered = ordered.sortWithinPartitions("key").persist()
    found = cycle_on_spark._ranges(ordered, ("key",))
    assert (len(found.starts), found.rows, found.strict) == (ranges, 40_000, True)
    assert 40_000 > 2 * CHUNK_ROWS == 2 * hashes.CHUNK_ROWS
    assert cycle_on_spark._written(ordered, found).rows_sha256 == expected.hexdigest()
    ordered.unpersist()
