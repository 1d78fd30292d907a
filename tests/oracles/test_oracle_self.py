"""The oracle itself against amounts worked out by hand from the published tables and the counting rules."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.oracles.asd_oracle import decide
from tests.oracles.random_households import CLOCKS, random_households, random_month_and_clock

HEAD = {"person_id": "P0", "role": "head", "sex": "F", "birth_date": "1985-03-01"}
MONTH = "2026-03"


def child(person_id: str, birth_date: str, **facts: object) -> dict[str, Any]:
    return {"person_id": person_id, "role": "child", "sex": "M", "birth_date": birth_date, **facts}


def pupil(person_id: str, birth_date: str, level: str = "primary", **facts: object) -> dict[str, Any]:
    return child(person_id, birth_date, enrolled=True, school_level=level, **facts)


def family(*children: dict[str, Any], **facts: object) -> dict[str, Any]:
    return {
        "household_id": "H1",
        "milieu": "rural",
        "commune": "063550107",
        "claim_month": "2023-12",
        "score": 9.1,
        "members": [HEAD, *children],
        **facts,
    }


def lines_of(
    household: dict[str, Any], month: str = MONTH, clock: str = "paid"
) -> list[tuple[str, str | None, int | None, float]]:
    return [
        (entry["benefit"], entry["person_id"], entry["rank"], entry["amount_centimes"] / 100)
        for entry in decide(household, month, clock)["lines"]
    ]


def aid_of_rank(rank: int, month: str, clock: str, **facts: object) -> float:
    """Dirhams of the youngest of a family of so many children, born in 2012 if not said otherwise."""
    birth = facts.pop("birth_date", "2012-05-05")
    elders = [pupil(f"E{n}", f"200{n + 8 if n < 2 else 9}-0{n + 1}-01") for n in range(rank - 1)]
    found = lines_of(family(*elders, child("Z", birth, **facts)), month, clock)
    return sum(amount for benefit, person, _, amount in found if (benefit, person) == ("child_aid", "Z"))


@pytest.mark.parametrize(
    ("month", "clock", "young_or_at_school", "not_at_school", "orphan"),
    [
        ("2023-12", "paid", 200, 150, 350),
        ("2024-12", "legal", 200, 150, 350),
        ("2025-01", "legal", 250, 175, 375),
        ("2025-10", "paid", 200, 150, 350),
        ("2025-10", "legal", 250, 175, 375),
        ("2025-11", "paid", 250, 175, 375),
        ("2025-12", "paid", 250, 175, 375),
        ("2026-01", "paid", 300, 200, 400),
        ("2026-01", "legal", 300, 200, 400),
    ],
)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_children_of_rank_1_to_3_follow_the_dated_table(
    *, month: str, clock: str, young_or_at_school: int, not_at_school: int, orphan: int, rank: int
) -> None:
    assert aid_of_rank(rank, month, clock, birth_date="2022-05-05") == young_or_at_school
    assert aid_of_rank(rank, month, clock, enrolled=True) == young_or_at_school
    assert aid_of_rank(rank, month, clock) == not_at_school
    assert aid_of_rank(rank, month, clock, birth_date="2022-05-05", father_deceased=True) == orphan
    assert aid_of_rank(rank, month, clock, enrolled=True, father_deceased=True) == orphan
    assert aid_of_rank(rank, month, clock, father_deceased=True) == not_at_school


@pytest.mark.parametrize("month", ["2023-12", "2025-11", "2026-01"])
@pytest.mark.parametrize("orphan", [False, True])
@pytest.mark.parametrize("rank", [4, 5, 6])
def test_children_of_rank_4_to_6_have_36_or_24_in_all_years(*, rank: int, month: str, orphan: bool) -> None:
    assert aid_of_rank(rank, month, "paid", birth_date="2022-05-05", father_deceased=orphan) == 36
    assert aid_of_rank(rank, month, "paid", enrolled=True, father_deceased=orphan) == 36
    assert aid_of_rank(rank, month, "paid", father_deceased=orphan) == 24


def test_a_child_whose_sixth_birthday_is_the_first_of_the_month_is_no_longer_under_six() -> None:
    assert aid_of_rank(1, "2026-03", "paid", birth_date="2020-03-02") == 300
    assert aid_of_rank(1, "2026-03", "paid", birth_date="2020-03-01") == 200


def test_the_month_of_a_21st_birthday_is_paid_unless_the_birthday_is_its_first_day() -> None:
    assert lines_of(family(pupil("A", "2005-03-02"))) == [("child_aid", "A", 1, 300), ("family_floor", None, None, 200)]
    assert lines_of(family(pupil("A", "2005-03-01"))) == [("flat_aid", None, None, 500)]


def test_a_child_over_21_leaves_its_rank_to_the_next() -> None:
    found = lines_of(family(pupil("A", "2004-01-01"), pupil("B", "2008-01-01"), pupil("C", "2010-01-01")))
    assert found == [("child_aid", "B", 1, 300), ("child_aid", "C", 2, 300)]


def test_one_orphan_at_school_is_raised_to_the_floor() -> None:
    decision = decide(family(pupil("A", "2012-09-14", father_deceased=True)), MONTH, "paid")
    assert decision == {
        "eligible": True,
        "aid": "child",
        "amount_centimes": 500_00,
        "reasons": [],
        "lines": [
            {"benefit": "child_aid", "person_id": "A", "rank": 1, "amount_centimes": 400_00},
            {"benefit": "family_floor", "person_id": None, "rank": None, "amount_centimes": 100_00},
        ],
    }


def test_the_disability_supplement_is_inside_the_sum_compared_with_the_floor() -> None:
    assert lines_of(family(pupil("A", "2012-09-14", severe_disability=True))) == [
        ("child_aid", "A", 1, 300),
        ("disability_supplement", "A", 1, 100),
        ("family_floor", None, None, 100),
    ]
    both = family(pupil("A", "2012-09-14", severe_disability=True), child("B", "2013-09-14", severe_disability=True))
    assert decide(both, MONTH, "paid")["amount_centimes"] == (300 + 100 + 200 + 100) * 100


def test_the_seventh_child_brings_nothing_not_even_its_supplement() -> None:
    children = [pupil(f"C{n}", f"201{n}-01-01") for n in range(6)]
    seventh = pupil("C6", "2016-01-01", severe_disability=True)
    assert decide(family(*children), MONTH, "paid")["amount_centimes"] == (3 * 300 + 3 * 36) * 100
    assert lines_of(family(*children, seventh)) == lines_of(family(*children))


def test_twins_at_ranks_3_and_4_are_ordered_to_the_family_s_gain() -> None:
    elders = (pupil("A", "2008-01-01"), pupil("B", "2009-01-01"))
    found = lines_of(family(*elders, child("C", "2012-01-01"), pupil("D", "2012-01-01")))
    assert found[2:] == [("child_aid", "C", 4, 24), ("child_aid", "D", 3, 300)]


def test_twins_at_ranks_6_and_7_leave_rank_6_to_the_one_who_brings_most() -> None:
    elders = [pupil(f"A{n}", f"200{n + 7 if n < 3 else 9}-0{n + 1}-01") for n in range(5)]
    twins = (pupil("B", "2012-01-01"), child("C", "2012-01-01", severe_disability=True))
    assert lines_of(family(*elders, *twins))[5:] == [("child_aid", "C", 6, 24), ("disability_supplement", "C", 6, 100)]


def test_twins_alike_in_everything_are_ranked_by_identifier() -> None:
    assert lines_of(family(pupil("B", "2012-01-01"), pupil("A", "2012-01-01"))) == [
        ("child_aid", "A", 1, 300),
        ("child_aid", "B", 2, 300),
    ]


def test_quadruplets_over_ranks_2_to_5_give_their_dearest_two_the_early_ranks() -> None:
    quadruplets = (
        child("B", "2012-01-01"),
        pupil("C", "2012-01-01"),
        pupil("D", "2012-01-01", father_deceased=True),
        child("E", "2012-01-01", severe_disability=True),
    )
    found = lines_of(family(pupil("A", "2010-01-01"), *quadruplets))
    assert [(person, rank, amount) for benefit, person, rank, amount in found if benefit == "child_aid"] == [
        ("A", 1, 300),
        ("B", 5, 24),
        ("C", 3, 300),
        ("D", 2, 400),
        ("E", 4, 24),
    ]


def test_a_family_without_a_child_under_21_has_the_flat_aid() -> None:
    decision = decide(family(), MONTH, "paid")
    assert (decision["aid"], decision["amount_centimes"]) == ("flat", 500_00)


def test_a_minor_who_is_no_child_of_the_family_does_not_count() -> None:
    cousin = {**pupil("X", "2015-01-01"), "role": "other"}
    assert lines_of(family(cousin)) == [("flat_aid", None, None, 500)]


@pytest.mark.parametrize("role", ["child", "kafala_child", "ward"])
def test_children_by_birth_kafala_and_wards_of_the_family_count(role: str) -> None:
    assert lines_of(family({**pupil("A", "2015-01-01"), "role": role}))[0] == ("child_aid", "A", 1, 300)


@pytest.mark.parametrize(
    ("birth", "death", "counted"),
    [
        ("2026-03-31", None, True),
        ("2026-04-01", None, False),
        ("2015-01-01", "2026-03-01", True),
        ("2015-01-01", "2026-02-28", False),
        ("2026-03-10", "2026-03-10", True),
    ],
)
def test_a_child_counts_from_the_month_of_birth_to_the_month_of_death(
    *, birth: str, death: str | None, counted: bool
) -> None:
    assert decide(family(child("A", birth, death_date=death)), MONTH, "paid")["aid"] == ("child" if counted else "flat")


@pytest.mark.parametrize(
    ("facts", "reasons"),
    [
        ({"score": 9.743001}, []),
        ({"score": 9.743000999}, []),
        ({"score": 9.743001001}, ["score_above_threshold"]),
        ({"score": None}, ["no_score_in_force"]),
        ({"score": 9.8, "score_effective_from": "2026-04", "previous_score": 9.7}, []),
        ({"score": 9.8, "score_effective_from": "2026-03", "previous_score": 9.7}, ["score_above_threshold"]),
        ({"score": 9.7, "score_effective_from": "2026-04"}, ["no_score_in_force"]),
        ({"score": None, "previous_score": 9.7}, []),
        ({"claim_month": "2026-03"}, []),
        ({"claim_month": "2026-04"}, ["before_first_month_due"]),
        ({"claim_month": None}, ["no_claim"]),
        ({"resident": False}, ["not_resident"]),
        ({"other_family_allowance": True}, ["other_family_allowance"]),
        ({"state_pay": True}, ["state_pay"]),
        ({"pension": True}, ["pension"]),
        ({"fonds_entraide_familiale": True}, ["fonds_entraide_familiale"]),
        ({"social_security_months": 12}, []),
        (
            {
                "fonds_entraide_familiale": True,
                "pension": True,
                "state_pay": True,
                "score": 10,
                "claim_month": "2027-01",
            },
            ["before_first_month_due", "score_above_threshold", "state_pay", "pension", "fonds_entraide_familiale"],
        ),
    ],
)
def test_every_ground_of_refusal_is_named_in_order(facts: dict[str, Any], reasons: list[str]) -> None:
    decision = decide(family(pupil("A", "2015-01-01"), **facts), MONTH, "paid")
    assert decision["reasons"] == reasons
    assert (decision["eligible"], decision["amount_centimes"]) == (not reasons, 0 if reasons else 500_00)
    assert bool(decision["lines"]) is not bool(reasons)


def test_no_month_before_december_2023_is_due() -> None:
    early = family(pupil("A", "2015-01-01"), claim_month="2023-10")
    assert decide(early, "2023-11", "legal")["reasons"] == ["before_first_month_due"]
    assert decide(early, "2023-12", "legal")["eligible"]


def test_only_present_members_must_be_in_the_population_registry() -> None:
    outside = child("A", "2015-01-01", in_rnp=False)
    assert decide(family(outside), MONTH, "paid")["reasons"] == ["member_not_in_rnp"]
    assert decide(family({**outside, "death_date": "2026-02-01"}), MONTH, "paid")["reasons"] == []


@pytest.mark.parametrize(("role", "reasons"), [("head", ["pension"]), ("spouse", ["pension"]), ("other", [])])
def test_a_pension_refuses_the_family_when_head_or_spouse_has_it(role: str, reasons: list[str]) -> None:
    grandmother = {
        "person_id": "G", "role": role, "sex": "F", "birth_date": "1950-01-01", "receives_pension": True,
    }  # fmt: skip
    household = family()
    household["members"] = [grandmother] if role == "head" else [HEAD, grandmother]
    assert decide(household, MONTH, "paid")["reasons"] == reasons


@pytest.mark.parametrize(
    ("birth", "claim", "order", "granted"),
    [
        ("2025-09-15", "2026-03-15", 1, 2000),
        ("2025-09-15", "2026-03-16", 1, 0),
        ("2026-03-02", "2026-03-02", 2, 1000),
        ("2026-03-02", "2026-03-01", 2, 0),
        ("2026-03-02", "2026-03-31", 3, 0),
        ("2026-02-02", "2026-02-27", 1, 0),
        ("2026-02-02", "2026-04-01", 1, 0),
        ("2025-09-30", "2026-03-30", None, 2000),
        ("2025-09-30", "2026-03-31", None, 0),
    ],
)
def test_the_birth_grant_is_a_line_of_the_month_of_its_claim(
    birth: str, claim: str, order: int | None, granted: int
) -> None:
    newborn = child("A", birth, birth_grant_claim_date=claim, live_birth_order=order)
    grants = [amount for benefit, _, _, amount in lines_of(family(newborn)) if benefit == "birth_grant"]
    assert grants == ([granted] if granted else [])


@pytest.mark.parametrize(
    ("birth", "claim", "granted"),
    [
        ("2024-08-31", "2025-02-28", True),
        ("2024-08-31", "2025-03-01", False),
        ("2023-12-01", "2024-05-31", True),
        ("2023-12-01", "2024-06-01", True),
        ("2023-11-30", "2024-05-30", False),
        ("2024-08-29", "2025-02-28", True),
    ],
)
def test_six_months_end_on_the_last_day_of_a_shorter_month(*, birth: str, claim: str, granted: bool) -> None:
    newborn = child("A", birth, birth_grant_claim_date=claim, live_birth_order=1)
    found = lines_of(family(newborn), claim[:7])
    assert (("birth_grant", "A", None, 2000) in found) is granted


def test_first_twins_receive_2000_and_1000_and_a_third_child_nothing() -> None:
    claim = {"birth_grant_claim_date": "2026-03-20"}
    twins = (child("B", "2026-03-01", **claim), child("A", "2026-03-01", **claim))
    later = child("C", "2026-03-02", **claim)
    grants = [found for found in lines_of(family(*twins, later)) if found[0] == "birth_grant"]
    assert grants == [("birth_grant", "A", None, 2000), ("birth_grant", "B", None, 1000)]


def test_an_unknown_birth_order_counts_dead_and_grown_children_of_the_family() -> None:
    claim = {"birth_grant_claim_date": "2026-03-20"}
    dead, grown = child("D", "2020-01-01", death_date="2020-02-01"), child("G", "2000-01-01")
    assert ("birth_grant", "A", None, 1000) in lines_of(family(dead, child("A", "2026-03-01", **claim)))
    assert lines_of(family(dead, grown, child("A", "2026-03-01", **claim)))[0][0] == "child_aid"


def test_the_birth_grant_is_paid_for_a_child_who_died_and_never_counts_for_the_floor() -> None:
    newborn = child("A", "2026-02-10", death_date="2026-02-11", birth_grant_claim_date="2026-03-20")
    assert lines_of(family(newborn)) == [("birth_grant", "A", None, 2000), ("flat_aid", None, None, 500)]


@pytest.mark.parametrize(
    ("level", "granted"),
    [("primary", 200), ("lower_secondary", 200), ("upper_secondary", 300)]
    + [(level, 0) for level in ("none", "preschool", "vocational", "higher")],
)
def test_the_back_to_school_grant_depends_on_the_level_in_september(level: str, granted: int) -> None:
    found = lines_of(family(pupil("A", "2012-01-01", level)), "2026-09")
    assert [amount for benefit, _, _, amount in found if benefit == "back_to_school_grant"] == [granted] * bool(granted)


@pytest.mark.parametrize(
    ("month", "facts", "granted"),
    [
        ("2024-09", {}, True),
        ("2023-09", {}, False),
        ("2025-10", {}, False),
        ("2025-09", {"public_school": False}, False),
        ("2025-09", {"enrolled": False}, False),
        ("2025-09", {"birth_date": "2019-09-01"}, True),
        ("2025-09", {"birth_date": "2019-09-02"}, False),
        ("2025-09", {"birth_date": "2004-09-02"}, True),
        ("2025-09", {"birth_date": "2004-09-01"}, False),
    ],
)
def test_the_back_to_school_grant_is_for_public_pupils_of_6_to_20_from_september_2024(
    *, month: str, facts: dict[str, Any], granted: bool
) -> None:
    found = lines_of(family({**pupil("A", "2014-01-01"), **facts}, child("B", "2014-01-01")), month)
    assert any(benefit == "back_to_school_grant" for benefit, *_ in found) is granted


def test_the_first_six_pupils_are_granted_even_beyond_rank_6_and_the_larger_grant_among_twins() -> None:
    idle = [child(f"N{n}", f"2008-0{n + 1}-01") for n in range(3)]
    pupils = [pupil(f"P{n}", f"201{n}-01-01") for n in range(1, 6)]
    twins = (pupil("Y", "2016-05-05"), pupil("Z", "2016-05-05", "upper_secondary"))
    found = lines_of(family(*idle, *pupils, *twins), "2026-09")
    assert [(person, amount) for benefit, person, _, amount in found if benefit == "back_to_school_grant"] == [
        ("P1", 200), ("P2", 200), ("P3", 200), ("P4", 200), ("P5", 200), ("Z", 300),
    ]  # fmt: skip


def test_no_order_of_twins_gives_more_than_the_one_shown_in_20000_random_families() -> None:
    rng = Random(58_23)
    for _ in range(20):
        month, clock = random_month_and_clock(rng)
        for household in random_households(rng, 1000, month):
            decision = decide(household, month, clock)  # raises if a better order exists
            assert decision["amount_centimes"] == sum(entry["amount_centimes"] for entry in decision["lines"])


def test_random_households_reach_every_benefit_rank_and_ground_of_refusal() -> None:
    rng = Random(59_23)
    benefits, ranks, reasons, eligible = set(), set(), set(), 0
    for clock in CLOCKS:
        for household in random_households(rng, 3000, "2025-09"):
            decision = decide(household, "2025-09", clock)
            benefits |= {entry["benefit"] for entry in decision["lines"]}
            ranks |= {entry["rank"] for entry in decision["lines"]}
            reasons |= set(decision["reasons"])
            eligible += decision["eligible"]
    assert benefits == {
        "child_aid", "disability_supplement", "family_floor", "flat_aid", "birth_grant", "back_to_school_grant",
    }  # fmt: skip
    assert ranks == {None, 1, 2, 3, 4, 5, 6}
    assert reasons == {
        "before_first_month_due", "no_claim", "no_score_in_force", "score_above_threshold", "not_resident",
        "member_not_in_rnp", "other_family_allowance", "state_pay", "pension", "fonds_entraide_familiale",
        "not_eligible_for_any_aid",
    }  # fmt: skip
    assert 0.7 < eligible / 6000 < 0.9
