"""What each person of a household spends in a year: read out of the score, or taken from a table.

**An interpretation.**  The score of the RSU is a weighted sum of what a household has and is; the law gives it no unit.
Its coefficients look like those of a regression of the logarithm of spending, so ``exp(a + b x score)`` is read as
spending per person, with ``a`` and ``b`` chosen so that the country has the published mean and Gini index.  Nobody's
spending is observed, and two households of one score have the same.  ``a`` and ``b`` do not change the order.

**The register is not the country.**  It holds most of the poor and few of the well-off: solved on it alone, ``b`` would
spread its people over the whole country's range.  So the households outside it are put beside those in it: where the
chance of being registered at a score and size is c, each registered household stands for (1 - c) / c others of the same
score and size, in the same stratum, without aid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import yaml

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.population.assumptions import mapping, table
from karama.statistics import Denominator, Sample, gini
from karama.statistics.columns import sums_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike

    from karama.statistics.columns import Floats, Ints

MILIEUX = ("rural", "urban")
SOLVED = "solved"
_FILE = "living.yaml"
_KEYS = {"value", "meaning", "source", "status"}
_SCORE_STEP = 0.001
_FINE_STEP = 0.0001
_DISPERSIONS = (0.01, 30.0)
_HALVINGS = 50


@dataclass(frozen=True, slots=True)
class LivingSettings:
    """The parameters of ``living.yaml``; see there for their meaning, source and status."""

    mean_household_spending: float
    gini_of_spending: float
    persons_per_household: float
    prices: float
    level: float | str
    dispersion: float | str
    absent_households: bool
    poorest_percent: tuple[float, ...]

    @property
    def mean_spending(self) -> float:
        """Mean spending per person in MAD a year, at the prices of the aid."""
        return self.prices * self.mean_household_spending / self.persons_per_household


@dataclass(frozen=True, slots=True)
class ScoreModel:
    """Spending per person = exp(level + dispersion x score), MAD a year."""

    level: float
    dispersion: float

    def spending(self, scores: Floats) -> Floats:
        """Spending per person in MAD a year at each score."""
        result: Floats = np.exp(self.level + self.dispersion * scores)
        return result


@dataclass(frozen=True)
class Living:
    """Households of a country with what their persons spend before any aid: one row each, some in groups.

    The rows of the register come first, in the order of the frame given, less those left out.
    """

    spending: Floats
    """Of each person of the row, MAD a year."""
    persons: Floats
    """Persons of the country that the row stands for."""
    size: Floats
    """Members of the household, for the rows of the register."""
    stratum: Ints
    """Region and milieu of each row, numbered as ``regions`` x `MILIEUX`."""
    regions: tuple[str, ...]
    line: Floats
    """Line of poverty of each stratum, MAD per person and year."""
    aided: Ints
    """For the first rows, those of the register, the row of the frame given."""
    given: int
    """Rows of the frame given."""
    sample: Sample
    """How the households were drawn; its units are households."""
    settings: LivingSettings
    model: ScoreModel | None
    """How the score was read; None where spending comes from a table."""
    left_out: int
    """Households of the frame without a score, or without a row in the table."""

    @cached_property
    def all_persons(self) -> Denominator:
        """The persons, as the denominator of rates."""
        return Denominator.of(self.persons, self.sample, len(self.line))

    def aid_per_person(self, name: str, monthly_centimes: ArrayLike) -> Floats:
        """An aid shared equally among the members, in MAD a year: twelve times the month, 0 outside the register.

        Args:
            name: of the aid, for the error.
            monthly_centimes: of each household of the frame given, in its order.

        Raises:
            BadInputError: not one amount per household, or one under 0.
        """
        amounts = np.asarray(monthly_centimes)
        if amounts.shape != (self.given,) or (amounts.dtype.kind == "O"):
            raise BadInputError(
                f"{name}: {amounts.shape} amounts for {self.given} households: give one for each, not null"
            )
        if len(amounts) and amounts.min() < 0:
            raise BadInputError(f"{name}: an amount of {amounts.min()} centimes is under 0: correct the amounts")
        registered = len(self.aided)
        result = np.zeros(len(self.spending))
        chosen = amounts if registered == self.given else amounts[self.aided]
        np.divide(chosen * (12 / 100), self.size[:registered], out=result[:registered])
        return result


@cache
def living_settings() -> LivingSettings:
    """The parameters of ``living.yaml``, checked.

    Raises:
        UnknownParameterError: an entry lacks its meaning, source or status, or has a name or key nobody knows.
    """
    return settings_of(yaml.safe_load(resources.files(__package__).joinpath(_FILE).read_text(encoding="utf-8")))


def settings_of(entries: Mapping[str, Mapping[str, Any]]) -> LivingSettings:
    """Settings from entries shaped as those of ``living.yaml``.

    Raises:
        UnknownParameterError: as `living_settings`.
    """
    names = set(LivingSettings.__slots__)
    if set(entries) != names:
        fault = min(set(entries) ^ names)
        raise UnknownParameterError(
            f"{_FILE}: '{fault}' is missing or unknown: the entries are {', '.join(sorted(names))}"
        )
    for name, entry in entries.items():
        if set(entry) != _KEYS:
            raise UnknownParameterError(f"{_FILE}: '{name}' has not exactly the keys {', '.join(sorted(_KEYS))}")
    values = {name: entry["value"] for name, entry in entries.items()}
    return LivingSettings(**{**values, "poorest_percent": tuple(values["poorest_percent"])})


def living_from_score(
    households: pl.DataFrame,
    *,
    share: float,
    settings: LivingSettings | None = None,
    model: ScoreModel | None = None,
) -> Living:
    """Spending implied by the score (an interpretation), for the households of a register and those outside it.

    Args:
        households: ``region``, ``milieu``, ``size`` and ``score`` in force.  Households without a score are left out
            and counted.
        share: of the country's households from which the register was drawn: 1 for a real register, the share of its
            manifest for a synthetic one; each household stands for 1 / share.
        settings: other than those of ``living.yaml``.
        model: as solved on another register or month, so that both are measured alike.

    Raises:
        BadInputError: a missing column, an unknown milieu, a share outside 0 to 1, scores that are all the same.
    """
    settings = settings or living_settings()
    _require(households, ("region", "milieu", "size", "score"))
    known = households["score"].is_not_null() & (households["size"] > 0)
    kept = households if known.all() else households.filter(known)
    scores = kept["score"].cast(pl.Float64).to_numpy()
    size = kept["size"].cast(pl.Float64).to_numpy()
    stratum, regions = _strata(kept)
    persons = size / _checked_share(share)
    absent = persons * _absent_for_each(scores, size) if settings.absent_households else np.zeros(len(size))
    if model is None:
        model = solve_score_model(scores, persons + absent, settings)
    spending = model.spending(scores)
    living = Living(
        spending=spending,
        persons=persons,
        size=size,
        stratum=stratum,
        regions=regions,
        line=_lines(len(regions), settings),
        aided=np.flatnonzero(known.to_numpy()),
        given=len(households),
        sample=Sample(stratum, share),
        settings=settings,
        model=model,
        left_out=len(households) - len(kept),
    )
    return _with_absent(living, model, absent, scores) if settings.absent_households else living


def living_from_table(
    households: pl.DataFrame, living_standards: pl.DataFrame, *, share: float, settings: LivingSettings | None = None
) -> Living:
    """Spending of all households of the synthetic country, in the register or not, as its own table has it.

    Args:
        households: of the register; only ``household_id`` is read.  Those formed after the table's month are not in it:
            they are left out and counted.
        living_standards: the table of the register's first month.
        share: of the register's manifest.
        settings: other than those of ``living.yaml``; the mean and Gini index are not used.

    Raises:
        BadInputError: a missing column, an unknown milieu, a share outside 0 to 1.
    """
    settings = settings or living_settings()
    _require(households, ("household_id",))
    _require(living_standards, ("household_id", "commune", "milieu", "size", "spending_mad_per_year"))
    columns = ("household_id", "size", "spending_mad_per_year", "milieu")
    homes = living_standards.select(*columns, region=pl.col("commune").cast(pl.String).str.slice(0, 2))
    rows = households.select("household_id").with_row_index("row")
    joined = homes.join(rows, on="household_id", how="left").sort("row", nulls_last=True)
    aided = joined["row"].drop_nulls().to_numpy().astype(np.int64)
    size = joined["size"].cast(pl.Float64).to_numpy()
    stratum, regions = _strata(joined)
    return Living(
        spending=settings.prices * joined["spending_mad_per_year"].cast(pl.Float64).to_numpy() / size,
        persons=size / _checked_share(share),
        size=size,
        stratum=stratum,
        regions=regions,
        line=_lines(len(regions), settings),
        aided=aided,
        given=len(households),
        sample=Sample(stratum, share),
        settings=settings,
        model=None,
        left_out=len(households) - len(aided),
    )


def solve_score_model(scores: Floats, persons: Floats, settings: LivingSettings) -> ScoreModel:
    """The ``a`` and ``b`` at which persons have the published mean and Gini index of spending.

    ``b`` is found by bisection on persons counted in small steps of the score; ``a`` follows from the mean over all
    rows.  A number in the settings is kept.

    Raises:
        BadInputError: no persons, or scores that are all the same.
    """
    if not len(scores) or scores.max() - scores.min() < _SCORE_STEP:
        raise BadInputError(
            "score: no two households differ, so no dispersion can be solved: give a and b, or a register"
        )
    dispersion = settings.dispersion
    if dispersion == SOLVED:
        dispersion = _solved_dispersion(scores, persons, settings.gini_of_spending / 100)
    level = settings.level
    middle = float(scores.mean())
    if level == SOLVED:
        relative = np.exp(float(dispersion) * (scores - middle))
        mean = float(np.dot(relative, persons) / persons.sum())
        level = float(np.log(settings.mean_spending / mean)) - float(dispersion) * middle
    return ScoreModel(float(level), float(dispersion))


def _solved_dispersion(scores: Floats, persons: Floats, wanted: float) -> float:
    lowest = scores.min()
    step = np.rint((scores - lowest) / _FINE_STEP).astype(np.int64)
    counted = sums_by(step, persons)
    at = np.arange(len(counted)) * _FINE_STEP
    low, high = _DISPERSIONS
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        # From the top down, so that a wide range of scores does not overflow.
        found = gini(np.exp(middle * (at - at[-1])), counted)
        low, high = (middle, high) if found < wanted else (low, middle)
    return (low + high) / 2


def _absent_for_each(scores: Floats, size: Floats) -> Floats:
    """Households outside the register for each one in it, by the chances of registration at its score and size."""
    points, sizes = table("registration_by_score"), table("registration_by_size")
    chance = np.interp(scores, points[0], points[1])
    chance *= sizes[np.minimum(size, len(sizes)).astype(np.int64) - 1]
    result: Floats = 1 / chance - 1
    return result


def _with_absent(living: Living, model: ScoreModel, absent: Floats, scores: Floats) -> Living:
    """The households outside the register beside those in it.

    Drawn with the registered household that they are told from, they are a second row of the same unit.  Where nothing
    was drawn no error is asked for, and those of one stratum, score (to a thousandth) and size are one row.
    """
    rows = len(absent)
    if not living.sample.whole:
        unit = np.arange(rows)
        return _appended(
            living,
            spending=living.spending,
            persons=absent,
            stratum=living.stratum,
            sample=replace(living.sample, unit=np.concatenate([unit, unit])),
        )
    lowest = scores.min()
    step = np.rint((scores - lowest) / _SCORE_STEP).astype(np.int64)
    steps = int(step.max()) + 1
    counted = sums_by(living.stratum * steps + step, absent, len(living.line) * steps)
    cells = np.flatnonzero(counted)
    return _appended(
        living,
        spending=model.spending(lowest + (cells % steps) * _SCORE_STEP),
        persons=counted[cells],
        stratum=cells // steps,
        sample=Sample(np.concatenate([living.stratum, cells // steps]), living.sample.share),
    )


def _appended(living: Living, *, spending: Floats, persons: Floats, stratum: Ints, sample: Sample) -> Living:
    return replace(
        living,
        spending=np.concatenate([living.spending, spending]),
        persons=np.concatenate([living.persons, persons]),
        stratum=np.concatenate([living.stratum, stratum]),
        sample=sample,
    )


def _strata(households: pl.DataFrame) -> tuple[Ints, tuple[str, ...]]:
    """Stratum of each household, and the regions in their order."""
    regions = households["region"].cast(pl.String).unique().sort()
    milieu = households["milieu"].cast(pl.String).cast(pl.Enum(MILIEUX), strict=False)
    if regions.null_count() or milieu.null_count():
        raise BadInputError("region, milieu: a household has none, or another milieu than urban or rural: complete it")
    region = households["region"].cast(pl.String).cast(pl.Enum(regions)).to_physical().cast(pl.Int64)
    return (region * len(MILIEUX) + milieu.to_physical().cast(pl.Int64)).to_numpy(), tuple(regions)


def _lines(regions: int, settings: LivingSettings) -> Floats:
    lines = mapping("poverty_line")
    return np.tile([settings.prices * lines[milieu] for milieu in MILIEUX], regions)


def _require(frame: pl.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise BadInputError(f"column '{missing[0]}' is missing: it is needed to measure living standards")


def _checked_share(share: float) -> float:
    if not 0 < share <= 1:
        raise BadInputError(f"share {share} is not above 0 and at most 1: give the share of the register's manifest")
    return share
