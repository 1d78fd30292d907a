"""A register folder into the record: facts that hold from its month's first day, over what was known before."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import connection

from karama.cycle.duck import failures
from karama.foundation.errors import BadInputError
from karama.foundation.progress import steps
from karama.foundation.storage import month_folder
from karama.registry import facts
from karama.registry.amending import told, worth_telling
from karama.registry.imports import ledger, scores, staging
from karama.registry.imports.folder import Folder, content_digest
from karama.registry.imports.known import given_by, leave_known
from karama.registry.imports.tellings import TELLINGS, Telling, defaults
from karama.registry.models import Import, Membership, Placement, Residence, Score
from karama.registry.states import ImportState, Source

if TYPE_CHECKING:
    import datetime as dt

    from django.db.backends.utils import CursorWrapper

    from karama.cycle.engine import Part
    from karama.foundation.months import Month
    from karama.record.scope import Actor

KIND = "register"
PROGRAMME = "asd"


def import_register(folder: Path, *, month: Month, by: Actor) -> Import:
    """Take in the register of a month, part after part; what an earlier run has done is not done again.

    Raises:
        BadInputError: the folder is not readable as a register, or a later month is in the record already.
        StorageError: no room for what DuckDB spills.
    """
    digest = content_digest(month_folder(folder, month, "households.parquet"))
    content = ledger.Content(KIND, month.first_day, folder.name, digest)
    found = ledger.find(content)
    if found is not None and found.state == ImportState.DONE:
        return found
    _refuse_earlier_month(month)
    with (
        tempfile.TemporaryDirectory(prefix="karama-import-") as scratch,
        failures(folder, ledger.KEPT),
        ledger.whole_chunks_only(folder.name),
        closing(Folder.open(folder, month, Path(scratch))) as opened,
    ):
        parts = opened.parts()
        current = ledger.begin(content, rows=opened.rows, chunks=len(parts) + 1, by=by)
        with steps(f"register of {month}", len(parts) + 1) as bar:
            for number, part in enumerate(parts):
                if number not in current.chunks_done:
                    _take_in(current, number, opened, part, by)
                bar.advance()
            ledger.in_chunk(current, len(parts), lambda at: _end_absent(opened, at), by=by)
            bar.advance()
    return ledger.finish(current, by=by)


def _refuse_earlier_month(month: Month) -> None:
    """Refuse the register of a month before one that is in; asked again in each chunk, where nobody else writes."""
    later = Import.objects.filter(kind=KIND, month__gt=month.first_day).order_by("-month").first()
    if later is not None and later.month is not None:
        raise BadInputError(
            f"the register of {later.month:%Y-%m} is in the record already (import {later.pk}): register folders are"
            f" imported in the order of their months; correct {month} with update files"
        )


def _take_in(current: Import, number: int, opened: Folder, part: Part, by: Actor) -> None:
    opened.stage(part)

    def work(known_at: dt.datetime) -> ledger.Counts:
        _refuse_earlier_month(opened.month)
        with connection.cursor() as cursor:
            _reject(cursor, opened, current)
            counts = leave_known(cursor, opened, part, PROGRAMME)
            _stage(cursor, opened, part)
            _write(cursor, opened, part, current, known_at, counts)
            if number == 0:
                _end_absent_wards(opened, known_at, cursor, counts)
            staging.live_where_told(cursor, "households_here")
        return counts

    ledger.in_chunk(current, number, work, by=by)


def _reject(cursor: CursorWrapper, opened: Folder, current: Import) -> None:
    """Keep the part's faults; COPY goes to a table of the transaction, since row security refuses it elsewhere."""
    staging.stage(opened.connection, f"({opened.faults()})", cursor, "rejected_now")
    columns = ", ".join(f'"{name}"' for name in ledger.REJECTED)
    cursor.execute(
        f"INSERT INTO registry_rejection (of_import_id, {columns}) SELECT %s, {columns} FROM rejected_now", [current.pk]
    )


def _stage(cursor: CursorWrapper, opened: Folder, part: Part) -> None:
    """Copy the part and give its rows the record's numbers: ``households_here`` and so on."""
    for name in opened.staged(part):
        staging.stage(opened.connection, f"staged_{name}", cursor, f"staged_{name}")
    staging.make_households(cursor, "staged_households")
    staging.make_persons(cursor, "staged_persons")
    of_household = "JOIN registry_household h ON h.number = s.number"
    joins = {
        "households": ("h.id AS household_id", of_household),
        "persons": (
            "h.id AS household_id, p.id AS person_id",
            f"{of_household} JOIN registry_person p ON p.idcs = s.idcs",
        ),
        "wards": (
            "p.id AS person_id, e.id AS establishment_id",
            "JOIN registry_person p ON p.idcs = s.idcs JOIN registry_establishment e ON e.code = s.establishment",
        ),
        "score_inputs": ("h.id AS household_id", of_household),
    }
    for name in opened.staged(part):
        if name == "wards":
            staging.make_persons(cursor, "staged_wards")
            staging.make_establishments(cursor, "staged_wards")
        numbers, joined = joins[name]
        staging.keep(
            cursor,
            f"{name}_here",
            f"SELECT {numbers}, s.*, daterange(s.since, NULL) AS validity, '{PROGRAMME}'::text AS programme"
            f" FROM staged_{name} s {joined}",
        )


def _write(  # noqa: PLR0917 - what is told, and what it adds to
    cursor: CursorWrapper,
    opened: Folder,
    part: Part,
    current: Import,
    known_at: dt.datetime,
    counts: ledger.Counts,
) -> None:
    for one in TELLINGS:
        given = given_by(one, opened)
        if one.table not in opened.staged(part) or not given:
            continue
        query = _query(one, given, _source(opened, one.source))
        done = facts.supersede(one.fact, query, known_at=known_at, origin=current.pk, cursor=cursor)
        ledger.count(counts, one.fact.__name__, done)
        if one.absent != "false":
            gone = f"SELECT {', '.join(one.fact.key)}, since AS until FROM {one.table}_here s WHERE {one.absent}"
            ledger.count(counts, one.fact.__name__, facts.end_all(one.fact, gone, known_at=known_at, later_stands=True))
    scored = scores.told("households_here", opened.present("households"), _source(opened, Source.RSU))
    if scored:
        done = facts.supersede(Score, scored, known_at=known_at, origin=current.pk, cursor=cursor)
        ledger.count(counts, Score.__name__, done)
    if unscored := scores.ended("households_here", opened.present("households")):
        ledger.count(counts, Score.__name__, facts.end_all(Score, unscored, known_at=known_at, later_stands=True))
    departed = facts.end_all(Membership, "SELECT * FROM departed", known_at=known_at, later_stands=True)
    ledger.count(counts, Membership.__name__, departed)


def _query(one: Telling, given: dict[str, str], source: str) -> str:
    rows = f"(SELECT s.*, '{source}'::text AS source, ''::text AS proof FROM {one.table}_here s WHERE NOT {one.absent})"
    if one.ordinary != "false":
        rows = worth_telling(one.fact, rows, one.ordinary)
    return told(one.fact, rows, given, defaults(one.fact))


def _source(opened: Folder, source: Source) -> str:
    return Source.SYNTHETIC.value if opened.synthetic else source.value


def _end_absent_wards(opened: Folder, known_at: dt.datetime, cursor: CursorWrapper, counts: ledger.Counts) -> None:
    if opened.partial or opened.file("wards") is None:
        return
    staging.stage(opened.connection, f"({opened.listed('wards')})", cursor, "listed_wards")
    day = opened.month.first_day
    query = (
        "SELECT k.person_id, %s::date AS until FROM registry_placement k JOIN registry_person p ON p.id = k.person_id"
        " WHERE upper_inf(k.known) AND k.validity @> %s::date"
        " AND NOT EXISTS (SELECT 1 FROM listed_wards l WHERE l.listed = p.idcs)"
    )
    ledger.count(
        counts, Placement.__name__, facts.end_all(Placement, query, [day, day], known_at=known_at, later_stands=True)
    )


def _end_absent(opened: Folder, known_at: dt.datetime) -> ledger.Counts:
    """Households that the folder does not list at all any more, with their members; rows at fault count as listed."""
    counts: ledger.Counts = {}
    _refuse_earlier_month(opened.month)
    if opened.partial:
        return counts
    day = opened.month.first_day
    with connection.cursor() as cursor:
        staging.stage(opened.connection, f"({opened.listed('households')})", cursor, "listed_households")
        staging.keep(
            cursor,
            "gone",
            "SELECT k.household_id, %s::date AS until FROM registry_residence k"
            " JOIN registry_household h ON h.id = k.household_id WHERE upper_inf(k.known) AND k.validity @> %s::date"
            " AND NOT EXISTS (SELECT 1 FROM listed_households l WHERE l.listed = h.number)",
            [day, day],
        )
        for fact in (Residence, Membership):
            ledger.count(
                counts, fact.__name__, facts.end_all(fact, "SELECT * FROM gone", known_at=known_at, later_stands=True)
            )
    return counts
