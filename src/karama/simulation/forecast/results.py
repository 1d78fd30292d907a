"""A forecast as tables: caseload, costs, fiscal years against the appropriation, cash-flow calendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from karama.population import published_figures
from karama.simulation.forecast.wards import RELEASED

if TYPE_CHECKING:
    from karama.population.draws import Ints
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.run import Totals

_CENTIMES_IN_A_MILLION = 100_000_000
FAN = {"month": pl.String, "percentile": pl.Int32, "amount_centimes": pl.Int64}
FAN_YEARS = {"fiscal_year": pl.Int32, "percentile": pl.Int32, "amount_centimes": pl.Int64}
TORNADO = {
    "assumption": pl.String,
    "low": pl.Float64,
    "high": pl.Float64,
    "cost_low_centimes": pl.Int64,
    "cost_high_centimes": pl.Int64,
    "label": pl.String,
    "label_fr": pl.String,
    "label_ar": pl.String,
    "label_en": pl.String,
}
BACK_TEST = {
    "metric": pl.String,
    "date": pl.String,
    "unit": pl.String,
    "published": pl.Float64,
    "forecast": pl.Float64,
    "relative_error": pl.Float64,
    "use": pl.String,
    "source": pl.String,
}


@dataclass(frozen=True)
class Forecast:
    """The months to come of one programme on one register.  Money is whole centimes, a month is ``YYYY-MM``.

    - ``costs``: month, benefit, recipients (households, or children in establishments), amount_centimes
    - ``caseload``: month, category, count
    - ``years``: fiscal_year, months, benefit, amount_centimes, appropriation_centimes (of the whole year and all
      benefits; null where none is published), appropriation_source
    - ``cash``: month, legal_centimes, paid_centimes, arrears_centimes, carried_over_centimes, blocked_centimes,
      released_centimes, cash_out_centimes
    - ``fan``, ``fan_years``: percentiles of the amount, by month and by fiscal year; empty without draws
    - ``tornado``: assumption, low, high, cost_low_centimes, cost_high_centimes, label, of the whole period
    - ``backtest``: metric, date, unit, published, forecast, relative_error, use, source
    - ``assumptions``: name, value, unit, low, high, meaning, source, status, labels
    - ``manifest``: register, seed, share, synthetic, start, months, law, versions, seconds, peak memory, checks

    A register at share S stands for 1/S households each: counts and amounts are those of the whole country.
    """

    costs: pl.DataFrame
    caseload: pl.DataFrame
    years: pl.DataFrame
    cash: pl.DataFrame
    assumptions: pl.DataFrame
    manifest: dict[str, Any]
    fan: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAN))
    fan_years: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FAN_YEARS))
    tornado: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TORNADO))
    backtest: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=BACK_TEST))

    def tables(self) -> dict[str, pl.DataFrame]:
        """The tables by name, as they are written."""
        names = ("costs", "caseload", "years", "cash", "fan", "fan_years", "tornado", "backtest", "assumptions")
        return {name: getattr(self, name) for name in names}


def costs_of(totals: Totals, wards: pl.DataFrame, scale: float) -> pl.DataFrame:
    """Costs by month and benefit, those of children in establishments after the others."""
    rows = [
        (
            str(month),
            benefit,
            round(float(totals.recipients[benefit][turn, 0]) * scale),
            _whole(amounts[turn, 0], scale),
        )
        for turn, month in enumerate(totals.months)
        for benefit, amounts in totals.amounts.items()
    ]
    schema = {"month": pl.String, "benefit": pl.String, "recipients": pl.Int64, "amount_centimes": pl.Int64}
    of_wards = wards.filter(pl.col("benefit") != RELEASED).with_columns(
        (pl.col("recipients") * scale).round().cast(pl.Int64),
        (pl.col("amount_centimes") * scale).round().cast(pl.Int64),
    )
    both = pl.concat([pl.DataFrame(rows, schema=schema, orient="row"), of_wards])
    return both.sort("month", maintain_order=True)


def _whole(amount: Any, scale: float) -> int:  # noqa: ANN401 - a NumPy number
    return int(amount) if scale == 1 else round(float(amount) * scale)


def caseload_of(totals: Totals, wards: pl.DataFrame, scale: float) -> pl.DataFrame:
    """Counts by month and category."""
    children = {month: count for month, benefit, count, _ in wards.iter_rows() if benefit == "institution_aid"}
    rows = []
    for turn, month in enumerate(totals.months):
        rows += [
            (str(month), category, round(float(counts[turn, 0]) * scale)) for category, counts in totals.counts.items()
        ]
        if len(wards):
            rows.append((str(month), "institution_children", round(children.get(str(month), 0) * scale)))
    schema = {"month": pl.String, "category": pl.String, "count": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def years_of(costs: pl.DataFrame) -> pl.DataFrame:
    """Fiscal years, which are calendar years, with the published budget of each."""
    budgets = {
        int(date): (round(value * _CENTIMES_IN_A_MILLION), source)
        for date, value, source in published_figures()
        .filter(pl.col("code") == "budget")
        .select("date", "value", "source")
        .iter_rows()
    }
    years = (
        costs.with_columns(pl.col("month").str.head(4).cast(pl.Int32).alias("fiscal_year"))
        .group_by("fiscal_year", "benefit", maintain_order=True)
        .agg(pl.col("month").n_unique().cast(pl.Int32).alias("months"), pl.col("amount_centimes").sum())
    )
    known = pl.DataFrame(
        [(year, amount, source) for year, (amount, source) in budgets.items()],
        schema={"fiscal_year": pl.Int32, "appropriation_centimes": pl.Int64, "appropriation_source": pl.String},
        orient="row",
    )
    joined = years.join(known, on="fiscal_year", how="left", maintain_order="left")
    return joined.select(
        "fiscal_year", "months", "benefit", "amount_centimes", "appropriation_centimes", "appropriation_source"
    )


def cash_of(totals: Totals, costs: pl.DataFrame, wards: pl.DataFrame, rates: Rates, scale: float) -> pl.DataFrame:
    """What is due by law, what is paid, what the difference becomes, and what is blocked and released for children.

    The difference between the legal and the paid date is carried over; where ``arrears_paid`` says so, it is paid
    ``arrears_delay_months`` after the month in which both clocks agree again.
    """
    paid = costs.group_by("month", maintain_order=True).agg(pl.col("amount_centimes").sum())["amount_centimes"]
    blocked = _of_benefits(wards, totals, ("institution_aid", "institution_top_up"), scale)
    released = _of_benefits(wards, totals, (RELEASED,), scale)
    ours = np.sum([values[:, 0] for values in totals.amounts.values()], axis=0)
    gap = np.rint((totals.legal[:, 0] - ours) * scale).astype(np.int64)
    arrears, carried = _arrears(gap, rates)
    due = paid.to_numpy()
    return pl.DataFrame(
        {
            "month": [str(month) for month in totals.months],
            "legal_centimes": due + gap,
            "paid_centimes": due,
            "arrears_centimes": arrears,
            "carried_over_centimes": carried,
            "blocked_centimes": blocked,
            "released_centimes": released,
            "cash_out_centimes": due + arrears - blocked + released,
        }
    )


def _arrears(gap: Ints, rates: Rates) -> tuple[Ints, Ints]:
    """Differences paid back by month, and those not paid back yet."""
    paid = np.zeros(len(gap), np.int64)
    pays, delay = bool(rates.value("arrears_paid")), int(rates.number("arrears_delay_months"))
    waiting = 0
    for turn, difference in enumerate(gap):
        waiting += int(difference)
        agreed = turn + 1 == len(gap) or gap[turn + 1] == 0
        if pays and waiting and agreed and turn + 1 + delay < len(gap):
            paid[turn + 1 + delay] += waiting
            waiting = 0
    return paid, np.cumsum(gap) - np.cumsum(paid)


def _of_benefits(wards: pl.DataFrame, totals: Totals, names: tuple[str, ...], scale: float) -> Ints:
    chosen = wards.filter(pl.col("benefit").is_in(names)).group_by("month").agg(pl.col("amount_centimes").sum())
    by_month = dict(chosen.iter_rows())
    return np.array([round(by_month.get(str(month), 0) * scale) for month in totals.months], dtype=np.int64)
