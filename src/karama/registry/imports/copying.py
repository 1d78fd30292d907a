"""Rows from DuckDB into a table of PostgreSQL by ``COPY``, without a file and without a loop over rows.

DuckDB writes each row as one line of the text format of ``COPY``; the lines of an Arrow batch lie one behind the other
in memory, and that memory is what is sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.cycle.engine import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb
    import pyarrow as pa
    from django.db.backends.utils import CursorWrapper

_BATCH_ROWS = 100_000
_TEXT = "VARCHAR"


def copy_rows(
    source: duckdb.DuckDBPyConnection, query: str, target: CursorWrapper, table: str, values: Mapping[str, str]
) -> int:
    """Copy the rows of ``query`` into ``table``.

    Args:
        source: where the query is asked.
        query: a relation of DuckDB, or a query in brackets.
        target: a cursor in the transaction of the copy.
        table: its table or temporary table.
        values: SQL of DuckDB for each column, over the query's columns.

    Returns:
        The number of rows.
    """
    selected = ", ".join(f"{value} AS {quoted(name)}" for name, value in values.items())
    inner = f"SELECT {selected} FROM {query}"
    kinds = {row[0]: row[1] for row in source.execute(f"DESCRIBE {inner}").fetchall()}
    line = ", ".join(_field(quoted(name), kinds[name]) for name in values)
    reader = source.execute(f"SELECT concat_ws(chr(9), {line}) || chr(10) AS line FROM ({inner})").to_arrow_reader(
        _BATCH_ROWS
    )
    rows = 0
    with target.copy(f"COPY {table} ({', '.join(map(quoted, values))}) FROM STDIN") as copy:
        for batch in reader:
            copy.write(_bytes(batch.column(0)))
            rows += batch.num_rows
    return rows


def _field(name: str, kind: str) -> str:
    """A value as the text format writes it: escaped, and an unknown one by its own sign."""
    if kind != _TEXT:
        return f"coalesce(CAST({name} AS VARCHAR), '\\N')"
    escaped = name
    for character, written in (("chr(92)", "\\\\"), ("chr(9)", "\\t"), ("chr(10)", "\\n"), ("chr(13)", "\\r")):
        escaped = f"replace({escaped}, {character}, '{written}')"
    return f"coalesce({escaped}, '\\N')"


def _bytes(lines: pa.StringArray) -> memoryview:
    """The lines of a batch as they lie in memory."""
    _, offsets, data = lines.buffers()
    ends = np.frombuffer(offsets, dtype=np.int32)
    first, last = int(ends[lines.offset]), int(ends[lines.offset + len(lines)])
    return memoryview(data)[first:last]
