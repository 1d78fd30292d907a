"""The proposal to the Government: a reform on two pages in French, then in Arabic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.documents import Callout, Cards, Column, Document, Facts, Heading, Paragraph, Part, Table
from karama.foundation.documents import write_document as write
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.foundation.wording import PERCENT, month_name, number, signed
from karama.law import programme_named
from karama.simulation.living import INTERPRETATION
from karama.simulation.notes import figures, words
from karama.simulation.notes import proposal_words as told
from karama.simulation.notes.budget import AUTHOR, PAGE_OF, is_synthetic
from karama.simulation.reform import BASELINE
from karama.simulation.touched import PROPOSED_STATUS, touched_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from karama.foundation.documents import Block, Figure
    from karama.foundation.languages import Language
    from karama.simulation import Scenario
    from karama.simulation.notes.shapes import ComparisonTables
    from karama.simulation.touched import Touched

_GROUPS = ("decile", "milieu", "region")
_MEASURES = ("headcount", "gap", "severity", "gini")
_LEVELS = ("country", "milieu")
_MOST_TOUCHED = 12
_MOST_MOVEMENTS = 8
_MOST_GROUPS = 14


def write_proposal(comparison: ComparisonTables, scenario: Scenario, path: Path) -> None:
    """Write the note of a reform; the same reform gives the same bytes.

    Raises:
        BadInputError: the comparison does not hold the scenario or the law in force.
        StorageError: the file cannot be written.
    """
    write(proposal_note(comparison, scenario), path)


def proposal_note(comparison: ComparisonTables, scenario: Scenario) -> Document:
    """The note as a document, dated with the month compared.

    Raises:
        BadInputError: the comparison does not hold the scenario or the law in force.
    """
    known = set(comparison.costs["scenario"])
    for name in (BASELINE, scenario.name):
        if name not in known:
            raise BadInputError(f"the comparison has no costs of '{name}', only of {', '.join(sorted(known))}: add it")
    touched = touched_by(scenario)
    parts = [_part(comparison, scenario, touched, language) for language in ("fr", "ar")]
    title = f"{told.TITLE.fr} · {told.TITLE.ar} · {scenario.name}"
    return Document(title, scenario.author or AUTHOR, comparison.month.first_day, parts)


def _part(comparison: ComparisonTables, scenario: Scenario, touched: Sequence[Touched], language: Language) -> Part:
    month = month_name(comparison.month, language)
    blocks: list[Block] = [Facts(_facts(comparison, scenario, language))]
    if scenario.description is not None:
        blocks.append(Paragraph(scenario.description.get(language)))
    blocks += [
        *_essential(comparison, scenario, language),
        *_changes(touched, language),
        *_costs(comparison, scenario, language),
        *_coverage(comparison, scenario, language),
        *_winners(comparison, scenario, language),
        *_movements(comparison, scenario, language),
        *_poverty(comparison, scenario, language),
        *_limits(comparison, touched, language),
    ]
    return Part(
        language=language,
        title=scenario.label.get(language),
        subtitle=f"{told.TITLE.get(language)} · {told.STATUSES[scenario.status].get(language)}",
        footer=told.FOOTER.get(language).format(month, scenario.name),
        mark=words.SYNTHETIC.get(language) if is_synthetic(comparison.manifest) else "",
        page_of=PAGE_OF[language],
        blocks=blocks,
    )


def _facts(comparison: ComparisonTables, scenario: Scenario, language: Language) -> list[tuple[str, str]]:
    decided = f" · {scenario.decided_on:%d/%m/%Y}" if scenario.decided_on else ""
    share = float(comparison.manifest.get("share", 1))
    data = comparison.manifest.get("register_month") or comparison.month
    values = {
        "author": scenario.author or words.ABSENT,
        "status": f"{told.STATUSES[scenario.status].get(language)}{decided}",
        "programme": words.programme_label(scenario.programme, language),
        "data": month_name(Month.parse(str(data)), language),
        "share": words.value_said(share * 100, language) + PERCENT[language] if share < 1 else "",
        "stands_on": ", ".join(one.label.get(language) for one in scenario.before),
    }
    return [(told.FACTS[name].get(language), value) for name, value in values.items() if value]


def _sums(comparison: ComparisonTables, period: str) -> dict[str, int]:
    """The cost of each scenario in a period."""
    table = comparison.costs.filter(pl.col("period") == period)
    return dict(table.group_by("scenario").agg(pl.col("amount_centimes").sum()).iter_rows())


def _period(comparison: ComparisonTables) -> str:
    """The year where it was computed, else the month."""
    return "year" if "year" in set(comparison.costs["period"]) else "month"


def _essential(comparison: ComparisonTables, scenario: Scenario, language: Language) -> list[Block]:
    """What it costs more or less, and how many gain and lose."""
    period = _period(comparison)
    sums = _sums(comparison, period)
    more = sums[scenario.name] - sums[BASELINE]
    share = more / sums[BASELINE] if sums[BASELINE] else None
    cards = [
        (
            f"{words.signed_millions(more, language)}{words.NO_BREAK}{words.MILLION.get(language)}",
            told.CARDS[period].get(language).format(words.signed_percent(share, language)),
        )
    ]
    for row in comparison.summary.filter(pl.col("scenario") == scenario.name).iter_rows(named=True):
        cards += [(number(row[name], language), told.CARDS[name].get(language)) for name in ("winners", "losers")]
    return [Cards(cards)]


def _changes(touched: Sequence[Touched], language: Language) -> list[Block]:
    heading = Heading(told.TITLES["changes"].get(language))
    if not touched:
        return [heading, Callout(told.NOTHING.get(language))]
    rows = [
        [
            one.label.get(language),
            one.old.get(language),
            one.new.get(language),
            f"{one.first.month:02d}/{one.first.year}" if one.first else words.ABSENT,
            words.cited(one.reference, language) if one.reference else words.ABSENT,
            words.word({**words.STATUSES, PROPOSED_STATUS: told.PROPOSED}, one.status, language),
        ]
        for one in touched[:_MOST_TOUCHED]
    ]
    names = ("parameter", "old", "new", "from", "reference", "status")
    wide = {"parameter": 1.4, "reference": 1.2}
    columns = [Column(told.ROWS[name].get(language), width=wide.get(name, 0)) for name in names]
    left = len(touched) - _MOST_TOUCHED
    more = [Paragraph(told.MORE.get(language).format(left), small=True)] if left > 0 else []
    return [heading, Table(columns, rows, small=True), *more]


def _costs(comparison: ComparisonTables, scenario: Scenario, language: Language) -> list[Block]:
    """Cost by benefit under the law and under the reform, and the difference of the month."""
    labels = words.benefit_labels()
    period = _period(comparison)
    found = {
        (row["scenario"], row["period"], row["benefit"]): row["amount_centimes"]
        for row in comparison.costs.iter_rows(named=True)
    }
    rows, sums = [], [0, 0, 0, 0]
    for name in dict.fromkeys(comparison.costs["benefit"]):
        keys = [(one, each) for each in (period, "month") for one in (BASELINE, scenario.name)]
        values = [found.get((one, each, name), 0) for one, each in keys]
        if any(values):
            sums = [total + value for total, value in zip(sums, values, strict=True)]
            rows.append([words.word(labels, name, language), *_cost_cells(values, language)])
    rows.append([told.ROWS["total"].get(language), *_cost_cells(sums, language)])
    titles = ("benefit", "in_force", "proposed", "difference", "monthly")
    columns = [Column(told.ROWS[one].get(language), one != "benefit", float(one == "benefit")) for one in titles]
    heading = Heading(told.TITLES[f"costs_{period}"].get(language))
    return [heading, Table(columns, rows, strong=[len(rows) - 1], small=True)]


def _cost_cells(values: Sequence[int], language: Language) -> list[str]:
    old, new, old_month, new_month = values
    return [
        words.millions(old, language),
        words.millions(new, language),
        words.signed_millions(new - old, language),
        words.signed_millions(new_month - old_month, language),
    ]


def _coverage(comparison: ComparisonTables, scenario: Scenario, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["coverage"].get(language))
    found = {(row["scenario"], row["measure"]): row["count"] for row in comparison.coverage.iter_rows(named=True)}
    measures = [one for one in told.COVERED if {(BASELINE, one), (scenario.name, one)} <= found.keys()]
    if not measures:
        return [heading, Callout(told.NOT_COMPUTED.get(language))]
    rows = []
    for one in measures:
        old, new = found[BASELINE, one], found[scenario.name, one]
        counts = [number(old, language), number(new, language), signed(new - old, language)]
        rows.append([told.COVERED[one].get(language), *counts])
    titles = ("covered", "in_force", "proposed", "difference")
    columns = [Column(told.ROWS[one].get(language), one != "covered", float(one == "covered")) for one in titles]
    return [heading, Table(columns, rows, small=True)]


def _winners(comparison: ComparisonTables, scenario: Scenario, language: Language) -> list[Block]:
    """Who gains and who loses: deciles as a picture and a table, then the milieux and the regions."""
    heading = Heading(told.TITLES["winners"].get(language))
    own = comparison.winners.filter(pl.col("scenario") == scenario.name)
    parts = {by: own.filter(pl.col("by") == by).to_dicts()[:_MOST_GROUPS] for by in _GROUPS}
    if not any(parts.values()):
        return [heading, Callout(told.NOT_COMPUTED.get(language))]
    blocks: list[Block] = [heading]
    if parts["decile"]:
        blocks.append(_picture(parts["decile"], language))
    for by, rows in parts.items():
        if rows:
            cells = [[row[f"name_{language}"], *_winner_cells(row, language)] for row in rows]
            titles = (by, "winners", "losers", "unchanged", "gain", "loss")
            columns = [Column(told.ROWS[one].get(language), one != by, float(one == by)) for one in titles]
            blocks.append(Table(columns, cells, small=True))
    return blocks


def _winner_cells(row: Mapping[str, Any], language: Language) -> list[str]:
    counts = [number(row[name], language) for name in ("winners", "losers", "unchanged")]
    return [*counts, *(words.millions(row[name], language) for name in ("gain_centimes", "loss_centimes"))]


def _picture(rows: Sequence[Mapping[str, Any]], language: Language) -> Figure:
    bars = []
    for row in rows:
        bars += [
            figures.Bar(row[f"name_{language}"], "gain", row["gain_centimes"] / words.CENTIMES_IN_A_MILLION),
            figures.Bar(row[f"name_{language}"], "loss", -row["loss_centimes"] / words.CENTIMES_IN_A_MILLION),
        ]
    return figures.two_sided(
        bars,
        {side: (colour, told.SIDES[side].get(language)) for side, colour in figures.WINNERS.items()},
        unit=told.PICTURE_UNIT.get(language),
        alternative=told.PICTURE_ALTERNATIVE.get(language),
        language=language,
        say=lambda value: words.signed_millions(round(value * words.CENTIMES_IN_A_MILLION), language),
    )


def _movements(comparison: ComparisonTables, scenario: Scenario, language: Language) -> list[Block]:
    """Who enters and who leaves, with the condition that decides it; the most families first."""
    table = comparison.movements.filter(pl.col("scenario") == scenario.name).sort("families", descending=True)
    if table.is_empty():
        return []
    refusals = {one.refusal: one.refusal_label for one in programme_named(scenario.programme).conditions}
    rows = [
        [
            told.MOVEMENTS[row["movement"]].get(language),
            words.word(refusals, row["reason"], language),
            number(row["families"], language),
            words.signed_millions(row["amount_centimes"], language),
        ]
        for row in table.head(_MOST_MOVEMENTS).iter_rows(named=True)
    ]
    titles = ("movement", "reason", "families", "amount")
    numeric = {"families", "amount"}
    columns = [Column(told.ROWS[one].get(language), one in numeric, float(one == "reason")) for one in titles]
    return [Heading(told.TITLES["movements"].get(language)), Table(columns, rows, small=True)]


def _poverty(comparison: ComparisonTables, scenario: Scenario, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["poverty"].get(language))
    if comparison.living is None:
        return [heading, Callout(told.NOT_COMPUTED.get(language))]
    table = comparison.living.measures.filter(pl.col("level").is_in(_LEVELS))
    found = {(row["aid"], row["territory"], row["measure"]): row["value"] for row in table.iter_rows(named=True)}
    places = table.select("level", "territory").unique(maintain_order=True).sort("level", maintain_order=True)
    rows = []
    for level, territory in places.iter_rows():
        pairs = [[found.get((aid, territory, one)) for aid in (BASELINE, scenario.name)] for one in _MEASURES]
        rows.append([told.territory(level, territory, language), *(_from_to(pair, language) for pair in pairs)])
    titles = ("milieu", *_MEASURES)
    columns = [Column(told.ROWS[one].get(language), one != "milieu", 1) for one in titles]
    reading = f"{told.BEFORE_AFTER.get(language)} {INTERPRETATION.get(language)}."
    return [heading, Table(columns, rows, small=True), Paragraph(reading, small=True)]


def _from_to(pair: Sequence[float | None], language: Language) -> str:
    """A measure under the law and under the reform."""
    before, after = (words.percent(value, language, 2) for value in pair)
    return told.FROM_TO[language].format(before, after)


def _limits(comparison: ComparisonTables, touched: Sequence[Touched], language: Language) -> list[Block]:
    """What the reader must not forget."""
    share = float(comparison.manifest.get("share", 1))
    unsure = [one for one in touched if one.status not in words.SURE and one.status != PROPOSED_STATUS]
    sentences = [told.LIMITS["static"].get(language)]
    if share < 1:
        sentences.append(told.LIMITS["sample"].get(language).format(number(1 / share, language)))
    if unsure:
        names = told.COMMA[language].join(one.label.get(language) for one in unsure)
        sentences.append(told.LIMITS["unsure"].get(language).format(names))
    return [Heading(told.TITLES["limits"].get(language)), *(Paragraph(one, small=True) for one in sentences)]
