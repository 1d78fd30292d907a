"""A month as it was known, against a naive reading of the same rows in Python: every month at every time of knowing."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from karama.foundation.months import Month
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.models import (
    Civil,
    Enrolment,
    Health,
    Household,
    Membership,
    Person,
    Residence,
    Schooling,
    Score,
)
from karama.registry.month_view import MonthView

if TYPE_CHECKING:
    from karama.registry.models import Fact
    from tests.service_database import Database

PROGRAMME = "asd"
START = dt.date(2025, 10, 1)
KNOWN = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
MONTHS = [Month(2025, 10) + ahead for ahead in range(7)]


@dataclass(frozen=True)
class Row:
    """A fact as it lies in its table."""

    id: int
    subject: dict[str, Any]
    begin: dt.date | None
    end: dt.date | None
    since: dt.datetime
    until: dt.datetime | None

    def holds(self, day: dt.date, at: dt.datetime) -> bool:
        valid = (self.begin is None or self.begin <= day) and (self.end is None or day < self.end)
        return valid and self.since <= at and (self.until is None or at < self.until)


def rows_of(fact: type[Fact]) -> list[Row]:
    """Every row ever written."""
    names = (*fact.key, *fact.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, lower(validity), upper(validity), lower(known), upper(known), {', '.join(names)}"
            f" FROM {facts.table_of(fact)} WHERE NOT isempty(known)"
        )
        return [Row(row[0], dict(zip(names, row[5:], strict=True)), *row[1:5]) for row in cursor.fetchall()]


def one(rows: list[Row], day: dt.date, at: dt.datetime, **subject: object) -> Row | None:
    """The row that holds of a subject."""
    found = [row for row in rows if row.holds(day, at) and subject.items() <= row.subject.items()]
    assert len(found) <= 1
    return found[0] if found else None


class Naive:
    """The month's view by loops over all rows."""

    def __init__(self) -> None:
        kinds = (Civil, Membership, Residence, Schooling, Health, Enrolment, Score)
        self._rows = {fact: rows_of(fact) for fact in kinds}

    def households(self, month: Month, at: dt.datetime) -> set[tuple[Any, ...]]:
        day, found = month.first_day, set()
        for home in self._rows[Residence]:
            if home.holds(day, at):
                key = {"household_id": home.subject["household_id"]}
                claimed = one(self._rows[Enrolment], day, at, **key, programme=PROGRAMME)
                claim = claimed.subject["claim_month"] if claimed else None
                found.add((key["household_id"], home.subject["commune"], claim, *self._score(month, at, key)))
        return found

    def _score(self, month: Month, at: dt.datetime, key: dict[str, Any]) -> tuple[Any, ...]:
        rows = [row for row in self._rows[Score] if key.items() <= row.subject.items()]
        force = one(rows, month.first_day, at, **key)
        coming = next((row for row in rows if row.begin == (month + 1).first_day and row.holds(row.begin, at)), None)
        if coming:
            told = coming.subject
            effect = told["effective_from"] or coming.begin
            return told["score"], effect, force.subject["score"] if force else None
        if force is None:
            return None, None, None
        before = one(rows, force.begin - dt.timedelta(days=1), at, **key) if force.begin else None
        return force.subject["score"], force.subject["effective_from"], before.subject["score"] if before else None

    def persons(self, month: Month, at: dt.datetime) -> set[tuple[Any, ...]]:
        found = set()
        for person in {row.subject["person_id"] for row in self._rows[Civil]}:
            for civil in [row for row in self._rows[Civil] if row.subject["person_id"] == person]:
                born = civil.subject["birth_date"]
                day = max(month.first_day, born)
                if born > month.last_day or not civil.holds(day, at):
                    continue
                member = [m for m in self._rows[Membership] if m.subject["person_id"] == person and m.holds(day, at)]
                if member:
                    home = min(member, key=lambda m: (self._known_since(m, day, at), m.subject["household_id"])).subject
                    school = one(self._rows[Schooling], day, at, person_id=person)
                    health = one(self._rows[Health], day, at, person_id=person)
                    level = school.subject["school_level"] if school else "none"
                    disabled = bool(health and health.subject["severe_disability"])
                    told = (home["household_id"], home["role"], born, civil.subject["death_date"])
                    found.add((person, *told, level, disabled))
        return found

    def _known_since(self, member: Row, day: dt.date, at: dt.datetime) -> dt.datetime:
        """Since when it is known without a break that this person is in this household on this day."""
        key = {name: member.subject[name] for name in ("person_id", "household_id")}
        since = at
        for row in sorted(self._rows[Membership], key=lambda row: row.since, reverse=True):
            if key.items() <= row.subject.items() and row.holds(day, row.since) and row.since <= at:
                if row.until is not None and row.until < since:
                    break
                since = row.since
        return since


def tell_at_random(draw: random.Random, homes: list[int], people: dict[int, dt.date], at: dt.datetime) -> None:
    """One fact of somebody, from some day on, perhaps until another."""
    begin = START + dt.timedelta(days=draw.randrange(0, 180))
    end = begin + dt.timedelta(days=draw.randrange(1, 120)) if draw.random() < 0.4 else None
    home, person = draw.choice(homes), draw.choice(list(people))
    effect = dt.date(2025, 10, 1) if draw.random() < 0.2 else dt.date(2026, draw.randrange(1, 5), 1)
    score = {
        "score": Decimal(draw.randrange(8_000, 11_000)) / 1000,
        "effective_from": effect if draw.random() < 0.7 else None,
    }
    civil = {name: "" for name in Civil.values() if name.endswith(("_fr", "_ar", "birth_commune"))}
    civil |= dict.fromkeys(("mother_idcs", "live_birth_order", "birth_order", "marital_status"))
    dead = people[person] + dt.timedelta(days=draw.randrange(1, 300)) if draw.random() < 0.2 else None
    civil |= {"sex": "F", "birth_date": people[person], "death_date": dead, "in_rnp": True, "father_deceased": False}
    of_home, of_person = {"household_id": home}, {"person_id": person}
    fact, key, values, period = draw.choice(
        [
            (Residence, of_home, {"commune": draw.choice(["044210106", "061810901"]), "milieu": "urban"}, (begin, end)),
            (Enrolment, of_home | {"programme": PROGRAMME}, {"claim_month": dt.date(2025, 11, 1)}, (begin, end)),
            (Score, of_home, score, (effect, None)),
            (Civil, of_person, civil, (max(people[person], START), None)),
            (Membership, of_home | of_person, {"role": draw.choice(["child", "other"])}, (begin, end)),
            (Schooling, of_person, {"enrolled": True, "school_level": "primary", "public_school": True}, (begin, end)),
            (Health, of_person, {"severe_disability": draw.random() < 0.5}, (begin, end)),
        ]
    )
    if draw.random() < 0.1:
        facts.end(fact, key=key, on=begin, known_at=at)
        return
    facts.correct(fact, key=key, values=values, validity=period, source="RSU", proof="", known_at=at)


def viewed(query: str, view: MonthView, *columns: str) -> set[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM ({query}) q", view.params)
        found = cursor.fetchall()
    assert len(set(found)) == len(found)
    return set(found)


@pytest.mark.parametrize("seed", range(4))
def test_a_month_as_known_is_what_a_naive_reading_finds(db: Database, seed: int) -> None:
    draw = random.Random(seed)
    with acting_as(SYSTEM):
        homes = [Household.objects.create(number=f"H{n}", commune="044210106").pk for n in range(4)]
        born = [START + dt.timedelta(days=draw.randrange(-4000, 190)) for _ in range(8)]
        people = {Person.objects.create(idcs=f"P{n}").pk: day for n, day in enumerate(born)}
        times = [KNOWN + dt.timedelta(hours=hour) for hour in range(260)]
        for at in times:
            tell_at_random(draw, homes, people, at)
        naive, seen = Naive(), 0
        for at in (times[80], times[170], times[-1]):
            for month in MONTHS:
                view, part = MonthView(month, at, PROGRAMME), MonthView(month, at, PROGRAMME, homes[:2])
                of_home = ("id", "commune", "claim_month", "score", "score_effective_from", "previous_score")
                of_person = ("id", "household", "role", "birth_date", "death_date", "school_level", "severe_disability")
                households, persons = naive.households(month, at), naive.persons(month, at)
                assert viewed(view.households, view, *of_home) == households
                assert viewed(view.persons, view, *of_person) == persons
                assert viewed(part.households, part, *of_home) == {row for row in households if row[0] in homes[:2]}
                assert viewed(part.persons, part, *of_person) == {row for row in persons if row[1] in homes[:2]}
                seen += len(households) + len(persons)
        assert seen > 100
    assert db.name
