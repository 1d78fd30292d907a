"""The list of a former aid into the record: each good row a fact of its person, each other row a rejection.

The same file twice changes nothing; a newer list corrects what an older one said of the same person and days.
"""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import duckdb
from django.db import connection

from karama.cycle.engine import literal
from karama.delivery.transition import schemes
from karama.foundation.errors import BadInputError
from karama.foundation.storage import file_digest
from karama.registry import facts
from karama.registry.imports import ledger, staging
from karama.registry.models import LegacyAid
from karama.registry.states import ImportState, Source

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path

    from django.db.backends.utils import CursorWrapper

    from karama.record.scope import Actor
    from karama.registry.models import Import

KIND = "legacy"
COLUMNS = ("idcs", "name", "scheme", "amount", "from", "to")
NEEDED = frozenset(COLUMNS) - {"name", "to"}
NOT_FOUND = "person_known"
_MOST_MAD = 100_000

_RULES = (
    ("idcs", "idcs_given", "idcs IS NULL", "write the person's IDCS"),
    ("scheme", "scheme_known", "scheme IS NULL OR scheme NOT IN ({schemes})", "write one of {names}"),
    (
        "amount",
        "amount_in_mad",
        "centimes IS NULL OR centimes < 0 OR centimes > {most} OR centimes <> floor(centimes)",
        "write the monthly amount in MAD, with at most two decimals",
    ),
    ("from", "first_day_known", "begun IS NULL", "write the first day as YYYY-MM-DD"),
    (
        "to",
        "last_day_after_the_first",
        '("to" IS NOT NULL AND ended IS NULL) OR ended < begun',
        "write the last day as YYYY-MM-DD, not before the first, or leave it empty",
    ),
)
_ONCE = ("idcs", "stands_once", "repeated", "keep one row of a person and a scheme for any day")
_REPEATED = (
    "coalesce(begun <= max(coalesce(ended, DATE '9999-12-31')) OVER (PARTITION BY idcs, scheme ORDER BY begun, row"
    " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), false)"
)
"""Among the rows that are right otherwise: one of the same person and scheme holds on the row's first day."""

_Rule = tuple[str, str, str, str]
"""Column, rule, the SQL that is true where a row breaks it, remedy."""


def import_list(path: Path, *, by: Actor) -> Import:
    """Take in a list: CSV or Parquet with idcs, name, scheme, amount (MAD a month), from, to (last day, or empty).

    Raises:
        BadInputError: the file cannot be read, or has not these columns.
        NotAllowedError: the actor runs no imports.
    """
    content = ledger.Content(KIND, None, path.name[:200], _digest(path))
    found = ledger.find(content)
    if found is not None and found.state == ImportState.DONE:
        return found
    with closing(duckdb.connect()) as source:
        rows = _read(source, path)
        current = ledger.begin(content, rows=rows, chunks=1, by=by)
        ledger.in_chunk(current, 0, lambda at: _take_in(source, current, at), by=by)
    return ledger.finish(current, by=by)


def _digest(path: Path) -> str:
    if not path.is_file():
        raise BadInputError(f"{path}: no such file: give a list as CSV or Parquet")
    return file_digest(path)


def _read(source: duckdb.DuckDBPyConnection, path: Path) -> int:
    """The rows as ``listed``, typed and with the number of each; how many there are."""
    reader = "read_parquet({0})" if path.suffix == ".parquet" else "read_csv({0}, all_varchar = true, header = true)"
    try:
        source.execute(f"CREATE VIEW given AS SELECT * FROM {reader.format(literal(str(path)))}")
        has = {row[0] for row in source.execute("DESCRIBE given").fetchall()}
    except duckdb.Error as error:
        raise BadInputError(f"{path}: cannot be read ({str(error).splitlines()[0]}): give CSV or Parquet") from error
    if missing := sorted(NEEDED - has):
        raise BadInputError(f"{path}: no column '{', '.join(missing)}': give {', '.join(COLUMNS)}")
    texts = ", ".join(
        f"nullif(trim(CAST({_quoted(name)} AS VARCHAR)), '') AS {_quoted(name)}"
        if name in has
        else f"NULL::VARCHAR AS {_quoted(name)}"
        for name in COLUMNS
    )
    source.execute(
        f"CREATE TABLE listed AS SELECT *, TRY_CAST(amount AS DECIMAL(18, 4)) * 100 AS centimes,"
        ' TRY_CAST("from" AS DATE) AS begun, TRY_CAST("to" AS DATE) AS ended'
        f" FROM (SELECT row_number() OVER () AS row, {texts} FROM given)"
    )
    source.execute(f"CREATE TABLE faults AS {_faults(_RULES, 'listed')}")
    source.execute(f"CREATE TABLE good AS SELECT *, {_REPEATED} AS repeated FROM listed ANTI JOIN faults USING (row)")
    source.execute(f"INSERT INTO faults {_faults((_ONCE,), 'good')}")
    (rows,) = source.execute("SELECT count(*) FROM listed").fetchone() or (0,)
    return int(rows)


def _faults(rules: Iterable[_Rule], rows: str) -> str:
    names = ", ".join(schemes())
    words = {"schemes": ", ".join(map(literal, schemes())), "names": names, "most": _MOST_MAD * 100}
    return " UNION ALL ".join(
        f"SELECT row, coalesce(left(idcs, 64), '') AS key, {literal(column)} AS column_,"
        f" left({_quoted(column)}, 200) AS value, {literal(rule)} AS rule, {literal(remedy.format(**words))} AS remedy"
        f" FROM {rows} WHERE {broken.format(**words)}"
        for column, rule, broken, remedy in rules
    )


def _take_in(source: duckdb.DuckDBPyConnection, current: Import, known_at: dt.datetime) -> ledger.Counts:
    counts: ledger.Counts = {}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS list_faults, list_rows")
        staging.stage(source, "faults", cursor, "list_faults")
        good = "SELECT row, idcs, scheme, CAST(centimes AS BIGINT) AS centimes, begun, ended FROM listed"
        staging.stage(source, f"({good} ANTI JOIN faults USING (row))", cursor, "list_rows")
        _reject(cursor, current)
        _count(cursor, source, counts)
    done = facts.supersede(
        LegacyAid,
        "SELECT p.id AS person_id, l.scheme, daterange(l.begun, l.ended, '[]') AS validity,"
        " l.centimes AS amount_centimes, %s::text AS source, left(%s || ', row ' || l.row, 200) AS proof"
        " FROM list_rows l JOIN registry_person p ON p.idcs = l.idcs",
        [Source.AGENCY, current.name],
        known_at=known_at,
        origin=current.pk,
    )
    ledger.count(counts, LegacyAid.__name__, done)
    return counts


def _reject(cursor: CursorWrapper, current: Import) -> None:
    cursor.execute(
        'INSERT INTO registry_rejection (of_import_id, file, "row", owner, "key", "column", value, rule, remedy)'
        " SELECT %s, %s, row, '', key, column_, value, rule, remedy FROM list_faults UNION ALL"
        " SELECT %s, %s, l.row, '', l.idcs, 'idcs', l.idcs, %s, 'correct the IDCS, or register the person first'"
        " FROM list_rows l WHERE NOT EXISTS (SELECT 1 FROM registry_person p WHERE p.idcs = l.idcs)",
        [current.pk, current.name, current.pk, current.name, NOT_FOUND],
    )


def _count(cursor: CursorWrapper, source: duckdb.DuckDBPyConnection, counts: ledger.Counts) -> None:
    """Rows of each scheme: on the list, refused, not in the registry."""
    told = source.execute(
        "SELECT scheme, count(*), count(*) FILTER (WHERE row IN (SELECT row FROM faults)) FROM listed"
        " WHERE scheme IS NOT NULL GROUP BY scheme"
    ).fetchall()
    for scheme, listed, refused in told:
        if scheme in schemes():
            counts[scheme] = Counter(listed=listed, refused=refused)
    cursor.execute(
        "SELECT l.scheme, count(*) FROM list_rows l WHERE NOT EXISTS"
        " (SELECT 1 FROM registry_person p WHERE p.idcs = l.idcs) GROUP BY l.scheme"
    )
    for scheme, missing in cursor.fetchall():
        counts[scheme].update(not_found=missing)


def _quoted(name: str) -> str:
    return f'"{name}"'
