"""One distribution of spending, measured by country, milieu and region.

Poverty is counted household by household.  For inequality and ranks, persons are counted in steps of one dirham a year
(of a five-hundredth above 40,000), with the exact total of each step: millions of rows become thousands, nothing is
sorted, and the Gini index moves by less than a millionth.  Those of one step share its mean, and its rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from karama.simulation.living.spending import MILIEUX
from karama.statistics import Curve, Estimate, Ratios, errors_of_totals, gini, gini_influence, lorenz_curve
from karama.statistics.columns import sums_by

if TYPE_CHECKING:
    from karama.simulation.living.spending import Living
    from karama.statistics.columns import Floats, Ints

RATES = ("mean_spending", "headcount", "gap", "severity")
GINI = "gini"

_FIRST_WIDE = 40_000
_WIDE_STEPS = 500
STEPS = _FIRST_WIDE + 8_000
"""Steps of spending; the last holds all that is above some three hundred thousand million dirhams."""


@dataclass(frozen=True, slots=True)
class Level:
    """A way to part the country: the territories, and which of them each stratum is in."""

    name: str
    territories: tuple[str, ...]
    of_stratum: Ints


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures of one distribution."""

    levels: tuple[Level, ...]
    rates: dict[str, tuple[Ratios, ...]]
    """For each of `RATES` one figure per territory of each level."""
    gini: tuple[tuple[Estimate, ...], ...]
    """For each level one index per territory."""
    lorenz: Curve
    """Of the country."""
    persons: Floats
    """Of each stratum."""
    poor: Floats
    """Persons under the line in each stratum."""
    gap: Floats
    """MAD a year that would lift all of a stratum to the line."""
    numerators: dict[str, Floats]
    """For each of `RATES` what each row adds to it; empty where nothing was drawn."""

    @property
    def gap_mad(self) -> float:
        """The gap of the country."""
        return float(self.gap.sum())


def levels(living: Living) -> tuple[Level, ...]:
    """The country, its milieux and its regions."""
    strata = np.arange(len(living.line))
    return (
        Level("country", ("",), np.zeros(len(strata), np.int64)),
        Level("milieu", MILIEUX, strata % len(MILIEUX)),
        Level("region", living.regions, strata // len(MILIEUX)),
    )


def steps_of(spending: Floats) -> Ints:
    """The step of each spending, from 0: whole dirhams, then five-hundredths."""
    wide = np.flatnonzero(spending >= _FIRST_WIDE)
    result: Ints = np.minimum(spending, _FIRST_WIDE).astype(np.int64)
    above = np.log(spending[wide] / _FIRST_WIDE) * _WIDE_STEPS
    result[wide] = np.minimum(_FIRST_WIDE + above, STEPS - 1).astype(np.int64)
    return result


def measured(living: Living, spending: Floats) -> Measured:
    """The measures of what each person of a row spends, MAD a year."""
    parts, strata = levels(living), len(living.line)
    cells = living.stratum * STEPS + steps_of(spending)
    persons, held = (
        sums_by(cells, column, strata * STEPS).reshape(strata, STEPS)
        for column in (living.persons, living.persons * spending)
    )
    poor, gap, severity = _poverty_sums(living, spending)
    of_stratum = persons.sum(axis=1)
    sums = dict(zip(RATES, (held.sum(axis=1), poor, gap, severity), strict=True))
    numerators = {} if living.sample.whole else _numerators(living, spending)
    rates = {
        name: tuple(
            Ratios(_rate(_by_territory(level, sums[name]), _by_territory(level, of_stratum)), error)
            for level, error in zip(parts, _errors_of_rate(living, numerators.get(name)), strict=True)
        )
        for name in RATES
    }
    indices, curve = _inequality(living, spending, parts, persons, held)
    return Measured(parts, rates, indices, curve, of_stratum, poor, gap * living.line, numerators)


def changes(living: Living, before: Measured, after: Measured) -> dict[str, tuple[Ratios, ...]]:
    """How much each rate moved from the spending without aid, with the error of the same households measured twice."""
    return {
        name: tuple(
            Ratios(now.value - then.value, error)
            for now, then, error in zip(
                after.rates[name],
                before.rates[name],
                _errors_of_rate(
                    living, None if living.sample.whole else after.numerators[name] - before.numerators[name]
                ),
                strict=True,
            )
        )
        for name in RATES
    }


def _by_territory(level: Level, sums: Floats) -> Floats:
    return sums_by(level.of_stratum, sums, len(level.territories))


def _rate(part: Floats, whole: Floats) -> Floats:
    result: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return result


def _poverty_sums(living: Living, spending: Floats) -> tuple[Floats, Floats, Floats]:
    """Persons under the line in each stratum, and the sums of their gaps and of the squares, as shares of the line."""
    rows = np.flatnonzero(spending < living.line[living.stratum])
    stratum, persons = living.stratum[rows], living.persons[rows]
    gaps = 1 - spending[rows] / living.line[stratum]
    strata = len(living.line)
    return tuple(sums_by(stratum, persons * part, strata) for part in (np.ones(len(rows)), gaps, gaps**2))  # type: ignore[return-value]


def _numerators(living: Living, spending: Floats) -> dict[str, Floats]:
    """For each of `RATES` what each row adds to its numerator; the denominator is the persons."""
    gaps = np.maximum(1 - spending / living.line[living.stratum], 0)
    shortfall = gaps * living.persons
    return dict(
        zip(RATES, (spending * living.persons, (gaps > 0) * living.persons, shortfall, shortfall * gaps), strict=True)
    )


def _errors_of_rate(living: Living, numerator: Floats | None) -> list[Floats]:
    """Standard errors of a rate of persons in each territory of each level; 0 where nothing was drawn."""
    parts = levels(living)
    if numerator is None:
        return [np.zeros(len(one.territories)) for one in parts]
    found = living.all_persons.ratios(numerator, *(one.of_stratum for one in parts))
    return [one.standard_error for one in found]


def _inequality(
    living: Living, spending: Floats, parts: tuple[Level, ...], persons: Floats, held: Floats
) -> tuple[tuple[tuple[Estimate, ...], ...], Curve]:
    """The Gini index of each territory of each level, and the Lorenz curve of the country."""
    errors = _errors_of_gini(living, spending, parts)
    found = []
    for level, of_level in zip(parts, errors, strict=True):
        estimates = []
        for place, error in enumerate(of_level):
            inside = level.of_stratum == place
            index = gini(*means_of(persons[inside].sum(axis=0), held[inside].sum(axis=0)))
            estimates.append(Estimate(index, float(error)))
        found.append(tuple(estimates))
    return tuple(found), lorenz_curve(*means_of(persons.sum(axis=0), held.sum(axis=0)))


def means_of(persons: Floats, held: Floats) -> tuple[Floats, Floats]:
    """What each person of a step has, and the persons; empty steps left out."""
    known = persons > 0
    return held[known] / persons[known], persons[known]


def _errors_of_gini(living: Living, spending: Floats, parts: tuple[Level, ...]) -> list[Floats]:
    """Standard errors of the index of each territory of each level; the units drawn elsewhere have nothing in it."""
    if living.sample.whole:
        return [np.zeros(len(one.territories)) for one in parts]
    # Sorted once: the rows of each territory are then in order too.
    order = np.argsort(spending)
    ordered, persons, stratum = spending[order], living.persons[order], living.stratum[order]
    found = []
    for level in parts:
        contributions = np.zeros(len(order))
        for place in range(len(level.territories)):
            inside = np.flatnonzero((level.of_stratum == place)[stratum])
            own = gini_influence(ordered[inside], persons[inside]) * persons[inside]
            contributions[order[inside]] = own
        found.append(errors_of_totals(contributions, living.sample, level.of_stratum))
    return found
