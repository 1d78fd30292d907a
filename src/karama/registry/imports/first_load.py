"""The first register of a country into an empty record: by COPY into bare tables, which get their constraints after.

The owner of the tables does it, alone.  Each part is one transaction: a killed load goes on behind its last part.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connections, transaction

from karama.cycle.duck import failures
from karama.foundation.errors import BadInputError
from karama.foundation.progress import steps
from karama.foundation.storage import month_folder
from karama.registry.facts import IMPORTS_LOCK, table_of
from karama.registry.imports import bare_tables, ledger
from karama.registry.imports.copying import copy_rows
from karama.registry.imports.folder import Folder, content_digest
from karama.registry.imports.register import KIND, PROGRAMME
from karama.registry.imports.scores import BEFORE_ALONE, EFFECT
from karama.registry.imports.tellings import TELLINGS, Telling, defaults
from karama.registry.models import Import, Score
from karama.registry.states import ImportState, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.utils import CursorWrapper

    from karama.cycle.engine import Part
    from karama.foundation.months import Month
    from karama.record.scope import Actor

OWNER = "owner"


def load_first_register(folder: Path, *, month: Month, by: Actor) -> Import:
    """Load a register folder into a record that holds no person yet, or go on with such a load.

    Raises:
        BadInputError: the record holds persons, or the owner's address of the database is not known.
        ConflictError: the load of another folder has not ended.
        StorageError: no room.
    """
    if OWNER not in connections:
        raise BadInputError("a first load is done by the owner of the tables: set KARAMA_OWNER_DATABASE_URL")
    digest = content_digest(month_folder(folder, month, "households.parquet"))
    content = ledger.Content(KIND, month.first_day, folder.name, digest)
    found = ledger.find(content)
    if found is not None and found.state == ImportState.DONE:
        return found
    if found is None or not found.rebuilt:
        _refuse_unless_empty()
    with (
        tempfile.TemporaryDirectory(prefix="karama-import-") as scratch,
        failures(folder, ledger.KEPT),
        ledger.whole_chunks_only(folder.name),
        closing(Folder.open(folder, month, Path(scratch))) as opened,
    ):
        parts = opened.parts()
        current = ledger.begin(content, rows=opened.rows, chunks=len(parts), by=by)
        with _alone():
            _load(current, opened, parts)
    return ledger.finish(current, by=by)


def _load(current: Import, opened: Folder, parts: list[Part]) -> None:
    owner = connections[OWNER]
    statements = _strip(current)
    with steps(f"first register, {opened.month}", len(parts) + len(statements)) as bar:
        for number, part in enumerate(parts):
            if number not in current.chunks_done:
                opened.stage(part)
                with transaction.atomic(using=OWNER), owner.cursor() as cursor:
                    _load_part(cursor, current, number, opened, part)
            bar.advance()
        bare_tables.build(owner, statements, bar.advance)
    with owner.cursor() as cursor:
        for table in (*bare_tables.TABLES, "registry_establishment"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), greatest(max(id), 1)) FROM {table}")
        cursor.execute(f"ANALYZE {', '.join(bare_tables.TABLES)}")


def _refuse_unless_empty() -> None:
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM registry_person) OR EXISTS (SELECT 1 FROM registry_household)")
        if (cursor.fetchone() or (True,))[0]:
            raise BadInputError(
                "the record holds persons or households already: leave out --first, so that the folder's facts"
                " supersede what is known"
            )


@contextmanager
def _alone() -> Iterator[None]:
    """Hold off every other writer and decider until the load is whole; a killed holder's lock goes with it."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '2s'")
        cursor.execute("SELECT pg_advisory_lock(%s)", [IMPORTS_LOCK])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [IMPORTS_LOCK])


def _strip(current: Import) -> list[bare_tables.Statement]:
    """Take away what slows the load down, written down in the import; once."""
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT rebuilt, chunks_done FROM registry_import WHERE id = %s FOR UPDATE", [current.pk])
        kept, done = cursor.fetchone() or ("[]", [])
        current.chunks_done = done
        statements: list[bare_tables.Statement] = json.loads(kept) if isinstance(kept, str) else kept
        if not statements:
            statements = bare_tables.taken_away(cursor)
            bare_tables.strip(cursor, statements)
            cursor.execute(
                "UPDATE registry_import SET rebuilt = %s WHERE id = %s", [json.dumps(statements), current.pk]
            )
        return statements


def _load_part(cursor: CursorWrapper, current: Import, number: int, opened: Folder, part: Part) -> None:
    """Copy one part into every table, in the transaction that notes that it is done."""
    cursor.execute("SELECT counts, chunks_done FROM registry_import WHERE id = %s FOR UPDATE", [current.pk])
    before, done = cursor.fetchone() or ("{}", [])
    if number in done:
        return
    _number(cursor, opened, part)
    counts: ledger.Counts = {}
    for table, fact, query, values in _copies(current, opened, part):
        rows = copy_rows(opened.connection, query, cursor, table, values)
        if fact:
            counts.setdefault(fact, Counter())["written"] += rows
    total = ledger.added(json.loads(before) if isinstance(before, str) else before, counts)
    cursor.execute(
        "UPDATE registry_import SET chunks_done = chunks_done || %s, counts = %s WHERE id = %s",
        [number, json.dumps(total), current.pk],
    )


def _number(cursor: CursorWrapper, opened: Folder, part: Part) -> None:
    """Give the part's rows the numbers that follow those in the tables: ``households_here`` and so on."""
    duck = opened.connection
    bases: dict[str, Any] = {}
    for table in ("household", "person", "establishment"):
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM registry_{table}")
        bases[table] = (cursor.fetchone() or (0,))[0]
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE households_here AS SELECT"
        f" {bases['household']} + row_number() OVER (ORDER BY number) AS household_id, *"
        " FROM staged_households ORDER BY number"
    )
    duck.execute(
        "CREATE OR REPLACE TEMP TABLE persons_here AS SELECT"
        f" {bases['person']} + row_number() OVER (ORDER BY number, idcs) AS person_id,"
        " h.household_id, p.* FROM staged_persons p"
        " JOIN (SELECT number, household_id FROM households_here) h USING (number) ORDER BY person_id"
    )
    if "wards" in opened.staged(part):
        duck.execute(
            "CREATE OR REPLACE TEMP TABLE establishments_here AS SELECT"
            f" {bases['establishment']} + row_number() OVER (ORDER BY establishment) AS establishment_id,"
            " establishment, coalesce(any_value(commune), '') AS commune FROM staged_wards GROUP BY establishment"
        )
        duck.execute(
            f"CREATE OR REPLACE TEMP TABLE wards_here AS SELECT {bases['person']} + (SELECT count(*) FROM persons_here)"
            " + row_number() OVER (ORDER BY idcs) AS person_id, e.establishment_id, w.* FROM staged_wards w"
            " JOIN (SELECT establishment, establishment_id FROM establishments_here) e USING (establishment)"
            " ORDER BY person_id"
        )
    if "score_inputs" in opened.staged(part):
        duck.execute(
            "CREATE OR REPLACE TEMP TABLE score_inputs_here AS SELECT h.household_id, i.* FROM staged_score_inputs i"
            " JOIN (SELECT number, household_id FROM households_here) h USING (number) ORDER BY household_id"
        )


def _copies(current: Import, opened: Folder, part: Part) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    """Each copy: the table, the fact's name, the rows and the columns."""
    rejected = {"of_import_id": str(current.pk), **{name: f'"{name}"' for name in ledger.REJECTED}}
    yield "registry_rejection", "", f"({opened.faults()})", rejected
    at = f"TIMESTAMPTZ '{current.begun_at.isoformat()}'"
    subject = {"created_at": at}
    yield "registry_household", "", "households_here", {"id": "household_id", **_same("number", "commune"), **subject}
    yield "registry_person", "", "persons_here", {"id": "person_id", "idcs": "idcs", **subject}
    if "wards" in opened.staged(part):
        made = {"id": "establishment_id", "code": "establishment", "name": "''", "commune": "commune", **subject}
        yield "registry_establishment", "", "establishments_here", made
        yield "registry_person", "", "wards_here", {"id": "person_id", "idcs": "idcs", **subject}
    for one in TELLINGS:
        if one.table in opened.staged(part):
            yield _facts(one, current, opened)
    yield from _scores(current, opened)


def _facts(one: Telling, current: Import, opened: Folder) -> tuple[str, str, str, dict[str, str]]:
    values = {**_key(one), **defaults(one.fact), **one.values}
    carried = _carried(current, opened, one.source, "'[' || CAST(s.since AS VARCHAR) || ',)'")
    rows = f"{one.table}_here s WHERE NOT ({one.ordinary}) AND NOT ({one.absent})"
    return table_of(one.fact), one.fact.__name__, rows, {**values, **carried}


def _scores(current: Import, opened: Folder) -> Iterator[tuple[str, str, str, dict[str, str]]]:
    both = "s.score IS NOT NULL AND s.previous_score IS NOT NULL"
    told = (
        ("score", "s.score IS NOT NULL", "s.score_effective_from", f"'[' || {EFFECT} || ',)'"),
        ("previous_score", both, "NULL", f"'(,' || {EFFECT} || ')'"),
        ("previous_score", BEFORE_ALONE, "NULL", "'[' || s.since || ',)'"),
    )
    for column, where, effective, validity in told:
        values = {"household_id": "s.household_id", "score": f"s.{column}", "effective_from": effective}
        rows = f"households_here s WHERE {where}"
        yield table_of(Score), Score.__name__, rows, {**values, **_carried(current, opened, Source.RSU, validity)}


def _carried(current: Import, opened: Folder, source: Source, validity: str) -> dict[str, str]:
    told = Source.SYNTHETIC.value if opened.synthetic else source.value
    known = f"'[\"{current.begun_at.isoformat()}\",)'"
    return {"validity": validity, "known": known, "source": f"'{told}'", "proof": "''", "origin": str(current.pk)}


def _key(one: Telling) -> dict[str, str]:
    return {name: f"'{PROGRAMME}'" if name == "programme" else f"s.{name}" for name in one.fact.key}


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}
