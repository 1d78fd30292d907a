"""Bars as SVG for a page, in a wide and in a narrow form.

A chart is a picture of a table that stands on the same page, so it is one image to a screen reader.  In Arabic the axes
run from right to left.  The legend is not here: the page writes it, so that it wraps and can be read aloud.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from karama.foundation.charts.drawing import INK, Side, draw, named_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karama.foundation.languages import Language

WIDE, NARROW = 980, 320
_MARGIN, _WIDE_STEP = 60, 25
_SVG_HEAD = re.compile(r"<svg [^>]*?(viewBox=\"[^\"]*\")[^>]*>")
_BARS, _NAMES, _ENDS, _NEGATIVE_ENDS = "bars", "names", "ends", "negative_ends"


@dataclass(frozen=True)
class Bar:
    """One piece of a bar: the bar's label, the series that gives its colour, and its length."""

    label: str
    series: str
    value: float


@dataclass(frozen=True)
class BarChart:
    """Stacked bars with the colours of their series, in the order given, and a word at the end of each bar.

    ``ends`` maps a bar's label to the text at its end; ``unit`` is what the axis counts; ``pattern`` is how the axis
    writes its numbers; ``first_word_only`` lists labels of upright bars whose second line is left out.
    """

    bars: Sequence[Bar]
    colours: Mapping[str, str]
    unit: str
    pattern: str = ",.0f"
    ends: Mapping[str, str] = field(default_factory=dict)
    first_word_only: Sequence[str] = ()

    @property
    def labels(self) -> list[str]:
        """The bars' labels in their order."""
        return list(dict.fromkeys(bar.label for bar in self.bars))

    def totals(self) -> dict[str, float]:
        """The whole length of each bar."""
        totals: dict[str, float] = {}
        for bar in self.bars:
            totals[bar.label] = totals.get(bar.label, 0) + bar.value
        return totals

    def data(self, key: str = "") -> dict[str, list[dict[str, Any]]]:
        """The rows that the drawing names: pieces in the order of their colours, names of bars, words at their ends.

        The words of negative bars are apart, for they stand on the other side.
        """
        order = list(self.colours)
        totals = self.totals()
        ends: dict[bool, list[dict[str, Any]]] = {False: [], True: []}
        for label, text in self.ends.items():
            ends[totals[label] < 0].append({"label": label, "value": totals[label], "text": text})
        return {
            f"{key}{_BARS}": [
                {"label": bar.label, "series": bar.series, "value": bar.value, "order": order.index(bar.series)}
                for bar in self.bars
            ],
            f"{key}{_NAMES}": [{"label": label} for label in self.labels],
            f"{key}{_ENDS}": ends[False],
            f"{key}{_NEGATIVE_ENDS}": ends[True],
        }


def columns(chart: BarChart, language: Language) -> str:
    """Upright bars side by side, as months are; the wide form."""
    rtl = language == "ar"
    x = alt.X(
        "label:N",
        sort=chart.labels,
        title=None,
        axis=alt.Axis(labelAngle=0, labelExpr=_two_lines(chart.first_word_only), labelPadding=6),
        scale=alt.Scale(paddingInner=0.28, paddingOuter=0.14, reverse=rtl),
    )
    y = _length(chart, alt.Y, orient="right" if rtl else "left")
    drawn = named_rows(_BARS).mark_bar().encode(x=x, y=y, color=_colour(chart), order="order:Q")
    ends = (
        named_rows(_ENDS)
        .mark_text(baseline="bottom", dy=-5, fontSize=11.5, fontWeight=600, color=INK)
        .encode(x=x, y=alt.Y("value:Q"), text="text:N")
    )
    return _svg((drawn + ends).properties(width=WIDE - _MARGIN, height=290), chart.data(), language)


def _two_lines(first_word_only: Sequence[str]) -> str:
    """Vega's expression for a label with each word on its own line, or its first word alone."""
    short = json.dumps(list(first_word_only), ensure_ascii=False)
    return f"indexof({short}, datum.label) < 0 ? split(datum.label, ' ') : split(datum.label, ' ')[0]"


def lying(chart: BarChart, language: Language, *, narrow: bool) -> str:
    """Lying bars, one under the other; in the narrow form each label stands above its bar."""
    return _svg(_lying(chart, language, narrow=narrow), chart.data(), language)


def lying_pair(charts: Sequence[BarChart], language: Language, *, narrow: bool) -> str:
    """Two charts of the same bars: side by side with one set of labels, or one under the other when narrow."""
    if narrow:
        return "".join(lying(chart, language, narrow=True) for chart in charts)
    first, second = charts
    drawn = [
        _lying(first, language, narrow=False, width=WIDE // 3),
        _lying(second, language, narrow=False, width=WIDE // 3, key="second_", with_labels=False),
    ]
    ordered = drawn if language != "ar" else drawn[::-1]
    return _svg(alt.hconcat(*ordered, spacing=34), {**first.data(), **second.data("second_")}, language)


def _lying(
    chart: BarChart,
    language: Language,
    *,
    narrow: bool,
    width: int | None = None,
    key: str = "",
    with_labels: bool = True,
) -> alt.LayerChart | alt.FacetChart:
    rtl = language == "ar"
    side: Literal["left", "right"] = "right" if rtl else "left"
    axis = alt.Axis(orient=side, labelLimit=430, labelPadding=6) if with_labels and not narrow else None
    y = alt.Y("label:N", sort=chart.labels, title=None, axis=axis, scale=alt.Scale(paddingInner=0.3))
    x = _length(chart, alt.X, orient="top" if narrow else "bottom", reverse=rtl, room=0.3 if narrow else 0.12)
    below = 9 if narrow else 0
    drawn = (
        named_rows(key + _BARS).mark_bar(size=14, yOffset=below).encode(x=x, y=y, color=_colour(chart), order="order:Q")
    )
    ends = alt.layer(*(_end(key, y, negative=one, below=below, rtl=rtl) for one in (False, True)))
    layers = [drawn, ends]
    if narrow:
        names = named_rows(key + _NAMES).mark_text(align=side, baseline="middle", dy=-10, fontSize=12.5, color=INK)
        layers.append(names.encode(x=alt.value(NARROW - 10 if rtl else 0), y=y, text="label:N"))
    step = alt.Step(42 if narrow else _WIDE_STEP)
    if narrow or width:
        return alt.layer(*layers).properties(width=width or NARROW - 10, height=step)
    height = len(chart.labels) * _WIDE_STEP
    fitted = alt.AutoSizeParams(type="fit-x", contains="padding")
    return alt.layer(*layers).properties(width=WIDE, height=height, autosize=fitted)


def _end(key: str, y: alt.Y, *, negative: bool, below: int, rtl: bool) -> alt.Chart:
    """The words at the ends of the bars of one sign."""
    towards_left = negative is not rtl
    text = named_rows(key + (_NEGATIVE_ENDS if negative else _ENDS)).mark_text(
        align="right" if towards_left else "left",
        baseline="middle",
        dx=-5 if towards_left else 5,
        dy=below,
        fontSize=11.5,
        color=INK,
    )
    placed: alt.Chart = text.encode(x=alt.X("value:Q"), y=y, text="text:N")
    return placed


def _length(chart: BarChart, channel: type[Any], *, orient: Side, reverse: bool = False, room: float = 0) -> Any:  # noqa: ANN401 - X or Y
    """The axis of lengths, with its unit written on it and room for the words at the ends."""
    axis = alt.Axis(format=chart.pattern, orient=orient, tickCount=5, titleFontWeight="normal")
    totals = chart.totals().values()
    least, most = min(0, *totals, 0), max(0, *totals, 0)
    space = room * ((most - least) or 1)
    domain = [least - space if least else 0, most + space] if room else alt.Undefined
    scale = alt.Scale(reverse=reverse, nice=not room, domain=domain)
    return channel("value:Q", title=chart.unit, axis=axis, stack="zero", scale=scale)


def _colour(chart: BarChart) -> alt.Color:
    scale = alt.Scale(domain=list(chart.colours), range=list(chart.colours.values()))
    return alt.Color("series:N", legend=None, scale=scale)


def _svg(
    chart: alt.LayerChart | alt.FacetChart | alt.HConcatChart,
    data: Mapping[str, list[dict[str, Any]]],
    language: Language,
) -> str:
    """The chart as an SVG element that fills the width it is given and names no other host."""
    return _SVG_HEAD.sub(_head, draw(chart, data, language), count=1)


def _head(found: re.Match[str]) -> str:
    """The opening of the element without fixed size and without namespaces, which HTML does not need."""
    box = found[1]
    width = box.split('"')[1].split()[2]
    return f'<svg {box} style="max-inline-size:{width}px" aria-hidden="true" focusable="false">'
