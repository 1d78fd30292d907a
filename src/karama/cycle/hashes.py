"""The hash of a table's rows: the same for the same rows, whatever the file's bytes, the engine or its version.

1. Each value becomes text: ``true``/``false``; a whole number in digits; a decimal with all its places; a date
   ``YYYY-MM-DD``; a text as its length in UTF-8 bytes, a colon and itself; a list as ``[``, its texts joined by commas,
   ``]``; an unknown value as ``~``.
2. A row is its values in the order of the columns joined by ``|``; its digest is SHA-256, in 64 hexadecimal digits.
3. Rows stand in the order of their key columns, compared as UTF-8 bytes, an unknown one as the empty text; equal keys
   in the order of the digests.
4. The hash is the SHA-256 of a head line (``name:kind`` of each column joined by commas, then a line feed) followed by
   all the digests, nothing between them.

Files are written in the order of their key, so that nothing is sorted: digests stream from the file into one state.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

_DIGEST = 64
_BATCH_ROWS = 200_000
_DECIMAL = re.compile(r"DECIMAL\(\d+,(\d+)\)")
_INTEGERS = frozenset({"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"})
_KINDS = {"BOOLEAN": "boolean", "DATE": "date", "VARCHAR": "text", "VARCHAR[]": "list of text"}


def kind_of(sql_type: str) -> str:
    """The kind of a column in the head line: boolean, integer, decimal(places), date, text, list of text.

    Raises:
        ValueError: a type that a month folder does not hold.
    """
    if sql_type in _INTEGERS:
        return "integer"
    if (found := _DECIMAL.fullmatch(sql_type)) is not None:
        return f"decimal({found[1]})"
    if sql_type not in _KINDS:
        raise ValueError(f"no canonical text for values of type {sql_type}")
    return _KINDS[sql_type]


def head_line(columns: Mapping[str, str]) -> str:
    """The line that names the columns and their kinds."""
    return ",".join(f"{name}:{kind_of(sql_type)}" for name, sql_type in columns.items()) + "\n"


def value_text(name: str, sql_type: str) -> str:
    """SQL that gives the canonical text of a column's value."""
    quoted = f'"{name}"'
    if sql_type == "VARCHAR":
        text = f"strlen({quoted}) || ':' || {quoted}"
    elif sql_type == "VARCHAR[]":
        text = f"'[' || array_to_string(list_transform({quoted}, x -> strlen(x) || ':' || x), ',') || ']'"
    else:
        text = f"CAST({quoted} AS VARCHAR)"
    return f"COALESCE({text}, '~')"


def columns_of(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, str]:
    """Names and types of what a table, view or table function gives, in order."""
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    return {row[0]: row[1] for row in described}


def row_hash(connection: duckdb.DuckDBPyConnection, source: str, key: Sequence[str]) -> str:
    """The hash of all rows of a table, view or table function, in hexadecimal.

    ``key`` names the text columns that order the rows.
    """
    columns = columns_of(connection, source)
    row = ", ".join(value_text(name, sql_type) for name, sql_type in columns.items())
    place = [f"COALESCE(\"{name}\", '')" for name in key]
    query = f"SELECT sha256(concat_ws('|', {row})) AS digest FROM {source}"
    if not _in_order(connection, source, place):
        query += f" ORDER BY {', '.join(place)}, digest"
    state = hashlib.sha256(head_line(columns).encode())
    for batch in connection.execute(query).to_arrow_reader(_BATCH_ROWS):
        state.update(_digests(batch.column(0)))
    return state.hexdigest()


def _in_order(connection: duckdb.DuckDBPyConnection, source: str, place: Sequence[str]) -> bool:
    """Whether the rows already stand in the strict order of their key."""
    row = f"ROW({', '.join(place)})"
    query = f"SELECT 1 FROM (SELECT {row} <= lag({row}) OVER () AS back FROM {source}) WHERE back LIMIT 1"
    return connection.execute(query).fetchone() is None


def _digests(column: pa.Array) -> memoryview:
    """The digests of a batch, which stand one after the other in its buffer: no row is touched in Python."""
    start = column.offset * _DIGEST
    return memoryview(column.buffers()[2])[start : start + len(column) * _DIGEST]
