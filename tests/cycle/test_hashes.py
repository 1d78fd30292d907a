"""The hash of rows, computed a second time in plain Python from its description in the documentation."""

from __future__ import annotations

import datetime as dt
import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from karama.cycle import row_hash
from karama.cycle.tables import TABLE_NAMED
from tests.cycle.registers import decide, family, pupil, ward, write_register

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    {"id": "b", "flag": True, "count": 7, "score": Decimal("9.743"), "day": dt.date(2026, 2, 1), "codes": ["x", ",1:"]},
    {"id": "aé", "flag": None, "count": -1, "score": None, "day": None, "codes": []},
    {"id": "a", "flag": False, "count": 0, "score": Decimal("-0.5"), "day": dt.date(1999, 12, 31), "codes": None},
    {"id": None, "flag": True, "count": None, "score": Decimal(0), "day": dt.date(900, 1, 2), "codes": ["~"]},
    {"id": "", "flag": True, "count": 3, "score": Decimal(1), "day": dt.date(2026, 1, 1), "codes": ["|"]},
]  # fmt: skip
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "flag": pa.bool_(),
        "count": pa.int64(),
        "score": pa.decimal128(12, 9),
        "day": pa.date32(),
        "codes": pa.list_(pa.string()),
    }
)
KINDS = {pa.bool_(): "boolean", pa.date32(): "date", pa.string(): "text", pa.int32(): "integer", pa.int64(): "integer"}
CHUNK = 16_384


def bits(flags: list[bool]) -> bytes:
    """One bit a row, bytes filled from the lowest bit."""
    padded = flags + [False] * (-len(flags) % 8)
    return bytes(
        sum(1 << place for place, flag in enumerate(padded[start : start + 8]) if flag)
        for start in range(0, len(padded), 8)
    )


def numbers(values: list[int]) -> bytes:
    """The width that the widest needs, then each in so many bytes."""
    for width in (1, 2, 4, 8):
        try:
            return bytes([width]) + b"".join(value.to_bytes(width, "little", signed=True) for value in values)
        except OverflowError:
            continue
    raise AssertionError(values)


def texts(values: list[str | None]) -> bytes:
    encoded = [(value or "").encode() for value in values]
    return numbers([len(value) for value in encoded]) + b"".join(encoded)


def column_bytes(values: list[Any], kind: pa.DataType) -> bytes:
    """A column of a chunk as the documentation says."""
    known = bits([value is not None for value in values])
    if pa.types.is_boolean(kind):
        return known + bits([bool(value) for value in values])
    if pa.types.is_string(kind):
        return known + texts(values)
    if pa.types.is_list(kind):
        entries = [entry for value in values for entry in value or []]
        held = numbers([len(value or []) for value in values])
        return known + held + bits([entry is not None for entry in entries]) + texts(entries)
    if pa.types.is_decimal(kind):
        return known + numbers([int((value or Decimal(0)).scaleb(kind.scale)) for value in values])
    if pa.types.is_date(kind):
        return known + numbers([(value - dt.date(1970, 1, 1)).days if value else 0 for value in values])
    return known + numbers([value or 0 for value in values])


def kind_of(kind: pa.DataType) -> str:
    if pa.types.is_decimal(kind):
        return f"decimal({kind.scale})"
    return "list of text" if pa.types.is_list(kind) else KINDS[kind]


def place(value: object) -> tuple[bool, Any]:
    """Unknown values first, texts by their bytes."""
    known = value.encode() if isinstance(value, str) else value
    return (value is not None, () if value is None else known)


def expected_hash(table: pa.Table, key: tuple[str, ...]) -> str:
    """The hash written from its description: every row in memory, sorted by Python."""
    order = [*key, *table.column_names]
    lines = sorted(table.to_pylist(), key=lambda row: tuple(place(row[name]) for name in order))
    found = (",".join(f"{field.name}:{kind_of(field.type)}" for field in table.schema) + "\n").encode()
    for start in range(0, len(lines), CHUNK):
        chunk = lines[start : start + CHUNK]
        columns = (column_bytes([row[field.name] for row in chunk], field.type) for field in table.schema)
        found += hashlib.sha256(b"".join(columns)).digest()
    return hashlib.sha256(found).hexdigest()


def hash_of(table: pa.Table, file: Path, key: tuple[str, ...] = ("id",)) -> str:
    pq.write_table(table, file)
    with duckdb.connect() as connection:
        return row_hash(connection, f"read_parquet('{file}')", key)


def test_every_kind_of_value_is_hashed_as_described(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(ROWS, SCHEMA)
    assert hash_of(table, tmp_path / "rows.parquet") == expected_hash(table, ("id",))


def test_every_file_of_a_month_is_hashed_as_described(tmp_path: Path) -> None:
    children = {"H1": pupil("2012-02-01"), "H2": pupil("2013-02-02"), "H3": pupil("2014-02-03")}
    for month in ("2026-02", "2026-03"):
        households = [family(name, child, score=9.5) for name, child in children.items()]
        at_fault, wards = family("H9", commune="0"), [ward("W1", "2012-01-01")]
        write_register(tmp_path / "register" / month, *households, at_fault, wards=wards)
    decide(tmp_path / "register", "2026-02", tmp_path / "2026-02")
    result = decide(tmp_path / "register", "2026-03", tmp_path / "2026-03", previous=tmp_path / "2026-02")
    assert set(result.hashes) == set(TABLE_NAMED)
    for name, found in result.hashes.items():
        table = TABLE_NAMED[name]
        assert found == expected_hash(pq.read_table(tmp_path / "2026-03" / table.file), table.key), name
    lines = "".join(f"{name} {result.hashes[name]}\n" for name in sorted(result.hashes))
    assert result.manifest["outputs_sha256"] == hashlib.sha256(lines.encode()).hexdigest()


def test_order_bytes_and_width_of_integers_do_not_count(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(ROWS, SCHEMA)
    other = table.take([4, 2, 0, 3, 1]).set_column(2, "count", table["count"].take([4, 2, 0, 3, 1]).cast(pa.int32()))
    pq.write_table(other, tmp_path / "other.parquet", compression="gzip", row_group_size=2, use_dictionary=False)
    with duckdb.connect() as connection:
        found = row_hash(connection, f"read_parquet('{tmp_path / 'other.parquet'}')", ("id",))
    assert found == hash_of(table, tmp_path / "rows.parquet")


def test_rows_twice_count_twice(tmp_path: Path) -> None:
    once, twice = (pa.Table.from_pylist(ROWS * times, SCHEMA) for times in (1, 2))
    assert hash_of(twice, tmp_path / "twice.parquet") == expected_hash(twice, ("id",))
    assert hash_of(twice, tmp_path / "twice.parquet") != hash_of(once, tmp_path / "once.parquet")


@pytest.mark.parametrize(
    ("name", "value"),
    [("id", ""), ("id", "a|"), ("flag", None), ("count", 1), ("score", Decimal("-0.500000001")), ("codes", ["~"])],
)
def test_any_other_value_is_another_hash(tmp_path: Path, name: str, value: object) -> None:
    changed = [{**row, name: value} if row["id"] == "a" else row for row in ROWS]
    before = hash_of(pa.Table.from_pylist(ROWS, SCHEMA), tmp_path / "rows.parquet")
    assert hash_of(pa.Table.from_pylist(changed, SCHEMA), tmp_path / "changed.parquet") != before


def test_another_name_of_a_column_is_another_hash(tmp_path: Path) -> None:
    table = pa.Table.from_pylist(ROWS, SCHEMA)
    renamed = table.rename_columns(["id", "flag", "number", "score", "day", "codes"])
    assert hash_of(renamed, tmp_path / "renamed.parquet") != hash_of(table, tmp_path / "rows.parquet")


def test_many_rows_stream_through_several_batches(tmp_path: Path) -> None:
    table = pa.table({"id": [f"{number:07d}" for number in range(200_500)]})
    assert hash_of(table, tmp_path / "many.parquet") == expected_hash(table, ("id",))


def test_a_type_without_canonical_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="type double"):
        hash_of(pa.table({"id": [1.5]}), tmp_path / "floats.parquet")
