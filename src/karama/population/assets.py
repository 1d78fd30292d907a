"""What the score of the single social registry (RSU) asks of a household, beside its members' ages and number.

The names are those of the published formula (decree 2-21-582, annexes 1 and 2).  Dwelling, schooling and work come from
the census margins; telephones, vehicles, bills, loans and land have no census counterpart by unit and follow assumed
chances along the household's standard of living.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, number, table
from karama.population.dwellings import APARTMENT, MOROCCAN_HOUSE, VILLA, Homes
from karama.population.families import MALE, People, Role
from karama.population.schooling import HIGHER, LOWER_SECONDARY, PRIMARY, Schooling
from karama.population.work import (
    CRAFTSMAN,
    EMPLOYER,
    EQUIPMENT_OPERATOR,
    FAMILY_WORKER,
    FARMER,
    IDLE,
    MIDDLE_MANAGER,
    PUBLIC,
    SENIOR_EXECUTIVE,
    TRADER,
    Work,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.population.draws import Draws, Flags, Floats, Ints

_GRID = np.linspace(0, 1, 5)
_ADULT = 15 * 12
_OLD_GROUP = 12
_EDGE = 0.001
"""The poorest and the richest thousandth are not told apart: their logit would have no end."""

FLAG_ASSETS = (
    "has_own_electricity_meter",
    "has_computer",
    "has_satellite_dish",
    "has_fixed_telephone",
    "has_loan",
    "has_second_home",
    "has_garage",
    "has_business_premises",
    "has_non_agricultural_land",
    "has_irrigated_land",
    "car",
    "motorcycle",
)
"""Assets whose chance along the standard of living is assumed, one table for each milieu."""

SPENDING = ("butane_spending", "water_and_electricity_spending", "phone_and_internet_spending")
"""Bills, in MAD a year for the household."""

URBAN_ONLY = (
    "more_than_one_family_nucleus",
    "has_bath_or_shower",
    "has_own_electricity_meter",
    "head_higher_education",
    "head_middle_manager",
    "head_retired_or_rentier",
    "has_computer",
    "has_satellite_dish",
    "has_fixed_telephone",
    "has_loan",
    "has_garage",
    "has_business_premises",
    "children_6_14_private_school",
    "children_6_14_public_school",
    "members_15plus_no_diploma",
    "members_15plus_technical_diploma",
    "members_15plus_earning",
    "members_15plus_equipment_operators",
    "members_senior_executives",
    "mobile_phones",
    "cars",
    "motorcycles",
)
"""Variables of the urban formula alone: 0 or false for rural households."""

RURAL_ONLY = (
    "dwelling_villa_flat_or_stone_house",
    "at_most_three_persons_per_room",
    "head_basic_education",
    "head_equipment_operator",
    "head_craftsman",
    "head_farmer",
    "has_car",
    "has_motorcycle",
    "has_non_agricultural_land",
    "has_irrigated_land",
    "members_15plus_literate",
    "members_15plus_higher_diploma",
    "members_traders",
    "cows",
)
"""Variables of the rural formula alone: 0 or false for urban households."""


def improved_standard(homes: Homes, people: People, schooling: Schooling, work: Work) -> Floats:
    """The standard of living once work and schooling are known, 0 to 1.

    Effects are added to the logit, so that nobody is pushed against the floor or the ceiling, and households of the
    same work keep their order.
    """
    effect = mapping("standard_effects")
    couple = (people.role == Role.HEAD) | (people.role == Role.SPOUSE)
    held = {
        "public": couple & (work.status == PUBLIC),
        "declared": couple & work.declared,
        "employer": couple & (work.status == EMPLOYER),
        "graduate": couple & (schooling.level == HIGHER),
        "pension": couple & work.pension,
    }
    change = effect["base"] + effect["no_earner"] * (_count(people, homes, work.employed) == 0)
    for name, members in held.items():
        change = change + effect[name] * (_count(people, homes, members) > 0)
    before = np.clip(homes.standard, _EDGE, 1 - _EDGE)
    odds = before / (1 - before) * np.exp(change)
    result: Floats = odds / (1 + odds)
    return result


def _count(people: People, homes: Homes, members: Flags) -> Ints:
    """Number of members concerned in each household."""
    return np.bincount(people.household[members], minlength=len(homes.number)).astype(np.int64)


def score_inputs(
    homes: Homes, people: People, *, urban: Flags, schooling: Schooling, work: Work, draws: Draws
) -> dict[str, Ints]:
    """All variables of the two formulas except those derived from members, as whole numbers, one per household.

    Args:
        homes: the households, their standard of living final.
        people: all their members.
        urban: per household, its milieu.
        schooling: of the members.
        work: of the members.
        draws: of the seed.

    Returns:
        Column name to values; flags are 0 or 1; variables of the other milieu are 0.
    """
    assets = {name: _owned(name, homes, urban, draws) for name in FLAG_ASSETS}
    columns: dict[str, Flags | Ints] = {}
    columns.update(_composition(homes, people))
    columns.update(_head(homes, people, schooling, work))
    columns.update(_members(homes, people, schooling, work, draws))
    columns.update(_dwelling(homes))
    columns.update({name: owned for name, owned in assets.items() if name.startswith("has_")})
    columns["has_own_electricity_meter"] = assets["has_own_electricity_meter"] & homes.amenities["electricity"]
    columns["has_car"], columns["has_motorcycle"] = assets["car"], assets["motorcycle"]
    columns["motorcycles"] = assets["motorcycle"].astype(np.int64)
    second = draws.uniform("second car", homes.number) < number("second_car") * homes.standard
    columns["cars"] = assets["car"].astype(np.int64) + (assets["car"] & second)
    columns.update(_counts(homes, people, work, urban, draws))
    columns.update(_pupils(people, homes, schooling))
    columns.update(spending(homes.standard, homes.size, urban, draws, homes.number))
    return _of_their_milieu(columns, urban)


def _of_their_milieu(columns: Mapping[str, Flags | Ints], urban: Flags) -> dict[str, Ints]:
    """Zero where a variable does not belong to the milieu."""
    result = {}
    for name, values in columns.items():
        kept = np.ones(len(urban), np.bool_)
        if name in URBAN_ONLY:
            kept = urban
        elif name in RURAL_ONLY:
            kept = ~urban
        result[name] = np.where(kept, values, 0).astype(np.int64)
    return result


def _owned(name: str, homes: Homes, urban: Flags, draws: Draws) -> Flags:
    """Whether the household has the asset."""
    tables = table(name)  # first row urban, second rural
    chance = np.where(urban, np.interp(homes.standard, _GRID, tables[0]), np.interp(homes.standard, _GRID, tables[1]))
    result: Flags = draws.uniform(name, homes.number) < chance
    return result


def _composition(homes: Homes, people: People) -> dict[str, Flags | Ints]:
    """Variables on the members' ties."""
    spouses = _count(people, homes, people.role == Role.SPOUSE)
    leaders = people.leader == np.arange(len(people))
    followed = np.bincount(people.leader, minlength=len(people)) > 1
    nuclei = _count(people, homes, leaders & (followed | (people.role == Role.HEAD)))
    per_room = homes.size / homes.rooms
    at_most_two = homes.size <= 2 * homes.rooms
    at_most_three = (homes.size <= 3 * homes.rooms) & ~at_most_two
    return {
        "single_or_childless_couple": (homes.size == 1) | ((homes.size == 2) & (spouses == 1)),  # noqa: PLR2004
        "more_than_one_family_nucleus": nuclei > 1,
        "at_most_two_persons_per_room": at_most_two,
        "at_most_three_persons_per_room": at_most_three & (per_room > 0),
    }


def _head(homes: Homes, people: People, schooling: Schooling, work: Work) -> dict[str, Flags | Ints]:
    """Variables on the head; one head per household."""
    heads = np.flatnonzero(people.role == Role.HEAD)
    heads = heads[np.argsort(people.household[heads], kind="stable")]
    level, occupation, status = schooling.level[heads], work.occupation[heads], work.status[heads]
    old = (people.group[heads] >= _OLD_GROUP) & (people.sex[heads] == MALE)
    rentier = old & (status == IDLE) & (homes.standard > number("rentier_standard"))
    return {
        "head_higher_education": level == HIGHER,
        "head_basic_education": (level == PRIMARY) | (level == LOWER_SECONDARY),
        "head_senior_executive": occupation == SENIOR_EXECUTIVE,
        "head_middle_manager": occupation == MIDDLE_MANAGER,
        "head_employer": status == EMPLOYER,
        "head_retired_or_rentier": work.pension[heads] | rentier,
        "head_equipment_operator": occupation == EQUIPMENT_OPERATOR,
        "head_craftsman": occupation == CRAFTSMAN,
        "head_farmer": occupation == FARMER,
    }


def _members(homes: Homes, people: People, schooling: Schooling, work: Work, draws: Draws) -> dict[str, Flags | Ints]:
    """Numbers of members concerned, for the variables that the formula takes as shares of the household."""
    adult = people.months >= _ADULT
    chance = table("no_diploma_by_education")[schooling.level]
    without = adult & (draws.uniform("diploma", people.key) < chance)
    secondary = (schooling.level >= LOWER_SECONDARY) & (schooling.level < HIGHER) & ~schooling.enrolled
    technical = adult & secondary & (draws.uniform("technical", people.key) < number("technical_diploma"))
    graduate = (schooling.level == HIGHER) & ~schooling.enrolled & ~without
    earning = adult & work.employed & (work.status != FAMILY_WORKER)
    return {
        "members_15plus_no_diploma": _count(people, homes, without),
        "members_15plus_technical_diploma": _count(people, homes, technical & ~without),
        "members_15plus_earning": _count(people, homes, earning),
        "members_15plus_equipment_operators": _count(people, homes, work.occupation == EQUIPMENT_OPERATOR),
        "members_senior_executives": _count(people, homes, work.occupation == SENIOR_EXECUTIVE),
        "members_15plus_literate": _count(people, homes, adult & schooling.literate),
        "members_15plus_higher_diploma": _count(people, homes, graduate),
        "members_traders": _count(people, homes, work.occupation == TRADER),
    }


def _dwelling(homes: Homes) -> dict[str, Flags | Ints]:
    """Variables on the dwelling."""
    solid = (homes.dwelling == VILLA) | (homes.dwelling == APARTMENT) | (homes.dwelling == MOROCCAN_HOUSE)
    return {
        "has_bath_or_shower": homes.amenities["bathroom"],
        "dwelling_villa_flat_or_stone_house": solid,
    }


def _counts(homes: Homes, people: People, work: Work, urban: Flags, draws: Draws) -> dict[str, Flags | Ints]:
    """Telephones, cows and health insurance."""
    owners = people.months >= 12 * 12
    holders = _count(people, homes, owners)
    factor = np.interp(homes.standard, _GRID, table("mobile_phones_per_person_over_12"))
    phones = np.floor(holders * factor + draws.uniform("phones", homes.number)).astype(np.int64)
    herd = np.interp(homes.standard, _GRID, table("cow_owners")) > draws.uniform("cows", homes.number)
    cows = np.where(herd, 1 + draws.below("herd", homes.number, np.full(len(homes.number), 5)), 0)
    covered = _count(people, homes, (work.status == PUBLIC) | work.declared | work.pension) > 0
    chance = np.where(urban, *(np.interp(homes.standard, _GRID, row) for row in table("other_insurance")))
    bought = draws.uniform("insurance", homes.number) < chance
    return {"mobile_phones": phones, "cows": cows, "member_with_health_insurance": covered | bought}


def _pupils(people: People, homes: Homes, schooling: Schooling) -> dict[str, Ints]:
    """Pupils of 6 to 14 in private and in public schools."""
    age = people.months // 12
    pupil = schooling.enrolled & (age >= 6) & (age <= 14)  # noqa: PLR2004
    return {
        "children_6_14_private_school": _count(people, homes, pupil & schooling.private),
        "children_6_14_public_school": _count(people, homes, pupil & ~schooling.private),
    }


def spending(standard: Floats, size: Ints, urban: Flags, draws: Draws, keys: Ints) -> dict[str, Ints]:
    """Yearly bills of the household in whole MAD, growing with its standard of living and its size.

    Args:
        standard: of living, 0 to 1.
        size: number of members.
        urban: milieu.
        draws: of the seed.
        keys: identifiers for the draws.
    """
    scale = number("bill_fixed_part") + (1 - number("bill_fixed_part")) * size / 4
    result = {}
    for name in SPENDING:
        tables = table(name)
        mean = np.where(urban, np.interp(standard, _GRID, tables[0]), np.interp(standard, _GRID, tables[1]))
        drawn = 0.4 + 1.2 * draws.bell(name, keys)
        result[f"{name}_mad_per_year"] = np.rint(mean * scale * drawn).astype(np.int64)
    return result
