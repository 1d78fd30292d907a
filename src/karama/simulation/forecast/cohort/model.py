"""The cells of a register carried from month to month by matrices."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.foundation.errors import BadInputError
from karama.population.registration import SCORE_UNIT
from karama.simulation.forecast.agenda import MONTHS_A_YEAR
from karama.simulation.forecast.cohort.amounts import amounts_of
from karama.simulation.forecast.cohort.cells import (
    AGES,
    BLOCKED,
    CELLS,
    COUPLE,
    COVERED,
    JOB,
    NEWLYWED,
    NONE,
    OVER,
    UNCLAIMED,
    UNCLAIMED_OVER,
    Counted,
    start_cells,
    statuses_of,
)
from karama.simulation.forecast.cohort.rates_of_cells import profile_of
from karama.simulation.forecast.cohort.score_chain import ScoreChain
from karama.simulation.forecast.deciding import Decider, connected

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Floats
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.cohort.amounts import Amounts
    from karama.simulation.forecast.cohort.cells import Cells
    from karama.simulation.forecast.cohort.rates_of_cells import Profile
    from karama.simulation.forecast.measures import Measured
    from karama.simulation.forecast.state import Array, State

_CLAIM_MONTHS = 1
"""Months from entering the register to the claim, for those who claim at once."""


def cohort(state: State, measured: Measured, start: Month, months: int, rates: Rates) -> pl.DataFrame:
    """Carry the cells of a register's first month forward.

    Args:
        state: of the first month; left as it was.
        measured: programme with the sums of a forecast.
        start: first month.
        months: how many.
        rates: central values.

    Returns:
        ``month``, ``families``, ``families_child_aid``, ``children``, ``amount_centimes``.
    """
    threshold = _threshold(measured, start)
    counted = Counted.of(state, start)
    nobody = np.zeros(state.households, np.bool_)
    with connected() as connection:
        columns = Decider(measured, "paid", connection).decide(state, start, nobody, nobody).columns
    status = statuses_of(state, columns[measured.programme.eligible] != 0, threshold)
    cells, profile = start_cells(state, counted, status), profile_of(state, counted, start, months, rates)
    within = np.isin(status, (COVERED, OVER))
    chain = ScoreChain(state.homes["level"][within], threshold, rates)
    calendar = [start + turn for turn in range(months)]
    amounts = amounts_of(measured, state, counted, calendar)
    entering = _Entering(state, status, profile, rates)
    rows = []
    for turn, month in enumerate(calendar):
        if turn:
            out, back = chain.step(turn)
            _month(cells, profile, rates, entering, turn=turn, turned=(out, back))
        rows.append(_row(cells, amounts[turn], month))
    names = ("families", "families_child_aid", "children", "amount_centimes")
    return pl.DataFrame(rows, schema={"month": pl.String, **dict.fromkeys(names, pl.Float64)}, orient="row")


def _threshold(measured: Measured, month: Month) -> int:
    """The score up to which there is a right, in billionths: the parameter that a condition compares the score with."""
    parameters = measured.programme.law.parameters
    for one in measured.programme.conditions:
        if one.required is not None and one.required in parameters.by_name:
            return int(Decimal(str(parameters.get(one.required).at(month).value)) * SCORE_UNIT)
    raise BadInputError(
        f"programme '{measured.programme.name}' has no threshold of a score: it needs no cohort version"
    )


class _Entering:
    """Households that enter the register each month, and how many of them claim."""

    def __init__(self, state: State, status: Array, profile: Profile, rates: Rates) -> None:
        points = rates.table("claim_by_score")
        late = rates.table("late_claims_a_month")
        scores = state.homes["score"] / SCORE_UNIT

        def mean(of: Array, table: Floats) -> float:
            return float(np.interp(scores[of], table[0], table[1]).mean()) if of.any() else 0.0

        self.share = rates.number("registrations_a_year") / MONTHS_A_YEAR
        under = np.isin(status, (COVERED, UNCLAIMED))
        self.willing = mean(under, points)
        self.late = np.array([mean(status == one, late) for one in (UNCLAIMED, UNCLAIMED_OVER)])
        self.weddings = profile.weddings
        self.delay = rates.number("entry_delay_months")
        self.under_share = float((under | (status == JOB)).mean())


def _month(
    cells: Cells, profile: Profile, rates: Rates, entering: _Entering, *, turn: int, turned: tuple[float, float]
) -> None:
    """One month of all cells, in place."""
    _older(cells)
    trend = (1 + rates.number("births_trend")) ** (turn / MONTHS_A_YEAR)
    births = profile.births * trend
    births[NEWLYWED] = profile.newlywed * trend
    _born(cells, births)
    _leave(cells, profile, turn)
    _statuses(cells, profile, entering, rates, turned)
    _enter(cells, entering, turn)


def _older(cells: Cells) -> None:
    """Everybody a month older: those who turn 21 count no more."""
    homes, children = cells.homes, cells.children
    last = homes[:, AGES - 1].copy()
    homes[:, 1:AGES] = homes[:, : AGES - 1].copy()
    homes[:, 0] = 0
    homes[:, NONE] += last
    moved = np.zeros_like(children)
    moved[:, 1:, 1:] = children[:, :-1, :-1]
    cells.children = moved


def _born(cells: Cells, births: Floats) -> None:
    """Births bring a household and its children to a youngest child of age 0."""
    homes, children = cells.homes, cells.children
    born = homes * births
    homes -= born
    homes[:, 0] += born.sum(axis=1)
    going = children * births[None, :AGES, None]
    children -= going
    children[:, 0, :] += going.sum(axis=1)
    children[:, 0, 0] += born.sum(axis=1)


def _leave(cells: Cells, profile: Profile, turn: int) -> None:
    """Daughters marry; childless households close."""
    homes, children = cells.homes, cells.children
    alone = np.minimum(np.einsum("syy->sy", children) / np.maximum(homes[:, :AGES], 1e-12), 1)
    others = children.sum(axis=2) / np.maximum(homes[:, :AGES], 1e-12)
    only = np.clip(2 - others, 0, 1) * alone
    going = homes[:, :AGES] * only * profile.leaving
    homes[:, :AGES] -= going
    homes[:, NONE] += going.sum(axis=1)
    children *= 1 - profile.leaving[None, None, :]
    closing = profile.closing[turn] / max(homes[:, NONE].sum(), 1e-12)
    homes[:, NONE] *= 1 - closing
    past = homes[:, COUPLE] * profile.past_births
    homes[:, COUPLE] -= past
    homes[:, NONE] += past


def _statuses(cells: Cells, profile: Profile, entering: _Entering, rates: Rates, turned: tuple[float, float]) -> None:
    """Scores that turn, claims, jobs and pensions move households with their children between statuses."""
    out, back = turned
    every = np.ones(CELLS)
    end = np.where(np.arange(CELLS) >= NONE, 1.0, rates.mapping("declared_jobs_a_month")["end"])
    flows = [
        (COVERED, OVER, out * every),
        (OVER, COVERED, back * every),
        (UNCLAIMED, UNCLAIMED_OVER, out * every),
        (UNCLAIMED_OVER, UNCLAIMED, back * every),
        (UNCLAIMED, COVERED, entering.late[0] * every),
        (UNCLAIMED_OVER, OVER, entering.late[1] * every),
        (COVERED, JOB, profile.jobs),
        (COVERED, BLOCKED, profile.pensions),
        (JOB, COVERED, end),
    ]
    homes, children = cells.homes.copy(), cells.children.copy()
    for origin, target, rate in flows:
        part = homes[origin] * rate
        cells.homes[origin] -= part
        cells.homes[target] += part
        going = children[origin] * rate[:AGES, None]
        cells.children[origin] -= going
        cells.children[target] += going


def _enter(cells: Cells, entering: _Entering, turn: int) -> None:
    """Households like those of the register, and those that couples found; most claim a month later, others in time.

    A couple's household enters within some months of the wedding: in the first months of the forecast few have come.
    """
    arrived = turn - _CLAIM_MONTHS
    if arrived <= 0:
        return
    for source, target, share in (
        (COVERED, COVERED, entering.willing),
        (COVERED, UNCLAIMED, 1 - entering.willing),
        (UNCLAIMED, COVERED, entering.willing),
        (UNCLAIMED, UNCLAIMED, 1 - entering.willing),
        (OVER, UNCLAIMED_OVER, 1.0),
        (UNCLAIMED_OVER, UNCLAIMED_OVER, 1.0),
        (JOB, JOB, 1.0),
        (BLOCKED, BLOCKED, 1.0),
    ):
        cells.homes[target] += cells.homes[source] * entering.share * share
        cells.children[target] += cells.children[source] * entering.share * share
    weddings = entering.weddings * min(arrived / entering.delay, 1)
    under = weddings * entering.under_share
    cells.homes[COVERED, NEWLYWED] += under * entering.willing
    cells.homes[UNCLAIMED, NEWLYWED] += under * (1 - entering.willing)
    cells.homes[UNCLAIMED_OVER, NEWLYWED] += weddings - under


def _row(cells: Cells, amounts: Amounts, month: Month) -> tuple[str, float, float, float, float]:
    homes = cells.homes[COVERED]
    by_age = cells.children[COVERED].sum(axis=0).reshape(21, MONTHS_A_YEAR).sum(axis=1)
    by_youngest = homes[:AGES].reshape(21, MONTHS_A_YEAR).sum(axis=1)
    cost = by_age @ (amounts.child + amounts.grant) + by_youngest @ amounts.floor + homes[NONE:].sum() * amounts.flat
    return str(month), float(homes.sum()), float(homes[:AGES].sum()), float(by_age.sum()), float(cost)
