"""What an aid does to poverty and inequality, whom it reaches, and what each decile receives.

Everything is per person, weighted by persons: an aid is shared equally inside the household, all of it is spent, and
nothing else changes.  Deciles and the poorest are those before any aid.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.simulation.living.distribution import GINI, RATES, STEPS, changes, measured, steps_of
from karama.statistics import (
    Ratios,
    concentration_curve,
    concentration_index,
    cost_of_gap_closed,
    incidence,
    quantile_groups,
    targeting,
)
from karama.statistics.columns import sums_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from karama.simulation.living.distribution import Level, Measured
    from karama.simulation.living.spending import Living, ScoreModel
    from karama.statistics import Curve
    from karama.statistics.columns import Floats, Ints

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

_PERCENT = 100
_DECILES = 10
_POINTS = 100


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
            `karama.statistics.Targeting`, ``concentration_index`` of the aid, ``cost_mad``, ``gap_closed_mad`` and
            ``cost_of_gap_closed`` (MAD for one MAD of the gap).
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
    ranked = _Ranked.of(living)
    measures, totals = [_measures(BEFORE, before, None)], [_totals(BEFORE, living, before, None)]
    curves, targets, shared = [_curve(BEFORE, "lorenz", before.lorenz)], [], []
    for name, amounts in aids.items():
        aid = living.aid_per_person(name, amounts)
        after = measured(living, living.spending + aid)
        cells = ranked.cells(living, aid)
        measures.append(_measures(name, after, changes(living, living.spending + aid, before, after)))
        totals.append(_totals(name, living, after, aid))
        curves += [_curve(name, "lorenz", after.lorenz), _curve(name, "concentration", cells.curve())]
        targets.append(_targeting(name, living, cells, before.gap_mad - after.gap_mad))
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


@dataclass(frozen=True, slots=True)
class _Cells:
    """Persons alike for targeting, the poorest first: of one step of spending, poor or not, with the aid or without."""

    step: Ints
    percent: Ints
    poor: Floats
    persons: Floats
    aid: Floats
    """Of each person, MAD a year."""

    def curve(self) -> Curve:
        """Concentration of the aid over persons ranked by spending without it."""
        return concentration_curve(self.aid, self.step, self.persons, _POINTS)

    def concentration(self) -> float:
        """Index of the same, from all steps."""
        return concentration_index(self.aid, self.step, self.persons)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """The rows by what they spend without aid: found once for all aids."""

    cell: Ints
    """Step of spending of each row, twice, and one more for who is under the line."""
    percent: Ints
    """Percent of the population, from 1, of each step, the poorest first."""
    spending: Floats
    """Mean of each step."""

    @classmethod
    def of(cls, living: Living) -> _Ranked:
        step = steps_of(living.spending)
        persons = sums_by(step, living.persons, STEPS)
        held = sums_by(step, living.persons * living.spending, STEPS)
        poor = living.spending < living.line[living.stratum]
        spending = np.divide(held, persons, out=np.full(STEPS, np.nan), where=persons > 0)
        return cls(2 * step + poor, quantile_groups(np.arange(STEPS), persons, _PERCENT), spending)

    def cells(self, living: Living, aid: Floats) -> _Cells:
        """The persons of each step, poor or not, those with the aid and the others."""
        count = 2 * STEPS
        everybody = sums_by(self.cell, living.persons, count)
        rows = np.flatnonzero(aid)
        cell, persons = self.cell[rows], living.persons[rows]
        given, reached = sums_by(cell, persons * aid[rows], count), sums_by(cell, persons, count)
        each = np.divide(given, reached, out=np.zeros(count), where=reached > 0)
        counted = np.concatenate([reached, np.maximum(everybody - reached, 0)])
        known = np.flatnonzero(counted)
        step = known % count // 2
        return _Cells(
            step,
            self.percent[step],
            (known % 2).astype(np.float64),
            counted[known],
            np.concatenate([each, np.zeros(count)])[known],
        )

    def limits(self) -> tuple[Floats, Floats]:
        """Least and most that a person of each decile spends, to the step; not a number where a decile is empty."""
        known = np.isfinite(self.spending)
        decile, spending = _decile(self.percent[known]), self.spending[known]
        inside = [spending[decile == one] for one in range(1, _DECILES + 1)]
        lowest, highest = (np.array([pick(one) if len(one) else np.nan for one in inside]) for pick in (np.min, np.max))
        return lowest, highest


def _decile(percent: Ints) -> Ints:
    return -(-percent * _DECILES // _PERCENT)


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


def _targeting(name: str, living: Living, cells: _Cells, closed: float) -> pl.DataFrame:
    cost = float(np.dot(cells.persons, cells.aid))
    targets = {POOR: cells.poor > 0}
    targets |= {f"poorest_{percent:g}": cells.percent <= percent for percent in living.settings.poorest_percent}
    return pl.DataFrame(
        [
            {
                "aid": name,
                "target": target,
                **asdict(targeting(chosen, cells.aid, cells.persons)),
                "concentration_index": cells.concentration(),
                "cost_mad": cost,
                "gap_closed_mad": closed,
                "cost_of_gap_closed": cost_of_gap_closed(cost, closed, 0),
            }
            for target, chosen in targets.items()
        ]
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _incidence(name: str, cells: _Cells, ranked: _Ranked) -> pl.DataFrame:
    found = incidence(_decile(cells.percent), cells.aid, cells.persons, groups=_DECILES)
    lowest, highest = ranked.limits()
    return pl.DataFrame(
        {
            "aid": [name] * _DECILES,
            "decile": np.arange(1, _DECILES + 1),
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
