"""Rows of PostgreSQL taken out by ``COPY`` into a file that DuckDB reads: nothing about them is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.cycle.engine import literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from django.db.backends.utils import CursorWrapper

_UNKNOWN = "\\N"


def copy_out(cursor: CursorWrapper, query: str, params: Mapping[str, Any], path: Path) -> None:
    """Write the rows of a query to a file."""
    sent = f"COPY ({query}) TO STDOUT (FORMAT csv, NULL '{_UNKNOWN}')"
    with path.open("wb") as file, cursor.copy(sent, params) as copy:
        for block in copy:
            file.write(block)


def copied(path: Path, kinds: Mapping[str, str]) -> str:
    """The table function of DuckDB that reads such a file: columns, in their order, with their types."""
    columns = ", ".join(f"{literal(name)}: {literal(kind)}" for name, kind in kinds.items())
    dialect = f"header = false, delim = ',', quote = '\"', escape = '\"', nullstr = '{_UNKNOWN}'"
    dialect += ", auto_detect = false, allow_quoted_nulls = false"
    return f"read_csv({literal(str(path))}, columns = {{{columns}}}, {dialect})"
