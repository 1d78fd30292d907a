"""Households and the registers: scores stated again, claims, registrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.foundation.months import Month
from karama.population.register import NEVER
from karama.population.registration import SCORE_UNIT
from karama.simulation.forecast.agenda import MONTHS_A_YEAR
from karama.simulation.forecast.lives import copied_homes, new_keys
from karama.simulation.forecast.state import day

if TYPE_CHECKING:
    from karama.population.draws import Draws, Floats
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.lives import Year
    from karama.simulation.forecast.state import Array, Flags, State


def refresh_scores(state: State, month: Month, start: Month, rates: Rates, draws: Draws) -> Flags:
    """State data again: the score is drawn anew around the household's usual one, which may move itself.

    Returns:
        The households scored again; the new score counts from this month, the former one stands beside it.
    """
    homes = state.homes
    chance = rates.mapping("score_updates_a_month")["ordinary"] * rates.level("refresh_level", homes["draw"])
    drawn = draws.uniform(f"refresh/{month}", homes["key"])
    known = (homes["score"] >= 0) & (homes["entered"] < month.index)
    rows = np.flatnonzero((drawn < chance) & known)
    keys = homes["key"][rows]
    move = rates.mapping("score_move")
    moves = draws.uniform(f"move/{month}", keys) < move["share"]
    step = np.where(moves, move["deviation"] * _normal(draws, f"step/{month}", keys), 0.0)
    # The drift since the last statement is not known by household: it enters by the time since the start.
    drift = rates.level("score_drift_a_year", homes["draw"][rows]) * ((month - start) / MONTHS_A_YEAR)
    noise = rates.number("score_noise") * _normal(draws, f"noise/{month}", keys)
    homes["level"][rows] += np.rint(step * SCORE_UNIT).astype(np.int64)
    score = homes["level"][rows] + np.rint((drift + noise) * SCORE_UNIT).astype(np.int64)
    homes["previous_score"][rows] = homes["score"][rows]
    homes["score"][rows] = np.maximum(score, 0)
    homes["score_effective_from"][rows] = day(month.first_day)
    restated = np.zeros(state.households, np.bool_)
    restated[rows] = True
    return restated


def _normal(draws: Draws, purpose: str, keys: Array) -> Floats:
    """Standard normal numbers (Box and Muller, 1958)."""
    radius = np.sqrt(-2 * np.log1p(-draws.uniform(f"{purpose}/radius", keys)))
    result: Floats = radius * np.cos(2 * np.pi * draws.uniform(f"{purpose}/angle", keys))
    return result


def plan_claims(state: State, start: Month, rates: Rates, draws: Draws) -> Array:
    """Month of the first wave in which each household without a claim makes one, or `NEVER`.

    The wave's schedule is an assumption (``claim_months``); a household that has not claimed by the end of the first
    month, whose claims the register holds, is willing with the chance that is left, and claims in a later month.
    """
    homes = state.homes
    schedule = {Month.parse(name).index: share for name, share in rates.mapping("claim_months").items()}
    left = {month: share for month, share in schedule.items() if month > start.index}
    planned = np.full(state.households, NEVER, np.int64)
    rest = sum(left.values())
    if rest <= 0:
        return planned
    willing = _willing(homes["score"], rates)
    # By Bayes: willing and late, among those who have not claimed.
    chance = willing * rest / np.maximum(1 - willing * (1 - rest), 1e-12)
    months = np.array(list(left))
    reached = np.cumsum(list(left.values())) / rest
    drawn = draws.uniform("claim month", homes["key"])
    when = months[np.minimum(np.searchsorted(reached, drawn, side="right"), len(months) - 1)]
    claims = (draws.uniform("claim", homes["key"]) < chance) & (homes["claim_month"] >= NEVER)
    return np.where(claims, when, NEVER)


def _willing(scores: Array, rates: Rates) -> Floats:
    points = rates.table("claim_by_score")
    result: Floats = np.interp(scores / SCORE_UNIT, points[0], points[1])
    return result


def claim(state: State, planned: Array, months: tuple[Month, Month], rates: Rates, draws: Draws) -> Flags:
    """Claims of the month: those of the first wave, of the newly registered, and of the hesitant.

    Args:
        state: changed in place.
        planned: month of each claim of the first wave, from `plan_claims`.
        months: first month of the forecast, and the present one.
        rates: of the run.
        draws: of the seed.

    Returns:
        The households that claim.
    """
    start, month = months
    homes = state.homes
    since = month.index - homes["entered"]
    waiting = (homes["claim_month"] >= NEVER) & (since >= 0) & (homes["score"] >= 0)
    rows = np.flatnonzero(waiting)
    drawn = draws.uniform(f"claim/{month}", homes["key"][rows])
    soon = rates.table("claims_after_registration")
    recent = (homes["entered"][rows] > start.index) & (since[rows] < len(soon))
    willing = draws.uniform("claim", homes["key"][rows]) < _willing(homes["score"][rows], rates)
    makes = recent & willing & (drawn < soon[np.clip(since[rows], 0, len(soon) - 1)])
    last = max(Month.parse(name).index for name in rates.mapping("claim_months"))
    if month.index > last:
        points = rates.table("late_claims_a_month")
        late = np.interp(homes["score"][rows] / SCORE_UNIT, points[0], points[1])
        makes |= ~recent & (drawn < late * rates.level("late_claims_level", homes["draw"][rows]))
    of_wave = np.zeros(len(rows), np.bool_)
    old = rows < len(planned)
    of_wave[old] = planned[rows[old]] == month.index
    made = np.zeros(state.households, np.bool_)
    made[rows[makes | of_wave]] = True
    homes["claim_month"][made] = day(month.first_day)
    homes["score_effective_from"][made] = np.minimum(homes["score_effective_from"][made], day(month.first_day))
    return made


def register_households(year: Year) -> None:
    """Households that will enter the register in the coming year: like some that are in it, with all their members."""
    state, start = year.state, year.start
    homes, persons = state.homes, state.persons
    keys = homes["key"]
    drawn = year.draws.uniform(f"registration/{start}", keys)
    chance = year.rates.level("registrations_a_year", homes["draw"])
    hosts = np.flatnonzero((drawn < chance) & (homes["entered"] < start.index + 1))
    if not len(hosts):
        return
    turn = drawn[hosts] / np.broadcast_to(chance, len(keys))[hosts]
    when = start.index + np.minimum((turn * MONTHS_A_YEAR).astype(np.int64), MONTHS_A_YEAR - 1)
    first = state.households
    place = np.full(first, -1, np.int64)
    place[hosts] = np.arange(first, first + len(hosts))
    chosen = np.zeros(first, np.bool_)
    chosen[hosts] = True
    members = state.members(chosen)
    members = members[persons["birth_date"][members] < day(start.first_day)]
    state.add_homes(copied_homes(state, hosts, new_keys(year, "registration", keys[hosts]), when, parents_score=False))
    rows = {name: values[members].copy() for name, values in persons.items()}
    of_row = np.full(len(persons["home"]) + 1, -1, np.int64)
    of_row[members] = len(persons["home"]) + np.arange(len(members))
    rows["home"] = place[persons["home"][members]]
    rows["mother_id"] = of_row[persons["mother_id"][members]]
    rows["key"] = new_keys(year, "registered", persons["key"][members])
    state.add_persons(rows)
