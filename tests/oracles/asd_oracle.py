"""Direct social aid (aide sociale directe) computed a second time, one household at a time.

An independent reading of the rules, in plain Python and without anything of ``karama.law``: its only use is to be
compared with the product. It is written as a clerk would work: take the family's papers, look at each child in turn,
count completed years, try every order of twins. Sources: law 58-23, decrees 2-23-1067, 2-23-1068, 2-24-706, 2-25-1064
as summarised by the official pages, and the project's documented choices where those are silent.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from decimal import Decimal
from functools import lru_cache
from itertools import groupby, permutations
from typing import Any, NamedTuple

from tests.oracles import rsu_oracle

THRESHOLD = Decimal("9.743001")  # decree 2-23-1068
FIRST_MONTH = "2023-12"
FIRST_BIRTH = date(2023, 12, 1)
FIRST_SCHOOL_YEAR = 2024
FIRST_MONTH_OF_WARDS = "2025-12"
MOST_CHILDREN_PAID = 6
LARGEST_GROUP_TRIED = 4

FLOOR = 500_00
FLAT = 500_00
SUPPLEMENT = 100_00
BIRTH_GRANTS = {1: 2000_00, 2: 1000_00}
SCHOOL_GRANTS = {"primary": 200_00, "lower_secondary": 200_00, "upper_secondary": 300_00}
WARD_AID = 500_00
WARD_LEAST_RELEASE = 10_000_00


class Rates(NamedTuple):
    """Monthly centimes of a child of rank 1 to 3."""

    at_school: int  # also every child under 6
    not_at_school: int
    orphan: int  # of the father, under 6 or at school


# (month of the law, month from which it is paid, rates); the latest that has begun applies.
STEPS = (
    ("2026-01", "2026-01", Rates(300_00, 200_00, 400_00)),
    ("2025-01", "2025-11", Rates(250_00, 175_00, 375_00)),
    ("2023-12", "2023-12", Rates(200_00, 150_00, 350_00)),
)
LATE_AT_SCHOOL = 36_00  # ranks 4 to 6, the same in all years, orphans included
LATE_NOT_AT_SCHOOL = 24_00


class Child(NamedTuple):
    """What the family brings for one child, whatever its rank turns out to be."""

    person_id: str
    birth: date
    early: int  # centimes at ranks 1 to 3
    late: int  # centimes at ranks 4 to 6
    supplement: int
    pupil_grant: int

    def aid(self, rank: int) -> int:
        """Child aid in centimes at a rank, without the disability supplement."""
        if rank > MOST_CHILDREN_PAID:
            return 0
        return self.early if rank <= 3 else self.late

    def brought(self, rank: int) -> int:
        """Child aid and supplement in centimes at a rank."""
        return self.aid(rank) + (self.supplement if rank <= MOST_CHILDREN_PAID else 0)


@lru_cache(maxsize=256)
def month_bounds(month: str) -> tuple[date, date]:
    """First and last day of a month written YYYY-MM."""
    year, number = int(month[:4]), int(month[5:7])
    return date(year, number, 1), date(year, number, monthrange(year, number)[1])


@lru_cache(maxsize=256)
def rates_of(month: str, clock: str) -> Rates:
    """Rates in force in a month, by the law's own date or by the date of first payment."""
    for legal, paid, rates in STEPS:
        if month >= (legal if clock == "legal" else paid):
            return rates
    return Rates(0, 0, 0)


def day(text: str | None) -> date | None:
    """A date written YYYY-MM-DD, or nothing."""
    return None if text is None else date.fromisoformat(text)


def age(birth: date, on: date) -> int:
    """Completed years on a day; -1 for somebody born in the year after it."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))


def six_months_after(birth: date) -> date:
    """Last day for claiming the birth grant: six calendar months later, or that month's last day."""
    year, zero_month = divmod(birth.year * 12 + birth.month - 1 + 6, 12)
    return date(year, zero_month + 1, min(birth.day, monthrange(year, zero_month + 1)[1]))


def is_present(member: dict[str, Any], first: date, last: date) -> bool:
    """Born by the month's end and not dead before its first day: the month of the death still counts."""
    if date.fromisoformat(member["birth_date"]) > last:
        return False
    death = day(member.get("death_date"))
    return death is None or death >= first


def score_in_force(household: dict[str, Any], month: str) -> Decimal | None:
    """The score effective on the first day of the month, or None."""
    score: Any = household.get("score")
    if score is None and household.get("score_inputs") is not None:
        score = rsu_oracle.score(household, month)
    begins = household.get("score_effective_from")
    if score is None or (begins is not None and begins[:7] > month):
        score = household.get("previous_score")
    return None if score is None else Decimal(str(score))


def refusals(household: dict[str, Any], present: list[dict[str, Any]], month: str) -> list[str]:
    """Codes of all the grounds on which the family is refused this month, in the order of the papers."""
    reasons = []
    claimed = household.get("claim_month")
    if claimed is None:
        reasons.append("no_claim")
    elif month < max(claimed[:7], FIRST_MONTH):
        reasons.append("before_first_month_due")
    score = score_in_force(household, month)
    if score is None:
        reasons.append("no_score_in_force")
    elif score > THRESHOLD:
        reasons.append("score_above_threshold")
    if not household.get("resident", True):
        reasons.append("not_resident")
    if not all(member.get("in_rnp", True) for member in present):
        reasons.append("member_not_in_rnp")
    couple = [member for member in present if member["role"] in ("head", "spouse")]
    reasons += [
        ground
        for ground, personal in (
            ("other_family_allowance", "receives_family_allowance"),
            ("state_pay", "receives_state_pay"),
            ("pension", "receives_pension"),
        )
        if household.get(ground, False) or any(member.get(personal, False) for member in couple)
    ]
    if household.get("fonds_entraide_familiale", False):
        reasons.append("fonds_entraide_familiale")
    if not present:
        reasons.append("not_eligible_for_any_aid")
    return reasons


def read_child(member: dict[str, Any], first: date, rates: Rates) -> Child:
    """The amounts attached to one counted child."""
    birth = date.fromisoformat(member["birth_date"])
    years = age(birth, first)
    enrolled = member.get("enrolled", False)
    if years < 6 or enrolled:
        early = rates.orphan if member.get("father_deceased", False) else rates.at_school
        late = LATE_AT_SCHOOL
    else:
        early, late = rates.not_at_school, LATE_NOT_AT_SCHOOL
    pupil_grant = 0
    if years >= 6 and enrolled and member.get("public_school", True):
        pupil_grant = SCHOOL_GRANTS.get(member.get("school_level", "none"), 0)
    supplement = SUPPLEMENT if member.get("severe_disability", False) else 0
    return Child(member["person_id"], birth, early, late, supplement, pupil_grant)


def order_of_twins(twins: list[Child], rank: int) -> list[Child]:
    """Children born on one day, in the order that gives the family most when the eldest has this rank.

    Raises AssertionError if, for up to four children, another order would give more.
    """
    if rank <= 3:
        best = sorted(twins, key=lambda c: (c.late - c.early, -c.late - c.supplement, c.person_id))
    else:
        best = sorted(twins, key=lambda c: (-c.late - c.supplement, c.person_id))
    if len(twins) <= LARGEST_GROUP_TRIED:
        reached = sum(child.brought(place) for place, child in enumerate(best, rank))
        most = max(
            sum(child.brought(place) for place, child in enumerate(trial, rank)) for trial in permutations(twins)
        )
        if reached != most:
            message = f"order of twins gives {reached}, another gives {most}: {twins} from rank {rank}"
            raise AssertionError(message)
    return best


def rank_children(children: list[Child]) -> list[Child]:
    """All counted children, oldest first; the place in the list is the rank."""
    ranked: list[Child] = []
    for _, same_day in groupby(sorted(children, key=lambda c: c.birth), key=lambda c: c.birth):
        twins = list(same_day)
        ranked += order_of_twins(twins, len(ranked) + 1) if len(twins) > 1 else twins
    return ranked


def line(benefit: str, person_id: str | None, rank: int | None, centimes: int) -> dict[str, Any]:
    """One line of a decision."""
    return {"benefit": benefit, "person_id": person_id, "rank": rank, "amount_centimes": centimes}


def child_lines(ranked: list[Child]) -> list[dict[str, Any]]:
    """Child aid, supplements and what is missing to the floor."""
    lines = []
    for rank, child in enumerate(ranked[:MOST_CHILDREN_PAID], 1):
        lines.append(line("child_aid", child.person_id, rank, child.aid(rank)))
        if child.supplement:
            lines.append(line("disability_supplement", child.person_id, rank, child.supplement))
    missing = FLOOR - sum(entry["amount_centimes"] for entry in lines)
    if missing > 0:
        lines.append(line("family_floor", None, None, missing))
    return lines


def school_lines(children: list[Child], first: date) -> list[dict[str, Any]]:
    """Back-to-school grant (aide à la rentrée scolaire) of the first six pupils, in September only."""
    if first.month != 9 or first.year < FIRST_SCHOOL_YEAR:
        return []
    pupils = sorted(
        (child for child in children if child.pupil_grant),
        key=lambda c: (c.birth, -c.pupil_grant, c.person_id),
    )
    return [line("back_to_school_grant", c.person_id, None, c.pupil_grant) for c in pupils[:MOST_CHILDREN_PAID]]


def birth_lines(members: list[dict[str, Any]], first: date, last: date) -> list[dict[str, Any]]:
    """Birth grant (prime à la naissance) of children, alive or not, claimed in the month and in time."""
    born = sorted(
        (date.fromisoformat(member["birth_date"]), member["person_id"], member)
        for member in members
        if member["role"] == "child" and member["birth_date"] <= last.isoformat()
    )
    lines = []
    siblings: dict[str, int] = {}
    for birth, person_id, member in born:
        mother = member.get("mother_id") or ""
        place = siblings[mother] = siblings.get(mother, 0) + 1
        claimed = day(member.get("birth_grant_claim_date"))
        if claimed is None or not first <= claimed <= last:
            continue
        if birth < FIRST_BIRTH or not birth <= claimed <= six_months_after(birth):
            continue
        known = member.get("live_birth_order")
        grant = BIRTH_GRANTS.get(place if known is None else known, 0)
        if grant:
            lines.append(line("birth_grant", person_id, None, grant))
    return lines


def decide(household: dict[str, Any], month: str, clock: str) -> dict[str, Any]:
    """Decision for a household (shape of HOUSEHOLD.json) in a month YYYY-MM, on the clock ``paid`` or ``legal``.

    Returns eligible, aid (child, flat or none), amount_centimes, reasons (all codes, in order) and lines sorted by
    benefit and person.
    """
    first, last = month_bounds(month)
    members = household["members"]
    present = [member for member in members if is_present(member, first, last)]
    reasons = refusals(household, present, month)
    if reasons:
        return {"eligible": False, "aid": "none", "amount_centimes": 0, "reasons": reasons, "lines": []}
    rates = rates_of(month, clock)
    children = [
        read_child(member, first, rates)
        for member in present
        if member["role"] in ("child", "kafala_child", "ward")
        and age(date.fromisoformat(member["birth_date"]), first) < 21
    ]
    if children:
        lines = child_lines(rank_children(children)) + school_lines(children, first)
    else:
        lines = [line("flat_aid", None, None, FLAT)]
    lines += birth_lines(members, first, last)
    lines.sort(key=lambda entry: (entry["benefit"], entry["person_id"] or ""))
    return {
        "eligible": True,
        "aid": "child" if children else "flat",
        "amount_centimes": sum(entry["amount_centimes"] for entry in lines),
        "reasons": [],
        "lines": lines,
    }


def decide_ward(ward: dict[str, Any], month: str) -> dict[str, Any]:
    """Account of a child of a social protection establishment in a month (decree 2-25-1064).

    Counted by walking through the months one after the other. months_due and capital_centimes include the month
    itself; release and top-up are other than 0 only in the month of the 18th birthday.
    """
    majority = f"{int(ward['birth_date'][:4]) + 18}{ward['birth_date'][4:7]}"
    left = ward.get("left_on")
    claimed = ward.get("claim_month")
    months_due, due = 0, False
    walked = FIRST_MONTH_OF_WARDS
    while walked <= month:
        due = (
            claimed is not None
            and claimed[:7] <= walked
            and ward["admitted"][:7] <= walked < majority
            and (left is None or walked <= left[:7])
        )
        months_due += due
        after = month_bounds(walked)[1].toordinal() + 1
        walked = date.fromordinal(after).isoformat()[:7]
    capital = months_due * WARD_AID
    release = max(capital, WARD_LEAST_RELEASE) if month == majority and months_due else 0
    return {
        "due": due,
        "amount_centimes": WARD_AID if due else 0,
        "months_due": months_due,
        "capital_centimes": capital,
        "release_centimes": release,
        "top_up_centimes": release - capital if release else 0,
    }
