"""The figures of a month report: what each shows, its words, its table and its chart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.charts.bars import Bar, BarChart, columns, lying
from karama.foundation.charts.drawing import BLUE, BROWN, GREY, OCHRE, OLIVE, PLUM, ROSE, TEAL
from karama.foundation.languages import LANGUAGES, Label
from karama.foundation.money import from_centimes
from karama.foundation.months import Month
from karama.foundation.wording import number, short_month
from karama.monitoring import words
from karama.monitoring.month_figures import IN_CARE
from karama.monitoring.tables import Column, Table
from karama.population import FIGURE_UNITS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from karama.foundation.languages import Language
    from karama.monitoring.month_figures import MonthFigures

AID_COLOURS = {"child": TEAL, "flat": OCHRE}
BENEFIT_COLOURS = {
    "child_aid": TEAL,
    "disability_supplement": PLUM,
    "family_floor": OLIVE,
    "flat_aid": OCHRE,
    "birth_grant": ROSE,
    "back_to_school_grant": BLUE,
    "institution_aid": BROWN,
    "institution_top_up": GREY,
}
_MILLION = 1_000_000

MONTH = Label("mois", "الشهر", "month")
AMOUNT = Label("montant (MAD)", "المبلغ (درهم)", "amount (MAD)")
FAMILIES = Label("familles", "الأسر", "families")
CHILDREN = Label("enfants comptés", "الأطفال المحتسبون", "children counted")
IN_CARE_LABEL = Label("enfants placés", "الأطفال المودعون", "children in care")


@dataclass(frozen=True)
class Panel:
    """One figure of the report.

    ``draw`` gives the chart in a language, narrow or wide, as one SVG text; ``legend`` names the colours; ``reading``
    is what the reader should see in it; ``name`` is its anchor and the name of its CSV file.
    """

    name: str
    title: Label
    reading: Label
    source: Label
    unit: Label
    months: tuple[Month, Month]
    table: Table
    draw: Callable[[Language, bool], str]
    legend: Sequence[tuple[str, Label]] = field(default_factory=tuple)


CYCLE_SOURCE = Label(
    "registre synthétique décidé par « karama cycle run », droit de l'ASD aux montants payés",
    "سجل اصطناعي قررت فيه أداة «karama cycle run» وفق مبالغ الدعم المؤداة",
    "synthetic register decided by “karama cycle run”, the ASD law at the amounts paid",
)


def families_panel(figures: MonthFigures) -> Panel:
    """Families by kind of aid and month, with the children counted and the amount."""
    rows = _family_rows(figures)

    def draw(language: Language, narrow: bool) -> str:  # noqa: FBT001 - the two forms of a drawing
        labels = _month_labels(figures.months, language)
        bars = [Bar(labels[row["month"]], aid, row[aid]) for row in rows for aid in AID_COLOURS]
        ends = {labels[row["month"]]: number(row["families"], language) for row in rows}
        return _months_chart(BarChart(bars, AID_COLOURS, FAMILIES.get(language), ends=ends), language, narrow=narrow)

    return Panel(
        name="families",
        title=Label(
            "Combien de familles, et par quelle aide ?", "كم من أسرة، وبأي إعانة؟", "How many families, by which aid?"
        ),
        reading=Label(*(_families_reading(rows[0], rows[-1], language) for language in LANGUAGES)),
        source=CYCLE_SOURCE,
        unit=Label("familles du registre", "أسر السجل", "families of the register"),
        months=(figures.months[0], figures.last),
        table=Table(
            (
                Column("month", MONTH, "month"),
                *(Column(aid, label, "count") for aid, label in words.AIDS.items()),
                Column("families", Label("familles en tout", "مجموع الأسر", "families in all"), "count"),
                Column("children", CHILDREN, "count"),
                Column(IN_CARE, IN_CARE_LABEL, "count"),
                Column("amount_centimes", AMOUNT, "money"),
            ),
            rows,
        ),
        draw=draw,
        legend=[(AID_COLOURS[aid], label) for aid, label in words.AIDS.items()],
    )


def _family_rows(figures: MonthFigures) -> list[dict[str, Any]]:
    """One row per month: families by aid and in all, children counted and in care, the amount of all of them."""
    rows = []
    for month in figures.months:
        at = figures.aids.filter(pl.col("month") == str(month))
        families = {aid: total_of(at.filter(pl.col("aid") == aid), "families") for aid in words.AIDS}
        rows.append(
            {
                "month": str(month),
                **families,
                "families": sum(families.values()),
                "children": total_of(at.filter(pl.col("aid") == "child"), "children"),
                IN_CARE: total_of(at.filter(~pl.col("aid").is_in(list(words.AIDS))), "children"),
                "amount_centimes": total_of(at, "amount_centimes"),
            }
        )
    return rows


def _families_reading(first: Mapping[str, Any], last: Mapping[str, Any], language: Language) -> str:
    """From the first month to the last, by aid."""
    counts = (number(row[aid], language) for aid in ("child", "flat") for row in (first, last))
    return _FAMILIES_READING[language].format(*counts)


_FAMILIES_READING: Mapping[Language, str] = {
    "fr": "Du premier au dernier mois, l'aide à l'enfance passe de {0} à {1} familles, l'aide forfaitaire de {2} à"
    " {3} : naissances, 21 ans révolus, demandes et indices changent les familles d'un mois à l'autre.",
    "ar": "من الشهر الأول إلى الأخير، تنتقل إعانة الطفولة من {0} إلى {1} أسرة، والإعانة الجزافية من {2} إلى {3}:"
    " الولادات وبلوغ 21 سنة والطلبات والمؤشرات تغير الأسر من شهر إلى آخر.",
    "en": "From the first to the last month child aid goes from {0} to {1} families and flat aid from {2} to {3}:"
    " births, twenty-first birthdays, claims and scores change the families from month to month.",
}


def benefits_panel(figures: MonthFigures) -> Panel:
    """Amounts by benefit and month."""
    labels = {name: label for name, label in words.benefits().items() if name in set(figures.benefits["benefit"])}
    rows = _benefit_rows(figures, list(labels))
    colours = {name: BENEFIT_COLOURS[name] for name in labels}

    def draw(language: Language, narrow: bool) -> str:  # noqa: FBT001 - the two forms of a drawing
        at = _month_labels(figures.months, language)
        bars = [
            Bar(at[row["month"]], name, float(from_centimes(row[name]) / _MILLION)) for row in rows for name in labels
        ]
        unit = FIGURE_UNITS["million MAD"].get(language)
        ends = _event_words(rows, at, language, narrow=narrow)
        return _months_chart(BarChart(bars, colours, unit, ends=ends), language, narrow=narrow)

    return Panel(
        name="amounts",
        title=Label("Combien, pour quelle prestation ?", "كم، ولأي إعانة؟", "How much, for which benefit?"),
        reading=_amounts_reading({row["month"]: row for row in rows}),
        source=CYCLE_SOURCE,
        unit=Label(
            "MAD dus dans le mois pour le registre ; le dessin compte en millions",
            "درهم مستحقة في الشهر للسجل؛ الرسم بالملايين",
            "MAD due in the month for the register; the picture counts in millions",
        ),
        months=(figures.months[0], figures.last),
        table=Table(
            (
                Column("month", MONTH, "month"),
                *(Column(name, label, "money") for name, label in labels.items()),
                Column("total", Label("total (MAD)", "المجموع (درهم)", "total (MAD)"), "money"),
            ),
            rows,
        ),
        draw=draw,
        legend=[(colours[name], label) for name, label in labels.items()],
    )


def _benefit_rows(figures: MonthFigures, names: Sequence[str]) -> list[dict[str, Any]]:
    """One row per month: centimes by benefit, and in all."""
    rows = []
    for month in figures.months:
        at = figures.benefits.filter(pl.col("month") == str(month))
        amounts = {name: total_of(at.filter(pl.col("benefit") == name), "amount_centimes") for name in names}
        rows.append({"month": str(month), **amounts, "total": sum(amounts.values())})
    return rows


_EVENTS: Mapping[str, Label] = {
    "2025-11": Label("hausse 2025", "زيادة 2025", "rise of 2025"),
    "2026-01": Label("hausse 2026", "زيادة 2026", "rise of 2026"),
    "2026-09": Label("rentrée", "الدخول المدرسي", "school grant"),
}


def _event_words(
    rows: Sequence[Mapping[str, Any]], at: Mapping[str, str], language: Language, *, narrow: bool
) -> dict[str, str]:
    """The words at the ends of the bars: the events, and where there is room the total too."""
    events = {month: label.get(language) for month, label in _EVENTS.items() if month in at}
    if not narrow:
        return {at[month]: text for month, text in events.items()}
    totals = {row["month"]: number(from_centimes(row["total"]) / _MILLION, language, 1) for row in rows}
    return {
        at[month]: " · ".join([text, *([events[month]] if month in events else [])]) for month, text in totals.items()
    }


def _amounts_reading(rows: Mapping[str, Mapping[str, int]]) -> Label:
    """What the months of a rise or of the grant add, where they are there."""
    added = {
        month: rows[month]["child_aid"] - rows[before]["child_aid"]
        for before, month in (("2025-10", "2025-11"), ("2025-12", "2026-01"))
        if {before, month} <= rows.keys()
    }
    said: dict[Language, list[str]] = {"fr": [], "ar": [], "en": []}
    for language, parts in said.items():
        parts.append(_AMOUNTS_READING[language]["start"])
        parts += [_AMOUNTS_READING[language][month].format(mad(cents, language)) for month, cents in added.items()]
        grant = rows.get("2026-09", {}).get("back_to_school_grant", 0)
        if grant:
            parts.append(_AMOUNTS_READING[language]["2026-09"].format(mad(grant, language)))
    return Label(*(" ".join(parts) for parts in said.values()))


_AMOUNTS_READING: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "start": "Chaque mois additionne les lignes dues aux familles et aux enfants placés.",
        "2025-11": "La hausse de 2025, payée depuis novembre 2025, ajoute {0} à l'aide à l'enfant.",
        "2026-01": "Celle de 2026 ajoute {0} en janvier 2026.",
        "2026-09": "En septembre 2026, l'aide à la rentrée scolaire ajoute {0}, une seule fois.",
    },
    "ar": {
        "start": "يجمع كل شهر المبالغ المستحقة للأسر وللأطفال المودعين.",
        "2025-11": "زيادة 2025، المؤداة منذ نونبر 2025، تضيف {0} إلى إعانة الطفل.",
        "2026-01": "وتضيف زيادة 2026 مبلغ {0} في يناير 2026.",
        "2026-09": "وفي شتنبر 2026 تضيف منحة الدخول المدرسي {0} مرة واحدة.",
    },
    "en": {
        "start": "Each month adds up the lines due to families and to children in care.",
        "2025-11": "The rise of 2025, paid since November 2025, adds {0} to child aid.",
        "2026-01": "That of 2026 adds {0} in January 2026.",
        "2026-09": "In September 2026 the back-to-school grant adds {0}, once.",
    },
}


def mad(centimes: int, language: Language) -> str:
    """An amount in whole dirhams."""
    unit = "درهم" if language == "ar" else "MAD"
    return f"{number(from_centimes(centimes), language)}\u00a0{unit}"


def total_of(frame: pl.DataFrame, column: str) -> int:
    """The sum of a column, 0 without rows."""
    return int(frame[column].sum())


def _month_labels(months: Sequence[Month], language: Language) -> dict[str, str]:
    """How an axis names the months."""
    return {str(month): f"{short_month(month, language)} {month.year}" for month in months}


def _months_chart(chart: BarChart, language: Language, *, narrow: bool) -> str:
    """Months side by side, the year with the first and with January; or one under the other."""
    if narrow:
        return lying(chart, language, narrow=True)
    january = short_month(Month(2026, 1), language)
    without_year = [one for one in chart.labels[1:] if not one.startswith(f"{january} ")]
    return columns(replace(chart, first_word_only=without_year), language)
