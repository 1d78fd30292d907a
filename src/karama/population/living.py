"""Living standards of all households, registered or not: yearly spending, and deprivations in several dimensions.

Neither is in the register: they stand beside it, so that poverty in the country, and what a reform does to it, can be
measured.  Spending follows the household's standard of living along assumed tables, adjusted until the country has the
published mean, Gini index and rates of poverty.  The multidimensional measure counts weighted deprivations (Alkire
and Foster, "Counting and multidimensional poverty measurement", Journal of Public Economics, 2011); its dimensions are
those that the census's tables let us see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.population.assumptions import mapping, number, table
from karama.population.declaration import PLACES
from karama.population.dwellings import BASIC
from karama.population.home_tables import FUELS
from karama.population.register import household_names
from karama.population.schooling import PRIMARY
from karama.statistics import gini

if TYPE_CHECKING:
    from pathlib import Path

    from karama.population.draws import Draws, Flags, Floats, Ints
    from karama.population.registration import Generated

GRID = np.array([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1])
"""Standards of living at which spending is tabulated."""

_BELL_WIDTH = 6
"""A bell draw has a standard deviation of one sixth."""
_ADULT = 15 * 12
_SCHOOL_AGES = (6 * 12, 15 * 12)


def living_standards(generated: Generated, registered: Flags, draws: Draws) -> pl.DataFrame:
    """Living standard of every household declared, in the register or not.

    Args:
        generated: the declared households.
        registered: which of them are in the register.
        draws: of the seed.

    Returns:
        One row per household, sorted by ``household_id``: ``registered``, ``commune``, ``milieu``, ``size``,
        ``spending_mad_per_year`` (of the whole household, whole MAD), ``poor`` and ``vulnerable`` (spending per
        person under the assumed line, or up to one and a half times it), ``deprivation`` (weighted, 0 to 1) and
        ``multidimensionally_poor``.
    """
    homes, urban = generated.homes, generated.urban
    keys = homes.number + PLACES
    per_person = spending_per_person(homes.standard, homes.size, urban, draws, keys)
    lines = mapping("poverty_line")
    line = np.where(urban, lines["urban"], lines["rural"])
    weighted = deprivation(generated, draws)
    codes = pl.Series(generated.cells.code, dtype=pl.Categorical)
    return pl.DataFrame(
        {
            "household_id": household_names(keys),
            "registered": registered,
            "commune": codes.gather(homes.cell),
            "milieu": pl.Series(["rural", "urban"], dtype=pl.Categorical).gather(urban.astype(np.int64)),
            "size": pl.Series(homes.size).cast(pl.Int32),
            "spending_mad_per_year": pl.Series(np.rint(per_person * homes.size).astype(np.int64)).cast(pl.Int32),
            "poor": per_person < line,
            "vulnerable": (per_person >= line) & (per_person < lines["vulnerable_up_to"] * line),
            "deprivation": pl.Series(weighted).cast(pl.Float32),
            "multidimensionally_poor": weighted >= number("deprivation_cutoff"),
        }
    )


def spending_per_person(standard: Floats, size: Ints, urban: Flags, draws: Draws, keys: Ints) -> Floats:
    """Yearly spending per person in MAD.

    Args:
        standard: of living of the household, 0 to 1.
        size: its number of members; a larger household of the same standard spends less on each.
        urban: its milieu.
        draws: of the seed.
        keys: identifiers of the households, for the draws.
    """
    rows = np.log(table("spending_per_person"))  # first row urban, second rural
    level = np.where(urban, np.interp(standard, GRID, rows[0]), np.interp(standard, GRID, rows[1]))
    spread = mapping("spending_spread")
    chance = spread["noise"] * _BELL_WIDTH * (draws.bell("spending", keys) - 0.5)
    result: Floats = np.exp(level + chance - spread["size"] * np.log(np.maximum(size, 1) / 4))
    return result


def deprivation(generated: Generated, draws: Draws) -> Floats:
    """Weighted share of deprivations of each household, 0 to 1."""
    weights = mapping("deprivation_weights")
    homes, people, schooling = generated.homes, generated.people, generated.schooling
    count = len(homes.number)

    def any_member(concerned: Flags) -> Flags:
        result: Flags = np.bincount(people.household[concerned], minlength=count) > 0
        return result

    schooled = (schooling.level > PRIMARY) | (
        (schooling.level == PRIMARY) & (draws.uniform("primary", people.key) < number("primary_completed"))
    )
    child = (people.months >= _SCHOOL_AGES[0]) & (people.months < _SCHOOL_AGES[1])
    wood = homes.fuel <= FUELS.index("charcoal")
    found = {
        "no_adult_with_primary": ~any_member(schooled & (people.months >= _ADULT)),
        "child_out_of_school": any_member(child & ~schooling.enrolled),
        "severe_disability": any_member(schooling.severe),
        "no_electricity": ~homes.amenities["electricity"],
        "no_running_water": ~homes.amenities["running_water"],
        "no_toilet": ~homes.amenities["toilet"],
        "wood_or_charcoal": wood,
        "basic_or_crowded_dwelling": (homes.dwelling == BASIC) | (homes.size > number("crowded_from") * homes.rooms),
    }
    result = np.zeros(count)
    for name, weight in weights.items():
        result += weight * found[name]
    return result


def living_figures(table: Path) -> dict[str, float]:
    """Figures of the country from a file of `living_standards`, by codes of `published_figures`.

    Returns:
        ``mean_household_spending`` is not among them: its denominator is the census's households.  Rates are percent of
        persons; the Gini index is that of spending per person over persons; ``total_spending`` is in MAD a year.
    """
    columns = ("milieu", "size", "spending_mad_per_year", "poor", "vulnerable", "multidimensionally_poor")
    living = pl.read_parquet(table, columns=list(columns))
    persons = living["size"].cast(pl.Int64)
    spending = living["spending_mad_per_year"].cast(pl.Int64)

    def rate(column: str, milieu: str | None = None) -> float:
        weight = persons if milieu is None else persons * (living["milieu"] == milieu)
        return 100 * float((weight * living[column]).sum()) / max(float(weight.sum()), 1)

    figures = {
        "monetary_poverty_rate": rate("poor"),
        "vulnerability_rate": rate("vulnerable"),
        "gini_of_spending": 100 * gini((spending / persons).to_numpy(), persons.to_numpy()),
        "multidimensional_poverty_rate": rate("multidimensionally_poor"),
        "total_spending": float(spending.sum()),
    }
    for milieu in ("urban", "rural"):
        figures[f"monetary_poverty_rate_{milieu}"] = rate("poor", milieu)
        figures[f"multidimensional_poverty_rate_{milieu}"] = rate("multidimensionally_poor", milieu)
        figures[f"total_spending_{milieu}"] = float(spending.filter(living["milieu"] == milieu).sum())
    return figures
