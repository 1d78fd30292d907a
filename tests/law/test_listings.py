"""The dated parameters as a list: what is in force on each clock, and what a lawyer must check."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from karama.foundation.months import Month
from karama.law import PROGRAMMES, programme_named
from karama.law.engine.values import json_text
from karama.law.listing import as_text, listing

if TYPE_CHECKING:
    from karama.law.engine.parameters import Clock

ASD = programme_named("asd")


@pytest.mark.parametrize("name", PROGRAMMES)
def test_unconfirmed_lists_exactly_the_values_that_are_not_confirmed(name: str) -> None:
    programme = programme_named(name)
    listed = [(row.parameter.name, row.dated.legal_from) for row in listing(programme, unconfirmed_only=True)]
    assert listed == [
        (parameter.name, value.legal_from)
        for parameter in programme.law.parameters
        for value in parameter.values
        if value.on("paid").status.value in {"press", "inferred", "unknown"}
    ]


@pytest.mark.parametrize("name", PROGRAMMES)
def test_without_a_month_every_value_of_every_parameter_is_listed(name: str) -> None:
    programme = programme_named(name)
    assert len(listing(programme)) == sum(len(parameter.values) for parameter in programme.law.parameters)


@pytest.mark.parametrize(
    ("month", "clock", "amount"),
    [
        (Month(2024, 12), "paid", "200.00"),
        (Month(2025, 1), "paid", "200.00"),
        (Month(2025, 1), "legal", "250.00"),
        (Month(2025, 10), "paid", "200.00"),
        (Month(2025, 11), "paid", "250.00"),
        (Month(2026, 1), "paid", "300.00"),
        (Month(2031, 1), "legal", "300.00"),
    ],
)
def test_a_month_shows_the_value_in_force_on_the_clock(month: Month, clock: Clock, amount: str) -> None:
    rows = [row for row in listing(ASD, month, clock) if row.parameter.name == "amount_first_ranks_at_school"]
    assert [str(row.as_dict("en")["value"]) for row in rows] == [amount]


def test_a_parameter_without_value_yet_is_left_out() -> None:
    names = {row.parameter.name for row in listing(ASD, Month(2024, 8))}
    assert "back_to_school_primary_amount" not in names
    assert "family_floor_amount" in names
    assert {row.parameter.name for row in listing(ASD, Month(2023, 11))} == {"birth_month_counts", "death_month_counts"}


def test_a_row_as_json() -> None:
    (row,) = [row for row in listing(ASD, Month(2026, 3)) if row.parameter.name == "rank_basis"]
    assert row.as_dict("fr") == {
        "name": "rank_basis",
        "label": "base du rang",
        "value": "counted",
        "unit": "lecture de la loi",
        "legal_from": "2023-12",
        "paid_from": "2023-12",
        "status": "unknown",
        "reference": "règle de décompte 3 : aucune source ne dit si les rangs sont recalculés",
        "note": "",
        "alternatives": ["all_births"],
        "file": "child_aid/parameters.yaml",
    }


@pytest.mark.parametrize(
    ("name", "value", "alternatives"),
    [
        ("family_floor_amount", "500.00", []),
        ("score_threshold", "9.743001", []),
        ("programme_first_month", "2023-12", []),
        ("birth_grant_births_from", "2023-12-01", ["2023-06-01", "2023-12-04"]),
        ("children_limit", 6, []),
        ("birth_month_counts", True, [False]),
    ],
)
def test_values_of_every_kind_as_json(name: str, value: object, alternatives: list[object]) -> None:
    (row,) = [row.as_dict("en") for row in listing(ASD, Month(2026, 3)) if row.parameter.name == name]
    found = json.loads(json_text(row), parse_float=str)
    assert (found["value"], found["alternatives"]) == (value, alternatives)


def test_a_table_by_region_as_json_and_as_text() -> None:
    rows = [row for row in listing(programme_named("rsu_score")) if row.parameter.name == "urban_zone"]
    found = json.loads(json_text(rows[0].as_dict("en")), parse_float=str)
    assert found["value"]["07"] == "0.194"
    assert found["alternatives"][0]["07"] == "0.197"
    text = as_text(rows, "en")
    assert "? urban_zone = 01: 0.107, 02: 0.196," in text
    assert "other readings" not in text


def test_the_list_as_text() -> None:
    rows = [
        row
        for row in listing(ASD)
        if row.parameter.name in {"amount_first_ranks_not_at_school", "rank_basis", "programme_first_month"}
    ]
    assert as_text(rows, "en") == (
        "✓ programme_first_month = 2023-12 (from 2023-12)\n"
        "    first month of the programme · month · confirmed · law 58-23; BO 7253 of 4 December 2023\n"
        "✓ amount_first_ranks_not_at_school = 150.00 MAD (from 2023-12)\n"
        "    child of 6 to 20 not at school, ranks 1 to 3 · MAD per child and month · confirmed"
        " · law 58-23, art. 1-2; decree 2-23-1067\n"
        "✓ amount_first_ranks_not_at_school = 175.00 MAD (from 2025-01, paid from 2025-11)\n"
        "    child of 6 to 20 not at school, ranks 1 to 3 · MAD per child and month · confirmed"
        " · decree 2-23-1067; official ASD page\n"
        "? amount_first_ranks_not_at_school = 200.00 MAD (from 2026-01)\n"
        "    child of 6 to 20 not at school, ranks 1 to 3 · MAD per child and month · inferred"
        " · decree 2-23-1067; official ASD page\n"
        "    first month paid inferred from the 29 billion budget\n"
        "? rank_basis = the children counted this month (from 2023-12)\n"
        "    basis of the rank · reading of the law · unknown"
        " · counting rule 3: no source says whether ranks are recomputed\n"
        "    other readings: all births of the family, once and for all\n"
    )
