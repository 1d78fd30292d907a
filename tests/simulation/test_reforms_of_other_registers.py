"""Registers with fewer columns, and scenarios that reach further: what is left out is left out whole."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from karama.foundation.errors import BadInputError, LawError
from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law import programme_named
from karama.simulation import ParameterChange, Scenario, load_scenario
from karama.simulation.reform import Country, compare, solve
from karama.simulation.reform.pictures import pictures
from karama.simulation.reform.refresh import preview_scores
from karama.simulation.reform.results import as_text
from karama.simulation.tables import check_folder
from karama.simulation.touched import touched_frame

if TYPE_CHECKING:
    from pathlib import Path

ASD = programme_named("asd")
X = Label("x", "x", "x")
DECEMBER = Month(2025, 12)
HEAD = """
from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import when
rule = formula(entity=Entity.HOUSEHOLD, label=Label("a", "b", "c"), reference="a proposal", unit="centimes")
"""


def without(register: Path, folder: Path, *columns: str, unknown_scores: bool = False) -> Path:
    """The register without some columns and without a manifest: a real one that stands for itself."""
    folder.mkdir()
    for name in ("households", "persons"):
        frame = pl.read_parquet(register / f"{name}.parquet")
        if unknown_scores and name == "households":
            frame = frame.with_columns(score=pl.lit(None, frame.schema["score"]))
        frame.drop([one for one in columns if one in frame.columns]).write_parquet(folder / f"{name}.parquet")
    return folder


def floor(value: int = 600) -> Scenario:
    return Scenario("floor", X, changes=(ParameterChange("family_floor_amount", Month(2025, 1), value=value),))


def test_a_register_of_few_columns_gives_costs_and_the_groups_it_can(small_register: Path, tmp_path: Path) -> None:
    few = without(small_register, tmp_path / "few", "size", "region", "province", "milieu", "sex")
    country = Country(few, DECEMBER)
    found = compare(country, [floor()])
    assert {one.name for one in country.groupings()} == {"family_type", "region", "province", "commune"}
    assert found.living is None
    assert not any(name.startswith("living") for name in found.frames())
    assert "persons" not in found.coverage["measure"].to_list()
    assert "stands for" not in as_text(found)
    assert set(pictures(found, "fr")) == {"costs.svg", "winners_floor_family_type.svg", "winners_floor_region.svg"}
    whole = compare(Country(small_register, DECEMBER), [floor()], living=False)
    few_cost, whole_cost = (one.summary["month_centimes"].to_list() for one in (found, whole))
    assert [1000 * one for one in few_cost] == whole_cost
    with pytest.raises(BadInputError, match="column 'size' is missing"):
        preview_scores(country, tmp_path / "scores.csv")


def test_a_register_that_says_nothing_of_the_place_has_no_territories(small_register: Path, tmp_path: Path) -> None:
    bare = without(small_register, tmp_path / "bare", "region", "province", "milieu", "commune", unknown_scores=True)
    country = Country(bare, DECEMBER)
    assert {one.name for one in country.groupings()} == {"decile", "family_type", "head_sex"}
    decile = next(one for one in country.groupings() if one.name == "decile")
    assert not decile.of_home.any()
    found = compare(country, [floor()])
    assert found.summary["families"].to_list() == [0, 0]
    assert found.movements.is_empty()
    assert "movement" not in as_text(found)


def test_rules_are_tried_like_amounts(small_register: Path) -> None:
    country = Country(small_register, DECEMBER)
    fewer = Scenario("fewer", X, changes=(ParameterChange("children_limit", Month(2025, 1), value=2),))
    tried = country.decide_values({"children_limit": 2}).outcome.of_homes("amount")
    assert (tried == country.decide(fewer).outcome.of_homes("amount")).all()
    assert (tried <= country.baseline().outcome.of_homes("amount")).all()
    assert (tried < country.baseline().outcome.of_homes("amount")).any()


def scenario_with(folder: Path, formulas: str, text: str = "", name: str = "reform.py") -> Scenario:
    (folder / name).write_text(HEAD + textwrap.dedent(formulas), encoding="utf-8")
    path = folder / "scenario.yaml"
    path.write_text(f"name: other\nformulas: {name}\n{textwrap.dedent(text)}", encoding="utf-8")
    return load_scenario(path)


def test_another_formula_is_decided_household_by_household(small_register: Path, tmp_path: Path) -> None:
    other = scenario_with(
        tmp_path,
        """
        @rule
        def flat_aid(flat_aid_allowed, flat_aid_amount, milieu):
            return when(flat_aid_allowed & milieu.equals("rural"), flat_aid_amount)
        """,
    )
    country = Country(small_register, DECEMBER)
    decided = country.decide(other)
    assert not decided.by_kinds
    rural = np.array(country.homes.read("milieu").column(0).to_pylist()) == "rural"
    law, found = (one.outcome.of_homes("flat_aid_total") for one in (country.baseline(), decided))
    assert (found[rural] == law[rural]).all()
    assert law[~rural].any()
    assert not found[~rural].any()
    with pytest.raises(BadInputError, match="changes more than parameters"):
        solve(country, ["flat_aid_amount"], under=other)


def test_a_chain_that_meets_again_is_applied_once(tmp_path: Path) -> None:
    change = "parameters: [{name: family_floor_amount, factor: 2, from: 2026-01}]"
    for name, text in {
        "base": f"name: base\n{change}", "left": "name: left\nafter: [base.yaml]",
        "right": "name: right\nafter: [base.yaml]", "both": "name: both\nafter: [left.yaml, right.yaml]",
    }.items():  # fmt: skip
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    both = load_scenario(tmp_path / "both.yaml")
    assert [one.name for one in both.chain] == ["base", "left", "right", "both"]
    assert both.applied_to(ASD).law.parameters.get("family_floor_amount").at(Month(2026, 3)).value == 100_000


def tried(path: Path, register: Path) -> None:
    """Read a scenario, apply it to its law, decide a register with it."""
    scenario = load_scenario(path)
    scenario.applied_to(programme_named(scenario.programme))
    Country(register, DECEMBER).decide(scenario)


REFUSED = {
    "a file that is not there": (None, BadInputError, "no such file"),
    "no finite number": (
        "name: x\nparameters: [{name: score_threshold, factor: inf, from: 2026-01}]", BadInputError, "is no finite",
    ),
    "a number of words": (
        "name: x\nparameters: [{name: score_threshold, factor: twice, from: 2026-01}]", BadInputError, "is no number",
    ),
    "too many places": (
        "name: x\nparameters: [{name: score_threshold, value: '9.12345678901', from: 2026-01}]",
        BadInputError, "write at most 9",
    ),
    "scores of another kind": ("name: x\nscores: scores.txt", BadInputError, "is not read"),
    "formulas of another kind": ("name: x\nformulas: formulas.txt", BadInputError, "end its name in .py"),
    "a parameter that is there": ("name: x\nnew_parameters: new.yaml", BadInputError, "is in the law already"),
    "a benefit of a programme that pays nothing": (
        "name: x\nprogramme: amo_tadamon\nbenefits: [{formula: eligible}]", LawError, "pays no amount",
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", REFUSED)
def test_what_does_not_hold_is_refused(small_register: Path, tmp_path: Path, fault: str) -> None:
    text, error, said = REFUSED[fault]
    (tmp_path / "scores.txt").write_text("x", encoding="utf-8")
    (tmp_path / "formulas.txt").write_text("x = 1", encoding="utf-8")
    (tmp_path / "new.yaml").write_text(
        "flat_aid_amount: {label: {fr: 'ا a', ar: 'ا', en: a}, unit: MAD, type: money, values:"
        " [{legal_from: 2023-12, value: 1, status: unknown, reference: none}]}",
        encoding="utf-8",
    )
    path = tmp_path / "scenario.yaml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(error, match=said):
        tried(path, small_register)


def test_an_empty_folder_may_be_written(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    check_folder(tmp_path / "out", "simulate")


def test_a_formula_from_a_month_on_ends_the_law_there(tmp_path: Path) -> None:
    (tmp_path / "reform.py").write_text(
        HEAD
        + textwrap.dedent(
            """
            from karama.foundation.months import Month
            late = formula(entity=Entity.PERSON, label=Label("a", "b", "c"), reference="a proposal", unit="centimes",
                           valid_from=Month(2024, 1), name="back_to_school_grant")
            @late
            def none(is_pupil):
                return when(is_pupil, 0)
            """
        ),
        encoding="utf-8",
    )
    (tmp_path / "scenario.yaml").write_text("name: none\nformulas: reform.py", encoding="utf-8")
    made = load_scenario(tmp_path / "scenario.yaml").applied_to(ASD)
    versions = [one for one in made.law.formulas if one.name == "back_to_school_grant"]
    assert [(str(one.valid_from), str(one.valid_until)) for one in versions] == [
        ("None", "2023-12"), ("2024-01", "None"),
    ]  # fmt: skip


def test_a_new_parameter_that_changes_later_is_told_as_new(tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(
        "widow_aid_amount: {label: {fr: aide, ar: إعانة, en: aid}, unit: MAD, type: money, values:"
        " [{legal_from: 2023-12, value: 100, status: unknown, reference: a proposal}]}",
        encoding="utf-8",
    )
    (tmp_path / "scenario.yaml").write_text(
        "name: widows\nnew_parameters: new.yaml\nparameters: [{name: widow_aid_amount, factor: 1.5, from: 2026-01}]",
        encoding="utf-8",
    )
    row = touched_frame([load_scenario(tmp_path / "scenario.yaml")]).row(0, named=True)
    assert (row["name"], row["old_en"], row["status"]) == ("widow_aid_amount", "—", "proposed")
    assert row["new_en"].startswith("150.00")
