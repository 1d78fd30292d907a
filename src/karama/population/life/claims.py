"""Claims: most in the first months of the programme, later ones of the hesitant and of households that register."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.foundation.months import Month
from karama.population.assumptions import mapping, table
from karama.population.register import NEVER, dates, day_number, month_days
from karama.population.registration import SCORE_UNIT

if TYPE_CHECKING:
    from karama.population.draws import Draws, Flags, Floats, Ints
    from karama.population.life.facts import Facts
    from karama.population.register import Register


def claim_schedule() -> dict[int, float]:
    """Share of the first wave of claims made in each month, months counted from year 0."""
    return {Month.parse(name).index: share for name, share in mapping("claim_months").items()}


def _chance(scores: Ints) -> Floats:
    """Chance that a registered household claims, by its score."""
    points = table("claim_by_score")
    result: Floats = np.interp(scores / SCORE_UNIT, points[0], points[1])
    return result


def claim(register: Register, month: Month, draws: Draws) -> None:
    """Month of the claim of each household of the first month: those of low score claim more often.

    Args:
        register: changed in place.
        month: the first.
        draws: of the seed.
    """
    homes = register.homes
    schedule = claim_schedule()
    months = np.array(list(schedule))
    reached = np.cumsum(list(schedule.values()))
    when = np.searchsorted(reached, draws.uniform("claim month", homes["number"]) * 0.999_999, side="right")
    claims = draws.uniform("claim", homes["number"]) < _chance(homes["score"])
    claims &= homes["entered"] <= month.index
    homes["claim"] = np.where(claims, months[np.minimum(when, len(months) - 1)], NEVER)
    homes["effective"] = np.minimum(homes["effective"], homes["claim"]).astype(np.int64)


def claim_later(register: Register, month: Month, draws: Draws, facts: Facts) -> None:
    """Claims of this month: those foreseen, those of households that registered lately, and those of the hesitant.

    Args:
        register: changed in place; the scores of households that enter must be known.
        month: of the claims.
        draws: of the seed.
        facts: of the month.
    """
    homes = register.homes
    since = month.index - homes["entered"]
    waiting = (homes["claim"] == NEVER) & (since >= 0)
    drawn = draws.uniform(f"claim/{month}", homes["number"])
    soon = table("claims_after_registration")
    entering = homes["entered"] == month.index
    willing = draws.uniform("claim", homes["number"]) < _chance(homes["score"])
    recent = homes["lately"] & (since >= 0) & (since < len(soon))
    promptly = waiting & recent & willing & (drawn < soon[np.clip(since, 0, len(soon) - 1)])
    late = np.zeros(len(waiting), np.bool_)
    if month.index > max(claim_schedule()):
        points = table("late_claims_a_month")
        late = waiting & ~recent & (drawn < np.interp(homes["score"] / SCORE_UNIT, points[0], points[1]))
    homes["claim"] = np.where(promptly | late, month.index, homes["claim"])
    _tell_registrations(register, entering, month, facts)
    made = np.flatnonzero(homes["claim"] == month.index)
    when = month_days(homes["claim"][made])
    facts.add("claim", "claim_month", homes["number"][made], None, happened=when, old=None, new=dates(when))


def _tell_registrations(register: Register, entering: Flags, month: Month, facts: Facts) -> None:
    """Households whose first month in the register this is."""
    numbers = register.homes["number"][entering]
    happened = np.full(len(numbers), day_number(month.first_day))
    facts.add(
        "registration", "household_id", numbers, None, happened=happened, old=None, new="registered", registering=True
    )
