"""The sections of the budget note, each a heading with its table or picture, or the words that it was not computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.documents import Callout, Cards, Column, Heading, Paragraph, Table
from karama.foundation.months import Month
from karama.foundation.wording import month_name, number
from karama.population import FIGURE_UNITS, FIGURE_USES
from karama.simulation.notes import budget_words as told
from karama.simulation.notes import figures, words
from karama.simulation.notes.shapes import said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from karama.foundation.documents import Block
    from karama.foundation.languages import Language
    from karama.simulation.notes.shapes import ForecastTables

_YEAR = 12
_CARDS = 3
_MOST_BARS = 10
_MOST_WIDE_YEARS = 6
"""Fiscal years that stand side by side in full; more are set small, counts in thousands."""
_MOST_CASH_MONTHS = 12
_MOST_ASSUMPTIONS = 20
_LONGEST_VALUE = 20
_SPREAD = (5.0, 25.0, 50.0, 75.0, 95.0)


def essential(forecast: ForecastTables, language: Language) -> list[Block]:
    """The cost of the first full fiscal years beside their appropriations, as large figures."""
    years = totals_by_year(forecast.years)
    full = [row for row in years if row["months"] == _YEAR] or years
    cards = [(_with_unit(row["amount"], language), _beside(row, language)) for row in full[:_CARDS]]
    return [Cards(cards)] if cards else []


def _with_unit(centimes: int, language: Language) -> str:
    return f"{words.millions(centimes, language)}{words.NO_BREAK}{words.MILLION.get(language)}"


def _beside(year: Mapping[str, Any], language: Language) -> str:
    """The year of a cost, its appropriation and what is left of it or wanting."""
    left = _left(year)
    if left is None:
        return told.CARD_ALONE.get(language).format(_year_title(year, language))
    words_of = told.CARD_LEFT if left >= 0 else told.CARD_WANTING
    opened = words.millions(year["appropriation"], language)
    return words_of.get(language).format(year["fiscal_year"], opened, words.millions(abs(left), language))


def body(forecast: ForecastTables, language: Language) -> list[Block]:
    """All sections in their order."""
    return [
        *_years(forecast, language),
        *_caseload(forecast, language),
        *_fan(forecast, language),
        *_tornado(forecast, language),
        *_cash(forecast, language),
        *_backtest(forecast, language),
        *_assumptions(forecast, language),
        *_sources(forecast, language),
    ]


def totals_by_year(years: pl.DataFrame) -> list[dict[str, Any]]:
    """Fiscal year, months counted, amount and appropriation (None: unknown), in centimes."""
    grouped = years.group_by("fiscal_year").agg(
        pl.col("months").max(),
        pl.col("amount_centimes").sum().alias("amount"),
        pl.col("appropriation_centimes").max().alias("appropriation"),
    )
    return grouped.sort("fiscal_year").to_dicts()


def _years(forecast: ForecastTables, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["years"].get(language))
    years = totals_by_year(forecast.years)
    if not years:
        return [heading, _absent(language, "years")]
    labels = words.benefit_labels()
    found = {
        (row["benefit"], row["fiscal_year"]): row["amount_centimes"] for row in forecast.years.iter_rows(named=True)
    }
    present = list(dict.fromkeys(forecast.years["benefit"]))
    order = [name for name in labels if name in present] + [name for name in present if name not in labels]
    rows = [
        [
            words.word(labels, name, language),
            *(words.millions(found.get((name, year["fiscal_year"])), language) for year in years),
        ]
        for name in order
    ]
    total = len(rows)
    partial = any(year["months"] != _YEAR for year in years)
    of_year: dict[str, Callable[[Mapping[str, Any]], str]] = {
        "total": lambda year: words.millions(year["amount"], language),
        **({"months": lambda year: str(year["months"])} if partial else {}),
        "appropriation": lambda year: words.millions(year["appropriation"], language),
        "left": lambda year: words.signed_millions(_left(year), language),
        "used": lambda year: words.percent(_used(year), language),
    }
    rows += [[told.ROWS[name].get(language), *(say(year) for year in years)] for name, say in of_year.items()]
    columns = [
        Column(told.ROWS["benefit"].get(language), width=1),
        *(Column(str(year["fiscal_year"]), numeric=True) for year in years),
    ]
    blocks: list[Block] = [heading, Table(columns, rows, strong=[total], small=len(years) > _MOST_WIDE_YEARS)]
    if partial:
        blocks.append(Paragraph(told.PARTIAL.get(language), small=True))
    if any(year["appropriation"] is None for year in years):
        blocks.append(Paragraph(told.UNKNOWN_APPROPRIATION.get(language), small=True))
    return blocks


def _left(year: Mapping[str, Any]) -> int | None:
    """What the appropriation leaves; unknown for a year that is not whole."""
    if year["appropriation"] is None or year["months"] != _YEAR:
        return None
    left: int = year["appropriation"] - year["amount"]
    return left


def _used(year: Mapping[str, Any]) -> float | None:
    return None if _left(year) is None else year["amount"] / year["appropriation"]


def _year_title(year: Mapping[str, Any], language: Language) -> str:
    title = str(year["fiscal_year"])
    return title if year["months"] == _YEAR else f"{title} ({words.months_said(year['months'], language)})"


def _caseload(forecast: ForecastTables, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["caseload"].get(language))
    table = forecast.caseload
    if table.is_empty():
        return [heading, _absent(language, "caseload")]
    lasts = table.group_by(pl.col("month").str.head(4).alias("year")).agg(pl.col("month").max()).sort("year")["month"]
    found = {(row["category"], row["month"]): row["count"] for row in table.iter_rows(named=True)}
    found |= _in_the_year(table, {str(month)[:4]: month for month in lasts})
    present = list(dict.fromkeys(table["category"]))
    order = [name for name in words.CATEGORIES if name in present]
    order += [name for name in present if name not in words.CATEGORIES]
    tight = len(lasts) > _MOST_WIDE_YEARS
    rows = [
        [
            words.word(words.CATEGORIES, name, language),
            *(_count(found.get((name, month)), language, thousands=tight) for month in lasts),
        ]
        for name in order
    ]
    months = [Month.parse(month) for month in lasts]
    titles = [f"{one.month:02d}/{one.year}" if tight else month_name(one, language) for one in months]
    columns = [
        Column(told.ROWS["category"].get(language), width=1),
        *(Column(title, numeric=True) for title in titles),
    ]
    return [heading, Table(columns, rows, small=True, caption=told.THOUSANDS.get(language) if tight else "")]


def _in_the_year(table: pl.DataFrame, last_of: Mapping[str, str]) -> dict[tuple[str, str], int]:
    """What is counted once, a birth or a school year, is told for the whole year and not for its last month."""
    once = table.filter(pl.col("category").is_in(words.ONCE))
    sums = once.group_by("category", pl.col("month").str.head(4).alias("year")).agg(pl.col("count").sum())
    return {(category, last_of[year]): count for category, year, count in sums.iter_rows()}


def _count(value: float | None, language: Language, *, thousands: bool) -> str:
    """A count, or its thousands with a decimal where the columns are narrow."""
    if value is None:
        return words.ABSENT
    return number(value / 1_000, language, 1) if thousands else number(value, language)


def _fan(forecast: ForecastTables, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["fan"].get(language))
    if forecast.fan.is_empty():
        return [heading, _absent(language, "fan")]
    monthly = forecast.costs.group_by("month").agg(pl.col("amount_centimes").sum())
    central = {month: centimes / words.CENTIMES_IN_A_MILLION for month, centimes in monthly.sort("month").iter_rows()}
    blocks: list[Block] = [heading, figures.fan(forecast.fan, central, language)]
    if not forecast.fan_years.is_empty():
        blocks.append(_fan_years(forecast, language))
    return blocks


def _fan_years(forecast: ForecastTables, language: Language) -> Table:
    table = forecast.fan_years
    known = sorted(set(table["percentile"]))
    shown = [one for one in _SPREAD if one in known] or known
    years = totals_by_year(forecast.years)
    found = {(row["fiscal_year"], row["percentile"]): row["amount_centimes"] for row in table.iter_rows(named=True)}
    rows = [
        [
            _year_title(year, language),
            words.millions(year["amount"], language),
            *(words.millions(found.get((year["fiscal_year"], one)), language) for one in shown),
            words.millions(year["appropriation"], language),
        ]
        for year in years
    ]
    titles = [told.ROWS["central"].get(language), *(told.PERCENTILE.get(language).format(f"{one:g}") for one in shown)]
    titles.append(told.ROWS["appropriation"].get(language))
    first = Column(told.ROWS["year"].get(language), width=1)
    columns = [first, *(Column(title, numeric=True, width=1) for title in titles)]
    return Table(columns, rows, small=True, caption=told.TITLES["fan_years"].get(language))


def _tornado(forecast: ForecastTables, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["tornado"].get(language))
    table = forecast.tornado
    if table.is_empty():
        return [heading, _absent(language, "tornado")]
    central = int(forecast.costs["amount_centimes"].sum())
    rows = sorted(table.iter_rows(named=True), key=lambda row: -max(abs(side - central) for side in _costs(row)))
    bars = [
        figures.Bar(
            said(row, "label", language), side, (row[f"cost_{side}_centimes"] - central) / words.CENTIMES_IN_A_MILLION
        )
        for row in rows[:_MOST_BARS]
        for side in ("low", "high")
    ]
    colours = {side: (colour, told.SIDES[side].get(language)) for side, colour in figures.SIDES.items()}
    picture = figures.two_sided(
        bars,
        colours,
        unit=told.TORNADO_UNIT.get(language),
        alternative=told.TORNADO_ALTERNATIVE.get(language),
        language=language,
        say=lambda value: words.signed_millions(round(value * words.CENTIMES_IN_A_MILLION), language),
    )
    cells = [
        [
            said(row, "label", language),
            words.value_said(row["low"], language),
            words.value_said(row["high"], language),
            *(words.signed_millions(side - central, language) for side in _costs(row)),
        ]
        for row in rows[:_MOST_BARS]
    ]
    titles = (told.ROWS["low"], told.ROWS["high"], told.ROWS["cost_low"], told.ROWS["cost_high"])
    columns = [
        Column(told.ROWS["assumption"].get(language), width=1),
        *(Column(one.get(language), numeric=True) for one in titles),
    ]
    return [heading, picture, Table(columns, cells, small=True), *_others(len(rows) - _MOST_BARS, language)]


def _costs(row: Mapping[str, Any]) -> tuple[int, int]:
    return row["cost_low_centimes"], row["cost_high_centimes"]


def _cash(forecast: ForecastTables, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["cash"].get(language))
    table = forecast.cash.sort("month") if "month" in forecast.cash.columns else forecast.cash
    if table.is_empty():
        return [heading, _absent(language, "cash")]
    counted = [name for name in table.columns if name.endswith("_centimes") and (table[name] != 0).any()]
    rows = [
        [month_name(Month.parse(row["month"]), language), *(words.millions(row[name], language, 1) for name in counted)]
        for row in table.head(_MOST_CASH_MONTHS).iter_rows(named=True)
    ]
    columns = [
        Column(told.ROWS["month"].get(language), width=1),
        *(Column(words.word(words.CASH, name, language), numeric=True, width=1) for name in counted),
    ]
    shown: list[Block] = [heading, figures.cash(table, language), Table(columns, rows, small=True)]
    left = len(table) - _MOST_CASH_MONTHS
    if left > 0:
        shown.append(Paragraph(told.MORE_MONTHS.get(language).format(left), small=True))
    return shown


def _backtest(forecast: ForecastTables, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["backtest"].get(language))
    table = forecast.backtest
    if table.is_empty():
        return [heading, _absent(language, "backtest")]
    rows = [
        [
            words.metric(row["metric"], language),
            words.cited(row["date"], language),
            words.word(FIGURE_UNITS, row["unit"], language),
            words.figure_said(row["published"], language),
            words.figure_said(row["forecast"], language),
            words.signed_percent(row["relative_error"], language),
            words.word(FIGURE_USES, row["use"], language),
            words.cited(row["source"], language),
        ]
        for row in table.iter_rows(named=True)
    ]
    numeric = {"published", "forecast", "error"}
    wide = {"figure": 1.5, "source": 1}
    names = ("figure", "date", "unit", "published", "forecast", "error", "use", "source")
    columns = [Column(told.ROWS[name].get(language), name in numeric, wide.get(name, 0)) for name in names]
    return [heading, Paragraph(told.BACKTEST_READING.get(language), small=True), Table(columns, rows, small=True)]


def _assumptions(forecast: ForecastTables, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["assumptions"].get(language))
    table = forecast.assumptions
    if table.is_empty():
        return [heading, _absent(language, "assumptions")]
    everything = table.to_dicts()
    unsure = len([row for row in everything if row["status"] not in words.SURE])
    named = [row for row in everything if said(row, "label", language)]
    shown = sorted(named, key=lambda row: (row["status"] in words.SURE, row.get("low") is None))[:_MOST_ASSUMPTIONS]
    rows = [
        [
            said(row, "label", language),
            _short(words.value_said(row["value"], language), language),
            words.word(told.UNITS, row.get("unit") or "", language),
            words.word(words.STATUSES, row["status"], language),
            words.cited(said(row, "source", language), language),
        ]
        for row in shown
    ]
    titles = ("assumption", "value", "unit", "status", "source")
    wide = {"assumption": 1.5, "source": 1}
    columns = [Column(told.ROWS[one].get(language), one == "value", wide.get(one, 0)) for one in titles]
    reading = told.ASSUMPTIONS_READING.get(language).format(number(unsure, language), number(len(everything), language))
    return [
        heading,
        Callout(reading),
        Table(columns, rows, small=True),
        *_others(len(everything) - len(shown), language),
    ]


def _short(value: str, language: Language) -> str:
    """A value that is a whole table is left to the workbook."""
    return value if len(value) <= _LONGEST_VALUE else told.A_TABLE.get(language)


def _sources(forecast: ForecastTables, language: Language) -> list[Block]:
    """What was read, what computed it, and where the whole of it stands."""
    manifest = forecast.manifest
    versions = manifest.get("versions")
    tools = [f"{name} {version}" for name, version in versions.items()] if isinstance(versions, dict) else []
    used = ", ".join(tools) or words.ABSENT
    places = [row["source"] for row in forecast.backtest.iter_rows(named=True)]
    places += [said(row, "appropriation_source", language) for row in forecast.years.iter_rows(named=True)]
    places += [said(row, "source", language) for row in forecast.assumptions.iter_rows(named=True)]
    cited = list(dict.fromkeys(words.cited(place, language) for place in places if words.names_a_source(place)))
    blocks: list[Block] = [Heading(told.TITLES["sources"].get(language))]
    if cited:
        blocks.append(Paragraph(told.SOURCES.get(language).format(words.in_a_list(cited, language)), small=True))
    return [*blocks, Paragraph(told.MADE_WITH.get(language).format(used), small=True)]


def _others(count: int, language: Language) -> list[Block]:
    return [Paragraph(told.MORE_ROWS.get(language).format(count), small=True)] if count > 0 else []


def _absent(language: Language, section: str) -> Callout:
    return Callout(words.NOT_COMPUTED.get(language).format(told.WHY[section].get(language)).strip())
