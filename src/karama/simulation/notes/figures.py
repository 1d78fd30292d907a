"""The pictures of the notes: fan, tornado, cash and winners, each of a table that is on the page or in the workbook."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from karama.foundation.charts.drawing import BLUE, INK, OCHRE, ROSE, TEAL, draw, know_fonts, named_rows
from karama.foundation.documents import FONT, FONTS, Figure
from karama.foundation.languages import Label
from karama.foundation.months import Month
from karama.foundation.wording import month_name, number, short_month
from karama.simulation.notes.words import CASH, CENTIMES_IN_A_MILLION, MILLION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import polars as pl

    from karama.foundation.charts.drawing import Chart
    from karama.foundation.languages import Language

_WIDTH = 640
_MEDIAN = 50
_BANDS = ("#cfe3df", "#93c2ba", "#4f9a90")
"""From the widest band to the narrowest."""
_EVERY_MONTH, _EVERY_QUARTER = 13, 36
_QUARTER = 3
_TENS = 10
_ROOM = 0.14
"""Of the whole width of the bars, for the words at their ends."""
_PAID, _DUE, _ARREARS = TEAL, INK, OCHRE
_CENTRAL = Label("trajectoire centrale", "المسار المركزي", "central path")
_MEDIAN_WORD = Label("médiane des tirages", "وسيط السحوبات", "median of the draws")
_BAND = Label("{0} % des tirages", "{0}% من السحوبات", "{0}% of the draws")


@dataclass(frozen=True)
class Bar:
    """A bar of a picture with two sides: its name, its side (a key of the colours) and its length from zero."""

    name: str
    side: str
    value: float


def fan(table: pl.DataFrame, central: Mapping[str, float], language: Language) -> Figure:
    """Bands of the draws around their median, with the central path, by month in million MAD.

    Args:
        table: month, percentile, amount_centimes.
        central: million MAD of each month on the central path.
        language: of the words and of the direction.
    """
    by_percentile = _by_percentile(table)
    pairs = [(low, 100 - low) for low in sorted(by_percentile) if low < _MEDIAN and 100 - low in by_percentile]
    bands, colours = [], _spread(_BANDS, len(pairs))
    for place, (low, high) in enumerate(pairs):
        for month, least in by_percentile[low].items():
            bands.append({"month": month, "low": least, "high": by_percentile[high][month], "band": str(place)})
    months = sorted({row["month"] for row in table.iter_rows(named=True)})
    lines = [{"month": month, "value": value} for month, value in by_percentile.get(_MEDIAN, {}).items()]
    path = [{"month": month, "value": value} for month, value in central.items() if month in set(months)]
    x, y = _months(months, language), _amount("value", language)
    band_colour = alt.Color(
        "band:N", legend=None, scale=alt.Scale(domain=[*map(str, range(len(pairs)))], range=colours)
    )
    chart = alt.layer(
        named_rows("bands").mark_area().encode(x=x, y=_amount("low", language), y2="high:Q", color=band_colour),
        named_rows("median").mark_line(color=TEAL, strokeWidth=2).encode(x=x, y=y),
        named_rows("central").mark_line(color=ROSE, strokeWidth=1.5, strokeDash=[4, 3]).encode(x=x, y=y),
    ).properties(width=_WIDTH, height=190)
    legend = [
        (colour, _BAND.get(language).format(number(high - low, language)))
        for colour, (low, high) in zip(colours, pairs, strict=True)
    ]
    legend += [(TEAL, _MEDIAN_WORD.get(language))] if lines else []
    legend += [(ROSE, _CENTRAL.get(language))] if path else []
    svg = _drawn(chart, {"bands": bands, "median": lines, "central": path}, language)
    return Figure(svg, _alternative(_FAN, months, language), legend)


def cash(table: pl.DataFrame, language: Language) -> Figure:
    """What is paid for each month, arrears above it, and what is due by law, in million MAD."""
    rows = table.to_dicts()
    bars = []
    for row in rows:
        arrears = row.get("arrears_centimes") or 0
        bars += [
            {"month": row["month"], "part": "paid", "order": 0, "value": _in_millions(row["paid_centimes"])},
            {"month": row["month"], "part": "arrears", "order": 1, "value": _in_millions(arrears)},
        ]
    due = [{"month": row["month"], "value": _in_millions(row["legal_centimes"])} for row in rows]
    months = [row["month"] for row in rows]
    x = _months(months, language)
    colour = alt.Color("part:N", legend=None, scale=alt.Scale(domain=["paid", "arrears"], range=[_PAID, _ARREARS]))
    drawn = (
        named_rows("bars")
        .mark_bar(width={"band": 0.7})
        .encode(x=x, y=_amount("value", language, zero=True), color=colour, order="order:Q")
    )
    line = named_rows("due").mark_line(color=_DUE, strokeWidth=1.4, interpolate="step").encode(x=x, y="value:Q")
    chart = alt.layer(drawn, line).properties(width=_WIDTH, height=130)
    legend = [
        (_PAID, CASH["paid_centimes"].get(language)),
        *(
            [(_ARREARS, CASH["arrears_centimes"].get(language))]
            if any(bar["value"] for bar in bars if bar["order"])
            else []
        ),
        (_DUE, CASH["legal_centimes"].get(language)),
    ]
    return Figure(_drawn(chart, {"bars": bars, "due": due}, language), _alternative(_CASH, months, language), legend)


def two_sided(
    bars: Sequence[Bar],
    colours: Mapping[str, tuple[str, str]],
    *,
    unit: str,
    alternative: str,
    language: Language,
    say: Callable[[float], str],
) -> Figure:
    """Lying bars to both sides of zero, with a length in words at the end of the longest on each side.

    Args:
        bars: in the order of their names from above.
        colours: side -> colour and its words.
        unit: what the axis counts.
        alternative: the words in place of the picture.
        language: of the direction.
        say: a length as the reader writes it.
    """
    rtl = language == "ar"
    names = list(dict.fromkeys(bar.name for bar in bars))
    longest = {(bar.name, bar.value < 0): bar.value for bar in sorted(bars, key=lambda bar: abs(bar.value))}
    rows: list[dict[str, Any]] = [
        {"name": bar.name, "side": bar.side, "value": bar.value, "text": say(bar.value)} for bar in bars
    ]
    y = alt.Y(
        "name:N",
        sort=names,
        title=None,
        axis=alt.Axis(orient="right" if rtl else "left", labelLimit=300, labelPadding=6),
        scale=alt.Scale(paddingInner=0.25),
    )
    least, most = min((bar.value for bar in bars), default=0.0), max((bar.value for bar in bars), default=0.0)
    least, most = min(least, 0.0), max(most, 0.0)
    room = _ROOM * ((most - least) or 1)
    domain = [least - room if least else 0, most + room]
    x = alt.X(
        "value:Q",
        title=unit,
        stack=None,
        axis=alt.Axis(tickCount=5, titleFontWeight="normal", format=",.0f" if most - least >= _TENS else ",.2~f"),
        scale=alt.Scale(domain=domain, reverse=rtl, nice=False),
    )
    scale = alt.Scale(domain=list(colours), range=[colour for colour, _ in colours.values()])
    drawn = named_rows("bars").mark_bar().encode(x=x, y=y, color=alt.Color("side:N", legend=None, scale=scale))
    ends = [_end("above", y, negative=False, rtl=rtl), _end("below", y, negative=True, rtl=rtl)]
    fitted = alt.AutoSizeParams(type="fit-x", contains="padding")
    chart = alt.layer(drawn, *ends).properties(width=_WIDTH + 60, height=max(len(names), 2) * 19, autosize=fitted)
    data = {
        "bars": rows,
        "above": [row for row in rows if row["value"] > 0 and row["value"] == longest[row["name"], False]],
        "below": [row for row in rows if row["value"] < 0 and row["value"] == longest[row["name"], True]],
    }
    return Figure(_drawn(chart, data, language), alternative, [*colours.values()])


def _end(name: str, y: alt.Y, *, negative: bool, rtl: bool) -> alt.Chart:
    """The words at the ends of the bars of one sign."""
    left = negative is not rtl
    text = named_rows(name).mark_text(
        align="right" if left else "left", baseline="middle", dx=-4 if left else 4, fontSize=11, color=INK
    )
    placed: alt.Chart = text.encode(x="value:Q", y=y, text="text:N")
    return placed


def _in_millions(centimes: int) -> float:
    return centimes / CENTIMES_IN_A_MILLION


def _by_percentile(table: pl.DataFrame) -> dict[float, dict[str, float]]:
    """Percentile -> month -> million MAD."""
    found: dict[float, dict[str, float]] = {}
    for row in table.sort("month").iter_rows(named=True):
        found.setdefault(row["percentile"], {})[row["month"]] = _in_millions(row["amount_centimes"])
    return found


def _spread(colours: Sequence[str], count: int) -> list[str]:
    """So many of the colours, the last for the narrowest band."""
    return [colours[min(place, len(colours) - 1)] for place in range(count)]


def _months(months: Sequence[str], language: Language) -> alt.X:
    """The axis of months: every month of a year, then quarters, then Januaries."""
    parsed = [Month.parse(month) for month in sorted(set(months))]
    if len(parsed) <= _EVERY_MONTH:
        named = parsed
    elif len(parsed) <= _EVERY_QUARTER:
        named = [month for month in parsed if month.month % _QUARTER == 1]
    else:
        named = [month for month in parsed if month.month == 1]
    yearly = len(parsed) > _EVERY_QUARTER
    words = {
        str(month): [str(month.year)] if yearly else [short_month(month, language), str(month.year)] for month in named
    }
    axis = alt.Axis(
        values=list(words),
        labelExpr=f"({json.dumps(words, ensure_ascii=False)})[datum.value]",
        labelAngle=0,
        grid=False,
        ticks=True,
        domain=True,
    )
    scale = alt.Scale(type="band", reverse=language == "ar")
    return alt.X("month:O", title=None, axis=axis, scale=scale, sort=[str(month) for month in parsed])


def _amount(field: str, language: Language, *, zero: bool = False) -> alt.Y:
    axis = alt.Axis(
        orient="right" if language == "ar" else "left", tickCount=5, titleFontWeight="normal", format=",.0f"
    )
    return alt.Y(f"{field}:Q", title=MILLION.get(language), axis=axis, scale=alt.Scale(zero=zero))


def _alternative(words: Label, months: Sequence[str], language: Language) -> str:
    first, last = (month_name(Month.parse(one), language) for one in (min(months), max(months)))
    return words.get(language).format(first, last)


def _drawn(chart: Chart, rows: dict[str, list[dict[str, Any]]], language: Language) -> str:
    know_fonts(FONTS)
    return draw(chart, rows, language, FONT)


_FAN = Label(
    "Coût mensuel et sa dispersion, de {0} à {1} ; les totaux par exercice sont dans le tableau suivant.",
    "الكلفة الشهرية وتشتتها من {0} إلى {1}؛ المجاميع حسب السنة المالية في الجدول الموالي.",
    "Monthly cost and its spread from {0} to {1}; the totals by fiscal year are in the next table.",
)
_CASH = Label(
    "Montants dus et payés chaque mois, de {0} à {1} ; les valeurs sont dans le tableau suivant.",
    "المبالغ المستحقة والمؤداة كل شهر من {0} إلى {1}؛ القيم في الجدول الموالي.",
    "Amounts due and paid in each month from {0} to {1}; the values are in the next table.",
)
SIDES = {"low": BLUE, "high": OCHRE}
WINNERS = {"gain": TEAL, "loss": ROSE}
