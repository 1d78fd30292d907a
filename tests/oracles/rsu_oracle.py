"""Score of the single social registry (Registre social unifié) with exact fractions, one household at a time.

Coefficients of decree 2-21-582 (Bulletin officiel, Arabic edition, no. 7011 of 9 August 2021, annexes 1 and 2),
as two public transcriptions give them; where they differ, the first one's value stands here. Nothing of
``karama.law`` is used.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

CONSTANT = {"urban": "9.825", "rural": "8.695"}
ZONE = {
    "urban": ["0.107", "0.196", "0.123", "0.0555", "0", "0.220", "0.194", "0", "0", "0.285", "0.285", "0.285"],
    "rural": ["0.420", "0.230", "0.296", "0.302", "0.351", "0.464", "0.377", "0", "0.221", "0.318", "0.318", "0.318"],
}  # regions 01 to 12 in order

FLAGS_AND_COUNTS = {
    "urban": {
        "single_or_childless_couple": "0.103",
        "more_than_one_family_nucleus": "0.035",
        "at_most_two_persons_per_room": "0.0475",
        "has_bath_or_shower": "0.096",
        "has_own_electricity_meter": "0.0466",
        "head_higher_education": "0.0806",
        "head_senior_executive": "0.0782",
        "head_middle_manager": "0.110",
        "head_employer": "0.182",
        "head_retired_or_rentier": "0.0605",
        "has_computer": "0.138",
        "has_satellite_dish": "0.0873",
        "has_fixed_telephone": "0.0532",
        "member_with_health_insurance": "0.151",
        "has_loan": "0.135",
        "has_second_home": "0.173",
        "has_garage": "0.117",
        "has_business_premises": "0.111",
        "children_6_14_private_school": "0.105",
        "children_6_14_public_school": "-0.0319",
        "mobile_phones": "0.0516",
        "cars": "0.226",
        "motorcycles": "0.0598",
    },
    "rural": {
        "single_or_childless_couple": "0.130",
        "dwelling_villa_flat_or_stone_house": "0.127",
        "at_most_two_persons_per_room": "0.129",
        "at_most_three_persons_per_room": "0.108",
        "head_basic_education": "0.0569",
        "head_senior_executive": "0.154",
        "head_equipment_operator": "0.196",
        "head_craftsman": "0.125",
        "head_farmer": "0.0722",
        "head_employer": "0.190",
        "has_car": "0.187",
        "has_motorcycle": "0.0635",
        "member_with_health_insurance": "0.193",
        "has_second_home": "0.334",
        "has_non_agricultural_land": "0.233",
        "has_irrigated_land": "0.126",
        "cows": "0.0257",
    },
}
PER_MEMBER = {  # a number of members, or dirhams a year, to be divided by the size of the household
    "urban": {
        "members_15plus_no_diploma": "-0.0557",
        "members_15plus_technical_diploma": "0.120",
        "members_15plus_earning": "0.139",
        "members_15plus_equipment_operators": "0.307",
        "members_senior_executives": "0.180",
        "butane_spending_mad_per_year": "0.000422",
        "water_and_electricity_spending_mad_per_year": "0.00011",
        "phone_and_internet_spending_mad_per_year": "0.000302",
    },
    "rural": {
        "members_15plus_literate": "0.128",
        "members_15plus_higher_diploma": "0.344",
        "members_traders": "0.301",
        "butane_spending_mad_per_year": "0.000755",
        "water_and_electricity_spending_mad_per_year": "0.000145",
        "phone_and_internet_spending_mad_per_year": "0.00086",
    },
}
FROM_MEMBERS = {
    "urban": {
        "household_size": "-0.177",
        "household_size_squared": "0.00533",
        "head_age": "-0.0104",
        "head_age_squared": "0.0000771",
    },
    "rural": {
        "household_size": "-0.138",
        "household_size_squared": "0.00469",
        "members_19_29": "0.0523",
        "members_30_59": "0.0337",
        "members_60_plus": "0.0781",
    },
}


def half_up(value: Fraction, places: int) -> Fraction:
    """A fraction of either sign rounded to so many decimal places, halves away from zero."""
    scaled = floor(abs(value) * 10**places + Fraction(1, 2))
    return Fraction(scaled if value >= 0 else -scaled, 10**places)


def completed_years(birth: date, on: date) -> int:
    """Age on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def from_members(members: list[dict[str, Any]], month: str) -> dict[str, int]:
    """Size, ages and squares of the persons present in the month, at its first day; a newborn counts.

    Raises ValueError when no head is present: the age of the head is then undefined.
    """
    first = date.fromisoformat(f"{month}-01")
    ages, head_age = [], None
    for member in members:
        birth, death = date.fromisoformat(member["birth_date"]), member.get("death_date")
        if birth.isoformat()[:7] > month or (death is not None and death[:7] < month):
            continue
        ages.append(completed_years(birth, first))
        if member["role"] == "head":
            head_age = ages[-1]
    if head_age is None:
        message = f"no head of household present in {month}"
        raise ValueError(message)
    return {
        "household_size": len(ages),
        "household_size_squared": len(ages) ** 2,
        "head_age": head_age,
        "head_age_squared": head_age**2,
        "members_19_29": sum(19 <= years <= 29 for years in ages),
        "members_30_59": sum(30 <= years <= 59 for years in ages),
        "members_60_plus": sum(years >= 60 for years in ages),
    }


def score(household: dict[str, Any], month: str) -> Decimal:
    """Score to nine places, halves up, from ``score_inputs`` and the members present in a month YYYY-MM."""
    milieu, given = household["milieu"], household["score_inputs"]
    derived = from_members(household["members"], month)
    total = Fraction(CONSTANT[milieu]) + Fraction(ZONE[milieu][int(household["commune"][:2]) - 1])
    for name, coefficient in FLAGS_AND_COUNTS[milieu].items():
        total += Fraction(coefficient) * int(given.get(name, 0))
    for name, coefficient in PER_MEMBER[milieu].items():
        share = Fraction(given.get(name, 0)) / derived["household_size"]
        total += Fraction(coefficient) * half_up(share, 12)
    for name, coefficient in FROM_MEMBERS[milieu].items():
        total += Fraction(coefficient) * derived[name]
    billionths = half_up(total, 9) * 10**9
    return Decimal(billionths.numerator).scaleb(-9)
