"""Conditions, choices and unknown values: each word of the language on both compilations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from karama.law.engine.language import all_of, any_of, case, when
from karama.law.engine.types import BOOLEAN, DATE, INTEGER, TEXT, choice, decimal
from tests.law.engine.both_engines import SCORE, Case, Table, household, of_household, of_person

# The boundary 9.743001 of a score and values one unit of the ninth place around it.
TABLE = Table(
    [
        household(
            "A",
            {"role": "head", "worker": True, "wage": 5, "grade": 3},
            {"role": "child", "mother": "A1"},
            zone="north",
            score="9.743001",
            old_score="1.5",
            owner=True,
            rooms=2,
            debt=40,
            claimed="2026-02-28",
        ),
        household("B", {"role": "other", "wage": 9}, zone="south", score="9.743001001", rooms=3, income=7),
        household("C", zone="east", score="9.743000999", old_score="9.743001", rooms=4, debt=0, claimed="2026-03-01"),
    ],
    of_household("at or under", lambda score: score <= Decimal("9.743001"), BOOLEAN, [True, False, True]),
    of_household("under", lambda score: score < Decimal("9.743001"), BOOLEAN, [False, False, True]),
    of_household("above", lambda score: score > Decimal("9.743001"), BOOLEAN, [False, True, False]),
    of_household("at or above", lambda score: score >= Decimal("9.743001"), BOOLEAN, [True, True, False]),
    of_household("equal decimals", lambda score: score.equals(Decimal("9.743001")), BOOLEAN, [True, False, False]),
    of_household("an integer against a decimal", lambda rooms, price: rooms > price, BOOLEAN, [True, True, True]),
    of_household("equal integers", lambda rooms: rooms.equals(3), BOOLEAN, [False, True, False]),
    of_household("equal codes", lambda zone: zone.equals("south"), BOOLEAN, [False, True, False]),
    of_household("equal truths", lambda owner, rooms: owner.equals(rooms < 4), BOOLEAN, [True, False, True]),
    of_household("one of several codes", lambda zone: zone.among("north", "east"), BOOLEAN, [True, False, True]),
    of_household("one of one code", lambda zone: zone.among("east"), BOOLEAN, [False, False, True]),
    of_household("and", lambda owner, rooms: owner & (rooms < 3) & (rooms > 1), BOOLEAN, [True, False, False]),
    of_household("or", lambda owner, rooms: owner | (rooms > 3) | (rooms < 0), BOOLEAN, [True, False, True]),
    of_household("not", lambda owner: ~owner, BOOLEAN, [False, True, True]),
    of_household("not of an or", lambda owner, rooms: ~(owner | (rooms > 3)), BOOLEAN, [False, True, False]),
    of_household(
        "and binds what it is given",
        lambda owner, rooms: (owner | (rooms > 3)) & (rooms < 4),
        BOOLEAN,
        [True, False, False],
    ),
    of_household("all of one", lambda owner: all_of(~owner), BOOLEAN, [False, True, True]),
    of_household("any of one", lambda owner: any_of(~owner), BOOLEAN, [False, True, True]),
    of_household("known", lambda debt: debt.is_known(), BOOLEAN, [True, False, True]),
    of_household("not known", lambda claimed: ~claimed.is_known(), BOOLEAN, [False, True, False]),
    of_household("otherwise an integer", lambda debt: debt.otherwise(-1), INTEGER, [40, -1, 0]),
    of_household("otherwise a column", lambda debt, income: debt.otherwise(income), INTEGER, [40, 7, 0]),
    of_household(
        "otherwise a decimal",
        lambda old_score: old_score.otherwise(Decimal(0)),
        SCORE,
        [Decimal("1.5"), Decimal(0), Decimal("9.743001")],
    ),
    of_household(
        "otherwise a date",
        lambda claimed: claimed.otherwise(dt.date(2000, 2, 29)),
        DATE,
        [dt.date(2026, 2, 28), dt.date(2000, 2, 29), dt.date(2026, 3, 1)],
    ),
    of_household(
        "otherwise still unknown",
        lambda debt, claimed, rooms: case((claimed.is_known(), debt), otherwise=rooms).otherwise(debt),
        INTEGER.or_unknown(),
        [40, 3, 0],
    ),
    of_household(
        "first branch that holds",
        lambda rooms: case((rooms < 3, 10), (rooms < 4, 20), otherwise=30),
        INTEGER,
        [10, 20, 30],
    ),
    of_household(
        "a branch hides a later one",
        lambda rooms: case((rooms > 0, 1), (rooms > 3, 2), otherwise=3),
        INTEGER,
        [1, 1, 1],
    ),
    of_household(
        "a case of codes",
        lambda owner: case((owner, "owner"), otherwise="tenant"),
        choice("owner", "tenant"),
        ["owner", "tenant", "tenant"],
    ),
    of_household(
        "a case of codes and a column",
        lambda owner, zone: case((owner, zone), otherwise="moved"),
        choice("north", "south", "east", "moved"),
        ["north", "moved", "moved"],
    ),
    of_household(
        "a case may be unknown",
        lambda owner, old_score: case((owner, old_score), otherwise=Decimal(0)),
        SCORE.or_unknown(),
        [Decimal("1.5"), Decimal(0), Decimal(0)],
    ),
    of_household(
        "an unknown integer among decimals",
        lambda owner, debt, score: case((owner, score), otherwise=debt),
        decimal(17, 9).or_unknown(),
        [Decimal("9.743001"), None, Decimal(0)],
    ),
    of_household("when", lambda owner, rooms: when(~owner, rooms), INTEGER, [0, 3, 4]),
    of_household("a truth written", lambda owner: case((owner, False), otherwise=True), BOOLEAN, [False, True, True]),
    of_person(
        "a household's value for its persons", lambda owner, worker: owner & worker, BOOLEAN, [True, False, False]
    ),
    of_person("otherwise a text", lambda mother, person_id: mother.otherwise(person_id), TEXT, ["A1", "A1", "B1"]),
    of_person(
        "equal texts",
        lambda mother, person_id: mother.otherwise(person_id).equals(person_id),
        BOOLEAN,
        [True, False, True],
    ),
    of_person(
        "a grade known", lambda grade: grade.is_known() & (grade.otherwise(0) > 2), BOOLEAN, [True, False, False]
    ),
)


@pytest.mark.parametrize("case_", TABLE.cases, ids=lambda one: one.name)
def test_conditions_and_choices(case_: Case) -> None:
    TABLE.check(case_)
