"""Pictures of a comparison, each of a table beside it: costs by benefit, who gains, Lorenz curves, poverty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl

from karama.foundation.charts.drawing import BLUE, BROWN, GREY, OCHRE, OLIVE, PLUM, ROSE, TEAL, draw, named_rows
from karama.foundation.languages import Label
from karama.foundation.wording import month_name
from karama.law import programme_named
from karama.simulation.living.report import BEFORE
from karama.simulation.reform.comparison import BASELINE
from karama.simulation.reform.groups import GROUPINGS

if TYPE_CHECKING:
    from karama.foundation.languages import Language
    from karama.simulation.reform.comparison import Comparison

_COLOURS = (TEAL, OCHRE, BLUE, ROSE, PLUM, BROWN, OLIVE, GREY)
_WIDTH, _BAR = 620, 22
_MILLION = 100 * 1_000_000
_PICTURED = ("decile", "family_type", "head_sex", "milieu", "region")
_LAW = Label("loi en vigueur", "القانون الجاري به العمل", "law in force")
_BEFORE = Label("sans aide", "بدون إعانة", "without aid")
_UNIT = Label("millions de MAD par mois", "مليون درهم في الشهر", "million MAD a month")
_GAIN, _LOSS = Label("gains", "مكاسب", "gains"), Label("pertes", "خسائر", "losses")
_POOR = Label(
    "personnes pauvres, % (dépense déduite de l'indice)",
    "الأشخاص الفقراء بالنسبة المئوية (إنفاق مستنتج من المؤشر)",
    "poor persons, % (spending implied by the score)",
)
_COSTS = Label("coût du mois par prestation, {0}", "تكلفة الشهر حسب الإعانة، {0}", "cost of the month by benefit, {0}")
_LORENZ = Label(
    "courbes de Lorenz (dépense) et de concentration (aide)",
    "منحنيات لورنتز (الإنفاق) والتركز (الإعانة)",
    "Lorenz curves (spending) and concentration curves (aid)",
)
_POVERTY = Label("pauvreté avant et après l'aide", "الفقر قبل الإعانة وبعدها", "poverty before and after aid")
_POPULATION = Label("part des personnes, des plus pauvres", "حصة الأشخاص من الأفقر", "share of persons, poorest first")
_HELD = Label("part de la dépense ou de l'aide", "حصة الإنفاق أو الإعانة", "share of spending or of the aid")
_CURVES = {
    "lorenz": Label("dépense", "إنفاق", "spending"),
    "concentration": Label("aide", "إعانة", "aid"),
}
_MADE_UP = Label("données synthétiques", "بيانات اصطناعية", "synthetic data")


def pictures(comparison: Comparison, language: Language) -> dict[str, str]:
    """SVG texts by file name; in Arabic the axes run from right to left."""
    names = {BASELINE: _LAW.get(language), **{one.name: one.label.get(language) for one in comparison.scenarios}}
    found = {"costs.svg": _costs(comparison, names, language)}
    for scenario in comparison.scenarios:
        rows = comparison.winners.filter(scenario=scenario.name)
        for by in _PICTURED:
            groups = rows.filter(by=by)
            if len(groups):
                found[f"winners_{scenario.name}_{by}.svg"] = _winners(comparison, groups, by, language)
    if comparison.living is not None:
        found["curves.svg"] = _curves(comparison, names, language)
        found["poverty.svg"] = _poverty(comparison, names, language)
    return found


def _title(comparison: Comparison, words: str, language: Language) -> alt.TitleParams:
    """The picture's title, which says when the register is synthetic."""
    marked = f"{words} ({_MADE_UP.get(language)})" if comparison.manifest["synthetic"] else words
    return alt.TitleParams(marked, anchor="end" if language == "ar" else "start", fontSize=13, fontWeight=600)


def _costs(comparison: Comparison, names: dict[str, str], language: Language) -> str:
    """A bar for the law and for each scenario, its benefits stacked."""
    labels = programme_named(comparison.manifest["programme"]).benefit_labels
    costs = comparison.costs.filter(pl.col("period") == "month", pl.col("amount_centimes") > 0)
    benefits = list(dict.fromkeys(costs["benefit"].to_list()))
    words = {one: labels[one].get(language) if one in labels else one for one in benefits}
    rows = [
        {"name": names[row["scenario"]], "part": words[row["benefit"]], "value": row["amount_centimes"] / _MILLION,
         "order": benefits.index(row["benefit"])}
        for row in costs.iter_rows(named=True)
    ]  # fmt: skip
    colour = alt.Color(
        "part:N", sort=list(words.values()), scale=alt.Scale(range=list(_COLOURS)),
        legend=alt.Legend(title=None, orient="bottom", columns=3, labelLimit=240),
    )  # fmt: skip
    chart = named_rows("rows").mark_bar().encode(
        x=_length("value:Q", _UNIT.get(language), language), y=_names(list(names.values()), language), color=colour,
        order="order:Q",
    )  # fmt: skip
    told = _COSTS.get(language).format(month_name(comparison.month, language))
    return _drawn(chart, rows, len(names) * 1.4, _title(comparison, told, language), language)


def _winners(comparison: Comparison, groups: pl.DataFrame, by: str, language: Language) -> str:
    """Gains to one side, losses to the other, for each group."""
    rows: list[dict[str, Any]] = []
    for row in groups.iter_rows(named=True):
        for word, value in ((_GAIN, row["gain_centimes"]), (_LOSS, -row["loss_centimes"])):
            rows.append({"name": row[f"name_{language}"], "part": word.get(language), "value": value / _MILLION})
    colour = alt.Color(
        "part:N", scale=alt.Scale(domain=[_GAIN.get(language), _LOSS.get(language)], range=[TEAL, ROSE]),
        legend=alt.Legend(title=None, orient="bottom"),
    )  # fmt: skip
    order = groups[f"name_{language}"].to_list()
    chart = named_rows("rows").mark_bar().encode(
        x=_length("value:Q", _UNIT.get(language), language), y=_names(order, language), color=colour,
    )  # fmt: skip
    return _drawn(chart, rows, len(order), _title(comparison, GROUPINGS[by].get(language), language), language)


def _curves(comparison: Comparison, names: dict[str, str], language: Language) -> str:
    """Lorenz curves of spending and concentration curves of the aid."""
    assert comparison.living is not None  # noqa: S101 - asked only then
    known = {BEFORE: _BEFORE.get(language), **names}
    rows = [
        {"aid": known.get(row["aid"], row["aid"]), "curve": _CURVES[row["curve"]].get(language),
         "population": row["population"], "held": row["held"]}
        for row in comparison.living.curves.iter_rows(named=True)
    ]  # fmt: skip
    across = alt.Scale(domain=[0, 1], reverse=language == "ar")
    lines = named_rows("rows").mark_line(strokeWidth=2).encode(
        x=alt.X("population:Q", title=_POPULATION.get(language), scale=across, axis=alt.Axis(format=".0%")),
        y=alt.Y("held:Q", title=_HELD.get(language), axis=alt.Axis(format=".0%", orient=_side(language))),
        color=alt.Color("aid:N", scale=alt.Scale(range=list(_COLOURS)), legend=alt.Legend(title=None, orient="bottom")),
        strokeDash=alt.StrokeDash("curve:N", legend=alt.Legend(title=None, orient="bottom")),
    )  # fmt: skip
    even = named_rows("even").mark_line(color=GREY, strokeWidth=1).encode(x="population:Q", y="held:Q")
    chart = (even + lines).properties(
        width=_WIDTH * 0.7, height=_WIDTH * 0.6, title=_title(comparison, _LORENZ.get(language), language)
    )
    ends = [{"population": 0, "held": 0}, {"population": 1, "held": 1}]
    return draw(chart, {"rows": rows, "even": ends}, language)


def _poverty(comparison: Comparison, names: dict[str, str], language: Language) -> str:
    """The share of poor persons without aid, with the law's and with each scenario's."""
    assert comparison.living is not None  # noqa: S101 - asked only then
    known = {BEFORE: _BEFORE.get(language), **names}
    found = comparison.living.measures.filter(level="country", measure="headcount")
    rows = [
        {"name": known.get(row["aid"], row["aid"]), "value": 100 * row["value"]} for row in found.iter_rows(named=True)
    ]
    chart = named_rows("rows").mark_bar(color=TEAL).encode(
        x=_length("value:Q", _POOR.get(language), language), y=_names([row["name"] for row in rows], language),
    )  # fmt: skip
    return _drawn(chart, rows, len(rows), _title(comparison, _POVERTY.get(language), language), language)


def _drawn(
    chart: alt.Chart, rows: list[dict[str, Any]], bars: float, title: alt.TitleParams, language: Language
) -> str:
    return draw(chart.properties(width=_WIDTH, height=bars * _BAR, title=title), {"rows": rows}, language)


def _side(language: Language) -> Any:  # noqa: ANN401 - a word of Altair
    return "right" if language == "ar" else "left"


def _length(field: str, title: str, language: Language) -> alt.X:
    axis = alt.Axis(tickCount=6, titleFontWeight="normal")
    return alt.X(field, title=title, axis=axis, scale=alt.Scale(reverse=language == "ar"))


def _names(order: list[str], language: Language) -> alt.Y:
    return alt.Y("name:N", sort=order, title=None, axis=alt.Axis(orient=_side(language), labelLimit=260))
