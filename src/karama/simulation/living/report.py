"""What an aid does to poverty and inequality, whom it reaches, and what each decile receives.

Everything is per person, weighted by persons: an aid is shared equally inside the household, all of it is spent, and
nothing else changes.  Deciles and the poorest are those before any aid.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.simulation.living.distribution import GINI, RATES, changes, measured
from karama.simulation.living.ranking import DECILES, Cells, Ranked, decile_of
from karama.statistics import Denominator, Ratios, cost_of_gap_closed, incidence, targeting
from karama.statistics.columns import sums_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from karama.simulation.living.distribution import Level, Measured
    from karama.simulation.living.spending import Living, ScoreModel
    from karama.statistics import Curve
    from karama.statistics.columns import Flags, Floats

INTERPRETATION = Label(
    "Dépense par personne lue dans l'indice du RSU : une interprétation, pas une observation",
    "الإنفاق للفرد مستخلص من مؤشر السجل الاجتماعي الموحد: تأويل وليس معاينة",
    "Spending per person read out of the RSU score: an interpretation, not an observation",
)
"""To be shown wherever a figure of `living_from_score` is."""
BEFORE = "none"
"""Name of the rows before any aid."""
POOR = "poor"
"""Name of the target of those under the line of poverty."""


@dataclass(frozen=True, slots=True)
class LivingReport:
    """Frames of what aids do to living standards; money in MAD a year, shares from 0 to 1.

    Attributes:
        measures: ``aid`` (`BEFORE` or a name), ``level`` (country, milieu, region), ``territory``, ``measure``
            (mean_spending, headcount, gap, severity, gini), ``value``, ``standard_error`` of sampling, and ``change``
            from `BEFORE` with its ``change_standard_error`` (null for the Gini index).
        totals: ``aid``, ``level``, ``territory``, ``persons``, ``poor`` persons, ``gap_mad`` (what would lift all to
            the line) and ``aid_mad``.
        curves: ``aid``, ``curve`` (lorenz of spending with the aid; concentration of the aid over persons ranked by
            spending without it), ``population``, ``held``.
        targeting: ``aid``, ``target`` (`POOR`, or poorest_10 …), the figures of
            `karama.statistics.Targeting`, ``concentration_index`` of the aid, ``cost_mad``, ``gap_closed_mad``,
            ``cost_of_gap_closed`` (MAD for one MAD of the gap), and ``coverage_standard_error``,
            ``leakage_standard_error``, ``amount_share_standard_error`` (the target taken as known).
        incidence: ``aid``, ``decile``, ``spending_from`` and ``spending_to`` per person without aid, ``persons``,
            ``recipients``, ``coverage``, ``aid_mad``, ``aid_share``, ``per_person``, ``per_recipient``.
        model: how the score was read; None where spending came from a table.
        left_out: households without a score or without a row in the table.
    """

    measures: pl.DataFrame
    totals: pl.DataFrame
    curves: pl.DataFrame
    targeting: pl.DataFrame
    incidence: pl.DataFrame
    model: ScoreModel | None
    left_out: int


def living_report(living: Living, aids: Mapping[str, ArrayLike]) -> LivingReport:
    """Poverty, inequality and targeting without aid and with each aid instead.

    Args:
        living: of `living_from_score` or `living_from_table`.
        aids: by name, the amount of a regular month in centimes for each household of the frame that `living` was made
            from, in its order.  It is taken twelve times; a grant of one month must be left out or spread.

    Raises:
        BadInputError: not one amount per household, one under 0, no aid, or one named `BEFORE`.
    """
    if not aids or BEFORE in aids:
        raise BadInputError(f"aids: give at least one, and none named '{BEFORE}', the name of the rows without aid")
    before = measured(living, living.spending)
    ranked = Ranked.of(living)
    measures, totals = [_measures(BEFORE, before, None)], [_totals(BEFORE, living, before, None)]
    curves, targets, shared = [_curve(BEFORE, "lorenz", before.lorenz)], [], []
    for name, amounts in aids.items():
        aid = living.aid_per_person(name, amounts)
        after = measured(living, living.spending + aid)
        cells = ranked.cells(living, aid)
        measures.append(_measures(name, after, changes(living, before, after)))
        totals.append(_totals(name, living, after, aid))
        curves += [_curve(name, "lorenz", after.lorenz), _curve(name, "concentration", cells.curve())]
        targets.append(_targeting(name, cells, before.gap_mad - after.gap_mad, _Reach(living, ranked, aid)))
        shared.append(_incidence(name, cells, ranked))
    return LivingReport(
        pl.concat(measures),
        pl.concat(totals),
        pl.concat(curves),
        pl.concat(targets),
        pl.concat(shared),
        living.model,
        living.left_out,
    )


def _measures(name: str, after: Measured, moved: dict[str, tuple[Ratios, ...]] | None) -> pl.DataFrame:
    frames = []
    for place, level in enumerate(after.levels):
        for measure in RATES:
            found = after.rates[measure][place]
            change = None if moved is None else moved[measure][place]
            frames.append(_rows(name, level, measure, found, change))
        own = Ratios(
            np.array([one.value for one in after.gini[place]]),
            np.array([one.standard_error for one in after.gini[place]]),
        )
        frames.append(_rows(name, level, GINI, own, None))
    return pl.concat(frames)


def _rows(name: str, level: Level, measure: str, found: Ratios, change: Ratios | None) -> pl.DataFrame:
    unknown = np.full(len(level.territories), np.nan)
    return pl.DataFrame(
        {
            "aid": [name] * len(level.territories),
            "level": [level.name] * len(level.territories),
            "territory": list(level.territories),
            "measure": [measure] * len(level.territories),
            "value": found.value,
            "standard_error": found.standard_error,
            "change": unknown if change is None else change.value,
            "change_standard_error": unknown if change is None else change.standard_error,
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _totals(name: str, living: Living, found: Measured, aid: Floats | None) -> pl.DataFrame:
    strata = len(living.line)
    given = np.zeros(strata) if aid is None else sums_by(living.stratum, living.persons * aid, strata)
    return pl.concat(
        pl.DataFrame(
            {
                "aid": [name] * len(level.territories),
                "level": [level.name] * len(level.territories),
                "territory": list(level.territories),
                **{
                    column: sums_by(level.of_stratum, sums, len(level.territories))
                    for column, sums in (
                        ("persons", found.persons),
                        ("poor", found.poor),
                        ("gap_mad", found.gap),
                        ("aid_mad", given),
                    )
                },
            }
        )
        for level in found.levels
    )


def _curve(name: str, kind: str, curve: Curve) -> pl.DataFrame:
    count = len(curve.population)
    return pl.DataFrame(
        {"aid": [name] * count, "curve": [kind] * count, "population": curve.population, "held": curve.held}
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


@dataclass(frozen=True)
class _Reach:
    """The rows themselves, for the errors of what is counted in cells."""

    living: Living
    ranked: Ranked
    aid: Floats

    @cached_property
    def reached(self) -> Denominator:
        """Persons who receive the aid."""
        return self._of(self.living.persons * (self.aid > 0))

    @cached_property
    def money(self) -> Denominator:
        """What they receive."""
        return self._of(self.living.persons * self.aid)

    def _of(self, column: Floats) -> Denominator:
        return Denominator.of(column, self.living.sample, len(self.living.line))

    def targets(self, cells: Cells) -> dict[str, tuple[Flags, Flags]]:
        """By name, which cells and which rows are of the target; the rows only where their errors are asked for."""
        rows = slice(0, 0) if self.living.sample.whole else slice(None)
        poor, percent = self.ranked.poor_rows(rows), self.ranked.percent_rows(rows)
        found = {POOR: (cells.poor, poor)}
        for most in self.living.settings.poorest_percent:
            found[f"poorest_{most:g}"] = (cells.percent <= most, percent <= most)
        return found

    def errors(self, target: Flags) -> dict[str, float]:
        """Standard errors of coverage, leakage and share of the money, the target taken as known."""
        names = [f"{name}_standard_error" for name in ("coverage", "leakage", "amount_share")]
        if self.living.sample.whole:
            return dict.fromkeys(names, 0.0)
        persons, country = self.living.persons, np.zeros(len(self.living.line), np.int64)
        rightly = persons * (target & (self.aid > 0))
        # The share of recipients outside the target varies as the share inside it does.
        found = self._of(persons * target).ratios(rightly, country) + self.reached.ratios(rightly, country)
        found += self.money.ratios(persons * self.aid * target, country)
        return {name: float(one.standard_error[0]) for name, one in zip(names, found, strict=True)}


def _targeting(name: str, cells: Cells, closed: float, reach: _Reach) -> pl.DataFrame:
    cost = float((cells.persons * cells.aid).sum())
    concentration = cells.concentration()
    return pl.DataFrame(
        [
            {
                "aid": name,
                "target": target,
                **asdict(targeting(of_cells, cells.aid, cells.persons)),
                "concentration_index": concentration,
                "cost_mad": cost,
                "gap_closed_mad": closed,
                "cost_of_gap_closed": cost_of_gap_closed(cost, closed, 0),
                **reach.errors(of_rows),
            }
            for target, (of_cells, of_rows) in reach.targets(cells).items()
        ]
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _incidence(name: str, cells: Cells, ranked: Ranked) -> pl.DataFrame:
    found = incidence(decile_of(cells.percent), cells.aid, cells.persons, groups=DECILES)
    lowest, highest = ranked.limits()
    return pl.DataFrame(
        {
            "aid": [name] * DECILES,
            "decile": np.arange(1, DECILES + 1),
            "spending_from": lowest,
            "spending_to": highest,
            "persons": found.population,
            "recipients": found.recipients,
            "coverage": found.coverage,
            "aid_mad": found.amount,
            "aid_share": found.amount_share,
            "per_person": found.per_unit,
            "per_recipient": found.per_recipient,
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))
