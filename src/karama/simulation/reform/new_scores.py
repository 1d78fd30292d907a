"""New scores of a register's households, in place of those it holds while a month is decided."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from karama.foundation.errors import BadInputError
from karama.simulation.reform.homes import escaped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.law.engine.inputs import Inputs

_SCORE, _FROM, _BEFORE = "score", "score_effective_from", "previous_score"


@contextmanager
def score_table(
    connection: duckdb.DuckDBPyConnection, inputs: Inputs, scores: Path | None, month: Month
) -> Iterator[None]:
    """The households' table with the new scores, in force from the month, for the time of the context.

    Raises:
        BadInputError: not readable, a column missing, a household twice or not in the register, a score out of bounds.
    """
    if scores is None:
        yield
        return
    table, key = inputs.household_table, inputs.household_key
    _read(connection, scores, key)
    _check(connection, scores, inputs)
    had = {row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()}
    told = f"n.{_SCORE} IS NULL"
    values = {
        _SCORE: f"COALESCE(n.{_SCORE}, h.{_SCORE})",
        _FROM: f"CASE WHEN {told} THEN h.{_FROM} ELSE DATE '{month.first_day}' END",
        _BEFORE: f"CASE WHEN {told} THEN h.{_BEFORE} ELSE h.{_SCORE} END",
    }
    changed = [f"{value} AS {name}" for name, value in values.items() if name in had]
    connection.execute(f"ALTER VIEW {table} RENAME TO former_{table}")
    connection.execute(
        f"CREATE VIEW {table} AS SELECT h.* REPLACE ({', '.join(changed)})"
        f" FROM former_{table} h LEFT JOIN new_scores n USING ({key})"
    )
    try:
        yield
    finally:
        connection.execute(f"DROP VIEW {table}")
        connection.execute(f"ALTER VIEW former_{table} RENAME TO {table}")


def _read(connection: duckdb.DuckDBPyConnection, scores: Path, key: str) -> None:
    reader = {".parquet": "read_parquet", ".csv": "read_csv"}.get(scores.suffix.lower())
    if reader is None:
        raise BadInputError(f"{scores}: '{scores.suffix}' is not read: give scores as .parquet or .csv")
    path = escaped(scores)
    options = ", all_varchar = true" if reader == "read_csv" else ""
    try:
        relation = connection.execute(f"SELECT * FROM {reader}('{path}'{options}) LIMIT 0").description
    except duckdb.Error as error:
        raise BadInputError(f"{scores}: not readable ({str(error).splitlines()[0]}): export it again") from error
    names = {one[0] for one in relation or []}
    for name in (key, _SCORE):
        if name not in names:
            raise BadInputError(f"{scores}: column '{name}' is missing: give {key} and {_SCORE}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE new_scores AS SELECT CAST({key} AS VARCHAR) AS {key}, CAST({_SCORE} AS VARCHAR)"
        f" AS written, TRY_CAST({_SCORE} AS DECIMAL(12, 9)) AS {_SCORE}, row_number() OVER () AS number"
        f" FROM {reader}('{path}'{options})"
    )


def _check(connection: duckdb.DuckDBPyConnection, scores: Path, inputs: Inputs) -> None:
    """Refuse what is no score, a household named twice, and one that the register does not hold."""
    key, table = inputs.household_key, inputs.household_table
    column = inputs.get(_SCORE)
    least, most = (column.least, column.most) if column else (0, 99)
    wrong = connection.execute(
        f"SELECT number, {key}, written FROM new_scores WHERE {_SCORE} IS NULL OR {_SCORE} NOT BETWEEN {least} AND"
        f" {most} ORDER BY number LIMIT 1"
    ).fetchone()
    if wrong:
        raise BadInputError(
            f"{scores}: row {wrong[0]}: column '{_SCORE}': {wrong[2]!r} of {wrong[1]} is no score from {least} to"
            f" {most}: write a decimal number with at most nine places"
        )
    twice = connection.execute(
        f"SELECT {key}, max(number) FROM new_scores GROUP BY {key} HAVING count(*) > 1 ORDER BY {key} LIMIT 1"
    ).fetchone()
    if twice:
        raise BadInputError(f"{scores}: row {twice[1]}: household {twice[0]} stands twice: keep one score for each")
    stranger = connection.execute(
        f"SELECT number, {key} FROM new_scores n ANTI JOIN {table} USING ({key}) ORDER BY number LIMIT 1"
    ).fetchone()
    if stranger:
        raise BadInputError(
            f"{scores}: row {stranger[0]}: household {stranger[1]} is not in the register: remove the row"
        )
