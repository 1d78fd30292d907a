"""What all charts share: colours, configuration, rows joined at the end, and the drawing to SVG."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import altair as alt
import vl_convert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from karama.foundation.languages import Language

INK, SOFT_INK, GRID = "#1d2a2b", "#4b5a5c", "#dfe3dc"
TEAL, OCHRE, BLUE, ROSE, PLUM, BROWN, OLIVE, GREY = (
    "#0b6e6a",
    "#c9781c",
    "#2a6bb0",
    "#c2476a",
    "#6a4c93",
    "#6f4e37",
    "#7d8f2a",
    "#7b8794",
)
Side = Literal["left", "right", "top", "bottom"]
Chart = alt.Chart | alt.LayerChart | alt.FacetChart | alt.HConcatChart
_LOCALES: dict[Language, Literal["fr-FR", "en-US"]] = {"fr": "fr-FR", "ar": "en-US", "en": "en-US"}
_CONFIG = {
    "background": "transparent",
    "aria": False,
    "padding": 4,
    "view": {"stroke": None},
    "axis": {
        "domainColor": GRID,
        "gridColor": GRID,
        "labelColor": INK,
        "labelFontSize": 12,
        "tickColor": GRID,
        "tickSize": 4,
        "titleColor": SOFT_INK,
        "titleFontSize": 12,
    },
    "axisBand": {"grid": False, "ticks": False, "domain": False},
}
"""Put into the finished specification, like the rows: Altair copies and checks all that a chart carries, many times."""


def named_rows(name: str) -> alt.Chart:
    """A drawing of named rows, which join the specification at the end: Altair copies what it carries many times."""
    return alt.Chart(alt.NamedData(name=name))


def draw(
    chart: Chart, rows: Mapping[str, Sequence[Mapping[str, Any]]], language: Language, font: str = "sans-serif"
) -> str:
    """The chart as SVG text, numbers of its axes in the language's way; ``rows`` are what ``named_rows`` named."""
    specification = {**chart.to_dict(validate=False), "config": {**_CONFIG, "font": font}, "datasets": rows}
    return vl_convert.vegalite_to_svg(specification, format_locale=_LOCALES[language])


@cache
def know_fonts(folder: Path) -> None:
    """Make the fonts of a folder known to the drawing, which measures its words with them."""
    vl_convert.register_font_directory(str(folder))
