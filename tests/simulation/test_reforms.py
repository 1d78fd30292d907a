"""Reforms on a register: the kinds of households against the whole law, what adds up, who gains, what is refused."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl
import pytest

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine.household_query import household_query
from karama.law.engine.totals import total_of, with_totals
from karama.simulation import ParameterChange, Scenario
from karama.simulation.living.report import BEFORE
from karama.simulation.reform import BASELINE, Comparison, Country, Decided, Moment, compare, solve
from tests.oracles.random_households import random_households
from tests.oracles.register_files import as_register

if TYPE_CHECKING:
    from pathlib import Path

ASD = programme_named("asd")
START = Month(2025, 1)
MONEY = [one.name for one in ASD.law.parameters if one.kind == "money"]
X = Label("x", "x", "x")
MONTHS = ["2025-09", "2025-12", "2026-03"]


def scenario(name: str = "reform", **values: float | str) -> Scenario:
    changes = tuple(ParameterChange(one, START, value=value) for one, value in values.items())
    return Scenario(name, X, changes=changes)


@pytest.fixture(scope="module")
def odd_register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three thousand households of the oracle, made to be awkward."""
    folder = tmp_path_factory.mktemp("odd")
    as_register(random_households(Random(5), 3000, "2025-12"), folder)
    return folder


@pytest.fixture(scope="module", params=["synthetic", "odd"])
def register(request: pytest.FixtureRequest, small_register: Path, odd_register: Path) -> Path:
    return small_register if request.param == "synthetic" else odd_register


def whole_law(register: Path, month: Month, parameters: dict[str, Any]) -> pl.DataFrame:
    """Every household decided by itself under changed values: the columns a country's outcome has."""
    programme = with_totals(scenario(**parameters).applied_to(ASD))
    names = ["eligible", "aid", "amount", *(total_of(one) for one in programme.benefits)]
    graph = programme.law.graph(month, names)
    binding = programme.law.bind(graph, month)
    with duckdb.connect() as connection:
        for table in ("households", "persons"):
            connection.read_parquet(str(register / f"{table}.parquet")).create_view(table)
        query = household_query(graph, binding, ["household_id", *names]).sql("duckdb")
        return pl.DataFrame(pl.from_arrow(connection.execute(query).to_arrow_table())).sort("household_id")


def of_country(country: Country, decided: Decided) -> pl.DataFrame:
    names = pl.DataFrame(pl.from_arrow(country.homes.read("household_id")))
    columns = ["eligible", "aid", "amount", *(total_of(one) for one in decided.programme.benefits)]
    return names.with_columns(**{
        name: pl.Series(decided.outcome.of_homes(name).tolist()) for name in columns
    }).sort("household_id")  # fmt: skip


def random_values(rng: Random) -> dict[str, Any]:
    """Other amounts, none among them, and perhaps another threshold."""
    values: dict[str, Any] = {name: rng.choice([0, 24, 100, "137.5", 300, 600]) for name in rng.sample(MONEY, 6)}
    if rng.random() < 0.7:
        values["score_threshold"] = rng.choice(["9.743001", "9.2", "9.743000999", "11.5", "0"])
    return values


@pytest.mark.parametrize("month", MONTHS)
def test_kinds_give_every_household_what_the_whole_law_gives_it(register: Path, month: str) -> None:
    asked = Month.parse(month)
    country = Country(register, asked)
    rng = Random(month)
    for values in ({}, *(random_values(rng) for _ in range(8))):
        decided = country.decide(scenario(**values)) if values else country.baseline()
        assert decided.by_kinds
        expected = whole_law(register, asked, values)
        found = of_country(country, decided)
        differing = [name for name in found.columns if not found[name].equals(expected[name].cast(found[name].dtype))]
        assert differing == [], values
    kinds = country.kinds(asked)
    assert kinds is not None
    assert kinds.count < country.homes.count


@pytest.mark.parametrize("month", MONTHS)
def test_another_law_is_decided_household_by_household(register: Path, month: str) -> None:
    asked = Month.parse(month)
    country = Country(register, asked)
    values = {"child_age_limit_years": 18, "rank_basis": "all_births", "flat_aid_amount": 300}
    decided = country.decide(scenario(**values))
    assert not decided.by_kinds
    expected = whole_law(register, asked, values)
    found = of_country(country, decided)
    for name in found.columns:
        assert found[name].equals(expected[name].cast(found[name].dtype)), name
    assert country.decide(scenario()).by_kinds


@pytest.fixture(scope="module")
def country(small_register: Path) -> Country:
    return Country(small_register, Month(2025, 12))


@pytest.fixture(scope="module")
def compared(country: Country) -> Comparison:
    reforms = [
        scenario("floor", family_floor_amount=600),
        scenario("threshold", score_threshold="9.5"),
        scenario("less", flat_aid_amount=400, family_floor_amount=550),
        scenario("younger", child_age_limit_years=18),
        scenario("same", family_floor_amount=500),
    ]
    return compare(country, reforms)


def test_a_scenario_equal_to_the_law_changes_nothing(compared: Comparison) -> None:
    same = compared.winners.filter(scenario="same")
    moved = ("winners", "losers", "entries", "exits", "gain_centimes", "loss_centimes")
    assert not any(same[one].sum() for one in moved)
    assert compared.movements.filter(scenario="same").is_empty()
    law, same = (compared.costs.filter(scenario=one).drop("scenario") for one in (BASELINE, "same"))
    assert law.equals(same)


@pytest.mark.parametrize("name", MONEY)
def test_raising_an_amount_lowers_nobodys(country: Country, name: str) -> None:
    known = country.law.law.parameters.get(name).at(country.month).value
    law = country.baseline().outcome.of_homes("amount")
    assert isinstance(known, int)
    for more in (1, 3700, 100_000):
        raised = country.decide_values({name: known + more}).outcome.of_homes("amount")
        assert (raised >= law).all()


def test_costs_add_up_over_benefits_groups_and_months(country: Country, compared: Comparison) -> None:
    summary = {row["scenario"]: row for row in compared.summary.iter_rows(named=True)}
    for (name, period), frame in compared.costs.group_by("scenario", "period"):
        assert summary[name][f"{period}_centimes"] == frame["amount_centimes"].sum()
    for (name, by), frame in compared.winners.group_by("scenario", "by"):
        change = summary[name]["month_change_centimes"]
        assert frame["gain_centimes"].sum() - frame["loss_centimes"].sum() == change, (name, by)
        assert frame["winners"].sum() == summary[name]["winners"]
        assert frame["losers"].sum() == summary[name]["losers"]
        assert frame["households"].sum() == round(country.homes.count * country.homes.weight)
        assert (frame["winners"] + frame["losers"] + frame["unchanged"] == frame["households"]).all()
    asked, grant, before = Month(2025, 12), Month(2025, 9), Month(2025, 10)
    parts = country.year()
    assert parts == {Moment(asked, asked): 2, Moment(grant, grant): 1, Moment(before, asked): 9}
    year = sum(country.baseline(moment).outcome.total("amount") * count for moment, count in parts.items())
    assert round(year * country.homes.weight) == summary[BASELINE]["year_centimes"]


def test_entries_and_exits_have_reasons(country: Country, compared: Comparison) -> None:
    found = compared.movements.filter(scenario="threshold")
    assert found["movement"].to_list() == ["exit"]
    assert found["reason"].to_list() == ["score_above_threshold"]
    before = country.baseline().outcome
    score = country.homes.read("score").column(0).to_numpy()
    over = np.array([one is not None and one > Decimal("9.5") for one in score]) & before.of_homes("eligible")
    assert found["families"].to_list() == [round(int(over.sum()) * country.homes.weight)]
    younger = compared.summary.filter(scenario="younger").row(0, named=True)
    assert younger["losers"] > 0
    assert younger["decided_by"] == "households"


def test_poverty_falls_when_aid_rises(compared: Comparison) -> None:
    assert compared.living is not None
    measures = compared.living.measures.filter(level="country")
    found = {
        measure: {row["aid"]: row["value"] for row in measures.filter(measure=measure).iter_rows(named=True)}
        for measure in ("gap", "mean_spending")
    }
    assert found["gap"]["floor"] <= found["gap"][BASELINE] <= found["gap"]["threshold"] < found["gap"][BEFORE]
    spending = found["mean_spending"]
    assert spending["floor"] > spending[BASELINE] > spending["threshold"] > spending[BEFORE]
    assert spending["same"] == spending[BASELINE]


def test_what_is_touched_is_told_with_its_article(compared: Comparison) -> None:
    rows = {row["name"]: row for row in compared.touched.filter(scenario="less").iter_rows(named=True)}
    assert rows["flat_aid_amount"]["old_en"].startswith("500.00")
    assert rows["flat_aid_amount"]["new_en"].startswith("400.00")
    assert rows["flat_aid_amount"]["status"] == "confirmed"
    assert "58-23" in rows["flat_aid_amount"]["reference"]


def test_a_floor_pays_for_itself_out_of_the_flat_aid(country: Country) -> None:
    found = solve(country, ["flat_aid_amount"], under=scenario(family_floor_amount=550))
    assert found.month_centimes <= found.budget_centimes < found.next_centimes
    chosen = found.values["flat_aid_amount"]

    def cost(flat: Decimal) -> int:
        decided = country.decide(scenario(flat_aid_amount=str(flat), family_floor_amount=550))
        return round(decided.outcome.total("amount") * country.homes.weight)

    assert (cost(chosen), cost(chosen + 1)) == (found.month_centimes, found.next_centimes)


def test_a_threshold_is_found_for_a_budget(country: Country) -> None:
    law = country.baseline().outcome.total("amount") * country.homes.weight
    found = solve(country, ["score_threshold"], month_budget=Decimal(round(law * 1.02)) / 100, step=Decimal("0.001"))
    assert found.month_centimes <= found.budget_centimes < found.next_centimes
    assert found.values["score_threshold"] > Decimal("9.743")


SOLVE_REFUSED: dict[str, tuple[list[str], dict[str, Any], type[Exception], str]] = {
    "an unknown name": (["flat_aid"], {}, UnknownParameterError, "did you mean"),
    "two types": (["flat_aid_amount", "score_threshold"], {}, BadInputError, "not both"),
    "no amount": (["children_limit"], {}, BadInputError, "of type integer"),
    "a budget nothing reaches": (
        ["birth_grant_second_amount"], {"month_budget": Decimal(10**12)}, BadInputError, "does not reach it",
    ),
    "a budget over which all lie": (
        ["birth_grant_second_amount"], {"month_budget": Decimal(1)}, BadInputError, "raise the budget",
    ),
    "no step": (["flat_aid_amount"], {"step": Decimal(0)}, BadInputError, "must be above 0"),
}  # fmt: skip


@pytest.mark.parametrize("fault", SOLVE_REFUSED)
def test_what_cannot_be_solved_is_refused(country: Country, fault: str) -> None:
    names, options, error, said = SOLVE_REFUSED[fault]
    with pytest.raises(error, match=said):
        solve(country, names, **options)


def test_scenarios_are_few_and_named_apart(country: Country) -> None:
    with pytest.raises(BadInputError, match="at most 5"):
        compare(country, [scenario(f"s{number}") for number in range(6)])
    with pytest.raises(BadInputError, match="'a' stands twice"):
        compare(country, [scenario("a"), scenario("a")])
    with pytest.raises(BadInputError, match="'law' stands twice"):
        compare(country, [scenario("law")])


# --------------------------------------------------------------------------------------------------- new scores
def with_scores(path: Path, text: str) -> Scenario:
    path.write_text(text, encoding="utf-8")
    return Scenario("scores", X, scores=path)


def test_new_scores_take_the_place_of_the_registers(country: Country, tmp_path: Path) -> None:
    homes = pl.DataFrame(pl.from_arrow(country.homes.read("household_id", "score")))
    names = homes.filter(pl.col("score").is_not_null())["household_id"][:40].to_list()
    scores = ["9.743001" if number % 2 else "9.743002" for number in range(40)]
    rows = "\n".join(f"{name},{score}" for name, score in zip(names, scores, strict=True))
    decided = country.decide(with_scores(tmp_path / "scores.csv", f"household_id,score\n{rows}\n"))
    row = {name: place for place, name in enumerate(homes["household_id"].to_list())}
    met = decided.outcome.of_homes("score_at_or_under_threshold")
    assert [bool(met[row[name]]) for name in names] == [score == "9.743001" for score in scores]
    others = np.ones(len(homes), bool)
    others[[row[name] for name in names]] = False
    law = country.baseline().outcome.of_homes("amount")
    assert (decided.outcome.of_homes("amount")[others] == law[others]).all()
    assert country.decide(scenario()).outcome.total("amount") == country.baseline().outcome.total("amount")


SCORES_REFUSED = {
    "no column": ("household_id,value\nH1,2\n", "column 'score' is missing"),
    "no score": ("household_id,score\nH1,high\n", "row 1: column 'score': 'high'"),
    "a negative score": ("household_id,score\nH1,-1\n", "'-1' of H1 is no score"),
    "a household twice": ("household_id,score\nH1,2\nH1,3\n", "row 2: household H1 stands twice"),
    "a stranger": ("household_id,score\nH1,2\n", "household H1 is not in the register"),
}


@pytest.mark.parametrize("fault", SCORES_REFUSED)
def test_scores_that_do_not_fit_are_refused(country: Country, tmp_path: Path, fault: str) -> None:
    text, said = SCORES_REFUSED[fault]
    with pytest.raises(BadInputError, match=said) as found:
        country.decide(with_scores(tmp_path / "scores.csv", text))
    assert str(tmp_path) in str(found.value)
    assert country.homes.count == len(country.homes.read("household_id"))


@pytest.mark.parametrize("table", ["households", "persons"])
def test_a_register_without_a_needed_column_is_refused(small_register: Path, tmp_path: Path, table: str) -> None:
    for name in ("households", "persons"):
        frame = pl.read_parquet(small_register / f"{name}.parquet")
        if name == table:
            frame = frame.drop("score" if table == "households" else "birth_date")
        frame.write_parquet(tmp_path / f"{name}.parquet")
    with pytest.raises(BadInputError, match=rf"{table}\.parquet: column '(score|birth_date)' is missing"):
        Country(tmp_path, Month(2025, 12))


def test_a_register_that_is_not_there_or_not_readable_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="holds neither"):
        Country(tmp_path, Month(2025, 12))
    (tmp_path / "households.parquet").write_bytes(b"no Parquet")
    with pytest.raises(BadInputError, match="not readable as Parquet"):
        Country(tmp_path, Month(2025, 12))


def test_the_year_of_a_reform_that_begins_in_it_differs_by_its_months_alone(country: Country) -> None:
    late = Scenario("late", X, changes=(ParameterChange("family_floor_amount", Month(2025, 12), value=600),))
    summary = compare(country, [late], living=False).summary.row(1, named=True)
    assert summary["year_change_centimes"] == summary["month_change_centimes"] > 0


def test_the_laws_own_year_does_not_hang_on_the_amounts_beside_it(country: Country) -> None:
    early = Scenario("early", X, changes=(ParameterChange("flat_aid_amount", Month(2025, 3), value=450),))
    law = compare(country, [early], living=False).summary.row(0, named=True)
    assert law["year_centimes"] == compare(country, [], living=False).summary["year_centimes"][0]
    assert law["scenario"] == BASELINE


def test_the_amounts_of_another_month_are_read_on_the_facts_of_the_one_asked(country: Country) -> None:
    asked, before = country.month, Month(2025, 10)
    parameters = country.law.law.parameters
    values = {one: parameters.get(one).at(before).value for one in [*MONEY, "score_threshold"]}
    told = country.decide_values(values).outcome
    found = country.baseline(Moment(before, asked)).outcome
    assert (told.of_homes("amount") == found.of_homes("amount")).all()
    assert found.total("amount") < country.baseline().outcome.total("amount")


def test_a_household_that_stands_twice_is_named(small_register: Path, tmp_path: Path) -> None:
    households = pl.read_parquet(small_register / "households.parquet")
    pl.concat([households, households[3:4]]).write_parquet(tmp_path / "households.parquet")
    (tmp_path / "persons.parquet").write_bytes((small_register / "persons.parquet").read_bytes())
    name = households["household_id"][3]
    with pytest.raises(BadInputError, match=f"row {len(households) + 1}: household {name} stands twice"):
        Country(tmp_path, Month(2025, 12))
