"""An update file into the record: its good rows told over what is known, in chunks; the others with their faults."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from karama.cycle.duck import failures
from karama.foundation.errors import UnknownParameterError
from karama.foundation.progress import steps
from karama.foundation.storage import file_digest
from karama.record import clock
from karama.registry import facts
from karama.registry.amending import told
from karama.registry.imports import ledger, staging
from karama.registry.imports.kinds import KINDS, Rule
from karama.registry.imports.tellings import defaults
from karama.registry.imports.update_file import UpdateFile, format_of
from karama.registry.states import ImportState

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.db.backends.utils import CursorWrapper

    from karama.record.scope import Actor
    from karama.registry.imports.kinds import Kind, Write
    from karama.registry.models import Import

_PERSON_UNKNOWN = Rule(
    "person_unknown",
    "person_id",
    "s.person_id IS NOT NULL AND s.person IS NULL",
    "the record knows nobody under this identifier",
    "correct it, or declare the person first",
)
_HOUSEHOLD_UNKNOWN = Rule(
    "household_unknown",
    "household_id",
    "s.household_id IS NOT NULL AND s.household IS NULL",
    "the record knows no household of this number",
    "correct it, or declare the household first",
)


def import_updates(path: Path, *, kind: str, by: Actor) -> Import:
    """Take in an update file, chunk after chunk; what an earlier run has done is not done again.

    Raises:
        UnknownParameterError: no such kind.
        BadInputError: not readable, or a column missing or unknown.
        StorageError: no room for what DuckDB spills.
    """
    if kind not in KINDS:
        raise UnknownParameterError(f"no kind of update file is called '{kind}': give one of {', '.join(KINDS)}")
    format_of(path)
    content = ledger.Content(kind, None, path.name, file_digest(path))
    found = ledger.find(content)
    if found is not None and found.state == ImportState.DONE:
        return found
    with (
        tempfile.TemporaryDirectory(prefix="karama-import-") as scratch,
        failures(path, ledger.KEPT),
        ledger.whole_chunks_only(path.name),
        closing(UpdateFile.open(path, KINDS[kind], Path(scratch))) as opened,
    ):
        current = ledger.begin(content, rows=opened.rows, chunks=opened.chunks + 1, by=by)
        with steps(path.name, opened.chunks + 1) as bar:
            ledger.in_chunk(current, 0, lambda _at: _reject(opened, current), by=by)
            bar.advance()
            for number in range(opened.chunks):
                _tell_chunk(opened, number, current, by)
                bar.advance()
    return ledger.finish(current, by=by)


def _reject(opened: UpdateFile, current: Import) -> ledger.Counts:
    """Keep the rows that break a rule of the file."""
    with connection.cursor() as cursor:
        staging.stage(opened.duck, "faults", cursor, "rejected_now")
        columns = ", ".join(f'"{name}"' for name in ledger.REJECTED)
        cursor.execute(
            f"INSERT INTO registry_rejection (of_import_id, {columns}) SELECT %s, {columns} FROM rejected_now",
            [current.pk],
        )
    return {}


def _tell_chunk(opened: UpdateFile, number: int, current: Import, by: Actor) -> None:
    kind = opened.kind

    def work(_at: dt.datetime) -> ledger.Counts:
        counts: ledger.Counts = {}
        with connection.cursor() as cursor:
            staging.stage(opened.duck, opened.chunk(number), cursor, "staged_rows")
            _find_subjects(cursor, kind)
            subjects = (
                *([_PERSON_UNKNOWN] if kind.persons else []),
                *([_HOUSEHOLD_UNKNOWN] if kind.households else []),
            )
            _reject_by_record(cursor, opened, current, subjects)
            cursor.execute("SELECT DISTINCT turn FROM here ORDER BY turn")
            for (turn,) in cursor.fetchall():
                _reject_by_record(cursor, opened, current, kind.checks, turn)
                at = clock.now()  # what a second event supersedes was known for a moment
                for one in kind.writes:
                    if query := _query(opened, one, turn):
                        done = facts.supersede(one.fact, query, known_at=at, origin=current.pk, cursor=cursor)
                        ledger.count(counts, one.fact.__name__, done)
                    if one.ends:
                        ended = facts.end_all(one.fact, _ends(one, turn), known_at=clock.now(), later_stands=True)
                        ledger.count(counts, one.fact.__name__, ended)
            if kind.makes_households != "false":
                staging.live_where_told(cursor, "(SELECT household AS household_id FROM here)")
        return counts

    ledger.in_chunk(current, number + 1, work, by=by)


def _find_subjects(cursor: CursorWrapper, kind: Kind) -> None:
    """Make ``here``: the chunk's rows with the record's numbers ``person`` and ``household``."""
    if kind.persons and kind.makes_persons != "false":
        made = f"(SELECT s.person_id AS idcs FROM staged_rows s WHERE {kind.makes_persons})"
        if kind.households:
            known = "SELECT 1 FROM registry_household h WHERE h.number = s.household_id"
            made = made.replace(" WHERE ", f" WHERE EXISTS ({known}) AND ")
        staging.make_persons(cursor, made)
    if kind.households and kind.makes_households != "false":
        staging.make_households(cursor, "(SELECT s.household_id AS number, s.commune FROM staged_rows s)")
    person, household = "NULL::bigint", "NULL::bigint"
    joins = ""
    if kind.persons:
        person, joins = "p.id", " LEFT JOIN registry_person p ON p.idcs = s.person_id"
    if kind.households:
        household = "h.id"
        joins += " LEFT JOIN registry_household h ON h.number = s.household_id"
    staging.keep(cursor, "here", f"SELECT s.*, {person} AS person, {household} AS household FROM staged_rows s{joins}")


def _reject_by_record(
    cursor: CursorWrapper, opened: UpdateFile, current: Import, rules: Sequence[Rule], turn: int | None = None
) -> None:
    """Keep and leave out the rows, all or those of a turn, that do not fit what the record knows."""
    kind, now = opened.kind, "true" if turn is None else f"s.turn = {turn}"
    for rule in rules:
        cursor.execute(
            'INSERT INTO registry_rejection (of_import_id, file, "row", owner, "key", "column", value, rule, remedy)'
            f" SELECT %s, %s, s.file_row, '', s.{kind.subject}, %s, left(s.{rule.column}::text, 200), %s, %s"
            f" FROM here s WHERE {now} AND ({rule.broken})",
            [current.pk, opened.path.name, rule.column, rule.code, rule.told],
        )
    broken = " OR ".join(f"({rule.broken})" for rule in rules)
    if broken:
        cursor.execute(f"DELETE FROM here s WHERE {now} AND ({broken})")


def _query(opened: UpdateFile, one: Write, turn: int) -> str:
    """What a turn's rows tell of a fact; empty where the file has none of its columns."""
    absent = {column.name for column in opened.kind.columns} - opened.present
    given = {name: value for name, value in one.values.items() if value.removeprefix("s.") not in absent}
    if not given:
        return ""
    nullable = {field.column for field in one.fact._meta.local_concrete_fields if field.null}  # noqa: SLF001 - Django's own
    optional = {f"s.{column.name}" for column in opened.kind.columns if column.type.nullable}
    untold = {name for name, value in given.items() if value in optional and (one.adds or name not in nullable)}
    key = ", ".join(f"s.{name.removesuffix('_id')} AS {name}" for name in one.fact.key)
    columns = ", ".join(f's."{column.name}"' for column in opened.kind.columns if column.name not in one.fact.key)
    rows = (
        f"(SELECT {key}, {columns}, daterange({one.since}, {one.until}) AS validity,"
        f" '{opened.kind.source.value}'::text AS source,"
        f" left({_literal(opened.path.name)} || ' row ' || s.file_row, 200) AS proof"
        f" FROM here s WHERE s.turn = {turn} AND {one.when})"
    )
    return told(one.fact, rows, given, defaults(one.fact), untold, all_later=one.final)


def _ends(one: Write, turn: int) -> str:
    """The subjects of a turn for whom nothing holds from a day on."""
    key = ", ".join(f"s.{name.removesuffix('_id')} AS {name}" for name in one.fact.key)
    return f"SELECT {key}, {one.until} AS until FROM here s WHERE s.turn = {turn} AND {one.until} IS NOT NULL"


def _literal(text: str) -> str:
    """A text in a query that has no parameters."""
    return "'" + text.replace("'", "''") + "'"
