"""What an engine cannot do, in our words: want of room, a stop, a damaged file; any other error stays what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest

from karama.cycle import duck
from karama.cycle import spark as cycle_on_spark
from karama.foundation.errors import BadInputError, InterruptedWorkError, StorageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

SPARK_WRITES = (
    "[TASK_WRITE_FAILED] Task failed while writing rows to file:/data/.parts/decisions. SQLSTATE: 58030\n"
    "Caused by: org.apache.hadoop.fs.FSError: java.io.IOException: "
)
SPARK_READS = "\n[{condition}] Could not read it. SQLSTATE: KD001\n\tat org.apache.spark.Reader.read(Reader.scala:3)"


def told(guard: Callable[[Path], AbstractContextManager[None]], place: Path, error: BaseException) -> BaseException:
    """What comes out of a block in which an error is raised."""
    with pytest.raises(BaseException) as caught, guard(place):  # noqa: PT011 - any of them is handed back
        raise error
    return caught.value


def test_a_block_that_ends_well_is_left_alone(tmp_path: Path) -> None:
    done = []
    for guard in (duck.failures, duck.reading, cycle_on_spark._failures, cycle_on_spark._reading):
        with guard(tmp_path):
            done.append(guard)
    assert len(done) == 4


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("Query interrupted")])
def test_a_stop_is_told_as_one(tmp_path: Path, error: BaseException) -> None:
    found = told(duck.failures, tmp_path / "2026-02", error)
    assert isinstance(found, InterruptedWorkError)
    assert str(found) == "2026-02: stopped before its end; nothing was kept: run it again"
    assert found.__cause__ is error


@pytest.mark.parametrize(
    "guard",
    [duck.failures, duck.reading, cycle_on_spark._failures, cycle_on_spark._reading],
    ids=lambda one: one.__name__,
)
@pytest.mark.parametrize(
    "error",
    [RuntimeError("Query interrupted by a mistake"), ValueError("no space for 3"), BadInputError("row 3: of ours")],
    ids=lambda one: type(one).__name__,
)
def test_any_other_error_comes_out_as_it_was(
    tmp_path: Path, guard: Callable[[Path], AbstractContextManager[None]], error: Exception
) -> None:
    assert told(guard, tmp_path, error) is error


def test_used_up_memory_is_told_with_the_engines_words(tmp_path: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute("SET memory_limit = '2MB'; SET temp_directory = ''")
        with pytest.raises(StorageError) as caught, duck.failures(tmp_path):
            connection.execute("SELECT count(DISTINCT hash(i)) FROM range(3000000) t(i)").fetchall()
    said = str(caught.value)
    assert said.startswith(f"{tmp_path}: memory and spill space are used up (Out of Memory Error: ")
    assert said.endswith("): give a larger memory limit or disk")
    assert "\n" not in said


@pytest.mark.parametrize(
    "words", ["No space left on device", "File too large", "Disk quota exceeded", "Could not write all bytes"]
)
def test_a_full_disk_is_told_and_no_file_of_the_register_is_blamed(tmp_path: Path, words: str) -> None:
    error = duckdb.IOException(f'IO Error: Could not use file "x": {words}')
    found = told(duck.failures, tmp_path / "out", error)
    assert isinstance(found, StorageError)
    assert str(found) == f"{tmp_path}/out: no space left on the disk; nothing was kept: free some space and run again"
    assert told(duck.reading, tmp_path / "persons.parquet", error) is error


def test_a_damaged_file_is_named_and_a_wrong_query_is_not_its_fault(tmp_path: Path) -> None:
    file = tmp_path / "persons.parquet"
    file.write_bytes(b"no Parquet file at all")
    with duckdb.connect() as connection:
        with pytest.raises(BadInputError) as caught, duck.reading(file):
            connection.execute(f"FROM {duck.parquet(file)}")
        with pytest.raises(duckdb.CatalogException), duck.reading(file):
            connection.execute("FROM nobody")
    assert str(caught.value).startswith(f"{file}: not readable as Parquet (")
    assert str(caught.value).endswith("): copy or export the file again")


@pytest.mark.parametrize("words", ["No space left on device", "File too large", "Disk quota exceeded"])
def test_a_full_disk_under_spark_is_told(tmp_path: Path, words: str) -> None:
    error = RuntimeError(SPARK_WRITES + words)
    found = told(cycle_on_spark._failures, tmp_path / "out", error)
    assert isinstance(found, StorageError)
    assert str(found) == f"{tmp_path}/out: no space left on the disk; nothing was kept: free some space and run again"
    assert found.__cause__ is error


@pytest.mark.parametrize(
    "condition",
    ["CANNOT_READ_FILE_FOOTER", "FAILED_READ_FILE.NO_HINT", "UNABLE_TO_INFER_SCHEMA", "PATH_NOT_FOUND"],
)
def test_a_file_that_spark_cannot_read_is_named_with_the_first_line(tmp_path: Path, condition: str) -> None:
    found = told(cycle_on_spark._reading, tmp_path / "p.parquet", RuntimeError(SPARK_READS.format(condition=condition)))
    assert isinstance(found, BadInputError)
    reason = f"[{condition}] Could not read it. SQLSTATE: KD001"
    assert str(found) == f"{tmp_path}/p.parquet: not readable as Parquet ({reason}): copy or export the file again"
