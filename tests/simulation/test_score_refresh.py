"""A refresh of the scores: the law's own answer, and what softer rules would spare and cost."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine.evaluate import plan_of
from karama.law.engine.expressions import Entity
from karama.population import generate
from karama.simulation import score_refresh as room
from karama.simulation.score_refresh import (
    LAW,
    PROPOSAL,
    RefreshPreview,
    RefreshSettings,
    Smoothing,
    preview_refresh,
    refresh_settings,
    refresh_settings_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LIMIT = Decimal("9.743001")
NANO = Decimal("0.000000001")
SCORE = pl.Decimal(12, 9)
LEVELS = ("country", "region", "province", "commune", "milieu")


def paid(scores: Sequence[Decimal | None], monthly: int = 50_000) -> list[int]:
    """A law of one line: an amount at or under the threshold."""
    return [monthly if score is not None and score <= LIMIT else 0 for score in scores]


def homes(scores: Sequence[Decimal | None]) -> pl.DataFrame:
    """A register of households named by their number, alternately in two communes of two regions."""
    count = len(scores)
    commune = ["011510101" if row % 3 else "061810901" for row in range(count)]
    return pl.DataFrame(
        {
            "household_id": [f"H{row}" for row in range(count)],
            "region": [code[:2] for code in commune],
            "province": [code[:5] for code in commune],
            "commune": commune,
            "milieu": ["urban" if row % 2 else "rural" for row in range(count)],
            "size": [1 + row % 5 for row in range(count)],
            "score": pl.Series(scores, dtype=SCORE),
            "amount_centimes": paid(scores),
        },
    )


def scores_of(scores: Sequence[Decimal]) -> pl.DataFrame:
    """New scores of the households of `homes`."""
    names = pl.Series([f"H{row}" for row in range(len(scores))], dtype=pl.String)
    return pl.DataFrame({"household_id": names, "score": pl.Series(scores, dtype=SCORE)})


def law(asked: pl.DataFrame) -> pl.DataFrame:
    """What the one-line law gives at the scores asked."""
    return asked.select("household_id", amount_centimes=pl.Series(paid(asked["score"].to_list()), dtype=pl.Int64))


def previewed(
    old: Sequence[Decimal | None], new: Sequence[Decimal], *options: Smoothing, months: int = 12, share: float = 1
) -> RefreshPreview:
    settings = replace(refresh_settings(), options=options, months_to_next_refresh=months)
    return preview_refresh(homes(old), scores_of(new), law, threshold=LIMIT, share=share, settings=settings)


def option(preview: RefreshPreview, name: str) -> Mapping[str, Any]:
    return preview.options.row(by_predicate=pl.col("option") == name, named=True)


def country(preview: RefreshPreview) -> Mapping[str, Any]:
    return preview.territories.row(by_predicate=pl.col("level") == "country", named=True)


def near(*billionths: int) -> list[Decimal]:
    """Scores so far from the threshold."""
    return [LIMIT + NANO * one for one in billionths]


SHIFTS = st.lists(st.tuples(*(st.integers(-200_000_000, 200_000_000) for _ in range(2))), min_size=1, max_size=40)


def test_the_threshold_itself_still_gives_the_aid_and_a_billionth_more_does_not() -> None:
    found = previewed(near(0, 0, 1, 1), near(0, 1, 0, 1))
    assert found.movers.select("household_id", "status").rows() == [("H1", "leaves"), ("H2", "enters")]
    assert found.movers["distance"].to_list() == [NANO, Decimal(0)]
    row = country(found)
    assert [row[status] for status in ("stays", "leaves", "enters", "outside")] == [1, 1, 1, 1]
    assert (row["lost_centimes"], row["gained_centimes"]) == (50_000, 50_000)
    assert (row["persons_leaving"], row["persons_entering"]) == (2, 3)


def test_a_household_without_a_new_score_keeps_the_old_one_and_may_have_none() -> None:
    old = [*near(-5, 7), None]
    found = preview_refresh(homes(old), scores_of([]), law, threshold=LIMIT)
    assert found.movers.is_empty()
    assert country(found)["outside"] == 2
    assert found.distances["households"].sum() == 2
    assert found.options["leave"].to_list() == [0] * len(found.options)


def test_a_band_spares_who_is_just_above_and_the_aid_goes_on_until_the_next_refresh() -> None:
    new = near(50_000_000, 50_000_001, 2)
    found = previewed(near(0, 0, 1), new, Smoothing("band", band=Decimal("0.05")), months=6)
    assert option(found, LAW)["leave"] == 2
    row = option(found, "band")
    assert (row["leave"], row["spared"], row["persons_spared"], row["status"]) == (1, 1, 1, PROPOSAL)
    assert (row["kept_centimes"], row["notice_centimes"], row["cost_centimes"]) == (300_000, 0, 300_000)


def test_a_notice_spares_nobody_and_costs_its_months_but_no_more_than_until_the_next_refresh() -> None:
    found = previewed(near(0, 0), near(9, -9), Smoothing("three", notice_months=3), Smoothing("long", notice_months=99))
    row = option(found, "three")
    assert (row["leave"], row["spared"], row["warned"], row["cost_centimes"]) == (1, 0, 1, 150_000)
    assert option(found, "long")["cost_centimes"] == 12 * 50_000


def test_two_scores_spare_who_rises_above_for_the_first_time() -> None:
    """The second household is above already and still paid, by an earlier smoothing say; now it leaves."""
    register = homes(near(-1, 1)).with_columns(amount_centimes=pl.lit(40_000))
    settings = replace(refresh_settings(), options=(Smoothing("two", two_scores=True),))
    found = preview_refresh(register, scores_of(near(2, 2)), law, threshold=LIMIT, settings=settings)
    assert (option(found, LAW)["leave"], option(found, "two")["leave"]) == (2, 1)
    assert option(found, "two")["cost_centimes"] == 12 * 40_000


@given(SHIFTS)
def test_equal_scores_twice_give_the_law_its_own_answer_under_every_option(shifts: list[tuple[int, int]]) -> None:
    old = near(*(one for one, _ in shifts))
    found = previewed(old, old, Smoothing("two", two_scores=True), Smoothing("band", band=Decimal("0.1")))
    assert found.movers.is_empty()
    assert found.options.select("leave", "spared", "cost_centimes").unique().rows() == [(0, 0, 0)]


@given(SHIFTS)
def test_without_smoothing_an_option_is_the_law(shifts: list[tuple[int, int]]) -> None:
    old, new = (near(*column) for column in zip(*shifts, strict=True))
    found = previewed(old, new, Smoothing("nothing"))
    own, nothing = option(found, LAW), option(found, "nothing")
    assert {name: nothing[name] for name in own if name not in {"option", "status"}} == {
        name: own[name] for name in own if name not in {"option", "status"}
    }
    before, after = paid(old), paid(new)
    assert own["leave"] == sum(b > 0 and a == 0 for b, a in zip(before, after, strict=True))
    assert (own["spared"], own["cost_centimes"]) == (0, 0)
    row = country(found)
    assert row["gained_centimes"] - row["lost_centimes"] == sum(after) - sum(before)


@given(SHIFTS, st.lists(st.integers(0, 250_000_000), min_size=2, max_size=5))
def test_a_wider_band_never_makes_more_people_leave_and_never_costs_less(
    shifts: list[tuple[int, int]], widths: list[int]
) -> None:
    old, new = (near(*column) for column in zip(*shifts, strict=True))
    bands = [Smoothing(f"band-{place}", band=NANO * one) for place, one in enumerate(sorted(widths))]
    found = previewed(old, new, *bands, Smoothing("both", band=bands[0].band, two_scores=True)).options
    assert (found["leave"][:-1].diff().drop_nulls() <= 0).all()
    assert (found["cost_centimes"][:-1].diff().drop_nulls() >= 0).all()
    assert found["leave"][-1] <= found["leave"][1]
    assert (found["leave"] + found["spared"]).n_unique() == 1


@given(SHIFTS)
def test_territories_and_distances_add_up(shifts: list[tuple[int, int]]) -> None:
    old, new = (near(*column) for column in zip(*shifts, strict=True))
    found = previewed(old, new, Smoothing("band", band=Decimal("0.05"), notice_months=2))
    sums = found.territories.group_by("level").agg(pl.exclude("territory").sum())
    assert sums.drop("level").n_unique() == 1
    assert sorted(sums["level"]) == sorted(LEVELS)
    whole = country(found)
    by_status = dict(found.distances.group_by("status").agg(pl.col("households").sum()).rows())
    assert all(by_status.get(status, 0) == whole[status] for status in ("stays", "leaves", "enters", "outside"))
    for name in ("law", "band"):
        row = option(found, name)
        for level in LEVELS:
            own = found.by_territory.filter(pl.col("option") == name, pl.col("level") == level)
            assert [own[column].sum() for column in ("leave", "spared", "cost_centimes")] == [
                row["leave"],
                row["spared"],
                row["cost_centimes"],
            ]


def test_distances_part_at_their_edges() -> None:
    found = previewed(near(0, 0, 0, 0), near(10_000_000, 10_000_001, 0, -1_500_000_000)).distances
    rows = found.select("status", "side", "from", "to", "households").rows()
    edge = {name: Decimal(name).quantize(NANO) for name in ("0", "0.01", "0.05", "1")}
    assert rows == [
        ("leaves", "above", edge["0"], edge["0.01"], 1),
        ("leaves", "above", edge["0.01"], edge["0.05"], 1),
        ("stays", "at_or_under", edge["0"], edge["0.01"], 1),
        ("stays", "at_or_under", edge["1"], None, 1),
    ]


def test_an_exit_at_a_score_under_the_threshold_is_not_softened() -> None:
    """A law may look at the score in other ways; what it ends there is not for these rules to keep."""
    settings = replace(refresh_settings(), options=(Smoothing("all", Decimal(9), 3, two_scores=True),))
    nothing = pl.DataFrame({"household_id": ["H0"], "amount_centimes": [0]})
    found = preview_refresh(homes(near(-5)), scores_of(near(-4)), nothing, threshold=LIMIT, settings=settings)
    assert found.options["leave"].to_list() == [1, 1]
    assert found.options["cost_centimes"].to_list() == [0, 0]


def test_a_sample_stands_for_its_country_but_names_only_its_own_households() -> None:
    old, new = near(0, 0, 5), near(7, -7, -5)
    alone, grossed = (previewed(old, new, Smoothing("n", notice_months=2), share=share) for share in (1, 0.01))
    for name in ("leaves", "enters", "stays", "lost_centimes"):
        assert country(grossed)[name] == 100 * country(alone)[name]
    assert option(grossed, "n")["cost_centimes"] == 100 * option(alone, "n")["cost_centimes"]
    assert (option(grossed, "n")["notice_months"], option(grossed, "n")["months"]) == (2, 12)
    assert grossed.movers.equals(alone.movers)


def test_the_law_itself_decides_at_the_new_scores(tmp_path: Path) -> None:
    """The graph of the aid on a small register whose scores all rise by a twentieth; each household asked again."""
    generate(share=0.0005, seed=11, out=tmp_path, first_month=Month(2026, 2), months=1)
    folder = tmp_path / "2026-02"
    query = plan_of(programme_named("asd"), Month(2026, 2)).single_query(Entity.HOUSEHOLD, ["household_id", "amount"])

    def decided(households: pl.DataFrame) -> pl.DataFrame:
        with duckdb.connect() as connection:
            connection.register("households", households.to_arrow())
            connection.execute(f"CREATE VIEW persons AS FROM '{folder}/persons.parquet'")
            return connection.sql(query.sql("duckdb")).pl().rename({"amount": "amount_centimes"})

    register = pl.read_parquet(folder / "households.parquet")
    before = register.join(decided(register), on="household_id")
    risen = register.with_columns(score=(pl.col("score") + pl.lit(Decimal("0.05"), dtype=SCORE)).cast(SCORE))
    after = decided(risen)
    found = preview_refresh(before, risen.select("household_id", "score"), after, threshold=LIMIT)
    both = before.join(after, on="household_id", suffix="_after")
    leaving = both.filter((pl.col("amount_centimes") > 0) & (pl.col("amount_centimes_after") == 0))
    assert option(found, LAW)["leave"] == len(leaving) > 0
    assert country(found)["enters"] == 0
    assert country(found)["lost_centimes"] == leaving["amount_centimes"].sum()
    kept = option(found, "band-0.05")
    assert (kept["leave"], kept["spared"]) == (0, len(leaving))
    assert kept["cost_centimes"] == 12 * leaving["amount_centimes"].sum()
    by_call = preview_refresh(
        before,
        risen.select("household_id", "score"),
        lambda asked: decided(register.drop("score").join(asked, on="household_id")),
        threshold=LIMIT,
    )
    assert by_call.options.equals(found.options)


def refused(said: str, **changes: Any) -> None:  # noqa: ANN401 - frames and numbers
    given_ = {
        "register": homes(near(0, 1)),
        "refreshed": scores_of(near(1, 0)),
        "decided": law,
        "threshold": LIMIT,
        "share": 1,
        **changes,
    }
    with pytest.raises(BadInputError, match=said):
        preview_refresh(given_.pop("register"), given_.pop("refreshed"), given_.pop("decided"), **given_)


def test_bad_frames_are_told() -> None:
    register, refreshed = homes(near(0, 1)), scores_of(near(1, 0))
    refused("share 0 is not above 0", share=0)
    refused("register: column 'commune' is missing", register=register.drop("commune"))
    refused("refreshed: column 'score' is missing", refreshed=refreshed.drop("score"))
    refused("decided: column 'amount_centimes' is missing", decided=refreshed)
    refused("a floating number moves the threshold", refreshed=refreshed.cast({"score": pl.Float64}))
    refused("at most nine places", refreshed=refreshed.cast({"score": pl.Decimal(14, 10)}))
    refused("register: a household has two rows", register=pl.concat([register, register]))
    refused("refreshed: a household has two rows", refreshed=pl.concat([refreshed, refreshed]))
    refused("refreshed: household 'H2' is not in the register", refreshed=scores_of(near(1, 0, 0)))
    backwards = scores_of(near(1, 0)).reverse()
    refused("refreshed: a household has two rows", refreshed=pl.concat([backwards, backwards]))
    refused(
        "decided: a household has a row without a value", decided=register.select("household_id", amount_centimes=None)
    )
    refused(
        "refreshed: a household has a row without a value",
        refreshed=refreshed.with_columns(score=pl.lit(None, dtype=SCORE)),
    )
    refused("decided: household 'H2'", decided=pl.DataFrame({"household_id": ["H2"], "amount_centimes": [1]}))
    refused("an amount is missing or under 0", register=register.with_columns(amount_centimes=pl.lit(-1)))
    refused("an amount is missing or under 0", register=register.with_columns(amount_centimes=pl.lit(None, pl.Int64)))
    twice = RefreshSettings(12, (), (Smoothing("law"),))
    refused("or that of the law's own answer", settings=twice)


def test_the_order_of_rows_does_not_matter() -> None:
    old, new = near(0, 0, 5, 9), near(7, -7, -5, 3)
    expected = previewed(old, new)
    settings = replace(refresh_settings(), options=())
    shuffled = scores_of(new).sample(fraction=1, shuffle=True, seed=4)
    found = preview_refresh(
        homes(old).reverse(), shuffled, lambda asked: law(asked).reverse(), threshold=LIMIT, settings=settings
    )
    assert found.territories.equals(expected.territories)
    assert found.movers.sort("household_id").equals(expected.movers.sort("household_id"))


def test_bad_options_are_told() -> None:
    with pytest.raises(BadInputError, match="band or notice under 0"):
        Smoothing("odd", band=Decimal(-1))
    with pytest.raises(BadInputError, match="band or notice under 0"):
        Smoothing("odd", notice_months=-1)
    entries = yaml.safe_load(resources.files(room).joinpath("score_refresh.yaml").read_text(encoding="utf-8"))
    assert refresh_settings_of(entries) == refresh_settings()
    assert entries["options"]["status"] == PROPOSAL
    with pytest.raises(UnknownParameterError, match="an entry or one of its keys"):
        refresh_settings_of({**entries, "bands": entries["options"]})
    with pytest.raises(UnknownParameterError, match="no name or an unknown key"):
        refresh_settings_of({**entries, "options": {**entries["options"], "value": [{"name": "a", "bnd": 1}]}})


def test_a_whole_country_adds_up_at_the_size_of_a_province() -> None:
    """Fifty thousand households with scores drawn twice: counted again with arrays of whole billionths."""
    rng = np.random.default_rng(8)
    old, new = (rng.integers(9_300_000_000, 10_100_000_000, 50_000) for _ in range(2))
    limit = 9_743_001_000

    def decimals(scores: np.ndarray) -> list[Decimal]:
        return [Decimal(int(score)).scaleb(-9) for score in scores]

    found = previewed(decimals(old), decimals(new), Smoothing("band", band=Decimal("0.1")))
    leaves = (old <= limit) & (new > limit)
    assert option(found, LAW)["leave"] == leaves.sum()
    assert option(found, "band")["spared"] == (leaves & (new <= limit + 100_000_000)).sum()
    assert country(found)["enters"] == ((old > limit) & (new <= limit)).sum()
