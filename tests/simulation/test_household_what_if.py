"""What if?  The months with a change and without it, and every bad change named with its remedy."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.languages import LANGUAGES
from karama.foundation.months import Month
from karama.law import decide_household, rsu
from karama.law.engine.values import json_text
from karama.simulation.household import catalogue, next_months, what_if
from karama.simulation.household.letter import what_if_text
from tests.oracles.asd_oracle import decide as decide_by_oracle
from tests.simulation.families import PUPIL, Family, family, random_families

if TYPE_CHECKING:
    from karama.law.engine.evaluate import Decision
    from karama.simulation.household.what_if import WhatIf

APRIL = Month(2026, 4)
LATELY = ("2025-08", "2026-07")


def told(decision: Decision) -> Decision:
    return replace(decision, values={}, persons=())


def children_of(household: Family) -> list[Family]:
    alive = [one for one in household["members"] if not one.get("death_date")]
    return [one for one in alive if one["role"] in {"child", "kafala_child", "ward"}]


def amounts(found: WhatIf) -> tuple[list[int], list[int]]:
    before, after = (
        [one.decision.amount_centimes // 100 for one in each.months] for each in (found.before, found.after)
    )
    return before, after


def test_no_change_changes_nothing() -> None:
    for household, month, clock in random_families(40, LATELY, seed=1):
        found = what_if(household, Month.parse(month), [], amounts=clock)
        assert not any(found.differences)
        assert found.centimes == 0
        assert [told(one.decision) for one in found.after.months] == [
            told(one.decision) for one in next_months(household, Month.parse(month), amounts=clock).months
        ]


def test_a_child_who_leaves_school_never_raises_the_amount_and_one_who_returns_never_lowers_it() -> None:
    lost = won = 0
    for household, month, clock in random_families(40, LATELY, seed=2):
        first = Month.parse(month)
        for child in children_of(household)[:3]:
            leaves = {"change": "leaves_school", "person_id": child["person_id"]}
            returns = {"change": "returns_to_school", "person_id": child["person_id"], "school_level": "primary"}
            left = what_if(household, first, [leaves], 3, amounts=clock)
            back = what_if(household, first, [leaves, returns], 3, amounts=clock)
            assert all(one.centimes <= 0 for one in left.differences), (household, child)
            gained = zip(left.after.months, back.after.months, strict=True)
            assert all(new.decision.amount_centimes >= old.decision.amount_centimes for old, new in gained)
            lost += left.centimes < 0
            won += back.after.total_centimes > left.after.total_centimes
    assert min(lost, won) > 15


def test_each_month_with_a_change_is_the_changed_household_decided_afresh_and_by_the_oracle() -> None:
    for household, month, clock in random_families(40, LATELY, seed=3):
        for child in children_of(household)[:2]:
            since = Month.parse(month) + 3
            change = {"change": "disability_certified", "person_id": child["person_id"], "from": str(since)}
            changed = deepcopy(household)
            next(one for one in children_of(changed) if one["person_id"] == child["person_id"])["severe_disability"] = (
                True
            )
            given = deepcopy(household)
            found = what_if(household, Month.parse(month), [change], 6, amounts=clock)
            assert household == given
            for one in found.after.months:
                asked = changed if one.month >= since else household
                assert told(one.decision) == told(decide_household(asked, one.month, amounts=clock))
                by_the_oracle = decide_by_oracle(asked, str(one.month), clock)
                assert one.decision.amount_centimes == by_the_oracle["amount_centimes"]
            assert not any(found.differences[:3])


def test_every_difference_that_a_change_makes_has_its_cause_and_its_words() -> None:
    for household, month, _ in random_families(15, LATELY, seed=4):
        first = Month.parse(month)
        for raw in possible_changes(household, first):
            found = what_if(household, first, [raw], 4)
            for change in found.differences:
                assert bool(change) == bool(change.causes), (household, raw)
            for language in LANGUAGES:
                said = json.loads(json_text(found.as_dict(language)), parse_float=Decimal)
                assert sum(one["difference"] for one in said["months"]) == said["total_difference"]
                assert said["changes"][0]["label"] in what_if_text(found, language)


def possible_changes(household: Family, month: Month) -> list[Family]:
    """One of each kind that this household can know."""
    head = next(one["person_id"] for one in household["members"] if one["role"] == "head")
    others = [
        one["person_id"] for one in household["members"] if one["role"] != "head" and len(household["members"]) > 1
    ]
    found: list[Family] = [
        {"change": "formal_job", "person_id": head},
        {"change": "formal_job_ends", "person_id": head},
        {"change": "state_job", "person_id": head},
        {"change": "pension", "person_id": head},
        {"change": "move", "commune": "063550107", "milieu": "urban"},
        {"change": "birth", "birth_date": str((month + 1).first_day), "sex": "F", "mother_id": "somebody"},
        {"change": "new_score", "score": "9.743001001"},
        {"change": "marriage", "birth_date": "1990-01-01"},
    ]
    if any(one.get("death_date") for one in household["members"]):
        found = [one for one in found if one["change"] in {"move", "birth", "new_score"}]
    else:
        found.append({"change": "death", "person_id": head, "death_date": str((month + 1).first_day)})
    return found + [{"change": "leaves_household", "person_id": who} for who in others[:1]]


def test_a_declared_job_of_a_partner_ends_the_right_from_its_month_and_its_end_opens_it_again() -> None:
    job = {"change": "formal_job", "person_id": "P2", "from": "2026-05"}
    end = {"change": "formal_job_ends", "person_id": "P2", "from": "2026-07"}
    found = what_if(family(PUPIL, PUPIL, PUPIL), APRIL, [job, end], 5)
    assert amounts(found) == ([900] * 5, [900, 0, 0, 900, 900])
    assert found.differences[1].refusals_added == ("other_family_allowance",)
    assert "other family allowance" not in " ".join(found.remarks("en"))
    assert any("assumed" in one for one in found.remarks("en"))


def test_of_two_changes_only_that_which_acts_is_a_cause() -> None:
    birth = {"change": "birth", "birth_date": "2026-05-14", "sex": "M"}
    found = what_if(family(PUPIL), APRIL, [birth, {"change": "formal_job", "person_id": "P1", "from": "2026-06"}], 3)
    assert {(one.kind, one.name) for one in found.differences[1].causes} == {("joined", "child")}
    assert {(one.kind, one.name) for one in found.differences[2].causes} == {
        ("fact", "other_family_allowance"),
        ("fact", "receives_family_allowance"),
    }


def test_a_new_score_acts_by_its_value_not_by_the_month_of_its_effect() -> None:
    found = what_if(family(PUPIL), APRIL, [{"change": "new_score", "score": "9.8"}], 2)
    assert [[one.name for one in change.causes] for change in found.differences] == [["score"], ["score"]]


def test_a_birth_brings_child_aid_and_the_grant_of_its_order() -> None:
    birth = {"change": "birth", "birth_date": "2026-05-14", "sex": "M"}
    second = what_if(family(PUPIL), APRIL, [birth], 3)
    assert amounts(second) == ([500] * 3, [500, 600 + 1000, 600])
    first = what_if(family(), APRIL, [birth], 3)
    assert amounts(first) == ([500] * 3, [500, 500 + 2000, 500])
    later = what_if(family(), APRIL, [{**birth, "birth_grant_claim_date": "2026-06-30"}], 3)
    assert amounts(later)[1] == [500, 500, 2500]
    third = what_if(family(PUPIL, PUPIL), APRIL, [birth], 2)
    assert amounts(third)[1] == [600, 900]


def test_twins_are_two_births() -> None:
    birth = {"change": "birth", "birth_date": "2026-05-14", "sex": "M"}
    found = what_if(family(), APRIL, [birth, birth], 2)
    assert amounts(found)[1] == [500, 600 + 2000 + 1000]
    assert [one["person_id"] for one in found.after.as_dict()["months"][1]["lines"]] == [
        "new-1",
        "new-2",
        "new-1",
        "new-2",
    ]


def test_the_death_of_the_father_makes_orphans_from_the_next_month_and_the_mother_the_head() -> None:
    found = what_if(
        family(PUPIL, PUPIL), APRIL, [{"change": "death", "person_id": "P1", "death_date": "2026-05-14"}], 3
    )
    assert amounts(found) == ([600] * 3, [600, 600, 800])
    assert {(one.name, one.person_id) for one in found.differences[2].causes} == {
        ("father_deceased", "P3"),
        ("father_deceased", "P4"),
    }
    roles = {one["person_id"]: one["role"] for one in found.after.months[2].decision.persons}
    assert (roles["P1"], roles["P2"]) == ("head", "head")


def test_the_death_of_the_mother_makes_no_orphan_of_the_father() -> None:
    found = what_if(
        family(PUPIL, PUPIL), APRIL, [{"change": "death", "person_id": "P2", "death_date": "2026-05-14"}], 3
    )
    assert not any(found.differences)


def test_a_child_who_leaves_the_household_moves_the_ranks_of_the_others() -> None:
    found = what_if(family(PUPIL, PUPIL, PUPIL, PUPIL), APRIL, [{"change": "leaves_household", "person_id": "P3"}], 1)
    assert amounts(found) == ([936], [900])
    assert [(one.kind, one.person_id) for one in found.differences[0].causes] == [("left", "P3")]


def test_a_marriage_changes_no_amount_but_who_is_there() -> None:
    widow = family(PUPIL)
    widow["members"][0:2] = [{"person_id": "P1", "role": "head", "sex": "F", "birth_date": "1985-03-01"}]
    found = what_if(widow, APRIL, [{"change": "marriage", "birth_date": "1980-01-01"}], 1)
    assert amounts(found) == ([500], [500])
    assert [(one["role"], one["sex"]) for one in found.after.months[0].decision.persons][-1] == ("spouse", "M")


def test_a_new_score_counts_from_its_month() -> None:
    above = {"change": "new_score", "score": "9.743002", "score_effective_from": "2026-05"}
    found = what_if(family(PUPIL), APRIL, [above], 3)
    assert amounts(found) == ([500] * 3, [500, 0, 0])
    assert [str(one.distances[0].left) for one in found.after.months] == ["0.643001", "-0.000001", "-0.000001"]


def test_without_its_variables_the_score_is_kept_and_said_to_be() -> None:
    found = what_if(family(PUPIL), APRIL, [{"change": "move", "commune": "063550107", "milieu": "urban"}], 1)
    assert not any(found.differences)
    assert any("it is kept: 9.1" in one for one in found.remarks("en"))


def test_with_its_variables_the_score_follows_the_composition_of_the_household() -> None:
    household = family(PUPIL, PUPIL, score=None, score_inputs={"head_farmer": True})
    found = what_if(household, APRIL, [{"change": "leaves_household", "person_id": "P3"}], 1)
    without = {**household, "members": [one for one in household["members"] if one["person_id"] != "P3"]}
    old, new = (rsu.score_household(one, APRIL) for one in (household, without))
    assert found.after.months[0].distances[0].value == new
    assert [(one.before, one.after, one.computed) for one in found.scores] == [(old, new, True)]


def test_a_move_to_the_other_milieu_keeps_the_score_whose_variables_are_others() -> None:
    household = family(PUPIL, score=None, score_inputs={"head_farmer": True})
    found = what_if(household, APRIL, [{"change": "move", "commune": "063550107", "milieu": "urban"}], 1)
    score = rsu.score_household(household, APRIL)
    assert [(one.before, one.after, one.computed) for one in found.scores] == [(score, score, False)]


def test_variables_that_no_longer_fit_the_family_keep_the_score() -> None:
    household = family(PUPIL, score=None, score_inputs={"members_15plus_literate": 3})
    found = what_if(household, APRIL, [{"change": "leaves_household", "person_id": "P2"}], 1)
    assert [one.computed for one in found.scores] == [False]
    assert found.after.months[0].distances[0].value == rsu.score_household(household, APRIL)


BAD: list[tuple[dict[str, Any], str]] = [
    ({"change": "leaves_schol"}, "change 'leaves_schol' is unknown: did you mean 'leaves_school'"),
    ({"change": "xyz"}, "change 'xyz' is unknown: use one of leaves_school"),
    ({}, "change 'None' is unknown"),
    ({"change": "leaves_school"}, "change 1 'leaves_school': field 'person_id' is missing"),
    ({"change": "leaves_school", "person_id": "P9"}, "field 'person_id': no member is 'P9': use one of P1, P2, P3"),
    ({"change": "leaves_school", "person_id": "P1"}, "'P1' is head: name a member who is child"),
    ({"change": "leaves_school", "person": "P3"}, "field 'person' is unknown: did you mean 'person_id'"),
    ({"change": "leaves_school", "person_id": "P3", "from": "2026"}, "'2026' is no month: write YYYY-MM"),
    ({"change": "leaves_school", "person_id": "P3", "from": 2026}, "2026 is no month: write YYYY-MM"),
    ({"change": "formal_job", "person_id": "P3"}, "'P3' is child: name a member who is head or spouse"),
    ({"change": "returns_to_school", "person_id": "P3", "school_level": "nursery"}, "field 'school_level': 'nursery'"),
    (
        {"change": "returns_to_school", "person_id": "P3", "school_level": "primary", "public_school": "maybe"},
        "'maybe' is not .* write true or false",
    ),
    ({"change": "move", "commune": "12"}, "change 1 'move': field 'commune': '12' is no HCP code"),
    ({"change": "birth", "birth_date": "2026-13-01", "sex": "F"}, "field 'birth_date': '2026-13-01'"),
    ({"change": "birth", "birth_date": "2026-05-01", "sex": "X"}, "field 'sex': 'X'"),
    ({"change": "birth", "birth_date": "2026-05-01", "sex": "F", "live_birth_order": "0"}, "0 is outside its bounds"),
    (
        {"change": "death", "person_id": "P3", "death_date": "1999-01-01"},
        "field 'death_date': 1999-01-01 is before the birth",
    ),
    (
        {"change": "death", "person_id": "P1", "death_date": "2026-05-01", "new_head": "P9"},
        "field 'new_head': no member",
    ),
    ({"change": "new_score", "score": "nine"}, "field 'score': 'nine'"),
    ({"change": "new_score", "score": "100"}, "100 is outside its bounds"),
    ({"change": "leaves_household", "person_id": "P1"}, "'P1' is head: name a member who is spouse"),
]


@pytest.mark.parametrize(("raw", "message"), BAD, ids=[message[:60] for _, message in BAD])
def test_a_bad_change_is_named_with_its_remedy(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        what_if(family(PUPIL), APRIL, [raw])


def test_a_programme_that_pays_nothing_tells_the_cover_without_amounts() -> None:
    found = what_if(family(PUPIL), APRIL, [{"change": "new_score", "score": 12}], 1, "amo_tadamon")
    text = what_if_text(found, "en")
    assert "2026-04  AMO-Tadamon cover → no cover" in text
    assert "MAD" not in text


def test_a_programme_of_children_in_care_knows_no_changes_of_a_family() -> None:
    with pytest.raises(BadInputError, match="programme 'asd_institution' has no households"):
        what_if({"person_id": "W1"}, APRIL, [], programme="asd_institution")


def test_the_dead_do_not_find_work_and_nobody_marries_them() -> None:
    household = family(PUPIL)
    household["members"][0]["death_date"] = "2026-01-05"
    with pytest.raises(BadInputError, match="'P1' died on 2026-01-05: name a living member"):
        what_if(household, APRIL, [{"change": "formal_job", "person_id": "P1"}])
    with pytest.raises(BadInputError, match="change 1 'marriage': no member is a living 'head'"):
        what_if(household, APRIL, [{"change": "marriage", "birth_date": "1990-01-01"}])


def test_a_second_change_is_read_on_the_family_that_the_first_one_makes() -> None:
    birth = {"change": "birth", "birth_date": "2026-05-14", "sex": "M"}
    found = what_if(
        family(PUPIL, PUPIL),
        APRIL,
        [birth, {"change": "disability_certified", "person_id": "new-1", "from": "2026-06"}],
        3,
    )
    assert amounts(found)[1] == [600, 900, 1000]
    with pytest.raises(BadInputError, match=r"change 2 'leaves_school': field 'person_id': no member is 'P3'"):
        what_if(
            family(PUPIL),
            APRIL,
            [{"change": "leaves_household", "person_id": "P3"}, {"change": "leaves_school", "person_id": "P3"}],
        )


def test_the_catalogue_says_of_each_change_what_a_form_must_ask() -> None:
    for language in LANGUAGES:
        assert all(one["label"] and all(field["label"] for field in one["fields"]) for one in catalogue(language))
    by_name = {one["change"]: one for one in catalogue("en")}
    assert by_name["returns_to_school"]["fields"][:2] == [
        {"name": "person_id", "label": "member of the household", "type": "member", "choices": [], "required": True},
        {
            "name": "school_level",
            "label": "school level",
            "type": "choice",
            "choices": ["none", "preschool", "primary", "lower_secondary", "upper_secondary", "vocational", "higher"],
            "required": True,
        },
    ]
    assert [one["type"] for one in by_name["new_score"]["fields"]] == ["decimal", "month"]
