"""The one writer of facts: what is learnt closes what was known and stands beside it, in sets.

A correction of one person and an update file of a million rows take the same way: a query gives, for each subject, the
days over which something holds and the values.  Where the record already knows the same, nothing is written, so the
same file twice changes nothing.  Where it knew otherwise, what was known is closed at ``at``, the days that are not
touched are written again as they were, and the new values stand over theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from karama.foundation.errors import BadInputError, ConflictError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from django.db.backends.utils import CursorWrapper

    from karama.registry.models import Fact

_MANY = 1_000
"""Rows from which a temporary table is worth its statistics: without them every join is planned as a small one."""

_HALF_LOADED = "FROM registry_import WHERE state = 'running' AND rebuilt <> '[]'"

IMPORTS_LOCK = 5_823_001
"""Number of the advisory lock that bulk imports take alone and every other writer and decider takes with others."""


@dataclass(frozen=True)
class Superseded:
    """What a writing did: rows closed, rows written (with the parts kept), subjects that already had the values."""

    closed: int
    written: int
    unchanged: int


def share_registry() -> None:
    """Let no bulk import write while this transaction reads and decides; others may.

    Raises:
        ConflictError: a first load has taken the constraints away and has not ended.
    """
    with connection.cursor() as cursor:
        # What stands there now may have ended while the lock was waited for: it is asked again.
        cursor.execute(f"SELECT pg_advisory_xact_lock_shared(%s), EXISTS (SELECT 1 {_HALF_LOADED})", [IMPORTS_LOCK])
        found: tuple[object, bool] | None = cursor.fetchone()
    if found and found[1]:
        refuse_half_load()


def hold_registry() -> None:
    """Be the only writer of the registry until the end of the transaction: for a batch of a bulk import."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [IMPORTS_LOCK])


def refuse_half_load() -> None:
    """Refuse to write or decide while the tables lack what a first load has taken away; to be asked under the lock.

    Raises:
        ConflictError: such a load was stopped; it names its folder.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, name {_HALF_LOADED}")
        if found := cursor.fetchone():
            raise ConflictError(
                f"the load of the first register '{found[1]}' (import {found[0]}) has not ended, and the registry has"
                " no constraints until then: give the same folder again with --first, which goes on where it was"
            )


def supersede(
    fact: type[Fact],
    query: str,
    params: Sequence[Any] = (),
    *,
    known_at: dt.datetime,
    origin: int | None = None,
    cursor: CursorWrapper | None = None,
) -> Superseded:
    """Write what ``query`` gives: its columns are the fact's key, ``validity``, its values, ``source`` and ``proof``.

    A subject stands once in the query for any day.  Two rows may follow each other in time.

    Raises:
        django.db.IntegrityError: the query gives two values of one subject for one day.
    """
    if cursor is None:
        with connection.cursor() as own:
            return supersede(fact, query, params, known_at=known_at, origin=origin, cursor=own)
    names = _Names.of(fact)
    cursor.execute("DROP TABLE IF EXISTS learnt, overlapped")
    cursor.execute(f"CREATE TEMPORARY TABLE learnt ON COMMIT DROP AS {query}", params)
    if cursor.rowcount > _MANY:
        cursor.execute("ANALYZE learnt")
    cursor.execute(names.known_already())
    unchanged = cursor.rowcount
    cursor.execute(names.overlapped())
    if cursor.rowcount > _MANY:
        cursor.execute("ANALYZE overlapped")
    cursor.execute(names.close(), [known_at])
    closed = cursor.rowcount
    cursor.execute(names.kept_parts(), [known_at])
    written = cursor.rowcount
    cursor.execute(names.add(), [known_at, origin])
    return Superseded(closed, written + cursor.rowcount, unchanged)


def correct(
    fact: type[Fact],
    *,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
    validity: tuple[dt.date, dt.date | None],
    source: str,
    proof: str,
    known_at: dt.datetime,
) -> Superseded:
    """Write one fact of one subject over ``validity`` (from, end left out); columns not given keep what was known.

    Raises:
        BadInputError: a column is given that the fact does not have, or one is missing over days nothing is known of.
    """
    unknown = set(values) - set(fact.values())
    if unknown:
        raise BadInputError(f"{fact.__name__} has no column '{', '.join(sorted(unknown))}': remove it")
    one = _One(fact, key, values, validity, (source, proof))
    missing = [name for name in fact.values() if name not in values]
    written = supersede(fact, *(one.over_the_known() if missing else one.alone()), known_at=known_at)
    if written == Superseded(0, 0, 0):
        raise BadInputError(
            f"{fact.__name__}: nothing is known of {dict(key)} from {validity[0]} on, so every column is needed:"
            f" give {', '.join(missing)} too"
        )
    return written


def end(
    fact: type[Fact], *, key: Mapping[str, object], on: dt.date, known_at: dt.datetime, proof: str = ""
) -> Superseded:
    """Say that what is known of a subject holds no longer from ``on``, whatever was to come: who left, is closed.

    ``proof`` of the end is written before the proof of what held until then.
    """
    named = ", ".join(f"%s::bigint AS {name}" if name.endswith("_id") else f"%s::text AS {name}" for name in key)
    return end_all(fact, f"SELECT {named}, %s::date AS until", [*key.values(), on], known_at=known_at, proof=proof)


def end_all(
    fact: type[Fact],
    query: str,
    params: Sequence[Any] = (),
    *,
    known_at: dt.datetime,
    later_stands: bool = False,
    proof: str = "",
) -> Superseded:
    """Say that what is known of many subjects holds no longer: the query gives their key and ``until``, a date.

    A key of fewer columns than the fact's ends the facts of all subjects that share them.  With
    ``later_stands`` what is known to begin after ``until`` is left.
    """
    names = _Names.of(fact)
    stands = f" AND NOT ({begins_after(fact, 'leaving.until')})" if later_stands else ""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS leaving, ended")
        cursor.execute(f"CREATE TEMPORARY TABLE leaving ON COMMIT DROP AS {query}", params)
        if cursor.rowcount > _MANY:
            cursor.execute("ANALYZE leaving")
        cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = 'leaving'::regclass AND attnum > 0")
        given = {name for (name,) in cursor.fetchall()}
        same = " AND ".join(f"leaving.{name} = k.{name}" for name in names.key if name in given)
        cursor.execute(
            "CREATE TEMPORARY TABLE ended ON COMMIT DROP AS SELECT k.*, leaving.until"
            f" FROM {names.table} k JOIN leaving ON {same}"
            f" WHERE upper_inf(k.known) AND k.validity && daterange(leaving.until, NULL){stands}"
        )
        cursor.execute(
            f"UPDATE {names.table} k SET known = tstzrange(lower(k.known), %s) FROM ended WHERE ended.id = k.id",
            [known_at],
        )
        closed = cursor.rowcount
        columns = ", ".join((*names.key, *names.values, "source", "origin"))
        cursor.execute(
            f"INSERT INTO {names.table} (validity, known, proof, {columns}) SELECT daterange(lower(validity), until),"
            " tstzrange(%s, NULL), left(concat_ws('; ', nullif(%s, ''), nullif(proof, '')), 200),"
            f" {columns} FROM ended WHERE lower_inf(validity) OR lower(validity) < until",
            [known_at, proof and f"ended by {proof}"],
        )
        written = cursor.rowcount
        cursor.execute("DROP TABLE leaving, ended")
    return Superseded(closed, written, 0)


def begins_after(fact: type[Fact], day: str, row: str = "k") -> str:
    """SQL: whether ``row``, one known now, tells what begins after a day.

    A part that was left of a row when other days were cut out of it began with that row.
    """
    names = _Names.of(fact)
    columns = (*names.values, "source", "proof", "origin")
    rows = (f"ROW({', '.join(f'{of}.{name}' for name in columns)})" for of in ("w", row))
    return (
        f"coalesce(lower({row}.validity) > {day}, false) AND NOT EXISTS (SELECT 1 FROM {names.table} w"
        f" WHERE {' AND '.join(f'w.{name} = {row}.{name}' for name in names.key)} AND upper_inf(w.known)"
        f" AND coalesce(lower(w.validity) <= {day}, true) AND {' IS NOT DISTINCT FROM '.join(rows)})"
    )


@dataclass(frozen=True)
class _Names:
    """The statements of one table of facts."""

    table: str
    key: tuple[str, ...]
    values: tuple[str, ...]

    @classmethod
    def of(cls, fact: type[Fact]) -> _Names:
        return cls(table_of(fact), fact.key, fact.values())

    def _same_subject(self, one: str, other: str) -> str:
        return " AND ".join(f"{one}.{name} = {other}.{name}" for name in self.key)

    def _row(self, of: str) -> str:
        return f"ROW({', '.join(f'{of}.{name}' for name in self.values)})"

    def known_already(self) -> str:
        """Forget what the record knows already: the same values over all the days learnt."""
        return (
            f"DELETE FROM learnt USING {self.table} k WHERE {self._same_subject('k', 'learnt')} AND upper_inf(k.known)"
            f" AND k.validity @> learnt.validity AND {self._row('k')} IS NOT DISTINCT FROM {self._row('learnt')}"
        )

    def overlapped(self) -> str:
        return (
            f"CREATE TEMPORARY TABLE overlapped ON COMMIT DROP AS SELECT k.* FROM {self.table} k"
            f" WHERE upper_inf(k.known) AND EXISTS (SELECT 1 FROM learnt WHERE {self._same_subject('k', 'learnt')}"
            " AND k.validity && learnt.validity)"
        )

    def close(self) -> str:
        return f"UPDATE {self.table} k SET known = tstzrange(lower(k.known), %s) FROM overlapped o WHERE o.id = k.id"

    def kept_parts(self) -> str:
        """The days of a closed row that nothing new covers, as they were; source and proof are kept with them."""
        columns = ", ".join((*self.key, *self.values, "source", "proof", "origin"))
        told = ", ".join(f"o.{name}" for name in (*self.key, *self.values, "source", "proof", "origin"))
        # One join and one grouping for all of them: asking for each row apart would read all that is learnt each time.
        return (
            f"INSERT INTO {self.table} (validity, known, {columns}) SELECT part, tstzrange(%s, NULL), {told}"
            " FROM overlapped o JOIN (SELECT x.id, range_agg(learnt.validity) AS covered FROM overlapped x JOIN learnt"
            f" ON {self._same_subject('learnt', 'x')} GROUP BY x.id) c ON c.id = o.id"
            " CROSS JOIN LATERAL unnest(datemultirange(o.validity) - c.covered) AS part"
            f" ORDER BY {', '.join(f'o.{name}' for name in self.key)}"
        )

    def add(self) -> str:
        columns = ", ".join((*self.key, *self.values, "source", "proof"))
        return (
            f"INSERT INTO {self.table} (validity, known, origin, {columns})"
            f" SELECT validity, tstzrange(%s, NULL), %s, {columns} FROM learnt ORDER BY {', '.join(self.key)}"
        )


@dataclass(frozen=True)
class _One:
    """One fact of one subject, as a query that ``supersede`` takes."""

    fact: type[Fact]
    key: Mapping[str, Any]
    values: Mapping[str, Any]
    validity: tuple[dt.date, dt.date | None]
    told_by: tuple[str, str]

    def alone(self) -> tuple[str, list[Any]]:
        """Every column is given."""
        names = [*self.fact.key, *self.fact.values()]
        given = {**self.key, **self.values}
        columns = ", ".join(f"{self._typed(name)} AS {name}" for name in names)
        query = f"SELECT {columns}, daterange(%s, %s) AS validity, %s::text AS source, %s::text AS proof"
        return query, [*(given[name] for name in names), *self.validity, *self.told_by]

    def over_the_known(self) -> tuple[str, list[Any]]:
        """The rows known now cut to the days asked, with the given columns changed."""
        names = self.fact.values()
        told = [f"{self._typed(name)} AS {name}" if name in self.values else name for name in names]
        where = " AND ".join(f"{name} = %s" for name in self.key)
        query = (
            f"SELECT {', '.join((*self.fact.key, *told))}, validity * daterange(%s, %s) AS validity,"
            f" %s::text AS source, %s::text AS proof FROM {table_of(self.fact)}"
            f" WHERE {where} AND upper_inf(known) AND validity && daterange(%s, %s)"
        )
        given = [self.values[name] for name in names if name in self.values]
        return query, [*given, *self.validity, *self.told_by, *self.key.values(), *self.validity]

    def _typed(self, name: str) -> str:
        """A placeholder with the column's type, so that an unknown value has one."""
        fields = {field.column: field for field in self.fact._meta.local_concrete_fields}  # noqa: SLF001 - Django's own
        return f"%s::{fields[name].rel_db_type(connection)}"


def table_of(fact: type[Fact]) -> str:
    """The table of a kind of fact."""
    return fact._meta.db_table  # noqa: SLF001 - Django's own name for it
