"""Scenarios as data: what they change in the law, month by month and clock by clock, and what is refused."""

from __future__ import annotations

import textwrap
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from karama.foundation.errors import BadInputError, LawError, UnknownParameterError
from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine.evaluate import decide_many, decide_one
from karama.simulation import Scenario, load_scenario
from tests.oracles.random_households import random_households

if TYPE_CHECKING:
    from pathlib import Path

    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Programme

ASD = programme_named("asd")
MARCH = Month(2026, 3)


def written(folder: Path, text: str, name: str = "scenario.yaml") -> Path:
    path = folder / name
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    return path


def scenario_of(folder: Path, text: str) -> Scenario:
    return load_scenario(written(folder, text))


def amount(programme: Programme, household: dict[str, Any], month: Month = MARCH) -> int:
    return decide_one(programme, household, month).amount_centimes


WIDOW = {
    "household_id": "H1", "milieu": "rural", "commune": "061810901", "claim_month": "2023-12", "score": "9.1",
    "members": [
        {"person_id": "P1", "role": "head", "sex": "F", "birth_date": "1985-03-01", "marital_status": "widowed"},
        {"person_id": "P2", "role": "child", "sex": "M", "birth_date": "2012-09-14", "enrolled": True,
         "school_level": "lower_secondary", "father_deceased": True},
    ],
}  # fmt: skip


def test_a_changed_value_counts_from_its_month_until_it_ends(tmp_path: Path) -> None:
    raised = scenario_of(
        tmp_path,
        "name: floor\nparameters: [{name: family_floor_amount, value: 600, from: 2026-05, until: 2026-07}]",
    ).applied_to(ASD)
    found = [amount(raised, WIDOW, Month(2026, 3) + step) for step in range(6)]
    assert found == [50000, 50000, 60000, 60000, 60000, 50000]
    assert raised.law.parameters.get("family_floor_amount").at(Month(2026, 6)).status.unconfirmed


@pytest.mark.parametrize("clock", ["paid", "legal"])
def test_a_change_takes_the_place_of_later_values_on_both_clocks(tmp_path: Path, clock: Clock) -> None:
    changed = scenario_of(
        tmp_path,
        "name: flat\nparameters: [{name: amount_first_ranks_at_school, value: 222.5, from: 2025-06}]",
    ).applied_to(ASD)
    parameter = changed.law.parameters.get("amount_first_ranks_at_school")
    assert (
        parameter.at(Month(2025, 5), clock).value
        == ASD.law.parameters.get(parameter.name).at(Month(2025, 5), clock).value
    )
    assert {parameter.at(Month(2025, 6) + step, clock).value for step in range(40)} == {22250}


def test_a_factor_multiplies_the_values_that_are_in_force_and_those_to_come(tmp_path: Path) -> None:
    parameter = (
        scenario_of(
            tmp_path,
            "name: more\nparameters: [{name: amount_first_ranks_at_school, factor: 1.1, from: 2025-12, rounded_to: 5}]",
        )
        .applied_to(ASD)
        .law.parameters.get("amount_first_ranks_at_school")
    )
    assert [parameter.at(month).value for month in (Month(2025, 11), Month(2025, 12), MARCH)] == [25000, 27500, 33000]


def test_indexation_applies_every_year_on_the_first_amount(tmp_path: Path) -> None:
    parameter = (
        scenario_of(
            tmp_path,
            "name: up\nindexation: [{parameters: [flat_aid_amount], yearly_percent: 3, from: 2027-01, rounded_to: 1}]",
        )
        .applied_to(ASD)
        .law.parameters.get("flat_aid_amount")
    )
    assert [parameter.at(Month(year, 6)).value for year in (2026, 2027, 2028, 2029)] == [50000, 51500, 53000, 54600]


def test_a_formula_takes_the_place_of_another_from_its_month(tmp_path: Path) -> None:
    written(
        tmp_path,
        """
        from karama.foundation.languages import Label
        from karama.foundation.months import Month
        from karama.law.engine.expressions import Entity
        from karama.law.engine.formulas import formula
        from karama.law.engine.language import when

        @formula(entity=Entity.HOUSEHOLD, label=Label("a", "b", "c"), reference="a proposal", unit="centimes",
                 valid_from=Month(2027, 1))
        def family_floor(counted_children, amounts_under_floor, family_floor_amount):
            return when((counted_children > 0) & (amounts_under_floor < 100), family_floor_amount)
        """,
        "reform.py",
    )
    changed = scenario_of(tmp_path, "name: no-floor\nformulas: reform.py").applied_to(ASD)
    assert (amount(changed, WIDOW, Month(2026, 12)), amount(changed, WIDOW, Month(2027, 1))) == (50000, 40000)
    assert not list(tmp_path.glob("__pycache__"))


def test_an_added_benefit_is_a_line_and_in_the_amount(tmp_path: Path) -> None:
    written(
        tmp_path,
        """
        from karama.foundation.languages import Label
        from karama.law.engine.expressions import Entity
        from karama.law.engine.formulas import formula
        from karama.law.engine.language import when

        @formula(entity=Entity.PERSON, label=Label("a", "b", "c"), reference="a proposal", unit="centimes")
        def widow_aid(is_present, role, marital_status, widow_aid_amount):
            widowed = marital_status.otherwise("single").equals("widowed")
            return when(is_present & role.equals("head") & widowed, widow_aid_amount)
        """,
        "reform.py",
    )
    written(
        tmp_path,
        """
        widow_aid_amount:
          label: {fr: "aide aux veuves", ar: "إعانة الأرامل", en: "aid to widows"}
          unit: MAD per month
          type: money
          values: [{legal_from: 2023-12, value: 150, status: unknown, reference: "a proposal"}]
        """,
        "new.yaml",
    )
    changed = scenario_of(
        tmp_path, "name: widows\nformulas: reform.py\nnew_parameters: new.yaml\nbenefits: [{formula: widow_aid}]"
    ).applied_to(ASD)
    decision = decide_one(changed, WIDOW, MARCH)
    assert decision.amount_centimes == 65000
    assert [(line.person_id, line.amount_centimes) for line in decision.lines if line.benefit == "widow_aid"] == [
        ("P1", 15000)
    ]


def test_scenarios_stand_on_each_other(tmp_path: Path) -> None:
    written(tmp_path, "name: one\nparameters: [{name: family_floor_amount, value: 600, from: 2026-01}]", "one.yaml")
    both = scenario_of(
        tmp_path,
        "name: two\nafter: [one.yaml]\nparameters: [{name: family_floor_amount, factor: 2, from: 2026-02}]",
    )
    assert [one.name for one in both.chain] == ["one", "two"]
    found = both.applied_to(ASD).law.parameters.get("family_floor_amount")
    assert [found.at(Month(2025, 12) + step).value for step in range(3)] == [50000, 60000, 120000]


def test_a_scenario_equal_to_the_law_changes_nothing(tmp_path: Path) -> None:
    same = scenario_of(
        tmp_path,
        """
        name: same
        parameters:
          - {name: family_floor_amount, value: 500, from: 2023-12}
          - {name: score_threshold, value: 9.743001, from: 2023-12}
          - {name: amount_next_ranks_at_school, factor: 1, from: 2025-01}
        """,
    ).applied_to(ASD)
    households = random_households(Random(3), 400, "2026-03")
    with duckdb.connect() as connection:
        law, scenario = (decide_many(connection, one, households, MARCH) for one in (ASD, same))
    assert [(one.amount_centimes, one.reasons, one.lines) for one in law] == [
        (one.amount_centimes, one.reasons, one.lines) for one in scenario
    ]
    assert any(one.amount_centimes for one in law)


REFUSED = {
    "a misspelt parameter": (
        "name: x\nparameters: [{name: family_flor_amount, value: 600, from: 2027-01}]",
        UnknownParameterError, "did you mean 'family_floor_amount'",
    ),
    "a month outside the law": (
        "name: x\nparameters: [{name: family_floor_amount, value: 600, from: 2019-01}]",
        BadInputError, "2019-01 is before 2023-12",
    ),
    "no month": (
        "name: x\nparameters: [{name: family_floor_amount, value: 600, from: 2027-13}]", BadInputError, "2027-13",
    ),
    "a negative amount": (
        "name: x\nparameters: [{name: family_floor_amount, value: -600, from: 2027-01}]",
        BadInputError, "-600 is negative",
    ),
    "a threshold of text": (
        "name: x\nparameters: [{name: score_threshold, value: high, from: 2027-01}]",
        BadInputError, "'high' is not a value of type decimal",
    ),
    "a negative factor": (
        "name: x\nparameters: [{name: score_threshold, factor: -1, from: 2027-01}]", BadInputError, "is not above 0",
    ),
    "a factor on a switch": (
        "name: x\nparameters: [{name: rank_basis, factor: 2, from: 2027-01}]", BadInputError, "cannot be multiplied",
    ),
    "value and factor": (
        "name: x\nparameters: [{name: score_threshold, factor: 2, value: 3, from: 2027-01}]",
        BadInputError, "scenario.schema.json",
    ),
    "an unknown key": ("name: x\nparametres: []", BadInputError, "parametres"),
    "ends before it begins": (
        "name: x\nparameters: [{name: score_threshold, value: 9, from: 2027-01, until: 2026-01}]",
        BadInputError, "until 2026-01 is before from 2027-01",
    ),
    "adopted without a day": ("name: x\nstatus: adopted", BadInputError, "decided_on"),
    "an impossible day": ("name: x\nstatus: adopted\ndecided_on: 2027-02-30", BadInputError, "scenario.yaml"),
    "another programme": ("name: x\nprogramme: bolsa_familia", BadInputError, "is of 'bolsa_familia'"),
    "a formula file that is not there": ("name: x\nformulas: absent.py", BadInputError, "absent.py: no such file"),
    "scores that are not there": ("name: x\nscores: absent.parquet", BadInputError, "absent.parquet"),
    "a benefit nobody defined": ("name: x\nbenefits: [{formula: bonus}]", UnknownParameterError, "bonus"),
    "a circle": ("name: x\nafter: [scenario.yaml]", BadInputError, "comes back to itself"),
    "no number of years": (
        "name: x\nindexation: [{parameters: [flat_aid_amount], yearly_percent: 300, from: 2027-01}]",
        BadInputError, "not between -100 and 100",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_wrong_is_named_with_file_and_remedy(fault: str, tmp_path: Path) -> None:
    text, error, said = REFUSED[fault]
    with pytest.raises(error, match=said) as found:
        scenario_of(tmp_path, text).applied_to(ASD)
    assert str(tmp_path) in str(found.value)


FORMULAS_REFUSED = {
    "a circle": ("def family_floor(amount): return amount", LawError, "computing it needs itself"),
    "a missing column": ("def family_floor(counted_childs): return counted_childs", LawError, "did you mean"),
    "no expression": ("def family_floor(counted_children): return 3", LawError, "no expression of the law"),
    "a fault of Python": ("def family_floor(counted_children) return 3", BadInputError, "line 5"),
    "a fault that shows when run": ("1 / 0\ndef family_floor(counted_children): return 3", BadInputError, "line 5"),
}


@pytest.mark.parametrize("fault", FORMULAS_REFUSED)
def test_a_formula_that_does_not_hold_is_named(fault: str, tmp_path: Path) -> None:
    body, error, said = FORMULAS_REFUSED[fault]
    head = (
        "from karama.foundation.languages import Label\n"
        "from karama.law.engine.expressions import Entity\n"
        "from karama.law.engine.formulas import formula\n"
        "rule = formula(entity=Entity.HOUSEHOLD, label=Label('a', 'b', 'c'), reference='r', unit='centimes')\n"
    )
    marked = (
        body.replace("def ", "@rule\ndef ", 1) if not body.startswith("def family_floor(counted_children) ") else body
    )
    written(tmp_path, head + marked, "reform.py")
    with pytest.raises(error, match=said) as found:
        scenario_of(tmp_path, "name: x\nformulas: reform.py").applied_to(ASD)
    assert str(tmp_path) in str(found.value)


def test_an_empty_formula_file_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "x = 1", "reform.py")
    with pytest.raises(LawError, match="declares no formula"):
        scenario_of(tmp_path, "name: x\nformulas: reform.py")


def test_decimals_keep_the_laws_places(tmp_path: Path) -> None:
    found = (
        scenario_of(tmp_path, "name: x\nparameters: [{name: score_threshold, factor: 1.01, from: 2026-01}]")
        .applied_to(ASD)
        .law.parameters.get("score_threshold")
        .at(MARCH)
        .value
    )
    assert found == Decimal("9.840431")
