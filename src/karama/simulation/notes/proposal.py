"""The proposal to the Government: a reform on two pages in French, then in Arabic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.documents import Callout, Cards, Column, Document, Facts, Heading, Paragraph, Part, Table
from karama.foundation.documents import write_document as write
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.foundation.wording import month_name, number, signed
from karama.simulation.notes import figures, words
from karama.simulation.notes import proposal_words as told
from karama.simulation.notes.budget import AUTHOR, PAGE_OF, is_synthetic, law_of
from karama.simulation.notes.touched import PROPOSED_STATUS, touched_by

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from karama.foundation.documents import Block, Figure
    from karama.foundation.languages import Language
    from karama.simulation import Scenario
    from karama.simulation.notes.shapes import Comparison
    from karama.simulation.notes.touched import Touched

_GROUPS = ("decile", "milieu", "region")
_MOST_TOUCHED = 14


def write_proposal(comparison: Comparison, scenario: Scenario, path: Path) -> None:
    """Write the note of a reform; the same reform gives the same bytes.

    Raises:
        BadInputError: the comparison does not hold the scenario or the law in force.
        StorageError: the file cannot be written.
    """
    write(proposal_note(comparison, scenario), path)


def proposal_note(comparison: Comparison, scenario: Scenario) -> Document:
    """The note as a document, dated with the month compared."""
    known = set(comparison.costs["scenario"])
    for name in (comparison.baseline, scenario.name):
        if name not in known:
            raise BadInputError(f"the comparison has no costs of '{name}', only of {', '.join(sorted(known))}: add it")
    touched = touched_by(scenario)
    parts = [_part(comparison, scenario, touched, language) for language in ("fr", "ar")]
    title = f"{told.TITLE.fr} · {told.TITLE.ar} · {scenario.name}"
    return Document(title, scenario.author or AUTHOR, month_of(comparison).first_day, parts)


def month_of(comparison: Comparison) -> Month:
    """The month on which the reform was compared with the law.

    Raises:
        BadInputError: the comparison does not say it.
    """
    if "month" not in comparison.manifest:
        raise BadInputError("the comparison does not say its month: add it to its manifest")
    return Month.parse(str(comparison.manifest["month"]))


def _part(comparison: Comparison, scenario: Scenario, touched: Sequence[Touched], language: Language) -> Part:
    month = month_name(month_of(comparison), language)
    blocks: list[Block] = [Facts(_facts(comparison, scenario, language))]
    if scenario.description is not None:
        blocks.append(Paragraph(scenario.description.get(language)))
    blocks += [
        *_essential(comparison, scenario, language),
        *_changes(touched, language),
        *_costs(comparison, scenario, language),
        *_coverage(comparison, scenario, language),
        *_winners(comparison, language),
        *_poverty(comparison, scenario, language),
        *_limits(comparison, touched, language),
    ]
    return Part(
        language=language,
        title=scenario.label.get(language),
        subtitle=f"{told.TITLE.get(language)} · {told.STATUSES[scenario.status].get(language)}",
        footer=told.FOOTER.get(language).format(month, law_of(comparison.manifest)),
        mark=words.SYNTHETIC.get(language) if is_synthetic(comparison.manifest) else "",
        page_of=PAGE_OF[language],
        blocks=blocks,
    )


def _facts(comparison: Comparison, scenario: Scenario, language: Language) -> list[tuple[str, str]]:
    decided = f" · {scenario.decided_on:%d/%m/%Y}" if scenario.decided_on else ""
    share = float(comparison.manifest.get("share", 1))
    values = {
        "author": scenario.author or words.ABSENT,
        "status": f"{told.STATUSES[scenario.status].get(language)}{decided}",
        "programme": words.programme_label(scenario.programme, language),
        "data": month_name(month_of(comparison), language),
        "share": words.value_said(share * 100, language) + words.PERCENT[language] if share < 1 else "",
        "stands_on": ", ".join(one.label.get(language) for one in scenario.before),
    }
    return [(told.FACTS[name].get(language), value) for name, value in values.items() if value]


def _essential(comparison: Comparison, scenario: Scenario, language: Language) -> list[Block]:
    """What it costs more or less, and how many gain and lose."""
    sums = {name: _total(comparison.costs, name, "yearly_centimes") for name in (comparison.baseline, scenario.name)}
    more = sums[scenario.name] - sums[comparison.baseline]
    share = more / sums[comparison.baseline] if sums[comparison.baseline] else None
    cards = [
        (
            f"{words.signed_millions(more, language)}{words.NO_BREAK}{words.MILLION.get(language)}",
            told.CARDS["cost"].get(language).format(words.signed_percent(share, language)),
        )
    ]
    everyone = _everyone(comparison.winners)
    if everyone:
        cards += [(number(everyone[name], language), told.CARDS[name].get(language)) for name in ("winners", "losers")]
    return [Cards(cards)]


def _total(table: pl.DataFrame, scenario: str, column: str) -> int:
    return int(table.filter(pl.col("scenario") == scenario)[column].sum())


def _everyone(winners: pl.DataFrame) -> dict[str, int] | None:
    """Winners and losers of the whole country: the sums over the groups of one way to part it."""
    for by in _GROUPS:
        rows = winners.filter(pl.col("by") == by)
        if len(rows):
            return {name: int(rows[name].sum()) for name in ("winners", "losers")}
    return None


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


def _costs(comparison: Comparison, scenario: Scenario, language: Language) -> list[Block]:
    """Yearly cost by benefit under the law and under the reform, and the monthly difference."""
    labels = words.benefit_labels()
    found = {(row["scenario"], row["benefit"]): row for row in comparison.costs.iter_rows(named=True)}
    names = list(dict.fromkeys(comparison.costs["benefit"]))
    rows, sums = [], [0, 0, 0]
    for name in names:
        old, new = (found.get((one, name), _NO_COST) for one in (comparison.baseline, scenario.name))
        values = [old["yearly_centimes"], new["yearly_centimes"], new["monthly_centimes"] - old["monthly_centimes"]]
        if not any(values):
            continue
        sums = [total + value for total, value in zip(sums, values, strict=True)]
        rows.append([words.word(labels, name, language), *_cost_cells(values, language)])
    rows.append([told.ROWS["total"].get(language), *_cost_cells(sums, language)])
    titles = ("benefit", "in_force", "proposed", "difference", "monthly")
    columns = [Column(told.ROWS[one].get(language), one != "benefit", float(one == "benefit")) for one in titles]
    return [Heading(told.TITLES["costs"].get(language)), Table(columns, rows, strong=[len(rows) - 1], small=True)]


_NO_COST: Mapping[str, int] = {"yearly_centimes": 0, "monthly_centimes": 0}


def _cost_cells(values: Sequence[int], language: Language) -> list[str]:
    old, new, monthly = values
    return [
        words.millions(old, language),
        words.millions(new, language),
        words.signed_millions(new - old, language),
        words.signed_millions(monthly, language),
    ]


def _coverage(comparison: Comparison, scenario: Scenario, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["coverage"].get(language))
    found = {row["scenario"]: row for row in comparison.coverage.iter_rows(named=True)}
    if not {comparison.baseline, scenario.name} <= found.keys():
        return [heading, Callout(told.NOT_COMPUTED.get(language))]
    old, new = found[comparison.baseline], found[scenario.name]
    rows = [
        [
            told.ROWS[name].get(language),
            number(old[name], language),
            number(new[name], language),
            signed(new[name] - old[name], language),
        ]
        for name in ("families", "children", "persons")
    ]
    titles = ("covered", "in_force", "proposed", "difference")
    columns = [Column(told.ROWS[one].get(language), one != "covered", float(one == "covered")) for one in titles]
    return [heading, Table(columns, rows, small=True)]


def _winners(comparison: Comparison, language: Language) -> list[Block]:
    """Who gains and who loses: deciles as a picture and a table, then the milieux and the regions."""
    heading = Heading(told.TITLES["winners"].get(language))
    parts = {by: comparison.winners.filter(pl.col("by") == by).to_dicts() for by in _GROUPS}
    if not any(parts.values()):
        return [heading, Callout(told.NOT_COMPUTED.get(language))]
    blocks: list[Block] = [heading]
    if parts["decile"]:
        blocks.append(_picture(parts["decile"], language))
    for by, rows in parts.items():
        if rows:
            cells = [[told.group(by, row["group"], language), *_winner_cells(row, language)] for row in rows]
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
        name = told.group("decile", row["group"], language)
        bars += [
            figures.Bar(name, "gain", row["gain_centimes"] / words.CENTIMES_IN_A_MILLION),
            figures.Bar(name, "loss", -row["loss_centimes"] / words.CENTIMES_IN_A_MILLION),
        ]
    return figures.two_sided(
        bars,
        {side: (colour, told.SIDES[side].get(language)) for side, colour in figures.WINNERS.items()},
        unit=told.PICTURE_UNIT.get(language),
        alternative=told.PICTURE_ALTERNATIVE.get(language),
        language=language,
        say=lambda value: words.signed_millions(round(value * words.CENTIMES_IN_A_MILLION), language),
    )


def _poverty(comparison: Comparison, scenario: Scenario, language: Language) -> list[Block]:
    heading = Heading(told.TITLES["poverty"].get(language))
    table = comparison.poverty.filter(pl.col("region").is_null())
    found = {(row["scenario"], row["milieu"]): row for row in table.iter_rows(named=True)}
    rows = []
    for milieu in (None, "urban", "rural"):
        pair = [found.get((one, milieu)) for one in (comparison.baseline, scenario.name)]
        if all(pair):
            rows.append([told.group("milieu", milieu, language), *_poverty_cells(pair, language)])
    if not rows:
        return [heading, Callout(told.NOT_COMPUTED.get(language))]
    titles = ("milieu", "fgt0", "fgt1", "fgt2", "gini")
    columns = [Column(told.ROWS[one].get(language), one != "milieu", 1) for one in titles]
    return [heading, Table(columns, rows, small=True), Paragraph(told.SPENDING.get(language), small=True)]


def _poverty_cells(pair: Sequence[Mapping[str, Any] | None], language: Language) -> list[str]:
    """Each measure under the law and under the reform."""
    old, new = ((row or {}) for row in pair)
    cells = []
    for name in ("fgt0", "fgt1", "fgt2", "gini"):
        before, after = (words.percent(row[name], language, 2) for row in (old, new))
        cells.append(told.FROM_TO.get(language).format(before, after))
    return cells


def _limits(comparison: Comparison, touched: Sequence[Touched], language: Language) -> list[Block]:
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
