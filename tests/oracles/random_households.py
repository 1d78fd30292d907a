"""Random households crowded around the boundaries of the law, for comparing the oracle with the product.

Every draw comes from the ``random.Random`` given, so a seed and a count describe a sample. A field is left out now and
then when it has its default, so that defaults are compared too.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.oracles import rsu_oracle

if TYPE_CHECKING:
    from random import Random

FIRST_MONTH, LAST_MONTH = 2023 * 12 + 11, 2026 * 12 + 11  # months as numbers: year * 12 + (month - 1)
MONTHS = tuple(f"{n // 12}-{n % 12 + 1:02d}" for n in range(FIRST_MONTH, LAST_MONTH + 1))
CLOCKS = ("paid", "legal")

COMMUNES = (  # one real commune per region
    "013310703", "022750103", "034510711", "044210106", "052550109", "063550107",
    "072110331", "084010305", "095410521", "102610719", "113210101", "123910101",
)  # fmt: skip
LEVELS = ("none", "preschool", "primary", "lower_secondary", "upper_secondary", "vocational", "higher")
MARITAL = ("single", "married", "divorced", "widowed")
AT_THRESHOLD, JUST_ABOVE, JUST_BELOW = 9.743001, 9.743001001, 9.743000999
CHILD_COUNTS = (0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9)
BOUNDARY_AGES = (0, 1, 5, 6, 6, 6, 7, 18, 20, 21, 21, 21, 22)
PERSONAL_GROUNDS = ("receives_family_allowance", "receives_state_pay", "receives_pension")
HOUSEHOLD_GROUNDS = ("other_family_allowance", "state_pay", "pension", "fonds_entraide_familiale")


def month_text(number: int) -> str:
    """YYYY-MM of a month number."""
    return f"{number // 12}-{number % 12 + 1:02d}"


def month_number(month: str) -> int:
    """Number of a month YYYY-MM."""
    return int(month[:4]) * 12 + int(month[5:7]) - 1


def first_ordinal(number: int) -> int:
    """Ordinal of the first day of a month number."""
    return date(number // 12, number % 12 + 1, 1).toordinal()


def iso(ordinal: int) -> str:
    """YYYY-MM-DD of a day's ordinal."""
    return date.fromordinal(ordinal).isoformat()


def random_month_and_clock(rng: Random) -> tuple[str, str]:
    """A month of 2023-12 to 2026-12 and one of the two clocks."""
    return rng.choice(MONTHS), rng.choice(CLOCKS)


def child_birth(rng: Random, number: int) -> int:
    """Ordinal of a child's birth, seen from a month number: often a birthday next to the first of the month."""
    first = first_ordinal(number)
    kind = rng.random()
    if kind < 0.40:
        years = rng.choice(BOUNDARY_AGES)
        if rng.random() < 0.15:
            return first_ordinal(number - 12 * years + 1) - 1  # last day of the month
        return first_ordinal(number - 12 * years) + rng.choice((-1, 0, 0, 1))
    if kind < 0.50:
        following = first_ordinal(number + 1)
        return rng.choice((first, following - 1, following, first + rng.randrange(following - first)))
    if kind < 0.97:
        return first - rng.randrange(int(365.25 * 21.2))
    return first - rng.randrange(21 * 365, 30 * 365)


def births(rng: Random, number: int, count: int) -> list[int]:
    """Ordinals of the births of ``count`` children, with twins, triplets and quadruplets."""
    drawn: list[int] = []
    while len(drawn) < count:
        kind = rng.random()
        same_day = 1 if kind < 0.80 else 2 if kind < 0.91 else 3 if kind < 0.96 else 4
        drawn += [child_birth(rng, number)] * same_day
    return drawn[:count]


def add_claim_of_birth_grant(rng: Random, child: dict[str, Any], number: int) -> None:
    """Make the child a recent one whose grant is claimed about the month, near the six-month limit or not."""
    first, following = first_ordinal(number), first_ordinal(number + 1)
    kind = rng.random()
    if kind < 0.55:  # the limit falls in this month or at the end of the previous one
        ago = number - rng.choice((6, 6, 6, 7))
        length = monthrange(ago // 12, ago % 12 + 1)[1]
        birth = first_ordinal(ago) + rng.choice((0, length - 1, length - 2, length - 3, rng.randrange(length)))
        born = date.fromordinal(birth)
        index = ago + 6
        last = monthrange(index // 12, index % 12 + 1)[1]
        limit = first_ordinal(index) + min(born.day, last) - 1
        claim = max(birth, limit + rng.choice((-1, 0, 0, 1, 1, 2)))
    elif kind < 0.65:  # about the first births that have a grant
        birth = date(2023, 12, 1).toordinal() + rng.choice((-1, 0, 0, 1))
        claim = max(birth, first + rng.randrange(following - first))
    else:
        birth = following - 1 - rng.randrange(250)
        claim = max(birth, rng.choice((first, following - 1, following, first - 1, first + rng.randrange(28))))
    child["birth_date"] = iso(birth)
    if rng.random() < 0.03:
        claim = birth - 1
    child["birth_grant_claim_date"] = iso(claim)
    if rng.random() < 0.5:
        child["live_birth_order"] = rng.choice((1, 1, 2, 2, 3))


def kill(rng: Random, member: dict[str, Any], number: int) -> None:
    """Give a death about the first day of the month, never before the birth."""
    first = first_ordinal(number)
    death = first + rng.choice((0, -1, 1, 15, 27, 28, 30, 31, -30, -400))
    member["death_date"] = max(iso(death), member["birth_date"])


def random_child(rng: Random, birth: int, number: int, *, orphans: bool) -> dict[str, Any]:
    """One child of a household, without person_id; booleans at their default are sometimes left out."""
    draw = rng.random
    kind = draw()
    child: dict[str, Any] = {
        "role": "child" if kind < 0.86 else "kafala_child" if kind < 0.93 else "ward",
        "sex": "F" if draw() < 0.5 else "M",
        "birth_date": iso(birth),
    }
    if draw() < 0.65:
        child["enrolled"] = True
        child["school_level"] = LEVELS[int(draw() * 7)] if draw() < 0.3 else LEVELS[2 + int(draw() * 3)]
    elif draw() < 0.5:
        child["enrolled"] = False
        child["school_level"] = LEVELS[int(draw() * 7)] if draw() < 0.1 else "none"
    if draw() < 0.4:
        child["public_school"] = draw() < 0.6
    if draw() < 0.35:
        child["severe_disability"] = draw() < 0.5
    if draw() < (0.8 if orphans else 0.04):
        child["father_deceased"] = orphans or draw() < 0.5
    if draw() < 0.1:
        child["live_birth_order"] = rng.choice((1, 2, 3, None))
    if draw() < 0.05:
        child["birth_order"] = 1 + int(draw() * 9)
    if draw() < 0.06:
        child[PERSONAL_GROUNDS[int(draw() * 3)]] = True  # a child's own pay refuses nobody
    if draw() < 0.05:
        kill(rng, child, number)
    return child


def make_pupils(rng: Random, children: list[dict[str, Any]], number: int) -> None:
    """Turn most children into public pupils of 6 to 20, twins staying twins, so that more than six have a grant."""
    first, births_of = first_ordinal(number), {child["birth_date"]: "" for child in children}
    for birth in births_of:
        births_of[birth] = iso(first - 6 * 366 - rng.randrange(14 * 365))
    for child in children:
        if "death_date" not in child:
            child["birth_date"] = births_of[child["birth_date"]]
            child |= {"enrolled": True, "school_level": LEVELS[2 + rng.randrange(3)], "public_school": True}


def random_adult(rng: Random, role: str, number: int) -> dict[str, Any]:
    """A head, a spouse or another member (who may be a minor), without person_id."""
    draw = rng.random
    years = int(draw() * 90) if role == "other" else 17 + int(draw() * 70) if draw() < 0.9 else 17 + int(draw() * 5)
    adult: dict[str, Any] = {
        "role": role,
        "sex": "F" if draw() < 0.5 else "M",
        "birth_date": iso(first_ordinal(number - 12 * years) - int(draw() * 366)),
    }
    if draw() < 0.7:
        adult["marital_status"] = MARITAL[int(draw() * 4)]
    if draw() < (0.3 if role == "other" else 0.012):
        adult[PERSONAL_GROUNDS[int(draw() * 3)]] = True
    elif draw() < 0.1:
        adult[PERSONAL_GROUNDS[int(draw() * 3)]] = False
    if role == "other" and draw() < 0.3:
        adult["enrolled"] = adult["severe_disability"] = True
        adult["school_level"] = "primary"
    if draw() < 0.03:
        kill(rng, adult, number)
    return adult


def random_score(rng: Random) -> float | None:
    """A score at, next to, under or above the threshold, or none."""
    kind = rng.random()
    if kind < 0.20:
        return AT_THRESHOLD
    if kind < 0.35:
        return JUST_BELOW
    if kind < 0.95:
        return round(7.5 + 2.243 * rng.random(), 9)
    if kind < 0.97:
        return JUST_ABOVE
    return None if kind < 0.985 else round(9.7430011 + rng.random(), 9)


def add_score(rng: Random, household: dict[str, Any], number: int) -> None:
    """Score, the month it takes effect, and the score before it."""
    household["score"] = random_score(rng)
    kind = rng.random()
    if kind < 0.45:
        return
    begins = None if kind < 0.5 else month_text(number + rng.choice((-12, -1, 0, 0, 1, 1, 2)))
    household["score_effective_from"] = begins
    if rng.random() < 0.85:
        household["previous_score"] = random_score(rng)


def add_household_fields(rng: Random, household: dict[str, Any], number: int) -> None:
    """Claim month, score and grounds of refusal."""
    draw = rng.random
    kind = draw()
    if kind < 0.975:
        claimed = min(number, FIRST_MONTH - 3 + int(draw() * 40)) if kind < 0.8 else number
        household["claim_month"] = month_text(claimed)
    else:
        household["claim_month"] = month_text(number + 1) if kind < 0.99 else None
    add_score(rng, household, number)
    household["score_inputs"] = None
    if draw() < 0.3:
        household["resident"] = draw() > 0.04
    for ground in HOUSEHOLD_GROUNDS:
        if draw() < 0.2:
            household[ground] = draw() < 0.06
    if draw() < 0.2:
        household["social_security_months"] = int(draw() * 13)


def random_household(rng: Random, month: str | None = None, household_id: str | None = None) -> dict[str, Any]:
    """A household in the shape of HOUSEHOLD.json whose dates crowd around ``month`` (drawn when not given)."""
    draw = rng.random
    number = int(FIRST_MONTH + draw() * 37) if month is None else month_number(month)
    household: dict[str, Any] = {
        "household_id": household_id or f"H{rng.getrandbits(48):012x}",
        "milieu": "urban" if draw() < 0.5 else "rural",
        "commune": COMMUNES[int(draw() * 12)],
    }
    add_household_fields(rng, household, number)
    orphans = draw() < 0.2
    members = [random_adult(rng, "head", number)]
    if draw() < 0.7:
        members.append(random_adult(rng, "spouse", number))
    children = [
        random_child(rng, birth, number, orphans=orphans)
        for birth in births(rng, number, CHILD_COUNTS[int(draw() * 20)])
    ]
    if len(children) > 4 and draw() < (0.5 if number % 12 == 8 else 0.05):
        make_pupils(rng, children, number)
    if children and draw() < 0.4:
        newborn = children[-1]
        add_claim_of_birth_grant(rng, newborn, number)
        if "death_date" in newborn:
            newborn["death_date"] = max(newborn["death_date"], newborn["birth_date"])
        if len(children) > 1 and draw() < 0.3:  # twins, both claimed
            fields = ("birth_date", "birth_grant_claim_date")
            children[-2].update({field: newborn[field] for field in fields}, role="child")
            children[-2].pop("death_date", None)
    members += children
    if draw() < 0.2:
        members.append(random_adult(rng, "other", number))
    rng.shuffle(members)
    prefix = household["household_id"]
    for place, member in enumerate(members, 1):
        member["person_id"] = f"{prefix}-{place}"
    if draw() < 0.15:
        member = members[int(draw() * len(members))]
        member["in_rnp"] = draw() > 0.15
    household["members"] = members
    return household


def random_households(rng: Random, count: int, month: str | None = None) -> list[dict[str, Any]]:
    """That many households of one month, with distinct identifiers."""
    tag = "any" if month is None else month
    return [random_household(rng, month, f"H-{tag}-{place:07d}") for place in range(count)]


def random_score_household(rng: Random, month: str | None = None, household_id: str | None = None) -> dict[str, Any]:
    """A household without a score but with ``score_inputs``, its members aged about 19, 30 and 60; the head lives."""
    draw = rng.random
    number = int(FIRST_MONTH + draw() * 37) if month is None else month_number(month)
    milieu = "urban" if draw() < 0.5 else "rural"
    prefix = household_id or f"S{rng.getrandbits(48):012x}"
    members = []
    for place in range(1, 1 + rng.choice((1, 2, 3, 3, 4, 5, 6, 6, 7, 9, 11, 13))):
        years = rng.choice((19, 20, 29, 30, 31, 59, 60, 61, 18 + int(draw() * 70)))
        if place > 1 and draw() < 0.4:
            years = int(draw() * 19)
        member = {
            "person_id": f"{prefix}-{place}",
            "role": "head" if place == 1 else "other" if years > 18 else "child",
            "sex": rng.choice("FM"),
            "birth_date": iso(first_ordinal(number - 12 * years) + rng.choice((-1, 0, 1, -200))),
        }
        if place > 1 and draw() < 0.1:
            kill(rng, member, number)
        members.append(member)
    size = rsu_oracle.from_members(members, month_text(number))["household_size"]
    names = [*rsu_oracle.FLAGS_AND_COUNTS[milieu], *rsu_oracle.PER_MEMBER[milieu]]
    given = {name: random_input(rng, name, size) for name in names if draw() < 0.9}
    return {
        "household_id": prefix,
        "milieu": milieu,
        "commune": COMMUNES[int(draw() * 12)],
        "claim_month": "2023-12",
        "score": None,
        "score_inputs": given,
        "members": members,
    }


def random_input(rng: Random, name: str, size: int) -> bool | int:
    """A value of one variable of the score: yearly dirhams, a number of members, a count or a flag."""
    if name.endswith("_mad_per_year"):
        return rng.choice((0, 1, rng.randrange(20_000)))
    if name.startswith("members_"):
        return rng.randrange(size + 1)
    if name.startswith("children_") or name in ("mobile_phones", "cars", "motorcycles", "cows"):
        return rng.randrange(6)
    if name == "member_with_health_insurance":
        return rng.random() < 0.3
    return rng.random() < 0.4


def random_ward(rng: Random, month: str | None = None) -> dict[str, Any]:
    """A child of a social protection establishment, near 18, admission, leaving and the first month of the aid."""
    number = month_number(random_ward_month(rng)) if month is None else month_number(month)
    near = (-25, -13, -2, -1, 0, 0, 1, 2)
    born = number - 18 * 12 + rng.choice((0, 0, 0, 1, -1, 12, 60, 150, rng.randrange(216)))
    birth = first_ordinal(born) + rng.choice((0, 1, 27, rng.randrange(28)))
    first_due = 2025 * 12 + 11
    admitted = max(birth, first_ordinal(rng.choice((number, first_due)) + rng.choice(near)) + rng.randrange(28))
    claimed = max(first_due - 2, rng.choice((number + rng.choice(near), first_due + rng.choice((-2, -1, 0, 1)))))
    ward = {
        "person_id": f"W{rng.getrandbits(48):012x}",
        "establishment_id": f"E{rng.randrange(40):03d}",
        "commune": rng.choice(COMMUNES),
        "sex": rng.choice("FM"),
        "birth_date": iso(birth),
        "category": rng.choice(("orphan", "abandoned")),
        "admitted": iso(admitted),
        "left_on": None,
        "claim_month": month_text(claimed),
    }
    if rng.random() < 0.4:
        ward["left_on"] = iso(max(admitted, first_ordinal(number + rng.choice((-3, -1, 0, 0, 1))) + rng.randrange(28)))
    return ward


def random_ward_month(rng: Random) -> str:
    """A month of 2025-10 to 2029-12, long enough for a capital above the least release."""
    return month_text(rng.randrange(2025 * 12 + 9, 2030 * 12))
