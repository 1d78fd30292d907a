"""A forecast beside every published figure that falls within its months."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import polars as pl

from karama.foundation.months import Month
from karama.population import published_figures
from karama.simulation.forecast.results import BACK_TEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.simulation.forecast.results import Forecast

CATEGORY_OF = {
    "child_aid_families": "families_child_aid",
    "flat_aid_families": "families_flat_aid",
    "families": "families",
    "children": "children",
    "persons": "persons",
    "persons_60_plus": "persons_60_and_over",
    "widows": "widows",
    "widows_with_children": "widows_with_children",
    "back_to_school_pupils": "pupils_with_grant",
    "rsu_households": "households",
    "rsu_persons": "persons_in_register",
}
"""Published figures and the categories of the caseload that count the same."""
KEPT = "back_test.csv"
"""The last back-test, written by ``python -m benchmarks.back_test`` and shown by the budget note."""
_MIDDLE = {"mid": 7}
_CENTIMES_IN_A_MILLION = 100_000_000
_MONTHS_A_YEAR = 12


def back_test(ahead: Forecast) -> pl.DataFrame:
    """Each published figure of the months forecast, with its relative error.

    A yearly budget is compared where all twelve months are there; the others in the month of their date.

    Returns:
        ``metric`` (a code of `karama.population.published_figures`), ``date``, ``unit``, ``published``, ``forecast``,
        ``relative_error`` (positive where the forecast is larger), ``use`` and ``source``.
    """
    counts = {(month, category): count for month, category, count in ahead.caseload.iter_rows()}
    rows = []
    for figure in published_figures().iter_rows(named=True):
        value = _forecast_of(figure, ahead, counts)
        if value is not None:
            error = value / figure["value"] - 1
            said = (figure["code"], figure["date"], figure["unit"], figure["value"], value, round(error, 4))
            rows.append((*said, figure["use"], figure["source"]))
    return pl.DataFrame(rows, schema=BACK_TEST, orient="row")


def _forecast_of(figure: Mapping[str, str], ahead: Forecast, counts: Mapping[tuple[str, str], int]) -> float | None:
    """The forecast's figure; None where the months or the category are not there."""
    code, date = figure["code"], figure["date"]
    if code == "budget":
        year = ahead.costs.filter(pl.col("month").str.head(4) == date)
        whole = year["month"].n_unique() == _MONTHS_A_YEAR
        return float(year["amount_centimes"].sum()) / _CENTIMES_IN_A_MILLION if whole else None
    month = _month_of(date)
    if month is None:
        return None
    if code == "back_to_school_families":
        paid = ahead.costs.filter(pl.col("month") == month, pl.col("benefit") == "back_to_school_grant")
        return float(paid["recipients"].sum()) if len(paid) else None
    if code == "back_to_school_rural_share":
        pupils, rural = (counts.get((month, name)) for name in ("pupils_with_grant", "rural_pupils_with_grant"))
        return round(100 * rural / pupils, 1) if pupils and rural is not None else None
    found = counts.get((month, CATEGORY_OF.get(code, "")))
    return None if found is None else float(found)


def _month_of(date: str) -> str | None:
    """The month of a published date; the middle of a year is its July; a whole year has none."""
    if date.startswith("mid-"):
        return str(Month(int(date.removeprefix("mid-")), _MIDDLE["mid"]))
    return date[:7] if len(date) > 4 else None  # noqa: PLR2004 - the digits of a year


@cache
def kept_back_test() -> pl.DataFrame:
    """The last back-test that was kept with the program."""
    file = resources.files("karama.simulation.forecast").joinpath(KEPT)
    if not file.is_file():
        return pl.DataFrame(schema=BACK_TEST)
    return pl.read_csv(file.read_bytes(), schema_overrides=BACK_TEST)
