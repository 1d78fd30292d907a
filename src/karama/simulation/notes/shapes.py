"""What the notes read: the tables of a forecast, and those of a reform compared with the law in force.

Money is in integer centimes, a month is ``YYYY-MM``, a fiscal year is a calendar year.  A table without rows says that
this was not computed, and the notes say so too.  Words are given once (``meaning``) or once for each language
(``meaning_fr``, ``meaning_ar``, ``meaning_en``); the reader's language is taken where it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from karama.foundation.languages import Language
    from karama.foundation.months import Month
    from karama.simulation.living import LivingReport


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


class ComparisonTables(Protocol):
    """The tables of reforms compared with the law in force, whose rows bear the scenario `BASELINE`."""

    @property
    def month(self) -> Month:
        """The month compared."""

    @property
    def costs(self) -> pl.DataFrame:
        """scenario, period (month, year), benefit, amount_centimes."""

    @property
    def coverage(self) -> pl.DataFrame:
        """scenario, measure, count."""

    @property
    def summary(self) -> pl.DataFrame:
        """scenario, winners, losers (households), and what else is told of each."""

    @property
    def winners(self) -> pl.DataFrame:
        """scenario, by, group, name_fr, name_ar, name_en, winners, losers, unchanged, gain_centimes, loss_centimes."""

    @property
    def movements(self) -> pl.DataFrame:
        """scenario, movement (entry, exit), reason (the code of a refusal), families, amount_centimes."""

    @property
    def living(self) -> LivingReport | None:
        """Living standards without aid, with that of the law and with that of each scenario; or None."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Register, its month and share, whether it is synthetic."""


def said(row: Mapping[str, Any], column: str, language: Language) -> str:
    """The words of a row in the language of the reader, or those that it has."""
    found = row.get(f"{column}_{language}") or row.get(column)
    if isinstance(found, dict):
        found = found.get(language)
    return "" if found is None else str(found)
