"""Who is how poor: the households of a country by what they spend without aid, and what an aid brings to each part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.simulation.living.distribution import STEPS, steps_of
from karama.statistics import concentration_curve, concentration_index, quantile_groups
from karama.statistics.columns import sums_by

if TYPE_CHECKING:
    from karama.simulation.living.spending import Living
    from karama.statistics import Curve
    from karama.statistics.columns import Flags, Floats, Ints

DECILES = 10
_PERCENT = 100
_POINTS = 100


@dataclass(frozen=True, slots=True)
class Cells:
    """Persons alike for targeting, the poorest first: of one step of spending, poor or not, with the aid or without."""

    step: Ints
    percent: Ints
    poor: Flags
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
class Ranked:
    """The rows by what they spend without aid: found once for all aids."""

    cell: Ints
    """Step of spending of each row, twice, and one more for who is under the line."""
    percent: Ints
    """Percent of the population, from 1, of each step, the poorest first."""
    spending: Floats
    """Mean of each step."""

    @classmethod
    def of(cls, living: Living) -> Ranked:
        """Rank the rows of a country."""
        step = steps_of(living.spending)
        persons = sums_by(step, living.persons, STEPS)
        held = sums_by(step, living.persons * living.spending, STEPS)
        poor = living.spending < living.line[living.stratum]
        spending = np.divide(held, persons, out=np.full(STEPS, np.nan), where=persons > 0)
        return cls(2 * step + poor, quantile_groups(np.arange(STEPS), persons, _PERCENT), spending)

    def cells(self, living: Living, aid: Floats) -> Cells:
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
        return Cells(
            step,
            self.percent[step],
            known % 2 > 0,
            counted[known],
            np.concatenate([each, np.zeros(count)])[known],
        )

    def poor_rows(self, rows: slice) -> Flags:
        """Whether each of some rows is under its line."""
        result: Flags = self.cell[rows] % 2 > 0
        return result

    def percent_rows(self, rows: slice) -> Ints:
        """Percent of the population of each of some rows."""
        return self.percent[self.cell[rows] // 2]

    def limits(self) -> tuple[Floats, Floats]:
        """Least and most that a person of each decile spends, to the step; not a number where a decile is empty."""
        known = np.isfinite(self.spending)
        decile, spending = decile_of(self.percent[known]), self.spending[known]
        inside = [spending[decile == one] for one in range(1, DECILES + 1)]
        lowest, highest = (np.array([pick(one) if len(one) else np.nan for one in inside]) for pick in (np.min, np.max))
        return lowest, highest


def decile_of(percent: Ints) -> Ints:
    """Decile, from 1, of each percent of the population, from 1."""
    return -(-percent * DECILES // _PERCENT)


def deciles(living: Living) -> pl.Series:
    """Decile of the persons of each household of the frame given, by spending without aid; the poorest is 1.

    Deciles are those of the whole country where the households outside the register are beside those in it.

    Returns:
        One number for each household in the order of the frame, null for one left out.
    """
    ranked = Ranked.of(living)
    result = np.zeros(living.given, np.int64)
    result[living.aided] = decile_of(ranked.percent_rows(slice(len(living.aided))))
    return pl.Series("decile", result, dtype=pl.Int8).replace({0: None})
