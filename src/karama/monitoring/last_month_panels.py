"""The figures of a report that look at its last month, and the one that compares with published figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.charts.bars import Bar, BarChart, lying, lying_pair
from karama.foundation.charts.drawing import BLUE, BROWN, GREY, OCHRE, OLIVE, PLUM, ROSE, TEAL
from karama.foundation.languages import Label
from karama.foundation.money import from_centimes
from karama.foundation.wording import month_name, number, signed
from karama.monitoring import words
from karama.monitoring.month_figures import IN_CARE
from karama.monitoring.panels import (
    CYCLE_SOURCE,
    FAMILIES,
    IN_CARE_LABEL,
    Panel,
    mad,
    total_of,
)
from karama.monitoring.tables import Column, Table
from karama.population import FIGURE_UNITS, FIGURE_USES, figure_labels
from karama.territory import region_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karama.foundation.languages import Language
    from karama.foundation.months import Month
    from karama.monitoring.month_figures import MonthFigures

MILIEU_COLOURS = {"urban": BLUE, "rural": OLIVE, IN_CARE: BROWN}
KIND_COLOURS = {"entry": TEAL, "increase": BLUE, "decrease": OCHRE, "exit": ROSE}
USE_COLOURS = {"test": PLUM, "fit": GREY}
_MOST_REASONS = 12
_MILLION = 1_000_000

TOTAL = Label("Ensemble", "المجموع", "All")


def changes_panel(figures: MonthFigures) -> Panel:
    """Who enters, leaves, receives more or less in the last month, by reason."""
    rows = figures.changes.to_dicts()
    drawn = rows[:_MOST_REASONS]

    def draw(language: Language, narrow: bool) -> str:  # noqa: FBT001 - the two forms of a drawing
        names = [f"{words.reasons()[row['reason']].get(language)}" for row in drawn]
        bars = [Bar(_apart(names, place), row["kind"], row["beneficiaries"]) for place, row in enumerate(drawn)]
        ends = {bar.label: number(bar.value, language) for bar in bars}
        unit = _BENEFICIARIES.get(language)
        return lying(BarChart(bars, KIND_COLOURS, unit, ends=ends), language, narrow=narrow)

    moves = {row["kind"]: row for row in figures.moves.filter(pl.col("month") == str(figures.last)).to_dicts()}
    return Panel(
        name="changes",
        title=Label("Qu'est-ce qui a changé, et pourquoi ?", "ما الذي تغير، ولماذا؟", "What changed, and why?"),
        reading=Label(*(_changes_reading(moves, figures.last, language) for language in _CHANGES_READING)),
        source=CYCLE_SOURCE,
        unit=Label(
            "familles et enfants placés du registre ; qui a plusieurs motifs compte sous chacun",
            "أسر السجل والأطفال المودعون؛ من له عدة أسباب يحتسب في كل منها",
            "families and children in care of the register; one with several reasons counts under each",
        ),
        months=(figures.last, figures.last),
        table=Table(
            (
                Column("reason", Label("motif", "السبب", "reason"), "code", words.reasons()),
                Column("kind", Label("mouvement", "الحركة", "movement"), "code", words.KINDS),
                Column("beneficiaries", _BENEFICIARIES, "count"),
                Column(
                    "difference_centimes",
                    Label("différence par mois (MAD)", "الفرق في الشهر (درهم)", "difference a month (MAD)"),
                    "money_difference",
                ),
            ),
            rows,
        ),
        draw=draw,
        legend=[(KIND_COLOURS[kind], words.KINDS[kind]) for kind in KIND_COLOURS if kind in moves],
    )


_BENEFICIARIES = Label("familles et enfants placés", "الأسر والأطفال المودعون", "families and children in care")
_CHANGES_READING: Mapping[Language, str] = {
    "fr": "{month}, par rapport au mois d'avant : {entry} entrées, {exit} sorties, {increase} hausses,"
    " {decrease} baisses ; en tout {difference} par mois.",
    "ar": "{month} مقارنة بالشهر السابق: الدخول {entry}، الخروج {exit}، الزيادات {increase}، النقصان {decrease}؛"
    " والفرق الإجمالي {difference} في الشهر.",
    "en": "{month}, against the month before: {entry} entries, {exit} exits, {increase} increases, {decrease}"
    " decreases; {difference} a month in all.",
}


def _changes_reading(moves: Mapping[str, Mapping[str, Any]], month: Month, language: Language) -> str:
    counted = {kind: number(moves.get(kind, {}).get("beneficiaries", 0), language) for kind in words.KINDS}
    difference = sum(move["difference_centimes"] for move in moves.values())
    sign = "+" if difference > 0 else ""
    name = month_name(month, language)
    return _CHANGES_READING[language].format(
        month=name[0].upper() + name[1:], difference=sign + mad(difference, language), **counted
    )


def _apart(names: Sequence[str], place: int) -> str:
    """A name made different from the same name earlier in the list, for the eye the same."""
    return names[place] + "\u200b" * names[:place].count(names[place])


def places_panel(figures: MonthFigures) -> Panel:
    """Families and amounts by region and milieu in the last month, the largest region first."""
    found = figures.places
    names = region_names()
    rows = []
    for region in found.group_by("region").agg(pl.col("families").sum()).sort("families", descending=True)["region"]:
        at = found.filter(pl.col("region") == region)
        families = {milieu: total_of(at.filter(pl.col("milieu") == milieu), "families") for milieu in words.MILIEUX}
        amounts = {
            f"{milieu}_centimes": total_of(at.filter(pl.col("milieu") == milieu), "amount_centimes")
            for milieu in MILIEU_COLOURS
        }
        rows.append(
            {
                "region": region,
                **families,
                "families": sum(families.values()),
                **amounts,
                "amount_centimes": sum(amounts.values()),
            }
        )

    def draw(language: Language, narrow: bool) -> str:  # noqa: FBT001 - the two forms of a drawing
        counts = _by_region(rows, language, "{}", FAMILIES.get(language), "families")
        unit = FIGURE_UNITS["million MAD"].get(language)
        return lying_pair((counts, _by_region(rows, language, "{}_centimes", unit, "amount")), language, narrow=narrow)

    urban = sum(row["urban"] for row in rows)
    share = 100 * urban / max(sum(row["families"] for row in rows), 1)
    return Panel(
        name="regions",
        title=Label("Où vivent ces familles ?", "أين تعيش هذه الأسر؟", "Where do these families live?"),
        reading=Label(
            f"{number(share, 'fr')} % des familles aidées vivent en milieu urbain, {names[rows[0]['region']].fr}"
            " étant la première région.",
            f"{number(share, 'ar')}% من الأسر المستفيدة تعيش بالوسط الحضري، وأولى الجهات هي"
            f" {names[rows[0]['region']].ar}.",
            f"{number(share, 'en')}% of the families aided live in urban areas; {names[rows[0]['region']].en}"
            " is the first region.",
        ),
        source=CYCLE_SOURCE,
        unit=Label(
            "familles du registre et MAD du mois ; le dessin compte en millions",
            "أسر السجل ومبالغ الشهر بالدرهم؛ الرسم بالملايين",
            "families of the register and MAD of the month; the picture counts in millions",
        ),
        months=(figures.last, figures.last),
        table=Table(_place_columns(names), rows, _sums(rows), TOTAL),
        draw=draw,
        legend=[(MILIEU_COLOURS[name], label) for name, label in _milieux().items()],
    )


def _milieux() -> dict[str, Label]:
    return {**words.MILIEUX, IN_CARE: IN_CARE_LABEL}


_PATTERNS = {"amount": ",.1~f", "families": ",.0f"}


def _by_region(rows: Sequence[Mapping[str, Any]], language: Language, column: str, unit: str, what: str) -> BarChart:
    names = region_names()
    series = [one for one in MILIEU_COLOURS if column.format(one) in rows[0]]
    money = what == "amount"

    def length(value: int) -> float:
        return float(from_centimes(value) / _MILLION) if money else value

    bars = [
        Bar(names[row["region"]].get(language), one, length(row[column.format(one)])) for row in rows for one in series
    ]
    total = "amount_centimes" if money else "families"
    ends = {names[row["region"]].get(language): number(length(row[total]), language, 2 if money else 0) for row in rows}
    return BarChart(bars, {one: MILIEU_COLOURS[one] for one in series}, unit, pattern=_PATTERNS[what], ends=ends)


def _place_columns(names: Mapping[str, Label]) -> tuple[Column, ...]:
    mad_unit = Label("MAD", "درهم", "MAD")
    return (
        Column("region", Label("région", "الجهة", "region"), "code", names),
        *(Column(name, _of(FAMILIES, label), "count") for name, label in words.MILIEUX.items()),
        Column("families", _of(FAMILIES, TOTAL), "count"),
        *(Column(f"{name}_centimes", _of(mad_unit, label), "money") for name, label in _milieux().items()),
        Column("amount_centimes", _of(mad_unit, TOTAL), "money"),
    )


def _of(what: Label, where: Label) -> Label:
    return Label(f"{what.fr}, {where.fr.lower()}", f"{what.ar}، {where.ar}", f"{what.en}, {where.en.lower()}")


def _sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The row of sums over the regions."""
    return {"region": None, **{name: sum(row[name] for row in rows) for name in rows[0] if name != "region"}}


def distances_panel(found: pl.DataFrame, months: tuple[Month, Month]) -> Panel:
    """Each published figure beside the synthetic one, brought to the whole country."""
    labels = figure_labels()
    rows = found.select(
        "code", "date", "value", "synthetic", "unit", "distance_percent", "counted_in", "use", "source"
    ).to_dicts()

    def draw(language: Language, narrow: bool) -> str:  # noqa: FBT001 - the two forms of a drawing
        names = [f"{labels[row['code']].get(language)} ({row['date']})" for row in rows]
        bars = [Bar(_apart(names, place), row["use"], row["distance_percent"]) for place, row in enumerate(rows)]
        ends = {bar.label: f"{signed(bar.value, language, 1)} %" for bar in bars}
        unit = _DISTANCE.get(language)
        return lying(BarChart(bars, USE_COLOURS, unit, ends=ends), language, narrow=narrow)

    return Panel(
        name="distances",
        title=Label("À quelle distance du réel ?", "ما مدى القرب من الواقع؟", "How far from the real figures?"),
        reading=Label(*(_distance_reading(rows, language) for language in _DISTANCE_READING)),
        source=Label(
            "chiffres publiés : voir la colonne source ; synthétiques : totaux du registre divisés par sa part",
            "الأرقام المنشورة: انظر عمود المصدر؛ الأرقام الاصطناعية: مجاميع السجل مقسومة على حصته",
            "published figures: see the column source; synthetic ones: the register's totals divided by its share",
        ),
        unit=_DISTANCE,
        months=months,
        table=Table(
            (
                Column("code", Label("chiffre", "الرقم", "figure"), "code", labels),
                Column("date", Label("publié pour", "نشر عن", "published for"), "date"),
                Column("value", Label("publié", "المنشور", "published"), "value"),
                Column("synthetic", Label("synthétique, pays", "الاصطناعي، البلد", "synthetic, country"), "value"),
                Column("unit", Label("unité", "الوحدة", "unit"), "code", FIGURE_UNITS),
                Column("distance_percent", Label("écart", "الفرق", "distance"), "percent_difference"),
                Column("counted_in", Label("compté en", "احتسب في", "counted in"), "date"),
                Column("use", Label("usage", "الاستعمال", "use"), "code", FIGURE_USES),
                Column("source", Label("source", "المصدر", "source"), "text"),
            ),
            rows,
        ),
        draw=draw,
        legend=[(colour, FIGURE_USES[use]) for use, colour in USE_COLOURS.items()],
    )


_DISTANCE = Label(
    "écart en % du chiffre publié", "الفرق بالنسبة المئوية من الرقم المنشور", "distance in % of the published figure"
)
_DISTANCE_READING: Mapping[Language, str] = {
    "fr": "Les chiffres « ajustés » ont guidé les hypothèses de la population ; les autres ne servent qu'à comparer :"
    " leur plus grand écart est de {0} %. Un budget annuel compte décembre comme novembre.",
    "ar": "الأرقام «للمعايرة» وجهت فرضيات الساكنة الاصطناعية؛ أما الأخرى فلم تستعمل إلا للمقارنة: أكبر فرق لها هو {0}%."
    " وفي الميزانية السنوية يحتسب دجنبر مثل نونبر.",
    "en": "The “fitted” figures guided the population's assumptions; the others served to compare and nothing else:"
    " their largest distance is {0}%. A yearly budget counts December as November.",
}


def _distance_reading(rows: Sequence[Mapping[str, Any]], language: Language) -> str:
    tested = [row["distance_percent"] for row in rows if row["use"] == "test"]
    return _DISTANCE_READING[language].format(signed(max(tested, key=abs, default=0), language, 1))
