"""A comparison as files and as text: tables, pictures, and what a reader sees on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.foundation.money import from_centimes
from karama.simulation.living import INTERPRETATION
from karama.simulation.reform.comparison import BASELINE
from karama.simulation.reform.pictures import pictures
from karama.simulation.tables import in_columns, write_tables

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from karama.foundation.languages import Language
    from karama.simulation.reform.comparison import Comparison

NAME = "simulate"
_MILLION = 1_000_000


def write_comparison(comparison: Comparison, out: Path, language: Language = "fr") -> None:
    """Write the tables as Parquet, CSV and JSON, and their pictures as SVG, whole or not at all.

    Raises:
        BadInputError: the folder holds something else.
        StorageError: the disk is full or the place cannot be written.
    """
    write_tables(out, NAME, comparison.frames(), comparison.manifest, pictures(comparison, language))


def as_text(comparison: Comparison) -> str:
    """Summary, costs, movements and poverty in plain lines; amounts in million MAD unless said otherwise."""
    manifest = comparison.manifest
    made_up = "; SYNTHETIC register" if manifest["synthetic"] else ""
    each = f", each household stands for {manifest['weight']:,.0f}" if manifest["weight"] != 1 else ""
    place = f"register {manifest['register']} ({manifest['households']:,} households{each}){made_up}"
    parts = [
        f"{manifest['programme']}, {comparison.month}, amounts as {manifest['amounts']}; {place}",
        "million MAD, unless said otherwise",
        _table(_summary(comparison)),
        _table(_costs(comparison)),
    ]
    if len(comparison.movements):
        parts.append(_table(_movements(comparison)))
    deciles = comparison.winners.filter(by="decile")
    if len(deciles):
        parts.append(_table(_by_decile(deciles)))
    if comparison.living is not None:
        parts += [_table(_poverty(comparison)), INTERPRETATION.en]
    return "\n\n".join(parts) + "\n"


def _millions(centimes: int | None) -> str:
    return "-" if centimes is None else f"{from_centimes(centimes) / _MILLION:,.1f}"


def _summary(comparison: Comparison) -> list[list[str]]:
    head = [
        "scenario",
        "families",
        "change",
        "month",
        "change",
        "year",
        "change",
        "winners",
        "losers",
        "MAD per family more",
    ]
    rows = [
        [
            row["scenario"], f"{row['families']:,}", f"{row['families_change']:+,}", _millions(row["month_centimes"]),
            _millions(row["month_change_centimes"]), _millions(row["year_centimes"]),
            _millions(row["year_change_centimes"]), f"{row['winners']:,}", f"{row['losers']:,}",
            "-" if row["marginal_centimes"] is None else f"{from_centimes(row['marginal_centimes']):,.2f}",
        ]
        for row in comparison.summary.iter_rows(named=True)
    ]  # fmt: skip
    return [head, *rows]


def _costs(comparison: Comparison) -> list[list[str]]:
    scenarios = [BASELINE, *(one.name for one in comparison.scenarios)]
    periods = [one for one in ("month", "year") if one in comparison.costs["period"].to_list()]
    amounts = {
        (row["scenario"], row["period"], row["benefit"]): row["amount_centimes"]
        for row in comparison.costs.iter_rows(named=True)
    }
    benefits = dict.fromkeys(comparison.costs["benefit"].to_list())
    head = ["benefit", *(f"{one} ({period})" for period in periods for one in scenarios)]
    return [
        head,
        *([benefit, *(_millions(amounts.get((one, period, benefit))) for period in periods for one in scenarios)]
          for benefit in benefits),
    ]  # fmt: skip


def _movements(comparison: Comparison) -> list[list[str]]:
    head = ["scenario", "movement", "reason", "families", "persons", "month"]
    return [
        head,
        *([row["scenario"], row["movement"], row["reason"], f"{row['families']:,}",
           "-" if row["persons"] is None else f"{row['persons']:,}", _millions(row["amount_centimes"])]
          for row in comparison.movements.iter_rows(named=True)),
    ]  # fmt: skip


def _by_decile(deciles: pl.DataFrame) -> list[list[str]]:
    """Net gain of each decile of the registered persons, by score, the poorest first."""
    scenarios = list(dict.fromkeys(deciles["scenario"].to_list()))
    net = {
        (row["scenario"], row["group"]): row["gain_centimes"] - row["loss_centimes"]
        for row in deciles.iter_rows(named=True)
    }
    groups = dict.fromkeys(deciles["group"].to_list())
    return [
        ["decile by score", *(f"{one} (month)" for one in scenarios)],
        *([group, *(_millions(net.get((one, group), 0)) for one in scenarios)] for group in groups),
    ]  # fmt: skip


def _poverty(comparison: Comparison) -> list[list[str]]:
    assert comparison.living is not None  # noqa: S101 - asked only then
    measures = comparison.living.measures.filter(level="country")
    names = dict.fromkeys(measures["measure"].to_list())
    rows = []
    for aid in dict.fromkeys(measures["aid"].to_list()):
        of_aid = {row["measure"]: row for row in measures.filter(aid=aid).iter_rows(named=True)}
        rows.append([aid, *(f"{of_aid[one]['value']:,.4f} ± {of_aid[one]['standard_error']:.4f}" for one in names)])
    return [["with the aid of", *names], *rows]


def _table(rows: list[list[str]]) -> str:
    return in_columns(rows, [True, *([False] * (len(rows[0]) - 1))])
