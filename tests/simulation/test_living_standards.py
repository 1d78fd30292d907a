"""Living standards before and after aid: what the report says, counted again person by person."""

from __future__ import annotations

import dataclasses
import math
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
import yaml

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.months import Month
from karama.population import generate
from karama.simulation import living as room
from karama.simulation.living import (
    Living,
    LivingReport,
    ScoreModel,
    deciles,
    living_from_score,
    living_from_table,
    living_report,
    living_settings,
)
from karama.simulation.living.spending import settings_of
from karama.statistics import concentration_index, gini, lorenz_curve, poverty, quantile_groups, targeting

if TYPE_CHECKING:
    from pathlib import Path

SHARE = 0.1
LINES = {"urban": 5300, "rural": 4900}


def register(count: int = 4_000, seed: int = 5) -> pl.DataFrame:
    """Households in three regions, the poorer ones in the country and larger."""
    rng = np.random.default_rng(seed)
    urban = rng.random(count) < 0.45
    scores = np.rint(1e9 * (9.25 + 0.3 * urban + rng.normal(0, 0.42, count))).astype(np.int64)
    return pl.DataFrame(
        {
            "region": rng.choice(["01", "05", "12"], count),
            "milieu": np.where(urban, "urban", "rural"),
            "size": rng.integers(1, 10, count).astype(np.int32),
            "score": (pl.Series(scores).cast(pl.Decimal(22, 9)) / 1_000_000_000).cast(pl.Decimal(12, 9)),
            "aid": np.where(scores <= 9_743_001_000, 50_000 + 10_000 * rng.integers(0, 4, count), 0),
        }
    )


def value(frame: pl.DataFrame, column: str, **where: object) -> Any:  # noqa: ANN401 - text or a number
    """The one figure of the rows that hold these values."""
    return frame.filter(*(pl.col(name) == wanted for name, wanted in where.items()))[column].item()


def line_of(living: Living) -> np.ndarray:
    return living.line[living.stratum]


@pytest.fixture(scope="module", params=[1, SHARE], ids=["whole", "sample"])
def share(request: pytest.FixtureRequest) -> float:
    return float(request.param)


@pytest.fixture(scope="module")
def living(share: float) -> Living:
    return living_from_score(register(), share=share)


@pytest.fixture(scope="module")
def report(living: Living) -> LivingReport:
    homes = register()
    return living_report(living, {"law": homes["aid"], "nothing": homes["aid"] * 0, "more": homes["aid"] + 10_000})


def test_the_country_has_the_published_mean_and_gini_index(report: LivingReport) -> None:
    country = {"aid": "none", "level": "country"}
    assert value(report.measures, "value", measure="gini", **country) == pytest.approx(0.405, abs=5e-5)
    assert value(report.measures, "value", measure="mean_spending", **country) == pytest.approx(
        83_713 / 3.9707, rel=1e-4
    )


def test_spending_rises_with_the_score_whatever_is_solved(living: Living) -> None:
    scores = register()["score"].cast(pl.Float64).to_numpy()
    own = living.spending[: len(scores)]
    assert (np.diff(own[np.argsort(scores)]) >= 0).all()
    assert living.model is not None
    assert own == pytest.approx(np.exp(living.model.level + living.model.dispersion * scores))


def test_each_registered_household_stands_for_those_of_its_score_and_size_outside(living: Living, share: float) -> None:
    """At a score of 9.8 or less and four members the chances are those of the assumptions; nobody outside is aided."""
    homes = register()
    registered = homes["size"].sum() / share
    assert living.persons[: len(homes)].sum() == pytest.approx(registered)
    points = [[9.0, 9.6, 9.75, 9.8, 10.0, 10.5], [0.995, 0.99, 0.985, 0.36, 0.12, 0.015]]
    chance = np.interp(homes["score"].cast(pl.Float64), *points)
    factor = np.array([0.95, 0.85, 1, 1, 1, 0.85, 0.61, 0.41])[np.minimum(homes["size"], 8) - 1]
    assert living.persons.sum() == pytest.approx((homes["size"].to_numpy() / share / (chance * factor)).sum())
    assert living.aid_per_person("law", homes["aid"])[len(homes) :].sum() == 0


def test_measures_are_those_of_every_person_counted(report: LivingReport, living: Living) -> None:
    for name, monthly in (("none", register()["aid"] * 0), ("law", register()["aid"])):
        spending = living.spending + living.aid_per_person(name, monthly)
        for level, territory, inside in (
            ("country", "", living.stratum >= 0),
            ("milieu", "rural", living.stratum % 2 == 0),
            ("region", "05", living.stratum // 2 == 1),
        ):
            where = {"aid": name, "level": level, "territory": territory}
            found = poverty(spending[inside], line_of(living)[inside], living.persons[inside])
            for measure in ("headcount", "gap", "severity"):
                assert value(report.measures, "value", measure=measure, **where) == pytest.approx(
                    getattr(found, measure), rel=1e-9
                )
            assert value(report.totals, "poor", **where) == pytest.approx(found.poor)
            assert value(report.totals, "gap_mad", **where) == pytest.approx(found.gap_total)
            assert value(report.measures, "value", measure="gini", **where) == pytest.approx(
                gini(spending[inside], living.persons[inside]), abs=1e-6
            )


def test_targeting_is_that_of_every_person_counted(report: LivingReport, living: Living) -> None:
    aid = living.aid_per_person("law", register()["aid"])
    poorest = quantile_groups(np.floor(living.spending), living.persons, 100) <= 20
    for target, chosen in (("poor", living.spending < line_of(living)), ("poorest_20", poorest)):
        expected = dataclasses.asdict(targeting(chosen, aid, living.persons))
        for name, figure in expected.items():
            tolerance = 1e-9 if target == "poor" else 2e-3
            assert value(report.targeting, name, aid="law", target=target) == pytest.approx(figure, abs=tolerance)
    index = concentration_index(aid, living.spending, living.persons)
    assert report.targeting["concentration_index"][0] == pytest.approx(index, abs=1e-5)


def test_curves_are_those_of_every_person_counted(report: LivingReport, living: Living) -> None:
    for name, added in (("none", 0), ("law", living.aid_per_person("law", register()["aid"]))):
        curve = report.curves.filter(pl.col("aid") == name, pl.col("curve") == "lorenz")
        expected = lorenz_curve(living.spending + added, living.persons)
        assert curve["held"].to_numpy() == pytest.approx(expected.held, abs=1e-5)
    concentration = report.curves.filter(pl.col("aid") == "law", pl.col("curve") == "concentration")
    assert (concentration["held"][1:-1] > concentration["population"][1:-1]).all()


def test_an_aid_of_nothing_changes_nothing(report: LivingReport) -> None:
    rows = report.measures.filter(pl.col("aid") == "nothing")
    before = report.measures.filter(pl.col("aid") == "none")
    assert rows["value"].to_list() == before["value"].to_list()
    assert rows["change"].drop_nulls().unique().to_list() == [0]
    assert value(report.targeting, "cost_of_gap_closed", aid="nothing", target="poor") is None


def test_more_aid_is_never_more_poverty(report: LivingReport) -> None:
    wide = report.measures.filter(pl.col("measure").is_in(["headcount", "gap", "severity"])).pivot(
        "aid", index=["level", "territory", "measure"], values="value"
    )
    assert (wide["none"] >= wide["law"]).all()
    assert (wide["law"] >= wide["more"]).all()
    assert wide.filter(pl.col("measure") == "gap").select((pl.col("law") > pl.col("more")).any()).item()


def test_amounts_are_twelve_times_the_month_and_add_up_over_territories_and_deciles(
    report: LivingReport, share: float
) -> None:
    year = register()["aid"].sum() * 12 / 100 / share
    for level in ("country", "milieu", "region"):
        rows = report.totals.filter(pl.col("aid") == "law", pl.col("level") == level)
        assert rows["aid_mad"].sum() == pytest.approx(year)
        assert rows["persons"].sum() == pytest.approx(value(report.totals, "persons", aid="law", level="country"))
    deciles = report.incidence.filter(pl.col("aid") == "law")
    assert deciles["aid_mad"].sum() == pytest.approx(year)
    assert deciles["aid_share"].sum() == pytest.approx(1)
    assert deciles["decile"].to_list() == list(range(1, 11))
    share_of_decile = deciles["persons"] / deciles["persons"].sum()
    assert share_of_decile.to_numpy() == pytest.approx(np.full(10, 0.1), abs=0.01)
    assert (deciles["spending_from"][1:] > deciles["spending_to"][:-1]).all()
    assert value(report.targeting, "cost_mad", aid="law", target="poor") == pytest.approx(year)


def test_a_dirham_of_gap_costs_what_the_aid_costs_over_what_it_closes(report: LivingReport) -> None:
    closed = value(report.totals, "gap_mad", aid="none", level="country") - value(
        report.totals, "gap_mad", aid="law", level="country"
    )
    year = value(report.totals, "aid_mad", aid="law", level="country")
    assert value(report.targeting, "cost_of_gap_closed", aid="law", target="poor") == pytest.approx(year / closed)


def test_only_a_sample_has_errors_and_a_change_has_less_than_a_level(report: LivingReport, share: float) -> None:
    if share == 1:
        assert report.measures["standard_error"].unique().to_list() == [0]
        assert report.measures["change_standard_error"].drop_nulls().unique().to_list() == [0]
        assert report.targeting["coverage_standard_error"].unique().to_list() == [0]
        return
    assert (report.measures["standard_error"] > 0).all()
    where = {"aid": "law", "level": "country", "measure": "mean_spending"}
    error = value(report.measures, "standard_error", **where)
    assert value(report.measures, "change_standard_error", **where) < error / 10


def test_errors_are_the_spread_over_repeated_registers() -> None:
    """A country of 6,000 registered households is drawn again and again; its people outside come with it."""
    whole, rng = register(6_000), np.random.default_rng(3)
    model = living_from_score(whole, share=1).model
    assert model is not None
    model = ScoreModel(model.level - 0.6, model.dispersion)  # poorer, so that poverty is no rare thing
    found: list[dict[str, float]] = []
    errors: list[dict[str, float]] = []
    strata = whole.with_row_index().partition_by("region", "milieu")
    for _ in range(250):
        rows = np.concatenate([rng.permutation(one["index"])[: round(0.2 * len(one))] for one in strata])
        drawn = whole[rows]
        report = living_report(living_from_score(drawn, share=0.2, model=model), {"law": drawn["aid"]})
        measures = report.measures
        country = measures.filter(pl.col("aid") == "law", pl.col("level") == "country")
        found.append(dict(zip(country["measure"], country["value"], strict=True)))
        errors.append(dict(zip(country["measure"], country["standard_error"], strict=True)))
        found[-1]["change"] = value(country, "change", measure="headcount")
        errors[-1]["change"] = value(country, "change_standard_error", measure="headcount")
        for figure in ("coverage", "leakage", "amount_share"):
            found[-1][figure] = value(report.targeting, figure, target="poor")
            errors[-1][figure] = value(report.targeting, f"{figure}_standard_error", target="poor")
    for measure in found[0]:
        spread = np.std([one[measure] for one in found])
        assert np.mean([one[measure] for one in errors]) == pytest.approx(spread, rel=0.2), measure


def test_the_decile_of_a_household_is_that_of_its_persons_in_the_country(living: Living) -> None:
    homes = register()
    found = deciles(living)
    expected = quantile_groups(np.floor(living.spending), living.persons, 10)[: len(homes)]
    assert (found.to_numpy() != expected).mean() < 0.005
    by_score = homes.with_columns(decile=found).sort("score")["decile"]
    assert (by_score.diff().drop_nulls() >= 0).all()
    assert (by_score.min(), by_score.max()) == (1, 10)


def test_a_household_left_out_has_no_decile() -> None:
    homes = register(100).with_columns(score=pl.when(pl.int_range(100) == 7).then(None).otherwise(pl.col("score")))
    found = deciles(living_from_score(homes, share=1))
    assert found.is_null().arg_true().to_list() == [7]


def test_a_register_taken_for_the_country_spreads_its_people_wider() -> None:
    alone = dataclasses.replace(living_settings(), absent_households=False)
    living = living_from_score(register(), share=1, settings=alone)
    other = living_from_score(register(), share=1)
    assert len(living.spending) == len(register())
    assert gini(living.spending, living.persons) == pytest.approx(0.405, abs=5e-5)
    assert living.model is not None
    assert other.model is not None
    assert living.model.dispersion > other.model.dispersion


def test_numbers_in_the_settings_are_kept_instead_of_solved() -> None:
    fixed = dataclasses.replace(living_settings(), level=0.25, dispersion=1.0, prices=2)
    living = living_from_score(register(), share=1, settings=fixed)
    assert living.model == ScoreModel(0.25, 1.0)
    assert living.line[:2].tolist() == [2 * LINES["rural"], 2 * LINES["urban"]]
    dearer = living_from_score(register(), share=1, settings=dataclasses.replace(living_settings(), prices=2))
    assert gini(dearer.spending, dearer.persons) == pytest.approx(0.405, abs=5e-5)
    assert np.average(dearer.spending, weights=dearer.persons) == pytest.approx(2 * 83_713 / 3.9707, rel=1e-4)


def test_households_without_a_score_are_left_out_and_counted() -> None:
    homes = register()
    gone = homes.with_columns(score=pl.when(pl.int_range(pl.len()) % 4 == 0).then(None).otherwise(pl.col("score")))
    living = living_from_score(gone, share=1)
    assert living.left_out == 1_000
    kept = gone.filter(pl.col("score").is_not_null())
    assert living_report(living, {"law": gone["aid"]}).measures.equals(
        living_report(living_from_score(kept, share=1), {"law": kept["aid"]}).measures
    )


def test_the_synthetic_country_is_measured_on_its_own_table(tmp_path: Path) -> None:
    month = Month(2026, 2)
    generate(share=0.001, seed=3, out=tmp_path, first_month=month, months=1)
    folder = tmp_path / str(month)
    homes = pl.read_parquet(folder / "households.parquet")
    table = pl.read_parquet(folder / "living_standards.parquet")
    living = living_from_table(homes, table, share=0.001)
    aid = pl.Series([30_000] * len(homes))
    report = living_report(living, {"all": aid})
    each = table["spending_mad_per_year"] / table["size"]
    line = table["milieu"].cast(pl.String).replace_strict(LINES)
    expected = poverty(each, line, table["size"])
    where = {"aid": "none", "level": "country"}
    assert value(report.measures, "value", measure="headcount", **where) == pytest.approx(expected.headcount)
    assert value(report.measures, "value", measure="gini", **where) == pytest.approx(
        gini(each, table["size"]), abs=1e-6
    )
    assert value(report.totals, "persons", **where) == pytest.approx(table["size"].sum() * 1000)
    assert value(report.totals, "aid_mad", aid="all", level="country") == pytest.approx(len(homes) * 3600 * 1000)
    paid = report.targeting.filter(pl.col("target") == "poor")
    registered = table.filter(pl.col("household_id").is_in(homes["household_id"].implode()))
    assert paid["recipients_share"].item() == pytest.approx(registered["size"].sum() / table["size"].sum())
    assert (report.model, report.left_out) == (None, 0)
    later = pl.concat([homes.select("household_id"), pl.DataFrame({"household_id": ["of next month"]})])
    assert living_from_table(later, table, share=0.001).left_out == 1


@pytest.mark.parametrize(
    ("changes", "share", "said"),
    [
        ({"drop": "score"}, 1, "column 'score' is missing"),
        ({"milieu": "town"}, 1, "another milieu than urban or rural"),
        ({"region": None}, 1, "a household has none"),
        ({"size": None}, 0, "share 0 is not above 0"),
        ({"score": 9}, 1, "no two households differ"),
    ],
)
def test_a_register_that_cannot_be_measured_is_told(changes: dict[str, Any], share: float, said: str) -> None:
    homes = register(50)
    for column, content in changes.items():
        if column == "drop":
            homes = homes.drop(content)
        elif content is not None or column == "region":
            homes = homes.with_columns(pl.lit(content).cast(homes.schema[column]).alias(column))
    with pytest.raises(BadInputError, match=said):
        living_from_score(homes, share=share)


@pytest.mark.parametrize(
    ("aids", "said"),
    [
        ({}, "give at least one"),
        ({"none": [0] * 50}, "none named 'none'"),
        ({"law": [0] * 49}, r"law: \(49,\) amounts for 50 households"),
        ({"law": [None] * 50}, "give one for each, not null"),
        ({"law": [-1] * 50}, "an amount of -1 centimes is under 0"),
    ],
)
def test_amounts_that_are_none_are_told(aids: dict[str, list[int]], said: str) -> None:
    living = living_from_score(register(50), share=1)
    with pytest.raises(BadInputError, match=said):
        living_report(living, aids)


def test_every_parameter_says_what_it_means_where_it_comes_from_and_how_sure_it_is() -> None:
    entries = yaml.safe_load(resources.files(room).joinpath("living.yaml").read_text(encoding="utf-8"))
    assert settings_of(entries) == living_settings()
    assert {entry["status"] for entry in entries.values()} == {"published", "census", "assumption"}
    with pytest.raises(UnknownParameterError, match="'prices' is missing or unknown"):
        settings_of({name: entry for name, entry in entries.items() if name != "prices"})
    with pytest.raises(UnknownParameterError, match="'prices' has not exactly the keys"):
        settings_of({**entries, "prices": {"value": 1}})


def test_a_territory_of_nobody_has_no_rate() -> None:
    homes = register(60).with_columns(milieu=pl.lit("rural"))
    report = living_report(living_from_score(homes, share=1), {"law": homes["aid"]})
    where = {"aid": "law", "level": "milieu", "territory": "urban"}
    assert value(report.measures, "value", measure="headcount", **where) is None
    assert value(report.totals, "persons", **where) == 0
    assert not math.isnan(value(report.measures, "value", aid="law", level="country", measure="gini"))
