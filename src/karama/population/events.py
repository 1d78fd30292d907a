"""What happens to the registered households from one month to the next.

Each event touches only the rows concerned.  Rates are in the assumptions file; draws are keyed by person or household
and month, so that a longer run begins with the same months as a shorter one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, number, table
from karama.population.families import FEMALE, MALE, MARRIED, SINGLE, WIDOWED
from karama.population.register import (
    CHILD,
    HEAD,
    KAFALA_CHILD,
    MEMBERS_NUMBERED,
    NEVER,
    OTHER,
    SPOUSE,
    UNKNOWN,
    Register,
    Table,
    day_number,
    stack,
    take,
)
from karama.population.registration import GRANTS_SINCE, claim_schedule, grant_claims

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Draws, Flags, Floats, Ints

_MONTHS_A_YEAR = 12
_ADULT = 18
_COUNTED = 21
_FIRST_MOTHER, _LAST_MOTHER = 15, 50
_BIRTH_SPACING_DAYS = 330


def advance(register: Register, month: Month, draws: Draws) -> None:
    """Carry the register from the month before to this one; scores are updated afterwards.

    The order is fixed: those who died last month are followed by their heirs, then births, deaths, departures and jobs
    of this month.

    Args:
        register: changed in place.
        month: reached by this step.
        draws: of the seed.
    """
    settle_deaths(register, month)
    give_birth(register, month, draws)
    leave(register, month, draws)
    die(register, month, draws)
    change_jobs(register, month, draws)
    claim_late(register, month, draws)


def ages(register: Register, month: Month) -> Ints:
    """Completed years of each person on the first day of the month."""
    birth = register.persons["birth"].astype("datetime64[D]")
    months = birth.astype("datetime64[M]")
    since = month.index - (months.astype(np.int64) + 1970 * _MONTHS_A_YEAR)
    late = (birth - months.astype("datetime64[D]")).astype(np.int64) > 0
    result: Ints = (since - late) // _MONTHS_A_YEAR
    return result


def _rate(name: str, age: Ints) -> Floats:
    """Monthly chance by age group, from a yearly table."""
    yearly = table(name)
    return yearly[np.clip(age // 5, 0, len(yearly) - 1)] / _MONTHS_A_YEAR


# ---------------------------------------------------------------------------------------------- deaths
def die(register: Register, month: Month, draws: Draws) -> None:
    """Give those who die this month their day of death."""
    persons = register.persons
    age = np.maximum(ages(register, month), 0)
    chance = np.where(persons["sex"] == MALE, _rate("deaths_men", age), _rate("deaths_women", age))
    alive = (persons["death"] == NEVER) & (persons["birth"] < day_number(month.first_day))
    dies = alive & (draws.uniform(f"death/{month}", persons["number"]) < chance)
    length = (month.last_day - month.first_day).days + 1
    day = draws.below(f"death day/{month}", persons["number"], np.full(len(dies), length))
    persons["death"] = np.where(dies, day_number(month.first_day) + day, persons["death"])


def settle_deaths(register: Register, month: Month) -> None:
    """Draw the consequences of last month's deaths: widows, fatherless children, new heads, homes without adult."""
    persons = register.persons
    dead = persons["death"] < day_number(month.first_day)
    fresh = dead & (persons["death"] >= day_number((month - 1).first_day))
    if not fresh.any():
        return
    partners = persons["partner"][fresh & (persons["partner"] != UNKNOWN)]
    bereaved = np.isin(persons["number"], partners) & ~dead
    persons["marital"] = np.where(bereaved, WIDOWED, persons["marital"])
    persons["partner"] = np.where(bereaved, UNKNOWN, persons["partner"])
    widows = persons["number"][bereaved & (persons["sex"] == FEMALE)]
    orphaned = np.isin(persons["mother"], widows) & (persons["marital"] == SINGLE)
    persons["father_deceased"] = persons["father_deceased"] | orphaned
    headless = np.unique(persons["home"][fresh & (persons["role"] == HEAD)])
    _hand_over(register, headless, ~dead, ages(register, month))
    # Dead infants stay for the birth grant, which is due on the birth; others leave the household's list.
    pending = (persons["role"] == CHILD) & (persons["birth"] >= day_number(GRANTS_SINCE.first_day))
    gone = dead & ~pending
    register.persons = take(persons, ~gone)
    heads = np.unique(register.persons["home"][register.persons["role"] == HEAD])
    register.keep_homes(np.isin(register.homes["number"], heads))


def _hand_over(register: Register, headless: Ints, alive: Flags, age: Ints) -> None:
    """Make the spouse head, or else the eldest adult; a new head's own spouse follows."""
    persons = register.persons
    rows = np.flatnonzero(np.isin(persons["home"], headless) & alive & (age >= _ADULT))
    number_of, birth, home = (persons[name][rows] for name in ("number", "birth", "home"))
    order = rows[np.lexsort((number_of, birth, persons["role"][rows] != SPOUSE, home))]
    heirs = order[np.diff(persons["home"][order], prepend=-1) > 0]
    lost = np.isin(persons["home"], headless) & ~alive & (persons["role"] == HEAD)
    role = np.where(lost, OTHER, persons["role"])
    role[heirs] = HEAD
    couple = np.isin(persons["number"], persons["partner"][heirs]) & alive
    persons["role"] = np.where(couple & (role == OTHER), SPOUSE, role)


# ---------------------------------------------------------------------------------------------- births
def give_birth(register: Register, month: Month, draws: Draws) -> None:
    """Add the children born this month to married women, after their mother's former births."""
    persons = register.persons
    age = ages(register, month)
    wives = (persons["sex"] == FEMALE) & (persons["marital"] == MARRIED) & (persons["partner"] != UNKNOWN)
    able = wives & (persons["death"] == NEVER) & (age >= _FIRST_MOTHER) & (age < _LAST_MOTHER)
    delivers = able & (draws.uniform(f"birth/{month}", persons["number"]) < _rate("births", age))
    mothers = np.flatnonzero(delivers)
    last_birth, births = _former_births(persons, mothers)
    mothers_kept = last_birth < day_number(month.first_day) - _BIRTH_SPACING_DAYS
    mothers, births = mothers[mothers_kept], births[mothers_kept]
    if len(mothers):
        newborn = _newborn(register, mothers, births, month, draws)
        joined = stack([persons, newborn])
        register.persons = take(joined, np.argsort(joined["number"], kind="stable"))


def _former_births(persons: Table, mothers: Ints) -> tuple[Ints, Ints]:
    """For each mother the day of her last birth and the number of her births."""
    numbers = persons["number"][mothers]
    children = np.flatnonzero(np.isin(persons["mother"], numbers))
    slot = np.searchsorted(numbers, persons["mother"][children])
    last = np.full(len(mothers), -NEVER, np.int64)
    np.maximum.at(last, slot, persons["birth"][children])
    most = np.zeros(len(mothers), np.int64)
    np.maximum.at(most, slot, persons["live_order"][children])
    return last, most


def _newborn(register: Register, mothers: Ints, births: Ints, month: Month, draws: Draws) -> Table:
    """One row per birth; two births of one month in a household are numbered apart."""
    persons = register.persons
    home = persons["home"][mothers]
    ends = np.searchsorted(persons["home"], home, side="right") - 1
    turn = np.arange(len(home)) - np.searchsorted(home, home)
    place = np.minimum(persons["number"][ends] % MEMBERS_NUMBERED + 1 + turn, MEMBERS_NUMBERED - 1)
    numbers = home * MEMBERS_NUMBERED + place
    mother = persons["number"][mothers]
    length = (month.last_day - month.first_day).days + 1
    birth = day_number(month.first_day) + draws.below("birth day", numbers, np.full(len(numbers), length))
    count = len(mothers)
    own = persons["role"][mothers] <= SPOUSE
    newborn: Table = {name: np.zeros(count, values.dtype) for name, values in persons.items()}
    newborn |= {
        "home": home,
        "number": numbers,
        "role": np.where(own, CHILD, OTHER),
        "sex": (draws.uniform("sex", numbers) < number("boys_share")).astype(np.int64),
        "birth": birth,
        "death": np.full(count, NEVER, np.int64),
        "in_rnp": np.ones(count, np.bool_),
        "public": np.ones(count, np.bool_),
        "mother": mother,
        "partner": np.full(count, UNKNOWN, np.int64),
        "live_order": births + 1,
        "birth_order": births + 1,
        "grant_claim": grant_claims(birth, births + 1, numbers, draws),
    }
    return newborn


# ---------------------------------------------------------------------------- departures, jobs, claims
def leave(register: Register, month: Month, draws: Draws) -> None:
    """Let unmarried grown children leave the household (marriage, work elsewhere): they leave its list."""
    persons = register.persons
    age = ages(register, month)
    grown = (persons["role"] == CHILD) & (age >= _COUNTED) & (persons["marital"] == SINGLE)
    chance = number("departures_a_year") / _MONTHS_A_YEAR
    goes = grown & (draws.uniform(f"departure/{month}", persons["number"]) < chance)
    register.persons = take(persons, ~goes)


def change_jobs(register: Register, month: Month, draws: Draws) -> None:
    """Start and end declared jobs of heads and spouses, which bring and end the family allowance of the CNSS."""
    persons = register.persons
    rates = mapping("declared_jobs_a_month")
    minor = ((persons["role"] == CHILD) | (persons["role"] == KAFALA_CHILD)) & (ages(register, month) < _COUNTED)
    with_child = np.isin(persons["home"], np.unique(persons["home"][minor]))
    couple = (persons["role"] <= SPOUSE) & persons["salaried"] & (persons["death"] == NEVER)
    drawn = draws.uniform(f"job/{month}", persons["number"])
    starts = couple & with_child & ~persons["family_allowance"] & (drawn < rates["start"])
    ends = persons["family_allowance"] & ((drawn < rates["end"]) | ~with_child)
    persons["family_allowance"] = (persons["family_allowance"] | starts) & ~ends


def claim_late(register: Register, month: Month, draws: Draws) -> None:
    """Let some of the households that never claimed do so this month, the poorer the likelier."""
    if month.index <= max(claim_schedule()):
        return
    homes = register.homes
    points = table("late_claims_a_month")
    chance = np.interp(homes["score"] / 1_000_000_000, points[0], points[1])
    claims = (homes["claim"] == NEVER) & (draws.uniform(f"claim/{month}", homes["number"]) < chance)
    homes["claim"] = np.where(claims, month.index, homes["claim"])


# ---------------------------------------------------------------------------------------------- scores
def declare_changes(register: Register, month: Month, draws: Draws) -> Flags:
    """Choose the households whose data change in the RSU this month, and change their score variables.

    Returns:
        Per household whether its score must be computed again.
    """
    homes, inputs = register.homes, register.inputs
    rates = mapping("score_updates_a_month")
    persons = register.persons
    lately = day_number((month - 2).first_day)
    born = np.isin(homes["number"], persons["home"][persons["birth"] >= lately])
    chance = np.where(born, rates["after_birth"], rates["ordinary"])
    changed = draws.uniform(f"update/{month}", homes["number"]) < chance
    for name in inputs:
        if name.endswith("_mad_per_year"):
            factor = 0.75 + 0.5 * draws.uniform(f"{name}/{month}", homes["number"])
            inputs[name] = np.where(changed, np.rint(inputs[name] * factor).astype(np.int64), inputs[name])
    phones = inputs["mobile_phones"] + draws.below(f"phones/{month}", homes["number"], np.full(len(changed), 3)) - 1
    moved = changed & homes["urban"]
    inputs["mobile_phones"] = np.where(moved, np.maximum(phones, 0), inputs["mobile_phones"])
    _count_pupils(register, moved, month)
    _count_members(register, changed, month)
    return changed


def _count_members(register: Register, changed: Flags, month: Month) -> None:
    """Let no share exceed the members left, and state again who lives alone or as a childless couple."""
    inputs, row, present = register.inputs, register.rows(), register.present(month)
    size = np.bincount(row[present], minlength=len(changed))
    for name in inputs:
        if name.startswith("members_"):
            inputs[name] = np.minimum(inputs[name], size)
    spouses = np.bincount(row[present & (register.persons["role"] == SPOUSE)], minlength=len(changed))
    small = (size == 1) | ((size == 2) & (spouses == 1))  # noqa: PLR2004 - a couple
    name = "single_or_childless_couple"
    inputs[name] = np.where(changed, small, inputs[name]).astype(np.int64)


def _count_pupils(register: Register, concerned: Flags, month: Month) -> None:
    """State again the pupils of 6 to 14 of the urban households concerned."""
    persons = register.persons
    age = ages(register, month)
    pupil = persons["enrolled"] & (age >= 6) & (age <= 14) & (persons["death"] == NEVER)  # noqa: PLR2004
    row = register.rows()
    for name, kind in (("public", persons["public"]), ("private", ~persons["public"])):
        column = f"children_6_14_{name}_school"
        now = np.bincount(row[pupil & kind], minlength=len(concerned))
        register.inputs[column] = np.where(concerned, now, register.inputs[column]).astype(np.int64)


def restate_scores(register: Register, changed: Flags, scores: Ints, month: Month) -> None:
    """Write new scores, in force from the next month, beside those they replace.

    Args:
        register: changed in place.
        changed: households computed again.
        scores: of these households, in billionths.
        month: of the change.
    """
    homes = register.homes
    rows = np.flatnonzero(changed)
    differs = homes["score"][rows] != scores
    rows = rows[differs]
    homes["previous"][rows] = homes["score"][rows]
    homes["score"][rows] = scores[differs]
    homes["effective"][rows] = (month + 1).index
