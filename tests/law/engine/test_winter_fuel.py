"""A programme the engine has never heard of, decided by both compilations; versions, clocks and switches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.months import Month
from karama.law.engine.evaluate import Line, decide_many, decide_one
from tests.law.engine.both_engines import CONNECTION, household
from tests.law.engine.winter_fuel import PROGRAMME

if TYPE_CHECKING:
    from karama.law.engine.evaluate import Decision
    from karama.law.engine.parameters import Clock

CHILDREN = [{"born": "2012-01-01"}, {"born": "2010-03-02"}, {"born": "2010-03-01"}, {"born": "2015-07-01"}]
FAMILY = household("F", *CHILDREN, zone="north", score="4.25", claimed="2025-10-15")
SINGLE = household("S", {"role": "head"}, zone="east", score=4, claimed="2026-01-01")
RICH = household("R", {"role": "head"}, zone="south", score="4.250000001")
REGISTER = [RICH, FAMILY, SINGLE]


def decide(month: Month, amounts: Clock = "paid", parameters: dict[str, Any] | None = None) -> list[Decision]:
    """The register by both compilations, which must decide the same."""
    one_by_one = [decide_one(PROGRAMME, one, month, amounts, parameters) for one in REGISTER]
    together = decide_many(CONNECTION, PROGRAMME, REGISTER, month, amounts, parameters)
    for alone, beside in zip(one_by_one, together, strict=True):
        assert {name: beside.values[name] for name in beside.values} == {
            name: alone.values[name] for name in beside.values
        }
        assert (alone.household_id, alone.eligible, alone.aid, alone.amount_centimes, alone.reasons, alone.lines) == (
            beside.household_id,
            beside.eligible,
            beside.aid,
            beside.amount_centimes,
            beside.reasons,
            beside.lines,
        )
        assert len(alone.persons) == len(beside.persons)
    return one_by_one


def amounts_of(decisions: list[Decision]) -> dict[str, int]:
    return {one.household_id: one.amount_centimes for one in decisions}


def test_who_receives_what_and_why_not() -> None:
    rich, family, single = decide(Month(2026, 2))
    assert (rich.eligible, rich.aid, rich.reasons, rich.lines) == (False, "none", ("not_in_need", "no_claim"), ())
    assert (family.eligible, family.aid, family.reasons) == (True, "family", ())
    assert family.lines == (
        Line("basic_fuel", None, None, 12_050),
        Line("child_fuel", "F1", 3, 1_000),
        Line("child_fuel", "F2", 2, 1_000),
        Line("child_fuel", "F3", 1, 1_000),
        Line("child_fuel", "F4", 4, 1_000),
    )
    assert family.amount_centimes == sum(line.amount_centimes for line in family.lines)
    assert (single.aid, single.amount_centimes) == ("single", 8_000)


def test_a_child_born_on_the_first_leaves_on_its_birthday_and_the_next_day_s_child_a_month_later() -> None:
    assert amounts_of(decide(Month(2026, 3), "legal"))["F"] == 15_000 + 3_000
    assert amounts_of(decide(Month(2026, 4), "legal"))["F"] == 15_000 + 2_000


@pytest.mark.parametrize(
    ("month", "clock", "amounts"),
    [
        (Month(2025, 12), "legal", {"R": 0, "F": 16_050, "S": 8_000}),
        (Month(2026, 1), "legal", {"R": 0, "F": 19_000, "S": 9_025}),
        (Month(2026, 2), "paid", {"R": 0, "F": 16_050, "S": 8_000}),
        (Month(2026, 3), "paid", {"R": 0, "F": 18_000, "S": 9_025}),
    ],
)
def test_the_rise_counts_from_its_date_on_each_clock(month: Month, clock: Clock, amounts: dict[str, int]) -> None:
    assert amounts_of(decide(month, clock)) == amounts


def test_a_new_version_of_a_formula_replaces_the_old_one_in_its_month() -> None:
    assert amounts_of(decide(Month(2026, 5))) == {"R": 0, "F": 17_000, "S": 9_025}
    assert amounts_of(decide(Month(2026, 6))) == {"R": 0, "F": 2_000, "S": 0}


def test_parameters_are_replaced_by_name_written_as_in_the_files() -> None:
    switched = {"counting": "first_two", "child_supplement": "12.50", "need_threshold": 5, "claim_after": "2025-11-01"}
    rich, family, single = decide(Month(2026, 2), "paid", switched)
    assert rich.reasons == ("no_claim",)
    assert family.reasons == ("no_claim",)
    assert single.amount_centimes == 8_000
    (_, family, _) = decide(Month(2026, 2), "paid", {"counting": "first_two", "child_supplement": "12.50"})
    assert [line for line in family.lines if line.benefit == "child_fuel"] == [
        Line("child_fuel", "F2", 2, 1_250),
        Line("child_fuel", "F3", 1, 1_250),
    ]
    table = {"fuel_amount": {"north": 1, "south": 2, "east": "3.75"}, "child_age_limit": 0}
    assert amounts_of(decide(Month(2026, 2), "paid", table)) == {"R": 0, "F": 100, "S": 375}


@pytest.mark.parametrize(
    ("parameters", "error", "says"),
    [
        ({"child_suplement": 1}, UnknownParameterError, "'child_suplement': did you mean 'child_supplement'?"),
        ({"zzz": 1}, UnknownParameterError, r"no parameter is called 'zzz' \('karama law parameters' lists them\)"),
        ({"child_age_limit": "16"}, BadInputError, "'child_age_limit': '16' is not a value of type integer"),
        ({"child_age_limit": True}, BadInputError, "'child_age_limit': True is not a value of type integer"),
        ({"need_threshold": 4.5}, BadInputError, "4.5 is not a value of type decimal: write '4.5', exact"),
        ({"need_threshold": "many"}, BadInputError, "'need_threshold': 'many' is not a value of type decimal"),
        ({"need_threshold": "NaN"}, BadInputError, "'need_threshold': 'NaN' is not a value of type decimal"),
        ({"need_threshold": "4.255"}, BadInputError, r"4.255 has more digits than the law's decimal\(3,2\): round it"),
        ({"child_supplement": "1.005"}, BadInputError, "'child_supplement': '1.005' is not a value of type money"),
        ({"claim_after": "2025-13-01"}, BadInputError, "'claim_after': '2025-13-01' is not a value of type date"),
        ({"counting": "none"}, BadInputError, "'counting': 'none' is not one of all, first_two"),
        ({"fuel_amount": 5}, BadInputError, "'fuel_amount': is a table by 'zone': give a value for each code"),
        ({"fuel_amount": {}}, BadInputError, "'fuel_amount': is a table by 'zone': give a value for each code"),
    ],
)
def test_a_wrong_replacement_is_named(parameters: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        decide_one(PROGRAMME, FAMILY, Month(2026, 2), "paid", parameters)


def test_a_replaced_table_must_have_every_code() -> None:
    with pytest.raises(Exception, match="'fuel_amount', 2026-02: the table has no entry for south, east: add it"):
        decide_one(PROGRAMME, FAMILY, Month(2026, 2), "paid", {"fuel_amount": {"north": 1}})


def test_before_its_first_month_the_programme_has_no_answer() -> None:
    with pytest.raises(BadInputError, match="programme 'winter_fuel' starts in 2025-10: ask for that month or a later"):
        decide_one(PROGRAMME, FAMILY, Month(2025, 9))


def test_two_households_of_one_name_are_refused_together() -> None:
    with pytest.raises(BadInputError, match="household 'F' is given household_id twice"):
        decide_many(CONNECTION, PROGRAMME, [FAMILY, SINGLE, FAMILY], Month(2026, 2))
