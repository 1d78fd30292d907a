"""Households that state their data again: bills around their usual level, members as they are; the score follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assets import SPENDING
from karama.population.assumptions import mapping, number, table
from karama.population.life.rates import ages
from karama.population.register import NEVER, SPOUSE, day_number, score_column

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Floats, Ints
    from karama.population.life.facts import Facts
    from karama.population.register import Register

_PER_HEAD = 4


def declare_changes(register: Register, month: Month, draws: Draws) -> Flags:
    """Choose the households that state their data to the RSU this month, and change their score variables.

    Returns:
        Per household whether its score must be computed again.
    """
    homes = register.homes
    rates = mapping("score_updates_a_month")
    chance = np.where(homes["touched"], rates["after_change"], rates["ordinary"])
    changed: Flags = (draws.uniform(f"update/{month}", homes["number"]) < chance) | (homes["entered"] == month.index)
    changed &= homes["entered"] <= month.index
    rows = np.flatnonzero(changed)
    homes["touched"][rows] = False
    size = np.bincount(register.rows()[register.present(month)], minlength=len(changed))
    _state_bills(register, rows, size[rows], month, draws)
    _count_pupils(register, changed, month)
    _count_members(register, changed, size, month)
    return changed


def _state_bills(register: Register, rows: Ints, size: Ints, month: Month, draws: Draws) -> None:
    """Bills and telephones of these households, around what is usual for a household like it of this size."""
    homes, inputs = register.homes, register.inputs
    keys = homes["number"][rows]
    factor = _bill_scale(size) / _bill_scale(homes["billed_size"][rows])
    homes["billed_size"][rows] = size
    low, high = table("bills_restated")
    for name in SPENDING:
        usual = homes[f"usual_{name}"][rows] * factor
        homes[f"usual_{name}"][rows] = usual
        drawn = low + (high - low) * draws.uniform(f"{name}/{month}", keys)
        inputs[f"{name}_mad_per_year"][rows] = np.rint(usual * drawn).astype(np.int64)
    drawn = draws.uniform(f"phones/{month}", keys)
    chance = number("telephone_more_or_less")
    more_or_less = (drawn < chance).astype(np.int64) - (drawn >= 1 - chance)
    usual = np.minimum(homes["usual_phones"][rows], size)
    phones = usual + np.where(usual > 0, more_or_less, 0)
    inputs["mobile_phones"][rows] = np.where(homes["urban"][rows], phones, 0)


def _bill_scale(size: Ints) -> Floats:
    """How bills grow with the number of members."""
    fixed = number("bill_fixed_part")
    return fixed + (1 - fixed) * np.maximum(size, 1) / _PER_HEAD


def _count_members(register: Register, changed: Flags, size: Ints, month: Month) -> None:
    """Let no share exceed the members left, and state again who lives alone or as a childless couple."""
    inputs, present = register.inputs, register.present(month)
    for name in inputs:
        if name.startswith("members_"):
            inputs[name] = np.minimum(inputs[name], size)
    couples = present & (register.persons["role"] == SPOUSE)
    spouses = np.bincount(register.rows()[couples], minlength=len(changed))
    small = (size == 1) | ((size == 2) & (spouses == 1))  # noqa: PLR2004 - a couple
    name = "single_or_childless_couple"
    inputs[name] = np.where(changed, small, inputs[name]).astype(np.int64)


def _count_pupils(register: Register, changed: Flags, month: Month) -> None:
    """State again the pupils of 6 to 14 of the urban households concerned."""
    persons = register.persons
    age = ages(register, month)
    pupil = persons["enrolled"] & (age >= 6) & (age <= 14) & (persons["death"] == NEVER)  # noqa: PLR2004
    row = register.rows()
    concerned = changed & register.homes["urban"]
    for name, kind in (("public", persons["public"]), ("private", ~persons["public"])):
        column = f"children_6_14_{name}_school"
        now = np.bincount(row[pupil & kind], minlength=len(concerned))
        register.inputs[column] = np.where(concerned, now, register.inputs[column]).astype(np.int64)


def restate_scores(register: Register, changed: Flags, scores: Ints, month: Month, facts: Facts) -> None:
    """Write new scores, in force from the next month, beside those they replace; at once where there was none.

    Args:
        register: changed in place.
        changed: households computed again.
        scores: of these households, in billionths.
        month: of the change.
        facts: of the month.
    """
    homes = register.homes
    entering = homes["entered"] == month.index
    rows = np.flatnonzero(changed)
    first = entering[rows]
    homes["score"][rows[first]], homes["effective"][rows[first]] = scores[first], month.index
    differs = (homes["score"][rows] != scores) & ~first
    rows, scores = rows[differs], scores[differs]
    before = homes["score"][rows]
    happened = np.full(len(rows), day_number(month.first_day))
    numbers = homes["number"][rows]
    facts.add(
        "score_update",
        "score",
        numbers,
        None,
        happened=happened,
        old=score_column(before),
        new=score_column(scores),
    )
    homes["previous"][rows] = before
    homes["score"][rows] = scores
    homes["effective"][rows] = (month + 1).index
