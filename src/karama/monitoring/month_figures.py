"""Totals of finished months, read from the folders that ``karama cycle run`` wrote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.foundation.storage import read_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

NO_AID = "none"
IN_CARE = "in_care"
"""Stands in the column ``milieu`` for children in social protection establishments, who belong to no household."""


@dataclass(frozen=True)
class MonthFigures:
    """What several months gave, in whole numbers of the register and in centimes.

    ``aids``: month, aid, families, children, persons, amount_centimes; ``benefits``: month, benefit, lines,
    amount_centimes; ``changes``: kind, reason, beneficiaries, difference_centimes of the last month, one with several
    reasons counting under each; ``moves``: month, kind, beneficiaries, difference_centimes; ``places``: region, milieu,
    families, children, amount_centimes of the last month; ``manifests``: each month's own.
    """

    months: tuple[Month, ...]
    aids: pl.DataFrame
    benefits: pl.DataFrame
    changes: pl.DataFrame
    moves: pl.DataFrame
    places: pl.DataFrame
    manifests: tuple[dict[str, Any], ...]

    @property
    def last(self) -> Month:
        """The last of the months."""
        return self.months[-1]

    @classmethod
    def read(cls, folder: Path) -> MonthFigures:
        """The totals of every month folder ``YYYY-MM`` of a folder.

        Raises:
            BadInputError: no month folder there.
        """
        months = months_in(folder)
        folders = [folder / str(month) for month in months]
        territory = _table(folders, months, "territory")
        changes = _table(folders, months, "changes").with_columns(_difference())
        return cls(
            months=tuple(months),
            aids=_aids(territory),
            benefits=_benefits(_table(folders, months, "lines")),
            changes=_changes(changes.filter(pl.col("month") == str(months[-1]))),
            moves=_moves(changes),
            places=_places(territory.filter(pl.col("month") == str(months[-1]))),
            manifests=tuple(read_json(one / "manifest.json") for one in folders),
        )


def months_in(folder: Path) -> list[Month]:
    """The finished months of a folder, in order.

    Raises:
        BadInputError: none is there.
    """
    found = sorted(Month.parse(one.parent.name) for one in folder.glob("????-??/manifest.json"))
    if not found:
        raise BadInputError(f"{folder}: no finished month: give the folder that holds months written by 'cycle run'")
    return found


def _table(folders: Sequence[Path], months: Sequence[Month], name: str) -> pl.LazyFrame:
    """One table of all the months, with the month it belongs to as text."""
    return pl.concat(
        pl.scan_parquet(folder / f"{name}.parquet").with_columns(pl.lit(str(month)).alias("month"))
        for folder, month in zip(folders, months, strict=True)
    )


def _aids(territory: pl.LazyFrame) -> pl.DataFrame:
    counted = ("families", "children", "persons", "amount_centimes")
    return (
        territory.filter(pl.col("aid") != NO_AID)
        .group_by("month", "aid")
        .agg(pl.col(name).cast(pl.Int64).sum() for name in counted)
        .sort("month", "aid")
        .collect()
    )


def _benefits(lines: pl.LazyFrame) -> pl.DataFrame:
    return (
        lines.group_by("month", "benefit")
        .agg(pl.len().alias("lines"), pl.col("amount_centimes").cast(pl.Int64).sum())
        .sort("month", "benefit")
        .collect()
    )


def _difference() -> pl.Expr:
    difference = pl.col("amount_after_centimes").cast(pl.Int64) - pl.col("amount_before_centimes").cast(pl.Int64)
    return difference.alias("difference_centimes")


def _changes(changes: pl.LazyFrame) -> pl.DataFrame:
    return (
        changes.explode("reasons", empty_as_null=False)
        .group_by("kind", pl.col("reasons").alias("reason"))
        .agg(pl.len().alias("beneficiaries"), pl.col("difference_centimes").sum())
        .sort("beneficiaries", "kind", "reason", descending=[True, False, False])
        .collect()
    )


def _moves(changes: pl.LazyFrame) -> pl.DataFrame:
    return (
        changes.group_by("month", "kind")
        .agg(pl.len().alias("beneficiaries"), pl.col("difference_centimes").sum())
        .sort("month", "kind")
        .collect()
    )


def _places(territory: pl.LazyFrame) -> pl.DataFrame:
    return (
        territory.filter(pl.col("aid") != NO_AID)
        .with_columns(pl.col("milieu").fill_null(IN_CARE))
        .group_by("region", "milieu")
        .agg(pl.col(name).cast(pl.Int64).sum() for name in ("families", "children", "amount_centimes"))
        .sort("region", "milieu")
        .collect()
    )
