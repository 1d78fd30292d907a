"""What the notes read: the tables of a forecast, and those of a reform compared with the law in force.

Money is in integer centimes, a month is ``YYYY-MM``, a fiscal year is a calendar year.  A table without rows says that
this was not computed, and the notes say so too.  Words are given once (``meaning``) or once for each language
(``meaning_fr``, ``meaning_ar``, ``meaning_en``); the reader's language is taken where it is there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from karama.foundation.languages import Language


class ForecastTables(Protocol):
    """The tables of a forecast, and where it comes from."""

    @property
    def costs(self) -> pl.DataFrame:
        """month, benefit, recipients, amount_centimes."""

    @property
    def caseload(self) -> pl.DataFrame:
        """month, category, count."""

    @property
    def years(self) -> pl.DataFrame:
        """fiscal_year, months, benefit, amount_centimes, appropriation_centimes (of the year; on each row or null)."""

    @property
    def cash(self) -> pl.DataFrame:
        """month, legal_centimes, paid_centimes, arrears_centimes, and what else is counted in ``*_centimes``."""

    @property
    def fan(self) -> pl.DataFrame:
        """month, percentile (0 to 100), amount_centimes."""

    @property
    def fan_years(self) -> pl.DataFrame:
        """fiscal_year, percentile (0 to 100), amount_centimes."""

    @property
    def tornado(self) -> pl.DataFrame:
        """assumption, low, high, cost_low_centimes, cost_high_centimes (of all months), label."""

    @property
    def backtest(self) -> pl.DataFrame:
        """Metric (a code of the published figures), date, unit, published, forecast, relative_error, use, source."""

    @property
    def assumptions(self) -> pl.DataFrame:
        """name, value, meaning, source, status; unit, low, high, label where there are some."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Register, start, share, whether it is synthetic, seed, draws, law and versions."""


@dataclass(frozen=True)
class Comparison:
    """A reform beside the law in force, on one register and month.

    ``costs``: scenario, benefit, monthly_centimes, yearly_centimes.  ``coverage``: scenario, families, children,
    persons.  ``winners``: by, group, winners, losers, unchanged, gain_centimes, loss_centimes (families and monthly
    amounts, both counted positive).  ``poverty``: scenario, milieu and region (null for all), fgt0, fgt1, fgt2, gini.
    ``manifest``: register, month, share, synthetic, law version.  ``baseline`` names the law in force.
    """

    baseline: str
    costs: pl.DataFrame
    coverage: pl.DataFrame
    winners: pl.DataFrame
    poverty: pl.DataFrame
    manifest: Mapping[str, Any] = field(default_factory=dict)


def said(row: Mapping[str, Any], column: str, language: Language) -> str:
    """The words of a row in the language of the reader, or those that it has."""
    found = row.get(f"{column}_{language}") or row.get(column)
    if isinstance(found, dict):
        found = found.get(language)
    return "" if found is None else str(found)
