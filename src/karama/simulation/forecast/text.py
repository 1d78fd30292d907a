"""A forecast in a few lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from karama.simulation.forecast.results import Forecast

_BILLION = 100_000_000_000
_SHOWN = ("families", "families_child_aid", "families_flat_aid", "children", "persons")


def as_text(forecast: Forecast) -> str:
    """Fiscal years by benefit in billions of MAD, and the caseload at the start of each and at the end."""
    manifest = forecast.manifest
    origin = "synthetic register" if manifest["synthetic"] else "register"
    share = f" at share {manifest['share']:g}, brought to the whole" if manifest["share"] != 1 else ""
    lines = [
        f"Forecast of {manifest['programme']} from {manifest['start']}: {manifest['months']} months, {origin}{share}"
    ]
    lines += ["", "Billions of MAD by fiscal year", *_years(forecast.years)]
    lines += ["", "Caseload, thousands", *_caseload(forecast.caseload)]
    if len(forecast.fan_years):
        lines += ["", "Billions of MAD by fiscal year, percentiles", *_fan(forecast.fan_years)]
    if len(forecast.tornado):
        lines += ["", "What moves the cost of the whole period most, billions of MAD", *_tornado(forecast.tornado)]
    return "\n".join(lines)


def _years(years: pl.DataFrame) -> list[str]:
    found = sorted(set(years["fiscal_year"]))
    benefits = list(dict.fromkeys(years["benefit"]))
    lines = [f"{'':<26}" + "".join(f"{year:>12}" for year in found)]
    amounts = {
        (year, name): amount
        for year, name, amount in years.select("fiscal_year", "benefit", "amount_centimes").iter_rows()
    }
    lines += [
        f"{name:<26}" + "".join(f"{amounts.get((year, name), 0) / _BILLION:>12.3f}" for year in found)
        for name in benefits
    ]
    total = {year: sum(amounts.get((year, name), 0) for name in benefits) for year in found}
    lines.append(f"{'total':<26}" + "".join(f"{total[year] / _BILLION:>12.3f}" for year in found))
    budget = dict(years.group_by("fiscal_year").agg(pl.col("appropriation_centimes").first()).iter_rows())
    lines.append(
        f"{'appropriation':<26}"
        + "".join(f"{budget[year] / _BILLION:>12.3f}" if budget[year] else f"{'-':>12}" for year in found)
    )
    months = dict(years.group_by("fiscal_year").agg(pl.col("months").max()).iter_rows())
    lines.append(f"{'months counted':<26}" + "".join(f"{months[year]:>12}" for year in found))
    return lines


def _caseload(caseload: pl.DataFrame) -> list[str]:
    months = sorted(set(caseload["month"]))
    shown = list(dict.fromkeys([months[0], *(month for month in months if month.endswith("-01")), months[-1]]))
    counts = {(month, name): count for month, name, count in caseload.iter_rows()}
    categories = [name for name in _SHOWN if (months[0], name) in counts]
    lines = [f"{'':<26}" + "".join(f"{month:>12}" for month in shown)]
    lines += [
        f"{name:<26}" + "".join(f"{counts[month, name] / 1000:>12,.1f}" for month in shown) for name in categories
    ]
    return lines


def _fan(fan: pl.DataFrame) -> list[str]:
    table = fan.pivot(on="fiscal_year", index="percentile", values="amount_centimes")
    lines = [f"{'':<26}" + "".join(f"{year:>12}" for year in table.columns[1:])]
    return lines + [
        f"{f'percentile {row[0]}':<26}" + "".join(f"{amount / _BILLION:>12.3f}" for amount in row[1:])
        for row in table.iter_rows()
    ]


def _tornado(tornado: pl.DataFrame) -> list[str]:
    lines = [f"{'':<34}{'at low':>12}{'at high':>12}"]
    for row in tornado.iter_rows(named=True):
        low, high = row["cost_low_centimes"] / _BILLION, row["cost_high_centimes"] / _BILLION
        lines.append(f"{row['label']:<34}{low:>12.3f}{high:>12.3f}")
    return lines
