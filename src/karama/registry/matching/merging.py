"""What a merge changes among the facts, and how it is taken back.

Nothing is moved: the memberships of the person merged away end, the person kept gets what only the other had, and takes
the other's place as the mother of children and as the recipient of a household's money.  All of it is written as facts
known from the merge on, so a month decided before it is replayed as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from karama.registry import facts
from karama.registry.models import (
    FACTS,
    BirthGrantClaim,
    Civil,
    Health,
    Income,
    Membership,
    PaymentAccount,
    Person,
    Schooling,
)
from karama.registry.states import Source

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from karama.registry.models import Fact, Household

CARRIED: tuple[type[Fact], ...] = (Schooling, Health, Income, BirthGrantClaim)
"""Facts that the person kept takes over where nothing is known of her."""


@dataclass(frozen=True)
class Merge:
    """One person found to be another: who is kept, where she counts, from which day."""

    kept: Person
    merged: Person
    home: Household | None
    role: str
    since: dt.date
    proof: str

    def write(self, at: dt.datetime) -> dict[str, dict[str, list[int]]]:
        """Write the facts; returns for each table the rows closed and written."""
        self._leave(self.merged, at)
        if self.home is not None and self.home.pk not in _homes(self.kept, self.since):
            self._leave(self.kept, at)
            facts.correct(
                Membership,
                key={"person_id": self.kept.pk, "household_id": self.home.pk},
                values={"role": self.role},
                validity=(self.since, None),
                source=Source.AGENCY,
                proof=self.proof,
                known_at=at,
            )
        for fact in CARRIED:
            self._carry(fact, at)
        self._rename_mother(at)
        self._rename_recipient(at)
        return _trace(at, (self.kept.pk, self.merged.pk, *_children(self.kept)))

    def _leave(self, person: Person, at: dt.datetime) -> None:
        for home in _homes(person, self.since):
            facts.end(Membership, key={"person_id": person.pk, "household_id": home}, on=self.since, known_at=at)

    def _carry(self, fact: type[Fact], at: dt.datetime) -> None:
        """Give the person kept what only the other had."""
        table, values = _table(fact), ", ".join(fact.values())
        facts.supersede(
            fact,
            f"SELECT %s::bigint AS person_id, validity, {values}, source, proof FROM {table} o"
            f" WHERE person_id = %s AND upper_inf(known) AND NOT EXISTS"
            f" (SELECT 1 FROM {table} k WHERE k.person_id = %s AND upper_inf(k.known))",
            [self.kept.pk, self.merged.pk, self.kept.pk],
            known_at=at,
        )

    def _rename_mother(self, at: dt.datetime) -> None:
        columns = ", ".join("%s::varchar AS mother_idcs" if name == "mother_idcs" else name for name in Civil.values())
        facts.supersede(
            Civil,
            f"SELECT person_id, validity, {columns}, source, proof FROM {_table(Civil)}"
            " WHERE mother_idcs = %s AND upper_inf(known)",
            [self.kept.idcs, self.merged.idcs],
            known_at=at,
        )

    def _rename_recipient(self, at: dt.datetime) -> None:
        facts.supersede(
            PaymentAccount,
            "SELECT household_id, validity, channel, account, %s::bigint AS recipient_id, source, proof"
            f" FROM {_table(PaymentAccount)} WHERE recipient_id = %s AND upper_inf(known)",
            [self.kept.pk, self.merged.pk],
            known_at=at,
        )


def take_back(trace: dict[str, dict[str, list[int]]], at: dt.datetime) -> dict[str, dict[str, list[int]]]:
    """Write again what a merge closed, and end what it added; what later facts changed is left alone.

    Returns:
        For each table the rows closed and written, and ``left_alone``: rows closed by the merge whose days later facts
        cover.
    """
    by_table: dict[str, type[Fact]] = {_table(fact): fact for fact in FACTS}
    told: dict[str, dict[str, list[int]]] = {}
    for table, rows in trace.items():
        told[table] = _take_back_rows(by_table[table], rows, at)
    return told


def _take_back_rows(fact: type[Fact], rows: dict[str, list[int]], at: dt.datetime) -> dict[str, list[int]]:
    table, key = _table(fact), ", ".join(fact.key)
    same = " AND ".join(f"now.{name} = was.{name}" for name in fact.key)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT was.id, EXISTS (SELECT 1 FROM {table} now WHERE {same} AND upper_inf(now.known)"
            " AND now.validity && was.validity AND NOT now.id = ANY(%s))"
            f" FROM {table} was WHERE was.id = ANY(%s)",
            [rows["written"], rows["closed"]],
        )
        found = cursor.fetchall()
        restored = [row for row, changed_since in found if not changed_since]
        # What the merge added beside nothing: a new membership, facts carried over.
        cursor.execute(
            f"SELECT {key}, lower(validity) FROM {table} now WHERE id = ANY(%s) AND upper_inf(known) AND NOT EXISTS"
            f" (SELECT 1 FROM {table} was WHERE was.id = ANY(%s) AND {same} AND was.validity && now.validity)",
            [rows["written"], rows["closed"]],
        )
        added = cursor.fetchall()
    columns = ", ".join((*fact.key, "validity", *fact.values(), "source", "proof"))
    facts.supersede(fact, f"SELECT {columns} FROM {table} WHERE id = ANY(%s)", [restored], known_at=at)
    for *subject, since in added:
        facts.end(fact, key=dict(zip(fact.key, subject, strict=True)), on=since, known_at=at)
    left_alone = [row for row, changed_since in found if changed_since]
    return {**_rows_of(fact, at), "left_alone": left_alone}


def _trace(at: dt.datetime, persons: Iterable[int]) -> dict[str, dict[str, list[int]]]:
    written: tuple[type[Fact], ...] = (Membership, Civil, *CARRIED)
    told = {_table(fact): _rows_of(fact, at, persons) for fact in written}
    told[_table(PaymentAccount)] = _rows_of(PaymentAccount, at, persons, "recipient_id")
    return {table: rows for table, rows in told.items() if rows["closed"] or rows["written"]}


def _rows_of(
    fact: type[Fact], at: dt.datetime, persons: Iterable[int] | None = None, column: str = "person_id"
) -> dict[str, list[int]]:
    """The rows closed and written at a moment, of some persons or of all."""
    told: dict[str, list[int]] = {}
    whose, params = ("", []) if persons is None else (f" AND {column} = ANY(%s)", [list(persons)])
    with connection.cursor() as cursor:
        for name, bound in (("closed", "upper"), ("written", "lower")):
            cursor.execute(f"SELECT id FROM {_table(fact)} WHERE {bound}(known) = %s{whose} ORDER BY id", [at, *params])
            told[name] = [row for (row,) in cursor.fetchall()]
    return told


def _homes(person: Person, since: dt.date) -> list[int]:
    """Households the person belongs to on some day from ``since`` on, as known now."""
    known: Any = Membership.objects.filter(person=person, known__upper_inf=True, validity__overlap=(since, None))
    return sorted(set(known.values_list("household_id", flat=True)))


def _children(mother: Person) -> list[int]:
    known = Civil.objects.filter(mother_idcs=mother.idcs, known__upper_inf=True)
    return sorted(set(known.values_list("person_id", flat=True)))


def _table(fact: type[Fact]) -> str:
    return fact._meta.db_table  # noqa: SLF001 - Django's own name for the table
