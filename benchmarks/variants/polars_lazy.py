"""The amounts in Polars: one lazy query written by hand, run by the streaming engine.

Windows over millions of households are slow in Polars; ranks are therefore differences of row numbers after a sort.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from benchmarks.measuring import Stopwatch, peak_mb, report

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

FIRST, LAST = dt.date(2025, 11, 1), dt.date(2025, 11, 30)
CHILD_FROM, PRESCHOOL_FROM, GRANTS_FROM = dt.date(2004, 11, 1), dt.date(2019, 11, 1), dt.date(2023, 12, 1)
FIRST_RANKS, CHILDREN, FLOOR = 3, 6, 50_000
THRESHOLD = "9.743001"
KEY = "household_id"


def present() -> pl.Expr:
    """Born by the end of the month and not dead before it."""
    import polars as pl

    died = pl.col("death_date")
    return (pl.col("birth_date") <= LAST) & (died.is_null() | (died >= FIRST))


def children(persons: pl.LazyFrame) -> pl.LazyFrame:
    """The child aid of each household with children, before the floor."""
    import polars as pl

    under_six = pl.col("birth_date") > PRESCHOOL_FROM
    at_school = under_six | pl.col("enrolled")
    high = pl.when(~at_school).then(17_500).when(pl.col("father_deceased")).then(37_500).otherwise(25_000)
    low = pl.when(at_school).then(3_600).otherwise(2_400)
    extra = pl.when(pl.col("severe_disability")).then(10_000).otherwise(0)
    counted = persons.filter(
        pl.col("role").is_in(["child", "kafala_child", "ward"]) & present() & (pl.col("birth_date") > CHILD_FROM)
    ).select(KEY, "birth_date", "person_id", high=high, low=low, extra=extra)
    born = counted.sort(KEY, "birth_date").with_row_index("n")
    new_family = pl.col(KEY).ne_missing(pl.col(KEY).shift(1))
    new_day = new_family | pl.col("birth_date").ne_missing(pl.col("birth_date").shift(1))
    family_start, day_start = (pl.when(new).then(pl.col("n")).forward_fill() for new in (new_family, new_day))
    among_first = day_start - family_start < FIRST_RANKS
    placed = born.with_columns(gain=pl.when(among_first).then(pl.col("high") - pl.col("low")).otherwise(0))
    ranked = placed.sort(
        KEY, "birth_date", "gain", pl.col("low") + pl.col("extra"), "person_id",
        descending=[False, False, True, True, False],
    ).drop("n").with_row_index("n")  # fmt: skip
    rank = pl.col("n") - pl.when(new_family).then(pl.col("n")).forward_fill()
    due = pl.when(rank < FIRST_RANKS).then(pl.col("high") + pl.col("extra"))
    due = due.when(rank < CHILDREN).then(pl.col("low") + pl.col("extra")).otherwise(0)
    return ranked.select(KEY, due=due).group_by(KEY).agg(children=pl.col("due").sum())


def members(persons: pl.LazyFrame) -> pl.LazyFrame:
    """What the members present exclude."""
    import polars as pl

    income = pl.col("role").is_in(["head", "spouse"])
    return persons.filter(present()).group_by(KEY).agg(
        excluded=(
            ~pl.col("in_rnp")
            | income & (pl.col("receives_family_allowance") | pl.col("receives_state_pay") | pl.col("receives_pension"))
        ).any()
    )  # fmt: skip


def grants(persons: pl.LazyFrame) -> pl.LazyFrame:
    """The birth grants of the month."""
    import polars as pl

    claim, born = pl.col("birth_grant_claim_date"), pl.col("birth_date")
    claiming = persons.filter(claim.is_between(FIRST, LAST)).select(KEY).unique()
    order = pl.struct("birth_date", "person_id").rank("ordinal").over(KEY, "mother_id")
    births = (
        persons.filter((pl.col("role") == "child") & (born <= LAST))
        .join(claiming, on=KEY, how="semi")
        .with_columns(order=pl.coalesce("live_birth_order", order))
    )
    in_time = claim.is_between(FIRST, LAST) & (born >= GRANTS_FROM) & claim.is_between(born, born.dt.offset_by("6mo"))
    amount = pl.when(pl.col("order") == 1).then(200_000).when(pl.col("order") == 2).then(100_000).otherwise(0)  # noqa: PLR2004
    return births.filter(in_time).select(KEY, grant=amount).group_by(KEY).agg(grants=pl.col("grant").sum())


def query(register: Path) -> pl.LazyFrame:
    """All of it: household_id, eligible, amount in centimes."""
    import polars as pl

    households = pl.scan_parquet(register / "households.parquet")
    persons = pl.scan_parquet(register / "persons.parquet")
    known = pl.col("score").is_not_null() & (pl.col("score_effective_from").fill_null(FIRST) <= FIRST)
    score = pl.when(known).then(pl.col("score")).otherwise(pl.col("previous_score"))
    threshold = pl.lit(THRESHOLD).cast(pl.Decimal(12, 9))
    refused = ("other_family_allowance", "state_pay", "pension", "fonds_entraide_familiale", "excluded")
    eligible = (
        (pl.col("claim_month") <= FIRST) & (score <= threshold) & pl.col("resident") & ~pl.any_horizontal(*refused)
    ).fill_null(value=False)
    monthly = pl.max_horizontal(pl.col("children").fill_null(FLOOR), FLOOR) + pl.col("grants").fill_null(0)
    return (
        households.join(children(persons), on=KEY, how="left")
        .join(members(persons), on=KEY, how="left")
        .join(grants(persons), on=KEY, how="left")
        .select(KEY, eligible=eligible, amount=pl.when(eligible).then(monthly).otherwise(0).cast(pl.Int64))
    )


def measure(register: Path, out: Path | None, engine: str = "streaming") -> dict[str, Any]:
    """Seconds from files to a frame of amounts."""
    import polars as pl  # noqa: F401 - imported before the watch starts

    with Stopwatch() as watch:
        amounts = query(register).collect(engine=engine)
    peak = peak_mb()
    if out:
        amounts.sort(KEY).write_parquet(out)
    return {"seconds": watch.seconds, "peak_mb": peak, "engine": engine}


if __name__ == "__main__":
    report(measure)
