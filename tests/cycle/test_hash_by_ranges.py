"""What Spark's workers do with their ranges of rows, done here: they give the hash of the definition however rows lie.

Spark sorts, spreads and collects; the functions it sends to the workers are called here as it calls them.
"""

from __future__ import annotations

import random
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from karama.cycle import row_hash
from karama.cycle import spark as cycle_on_spark
from karama.cycle.hashes import CHUNK_ROWS, RowHash, combined

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

MOST_ROWS = 3 * CHUNK_ROWS + 500
COUNTRY = pa.table({
    "key": [f"k{number:06d}" for number in range(MOST_ROWS)],
    "codes": [None if number % 5 == 0 else ["é"] * (number % 3) for number in range(MOST_ROWS)],
    "known": [None if number % 7 == 0 else number % 2 == 0 for number in range(MOST_ROWS)],
    "amount": pa.array([None if number % 11 == 0 else number * number for number in range(MOST_ROWS)], pa.int64()),
})  # fmt: skip
PLACES = st.one_of(
    st.integers(0, MOST_ROWS),
    st.sampled_from([CHUNK_ROWS - 1, CHUNK_ROWS, CHUNK_ROWS + 1, 2 * CHUNK_ROWS, 3 * CHUNK_ROWS]),
)
"""Anywhere, and often on the border of a chunk or beside it."""


def spread(rows: pa.Table, cuts: Iterable[int]) -> list[pa.Table]:
    """The rows in ranges that begin at the cuts; some hold none."""
    places = [0, *sorted(min(cut, len(rows)) for cut in cuts), len(rows)]
    return [rows.slice(start, end - start) for start, end in pairwise(places)]


def in_batches(rows: pa.Table, size: int) -> list[pa.RecordBatch]:
    """The batches in which Spark hands a range to its worker; copied, since nothing else of the table comes along."""
    taken = (rows.slice(start, size) for start in range(0, len(rows), size))
    return [batch for part in taken for batch in pa.concat_tables([part]).combine_chunks().to_batches()]


def answers(worker: Any, rows: pa.Table, size: int) -> list[dict[str, Any]]:  # noqa: ANN401 - what Spark takes
    """What a worker answers for its range, row by row."""
    return [row for batch in worker(in_batches(rows, size)) for row in batch.to_pylist()]


def counted(ranges: Sequence[pa.Table], size: int, key: Sequence[str]) -> cycle_on_spark._Ranges:
    """The ranges counted by a worker each; they answer in any order."""
    found = [
        (row["range"], row["rows"], row["strict"])
        for number, rows in enumerate(ranges)
        for row in answers(cycle_on_spark._count(key, lambda number=number: number), rows.select(key), size)
    ]
    return cycle_on_spark._laid_end_to_end(found[::-1])


def hashed(ranges: Sequence[pa.Table], size: int, seed: int = 0) -> str:
    """The hash of rows spread over ranges: each cut by its worker, chunks that ranges share closed by one of them."""
    laid = counted(ranges, size, ("key",))
    assert (laid.strict, laid.rows) == (True, sum(map(len, ranges)))
    pieces = [
        row
        for number, rows in enumerate(ranges)
        for row in answers(cycle_on_spark._cut(laid.starts, lambda number=number: number), rows, size)
    ]
    random.Random(seed).shuffle(pieces)  # Spark keeps no order between its workers
    if len(laid.starts) > 1:
        schema = pa.schema({"chunk": pa.int64(), "place": pa.int64(), "digest": pa.binary(), "content": pa.binary()})
        grouped = [[row for row in pieces if row["chunk"] == chunk] for chunk in {row["chunk"] for row in pieces}]
        closed = [cycle_on_spark._close(pa.Table.from_pylist(group, schema)) for group in grouped]
        assert all(one.schema == schema and len(one) == 1 for one in closed)
        pieces = [row for one in closed for row in one.to_pylist()]
    digests = cycle_on_spark._digests((row["chunk"], row["digest"], row["content"]) for row in pieces)
    return combined(ranges[0].schema, digests)


def defined(rows: pa.Table) -> str:
    """The hash of all the rows one after the other."""
    whole = RowHash(rows.schema)
    whole.update(rows)
    return whole.hexdigest()


@settings(max_examples=60)
@given(
    count=PLACES,
    cuts=st.lists(PLACES, max_size=6),
    size=st.one_of(st.integers(700, 20_000), st.just(CHUNK_ROWS)),
    seed=st.integers(0, 9),
)
def test_rows_spread_over_ranges_and_batches_have_the_hash_of_the_definition(
    count: int, cuts: list[int], size: int, seed: int
) -> None:
    rows = COUNTRY.slice(0, count)
    assert hashed(spread(rows, cuts), size, seed) == defined(rows)


@pytest.mark.parametrize(
    ("count", "cuts", "size"),
    [
        (0, (), 5),
        (0, (0, 0), 5),
        (1, (), 1),
        (CHUNK_ROWS, (), CHUNK_ROWS),
        (CHUNK_ROWS, (4, 9, 9, 12_000), 999),  # one chunk of many ranges, one of them empty
        (2 * CHUNK_ROWS, (CHUNK_ROWS,), 5_000),  # ranges that are chunks: nothing is shared
        (2 * CHUNK_ROWS + 7, (CHUNK_ROWS - 1, CHUNK_ROWS + 1), CHUNK_ROWS),
        (MOST_ROWS, (10,), MOST_ROWS),  # a batch of several chunks
    ],
)
def test_the_hash_holds_at_the_borders(count: int, cuts: tuple[int, ...], size: int) -> None:
    rows = COUNTRY.slice(0, count)
    assert hashed(spread(rows, cuts), size) == defined(rows)


def test_only_chunks_that_ranges_share_leave_their_worker_as_rows() -> None:
    worker = cycle_on_spark._cut({0: 0, 1: CHUNK_ROWS - 3}, lambda: 1)
    pieces = answers(worker, COUNTRY.slice(CHUNK_ROWS - 3, CHUNK_ROWS + 5), 4_000)
    assert [(row["chunk"], row["place"]) for row in pieces] == [
        (0, CHUNK_ROWS - 3),
        (1, CHUNK_ROWS),
        (2, 2 * CHUNK_ROWS),
    ]
    assert [row["content"] is None for row in pieces] == [row["digest"] is not None for row in pieces]
    assert [row["content"] is None for row in pieces] == [False, True, False]


def test_rows_in_another_order_or_one_less_have_another_hash() -> None:
    rows, cuts = COUNTRY.slice(0, 20_000), (5_000, 17_000)
    swapped = rows.set_column(3, "amount", rows["amount"].take([1, 0, *range(2, 20_000)]))
    found = {hashed(spread(one, cuts), 3_000) for one in (rows, swapped, rows.slice(0, 19_999), rows.slice(1))}
    assert len(found) == 4


TEXTS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "é", "z"]))
NUMBERS = st.one_of(st.none(), st.integers(-2, 2))


def place(key: tuple[str | None, int | None]) -> tuple[object, ...]:
    """Unknown values first, texts by their bytes."""
    text, number = key
    return (text is not None, (text or "").encode(), number is not None, number or 0)


@settings(max_examples=300)
@given(
    keys=st.lists(st.tuples(TEXTS, NUMBERS), max_size=12),
    size=st.integers(1, 5),
    tidy=st.sampled_from(["as they come", "sorted", "sorted, each once"]),
)
def test_doubles_and_rows_out_of_order_are_found_in_and_across_batches(
    keys: list[tuple[str | None, int | None]], size: int, tidy: str
) -> None:
    if tidy != "as they come":
        keys = sorted(set(keys) if "once" in tidy else keys, key=place)
    rows = pa.table({
        "text": pa.array([text for text, _ in keys], pa.string()),
        "number": pa.array([number for _, number in keys], pa.int64()),
    })  # fmt: skip
    found = counted([rows], size, ("text", "number"))
    strict = all(place(above) < place(below) for above, below in pairwise(keys))
    assert (found.rows, found.strict) == (len(keys), strict)


@pytest.mark.parametrize("at", [1, 99, 100, 101, 250, 299])
def test_a_double_anywhere_is_found_whatever_follows(at: int) -> None:
    numbers = list(range(300))
    rows = pa.table({"key": [f"{number:03d}" for number in numbers]})
    twice = rows.take([*numbers[:at], at - 1, *numbers[at:]])
    back = rows.take([*numbers[: at - 1], at, at - 1, *numbers[at + 1 :]])
    for ranges, strict in (
        ([rows], True),
        ([twice], False),
        ([back], False),
        ([rows, twice], False),
        ([twice, rows], False),
    ):
        assert counted(ranges, 100, ("key",)).strict is strict


def test_ranges_lie_after_each_other_and_one_without_rows_is_none() -> None:
    ranges = spread(COUNTRY.slice(0, 1_000), (300, 300, 450))
    found = counted(ranges, 128, ("key",))
    assert (found.starts, found.rows) == ({0: 0, 2: 300, 3: 450}, 1_000)


# ------------------------------------------------------------------------------------------- files of a table
def write_pieces(folder: Path, rows: pa.Table, cuts: Iterable[int]) -> None:
    """The pieces of a table as the workers of Spark leave them: numbered, with metadata, others beside them."""
    folder.mkdir()
    for number, part in enumerate(spread(rows, cuts)):
        named = part.replace_schema_metadata({"org.apache.spark.sql.parquet.row.metadata": "{}"})
        pq.write_table(named, folder / f"part-{number:05d}-7a-c000.zstd.parquet", row_group_size=400)
        (folder / f".part-{number:05d}-7a-c000.zstd.parquet.crc").write_bytes(b"crc")
    (folder / "_SUCCESS").touch()


def hash_in_duckdb(file: Path) -> str:
    with duckdb.connect() as connection:
        return row_hash(connection, f"read_parquet('{file}', hive_partitioning = false)", ("key",))


@pytest.mark.parametrize("cuts", [(), (700, 700, 1_600)])
def test_pieces_become_one_file_in_their_order(tmp_path: Path, cuts: tuple[int, ...]) -> None:
    rows = COUNTRY.slice(0, 2_000)
    write_pieces(tmp_path / "pieces", rows, cuts)
    cycle_on_spark._join(tmp_path / "pieces", tmp_path / "rows.parquet")
    assert [one.name for one in tmp_path.iterdir()] == ["rows.parquet"]
    found = pq.ParquetFile(tmp_path / "rows.parquet")
    assert found.read().equals(rows)
    assert b"org.apache.spark.sql.parquet.row.metadata" not in (found.metadata.metadata or {})


def test_a_table_too_large_for_one_machine_stays_a_folder_read_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, whole = COUNTRY.slice(0, 2_000), tmp_path / "rows.parquet"
    for name in ("one", "other"):
        write_pieces(tmp_path / name, rows, (700, 1_600))
    size = sum(one.stat().st_size for one in (tmp_path / "one").glob("part-*"))
    monkeypatch.setattr(cycle_on_spark, "_JOINED_BYTES", size)
    cycle_on_spark._join(tmp_path / "other", tmp_path / "just.parquet")
    assert (tmp_path / "just.parquet").is_file()
    monkeypatch.setattr(cycle_on_spark, "_JOINED_BYTES", size - 1)
    cycle_on_spark._join(tmp_path / "one", whole)
    assert not (tmp_path / "one").exists()
    assert sorted(one.name for one in whole.iterdir()) == [
        f"part-{number:05d}-7a-c000.zstd.parquet" for number in range(3)
    ]
    assert pq.read_table(whole).equals(rows)
    assert hash_in_duckdb(whole) == hash_in_duckdb(tmp_path / "just.parquet") == defined(rows)
