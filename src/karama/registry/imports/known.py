"""What the record knows already of a part of a register folder: such rows are left out before anything is copied.

Most rows of a month say what those of the month before said.  What is known now of the part's households and of their
members comes out by ``COPY``, DuckDB compares, and only the rows that say something else go on into the record, where
`karama.registry.facts.supersede` has the last word.  The reading and the writing are one transaction, which alone may
write: nobody changes a fact in between.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from karama.registry.copied import copied, copy_out
from karama.registry.facts import table_of
from karama.registry.imports import scores, staging
from karama.registry.imports.scores import ALWAYS, FOR_EVER
from karama.registry.imports.tellings import TELLINGS, Telling
from karama.registry.models import Membership, Score

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.backends.utils import CursorWrapper

    from karama.cycle.engine import Part
    from karama.registry.imports.folder import Folder
    from karama.registry.imports.ledger import Counts

_DAYS = {"begins": "DATE", "ends": "DATE"}
_DAYS_OF = f"coalesce(lower(k.validity), '{ALWAYS}') AS begins, coalesce(upper(k.validity), '{FOR_EVER}') AS ends"
"""Plain days: DuckDB joins by hashing where conditions are plain comparisons only."""
_NOW = "upper_inf(k.known) AND NOT coalesce(upper(k.validity) <= %(day)s, false)"
_SUBJECTS = {
    "households": "LEFT JOIN known_homes h ON h.number = s.number",
    "persons": "LEFT JOIN known_members m ON m.number = s.number AND m.idcs = s.idcs AND m.ends > s.since",
    "score_inputs": "LEFT JOIN known_homes h ON h.number = s.number",
}
"""The subject of each row among those known; a person is looked for in the household where the row has it."""


@dataclass(frozen=True)
class _Compared:
    """One telling beside what is known: a join, whether the row says nothing new, whether something is known."""

    fact: str
    join: str
    same: str
    known: str


def leave_known(cursor: CursorWrapper, opened: Folder, part: Part, programme: str) -> Counts:
    """Leave in the part's staged rows those that tell something new, and note the members not listed any more.

    Months of claim are those of ``programme``.

    Returns:
        The facts of the rows left out, as unchanged.
    """
    _find_subjects(cursor, opened, programme)
    counts: Counts = {}
    for table in _SUBJECTS:
        if table in opened.staged(part):
            _leave(cursor, opened, table, counts)
    return counts


def given_by(one: Telling, opened: Folder) -> dict[str, str]:
    """The columns of a fact that the folder's file tells, as SQL over ``s``."""
    return {name: value for name, value in one.values.items() if one.reads[name] in opened.present(one.table)}


def _find_subjects(cursor: CursorWrapper, opened: Folder, programme: str) -> None:
    """Name the part's households and their members in both databases; stage as ``departed`` who is not listed."""
    duck = opened.connection
    staging.stage(duck, "(SELECT number FROM staged_households)", cursor, "listed_here")
    staging.keep(
        cursor,
        "homes_known",
        "SELECT h.id AS household_id, h.number, %s::text AS programme FROM listed_here"
        " JOIN registry_household h USING (number)",
        [programme],
    )
    staging.keep(
        cursor,
        "members_known",
        f"SELECT k.household_id, h.number, k.person_id, p.idcs, {_DAYS_OF}, k.role FROM homes_known h"
        f" JOIN {table_of(Membership)} k ON k.household_id = h.household_id"
        f" JOIN registry_person p ON p.id = k.person_id WHERE {_NOW}",
        {"day": opened.month.first_day},
    )
    staging.keep(cursor, "persons_known", "SELECT DISTINCT person_id FROM members_known")
    homes = {"household_id": "BIGINT", "number": "VARCHAR"}
    _receive(cursor, opened, "known_homes", "SELECT household_id, number FROM homes_known", homes)
    columns = homes | {"person_id": "BIGINT", "idcs": "VARCHAR", **_DAYS, "role": "VARCHAR"}
    _receive(cursor, opened, "known_members", "SELECT * FROM members_known", columns)
    gone = (
        f"(SELECT m.person_id, m.household_id, DATE '{opened.month.first_day}' AS until FROM known_members m"
        f" WHERE m.begins <= DATE '{opened.month.first_day}' AND NOT EXISTS"
        " (SELECT 1 FROM staged_persons s WHERE s.number = m.number AND s.idcs = m.idcs))"
    )
    staging.stage(duck, gone, cursor, "departed")


def _receive(cursor: CursorWrapper, opened: Folder, name: str, query: str, kinds: Mapping[str, str]) -> None:
    path = opened.scratch / f"{name}.csv"
    copy_out(cursor, query, {"day": opened.month.first_day}, path)
    opened.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM {copied(path, kinds)}")
    path.unlink()


def _leave(cursor: CursorWrapper, opened: Folder, table: str, counts: Counts) -> None:
    """Compare all that a table's rows tell, and leave those of which something is new."""
    found = list(_compared(cursor, opened, table))
    duck = opened.connection
    row = "s.number, s.idcs" if table == "persons" else "s.number"
    same = " AND ".join(f"({one.same})" for one in found)
    known = ", ".join(f"{one.known} AS known_{place}" for place, one in enumerate(found))
    joins = " ".join(one.join for one in found)
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE compared AS SELECT {row}, {same} AS same, {known}"
        f" FROM staged_{table} s {_SUBJECTS[table]} {joins}"
    )
    key = "number, idcs" if table == "persons" else "number"
    duck.execute(
        f"CREATE OR REPLACE TEMP TABLE staged_{table} AS SELECT * FROM staged_{table}"
        f" SEMI JOIN (SELECT {key} FROM compared WHERE NOT same) USING ({key})"
    )
    summed = ", ".join(f"coalesce(sum(CAST(known_{place} AS INTEGER)), 0)" for place in range(len(found)))
    unchanged = duck.execute(f"SELECT {summed} FROM compared WHERE same").fetchone() or ()
    for one, count in zip(found, unchanged, strict=True):
        counts.setdefault(one.fact, Counter())["unchanged"] += int(count)


def _compared(cursor: CursorWrapper, opened: Folder, table: str) -> Iterator[_Compared]:
    for place, one in enumerate(TELLINGS):
        if one.table == table and (given := given_by(one, opened)):
            yield _beside(cursor, opened, one, given, f"k{place}")
    if table == "households" and (told := scores.beside_the_known(opened.present("households"))):
        kinds = {"household_id": "BIGINT", **_DAYS, "score": "DECIMAL(12,9)", "effective_from": "DATE"}
        _receive(
            cursor,
            opened,
            "known_scores",
            f"SELECT k.household_id, {_DAYS_OF}, k.score, k.effective_from FROM homes_known"
            f" JOIN {table_of(Score)} k USING (household_id) WHERE upper_inf(k.known)",
            kinds,
        )
        yield _Compared(Score.__name__, *told)


def _beside(cursor: CursorWrapper, opened: Folder, one: Telling, given: Mapping[str, str], alias: str) -> _Compared:
    """A telling beside what is known of its subject."""
    join = ""
    if one.fact is Membership:
        alias = "m"
    else:
        key = one.fact.key[0]
        subject, listed = ("m", "persons_known") if key == "person_id" else ("h", "homes_known")
        name = f"known_{one.fact.__name__}"
        kinds = {key: "BIGINT", **_DAYS, **_kinds(opened, one.table, given)}
        columns = ", ".join((f"k.{key}", _DAYS_OF, *(f"k.{column}" for column in given)))
        of_programme = " AND k.programme = homes_known.programme" if "programme" in one.fact.key else ""
        known = f"SELECT {columns} FROM {listed} JOIN {table_of(one.fact)} k USING ({key}) WHERE {_NOW}{of_programme}"
        _receive(cursor, opened, name, known, kinds)
        join = f"LEFT JOIN {name} {alias} ON {alias}.{key} = {subject}.{key} AND {alias}.ends > s.since"
    same = " AND ".join(f"{value} IS NOT DISTINCT FROM {alias}.{name}" for name, value in given.items())
    is_known = f"{alias}.{one.fact.key[0]} IS NOT NULL"
    return _Compared(
        one.fact.__name__,
        join,
        f"CASE WHEN {is_known} THEN NOT ({one.absent}) AND {alias}.begins <= s.since"
        f" AND {alias}.ends = '{FOR_EVER}' AND {same} ELSE ({one.absent}) OR ({one.ordinary}) END",
        is_known,
    )


def _kinds(opened: Folder, table: str, given: Mapping[str, str]) -> dict[str, str]:
    """The types in which a staged table tells some columns."""
    told = ", ".join(f"{value} AS {name}" for name, value in given.items())
    rows = opened.connection.execute(f"DESCRIBE SELECT {told} FROM staged_{table} s").fetchall()
    return {row[0]: row[1] for row in rows}
