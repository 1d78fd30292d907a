"""The one writer of facts against a naive record in Python: for every day, what was known of it at every time."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.models import Membership, Person, Schooling

if TYPE_CHECKING:
    from tests.service_database import Database

FIRST, DAYS = dt.date(2026, 1, 1), 12
EARLIEST = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
LEVELS = ("none", "primary", "higher")
Values = tuple[bool, str, bool]
Known = dict[int, Values]
"""Values by day, counted from the first; a day that is not there is unknown."""

PERSONS = count(1)
SHARED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

values = st.tuples(st.booleans(), st.sampled_from(LEVELS), st.booleans())
ends = st.integers(1, DAYS)


@st.composite
def periods(draw: st.DrawFn) -> list[tuple[int, int | None, Values]]:
    """Some periods one behind the other, the last one perhaps without end."""
    cuts = sorted(draw(st.sets(st.integers(0, DAYS), min_size=1, max_size=5)))
    told: list[tuple[int, int | None, Values]] = []
    for begin, end in zip(cuts, [*cuts[1:], None], strict=True):
        if draw(st.booleans()) or not told:
            told.append((begin, end, draw(values)))
    return told


steps = st.lists(
    st.one_of(
        st.tuples(st.just("tell"), periods()),
        st.tuples(st.just("correct"), st.tuples(st.integers(0, DAYS - 1), ends, st.sampled_from(LEVELS))),
        st.tuples(st.just("end"), st.integers(0, DAYS)),
    ),
    min_size=1,
    max_size=6,
)


def day(number: int | None) -> dt.date | None:
    return None if number is None else FIRST + dt.timedelta(days=number)


def days_of(begin: int, end: int | None) -> range:
    """The days of a period; the last one looked at stands for all that follow."""
    return range(begin, DAYS + 1 if end is None else end)


def tell(person: int, told: list[tuple[int, int | None, Values]], at: dt.datetime) -> facts.Superseded:
    rows = ", ".join("(%s::bigint, daterange(%s::date, %s::date), %s::boolean, %s::text, %s::boolean)" for _ in told)
    query = (
        "SELECT person_id, validity, enrolled, school_level, public_school, 'Massar'::text AS source, ''::text AS proof"
        f" FROM (VALUES {rows}) v(person_id, validity, enrolled, school_level, public_school)"
    )
    params = [word for begin, end, row in told for word in (person, day(begin), day(end), *row)]
    return facts.supersede(Schooling, query, params, known_at=at)


def apply(person: int, known: Known, step: tuple[str, Any], at: dt.datetime) -> Known:
    """Do a step in the record and in the naive one; what the naive one then knows."""
    what, told = step
    key = {"person_id": person}
    if what == "tell":
        tell(person, told, at)
        return known | {number: row for begin, end, row in told for number in days_of(begin, end)}
    if what == "end":
        facts.end(Schooling, key=key, on=FIRST + dt.timedelta(days=told), known_at=at)
        return {number: row for number, row in known.items() if number < told}
    begin, end, level = told
    touched = [number for number in days_of(begin, end) if number in known]
    period = (FIRST + dt.timedelta(days=begin), day(end))
    words: dict[str, Any] = {"key": key, "values": {"school_level": level}, "validity": period}
    if end <= begin:
        return known
    if not touched:
        with pytest.raises(BadInputError, match="nothing is known"):
            facts.correct(Schooling, **words, source="ASD", proof="", known_at=at)
        return known
    facts.correct(Schooling, **words, source="ASD", proof="", known_at=at)
    return known | {number: (known[number][0], level, known[number][2]) for number in touched}


def read(person: int, at: dt.datetime) -> Known:
    """What the record knew of each day at a time."""
    found: Known = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d, enrolled, school_level, public_school FROM generate_series(0, %s) d JOIN registry_schooling s"
            " ON s.validity @> %s::date + d::integer WHERE s.person_id = %s AND s.known @> %s",
            [DAYS, FIRST, person, at],
        )
        for number, *row in cursor.fetchall():
            assert number not in found, "two values for one day"
            found[number] = tuple(row)
    return found


@SHARED
@given(steps)
def test_every_day_is_known_as_it_was_told_at_every_time(db: Database, told: list[tuple[str, Any]]) -> None:
    with acting_as(SYSTEM):
        person = Person.objects.create(idcs=f"P{next(PERSONS)}").pk
        known: Known = {}
        history: list[tuple[dt.datetime, Known]] = []
        for number, step in enumerate(told):
            at = EARLIEST + dt.timedelta(hours=number)
            known = apply(person, known, step, at)
            history.append((at, known))
        for at, then in history:
            assert read(person, at) == then
    assert db.name


@SHARED
@given(periods())
def test_what_is_known_already_is_neither_closed_nor_written(
    db: Database, told: list[tuple[int, int | None, Values]]
) -> None:
    with acting_as(SYSTEM):
        person = Person.objects.create(idcs=f"P{next(PERSONS)}").pk
        first = tell(person, told, EARLIEST)
        assert first == facts.Superseded(0, len(told), 0)
        again = tell(person, told, EARLIEST + dt.timedelta(hours=1))
        assert again == facts.Superseded(0, 0, len(told))
    assert db.name


def test_two_values_for_one_day_are_refused(db: Database) -> None:
    row: Values = (True, "primary", True)
    with acting_as(SYSTEM):
        person = Person.objects.create(idcs="P").pk
        with pytest.raises(IntegrityError, match="schooling_never_twice"), transaction.atomic():
            tell(person, [(0, 5, row), (4, 6, row)], EARLIEST)
    assert db.name


def test_an_end_of_all_members_of_a_household_needs_its_number_only(db: Database) -> None:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("INSERT INTO registry_household (number, commune) VALUES ('H', '044210106') RETURNING id")
        (home,) = cursor.fetchone() or (0,)
        people = [Person.objects.create(idcs=f"P{n}").pk for n in range(3)]
        for person in people:
            facts.correct(
                Membership,
                key={"person_id": person, "household_id": home},
                values={"role": "other"},
                validity=(FIRST, None),
                source="RSU",
                proof="",
                known_at=EARLIEST,
            )
        done = facts.end_all(
            Membership,
            "SELECT %s::bigint AS household_id, %s::date AS until",
            [home, FIRST + dt.timedelta(days=3)],
            known_at=EARLIEST + dt.timedelta(hours=1),
        )
        assert done == facts.Superseded(3, 3, 0)
        cursor.execute("SELECT DISTINCT validity::text FROM registry_membership WHERE upper_inf(known)")
        assert cursor.fetchall() == [("[2026-01-01,2026-01-04)",)]
    assert db.name
