"""A family's coming months: each is the month decided afresh, and every difference has its cause."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.languages import LANGUAGES
from karama.foundation.months import Month
from karama.law import decide_household
from karama.law.engine.values import json_text
from karama.simulation.household import next_months
from karama.simulation.household.letter import as_text
from tests.oracles.asd_oracle import decide as decide_by_oracle
from tests.oracles.comparison import sorted_lines
from tests.simulation.families import PUPIL, Family, family, random_families

if TYPE_CHECKING:
    from karama.law.engine.evaluate import Decision
    from karama.law.engine.parameters import Clock
    from karama.simulation.household.months import Projection


class Asked(NamedTuple):
    """A random family with what was asked and what was found."""

    household: Family
    month: str
    clock: Clock
    projection: Projection


@pytest.fixture(scope="module")
def asked() -> list[Asked]:
    """Random families, each with its twelve months."""
    return [
        Asked(household, month, clock, next_months(household, Month.parse(month), amounts=clock))
        for household, month, clock in random_families(100)
    ]


def told(decision: Decision) -> Decision:
    return replace(decision, values={}, persons=())


def in_the_oracles_shape(decision: Decision) -> dict[str, Any]:
    names = ("benefit", "person_id", "rank", "amount_centimes")
    return {
        "eligible": decision.eligible,
        "aid": decision.aid,
        "amount_centimes": decision.amount_centimes,
        "reasons": list(decision.reasons),
        "lines": sorted_lines([{name: getattr(one, name) for name in names} for one in decision.lines]),
    }


def test_each_month_of_a_random_family_is_that_month_decided_afresh(asked: list[Asked]) -> None:
    for household, month, clock, projection in asked:
        months = list(Month.range(Month.parse(month), 12))
        afresh = [told(decide_household(household, each, amounts=clock)) for each in months]
        assert [told(one.decision) for one in projection.months] == afresh


def test_an_independent_computation_agrees_on_each_month_of_a_random_family(asked: list[Asked]) -> None:
    for household, _, clock, projection in asked:
        for one in projection.months:
            by_the_oracle = decide_by_oracle(household, str(one.month), clock)
            assert in_the_oracles_shape(one.decision) == by_the_oracle, (household, str(one.month), clock)


def test_lines_add_up_and_no_difference_between_months_lacks_its_cause(asked: list[Asked]) -> None:
    differing = 0
    for one in asked:
        months = one.projection.months
        assert months[0].change is None
        for each in months:
            assert sum(line.amount_centimes for line in each.decision.lines) == each.decision.amount_centimes
        for before, now in pairwise(months):
            change = now.change
            assert change is not None
            assert change.centimes == now.decision.amount_centimes - before.decision.amount_centimes
            assert change.centimes == sum(line.centimes for line in change.lines)
            differs = told(replace(before.decision, month=now.month)) != told(now.decision)
            assert bool(change) == bool(change.causes) == differs, (one.household, str(now.month))
            differing += differs
    assert differing > len(asked)


def test_the_months_of_a_random_family_can_be_told_in_three_languages(asked: list[Asked]) -> None:
    for one in asked:
        for language in LANGUAGES:
            found = json.loads(json_text(one.projection.as_dict(language)), parse_float=Decimal)
            assert (found["household_id"], found["from"]) == (one.household["household_id"], one.month)
            assert sum(month["amount"] for month in found["months"]) == found["total"]
            text = as_text(one.projection, language)
            assert all(ending["sentence"] in text for ending in found["endings"])


def causes(projection: Projection) -> dict[str, list[tuple[object, ...]]]:
    """The causes of each month that differs from the one before."""
    return {
        str(one.month): [(each.kind, each.name, each.person_id, each.after) for each in one.change.causes]
        for one in projection.months
        if one.change
    }


def amounts(projection: Projection) -> list[int]:
    return [one.decision.amount_centimes // 100 for one in projection.months]


def test_a_child_not_at_school_who_turns_six_brings_less_from_the_month_after_the_birthday() -> None:
    found = next_months(family({"birth_date": "2020-05-02"}, PUPIL, PUPIL), Month(2026, 4), 4)
    assert amounts(found) == [900, 900, 800, 800]
    assert causes(found) == {"2026-06": [("age", "birth_date", "P3", 6)]}


def test_a_birthday_on_the_first_of_the_month_counts_at_once() -> None:
    found = next_months(family({"birth_date": "2020-05-01"}, PUPIL, PUPIL), Month(2026, 4), 3)
    assert amounts(found) == [900, 800, 800]


def test_a_child_at_school_who_turns_six_changes_nothing_before_september() -> None:
    assert not any(
        one.change for one in next_months(family({**PUPIL, "birth_date": "2020-05-02"}), Month(2026, 4), 5).months
    )


def test_at_21_the_rank_of_the_younger_ones_and_the_end_of_the_right_are_told() -> None:
    eldest = {"birth_date": "2005-06-15"}
    found = next_months(family(eldest, PUPIL, PUPIL, PUPIL), Month(2026, 6), 2)
    assert amounts(found) == [836, 900]  # 200 + 300 + 300 + 36, then three children at 300
    assert causes(found) == {"2026-07": [("age", "birth_date", "P3", 21)]}
    (ending,) = found.endings
    assert (str(ending.month), ending.benefit, ending.person_id) == ("2026-07", "child_aid", "P3")
    assert found.as_dict("en")["endings"][0]["causes"][0]["sentence"] == "P3 (child) has turned 21 (born on 2005-06-15)"


def test_a_birthday_that_moves_nothing_is_no_cause_of_what_another_one_moves() -> None:
    eldest, ninth = {"birth_date": "2005-06-15"}, {"birth_date": "2020-06-20"}
    found = next_months(family(eldest, *[PUPIL] * 7, ninth), Month(2026, 6), 2)
    assert causes(found) == {"2026-07": [("age", "birth_date", "P3", 21)]}
    sixth = next_months(family(eldest, *[PUPIL] * 5, ninth), Month(2026, 6), 2)
    assert {one[2] for one in causes(sixth)["2026-07"]} == {"P3", "P9"}


def test_two_reasons_that_each_end_the_right_alone_are_both_told() -> None:
    household = family(PUPIL, score=9.8, score_effective_from="2026-05", previous_score=9.1)
    household["members"][2]["in_rnp"] = False
    household["members"][2]["birth_date"] = "2026-05-03"
    found = next_months(household, Month(2026, 4), 2)
    assert found.months[1].change.refusals_added == ("score_above_threshold", "member_not_in_rnp")  # type: ignore[union-attr]
    assert {one[1] for one in causes(found)["2026-05"]} == {"score_effective_from", "birth_date"}


def test_the_last_child_at_21_ends_the_child_aid_and_opens_the_flat_aid() -> None:
    found = next_months(family({"birth_date": "2005-06-15"}), Month(2026, 6), 2)
    assert [one.decision.aid for one in found.months] == ["child", "flat"]
    assert causes(found) == {"2026-07": [("age", "birth_date", "P3", 21)]}
    assert [one.benefit for one in found.endings] == ["child_aid", "family_floor"]


def test_september_brings_the_grant_and_says_what_it_rests_on() -> None:
    found = next_months(family(PUPIL, PUPIL, PUPIL), Month(2026, 8), 3)
    assert amounts(found) == [900, 1500, 900]
    assert causes(found) == {
        "2026-09": [("calendar", "back_to_school_grant", None, Month(2026, 9))],
        "2026-10": [("calendar", "back_to_school_grant", None, Month(2026, 10))],
    }
    assert found.endings == ()
    now, september, october = found.months
    assert now.otherwise == ()
    assert [(one.person_id, one.enrolled, one.decision.amount_centimes) for one in september.otherwise] == [
        (who, False, 1200_00) for who in ("P3", "P4", "P5")
    ]
    assert {one.decision.amount_centimes for one in october.otherwise} == {800_00}
    told_of_october = [one["sentence"] for one in october.as_dict("en")["change"]["causes"]]
    assert told_of_october == ["back-to-school grant: paid once, the month before"]


def test_a_child_who_is_not_at_school_today_may_be_next_year() -> None:
    found = next_months(family({"birth_date": "2014-05-02"}, PUPIL, PUPIL), Month(2026, 8), 2)
    september = found.months[1]
    assert ("P3", True, 1300_00) in [
        (one.person_id, one.enrolled, one.decision.amount_centimes) for one in september.otherwise
    ]


def test_a_new_rate_of_the_law_is_told_with_its_values_and_status() -> None:
    found = next_months(family(PUPIL, PUPIL, PUPIL), Month(2025, 10), 4)
    assert amounts(found) == [600, 750, 750, 900]
    assert causes(found) == {
        "2025-11": [("parameter", "amount_first_ranks_at_school", None, 250_00)],
        "2026-01": [("parameter", "amount_first_ranks_at_school", None, 300_00)],
    }
    cause = found.as_dict("en")["months"][3]["change"]["causes"][0]
    assert (cause["before"], cause["after"]) == (Decimal("250.00"), Decimal("300.00"))
    assert cause["sentence"].endswith("unconfirmed")
    assert "amount_first_ranks_at_school" in found.unconfirmed


def test_a_new_decree_is_told_as_a_new_rule() -> None:
    found = next_months(family(PUPIL), Month(2024, 8), 2)
    assert ("rule", "back_to_school_grant", None, None) in causes(found)["2024-09"]


def test_a_score_that_takes_effect_later_ends_the_right_then() -> None:
    household = family(PUPIL, score=9.8, score_effective_from="2026-05", previous_score=9.1)
    found = next_months(household, Month(2026, 4), 2)
    assert amounts(found) == [500, 0]
    assert [one.kind for one in found.months[1].change.causes] == ["date"]  # type: ignore[union-attr]
    (ending,) = found.endings
    assert (str(ending.month), ending.benefit) == ("2026-05", None)
    assert found.months[1].as_dict("fr")["reasons"][0]["code"] == "score_above_threshold"
    assert [str(one.distances[0].left) for one in found.months] == ["0.643001", "-0.056999"]


def test_the_distance_to_the_threshold_is_exact() -> None:
    at_the_threshold = next_months(family(PUPIL, score="9.743001"), Month(2026, 4), 1).months[0].distances[0]
    just_above = next_months(family(PUPIL, score="9.743001001"), Month(2026, 4), 1).months[0].distances[0]
    assert (at_the_threshold.left, just_above.left) == (Decimal(0), Decimal("-1E-9"))


def test_a_claimed_birth_grant_is_due_in_its_month_only() -> None:
    born = {"birth_date": "2026-02-18", "birth_grant_claim_date": "2026-05-10"}
    found = next_months(family(born), Month(2026, 4), 3)
    assert amounts(found) == [500, 2500, 500]
    assert set(causes(found)) == {"2026-05", "2026-06"}
    assert causes(found)["2026-05"][0][:3] == ("date", "birth_grant_claim_date", "P3")


def test_a_claim_that_counts_only_later_opens_the_right_then() -> None:
    found = next_months(family(PUPIL, claim_month="2026-06"), Month(2026, 5), 2)
    assert amounts(found) == [0, 500]
    assert found.months[1].change.refusals_ended == ("before_first_month_due",)  # type: ignore[union-attr]


def test_a_score_of_declared_variables_follows_the_age_of_the_head() -> None:
    household = family(PUPIL, score=None, score_inputs={}, milieu="urban")
    found = next_months(household, Month(2026, 5), 2)
    values = [one.distances[0].value for one in found.months]
    assert values[0] != values[1]  # born on 20 May


@pytest.mark.parametrize("months", [0, 121, -1])
def test_a_number_of_months_that_makes_no_sense_is_refused(months: int) -> None:
    with pytest.raises(BadInputError, match=rf"months: {months} is not from 1 to 120"):
        next_months(family(PUPIL), Month(2026, 5), months)


def test_a_wrong_field_of_the_household_is_named() -> None:
    with pytest.raises(BadInputError, match="field 'scoer' is unknown: did you mean 'score'"):
        next_months(family(PUPIL, scoer=9), Month(2026, 5))


def test_the_json_has_the_fields_that_pages_rely_on() -> None:
    found = next_months(family({"birth_date": "2005-06-15"}, PUPIL), Month(2026, 6), 4).as_dict("fr")
    top = {"household_id", "programme", "from", "to", "total", "months", "endings", "unconfirmed", "remarks"}
    assert set(found) == top
    month = found["months"][1]
    fields = {
        "month",
        "eligible",
        "aid",
        "amount",
        "lines",
        "reasons",
        "change",
        "distances",
        "otherwise",
        "unconfirmed",
    }
    assert set(month) == fields
    assert set(month["lines"][0]) == {"benefit", "person_id", "rank", "amount", "one_off", "label"}
    change = month["change"]
    assert set(change) == {"difference", "lines", "refusals_added", "refusals_ended", "causes"}
    of_line = {"benefit", "person_id", "before", "after", "rank_before", "rank_after", "sentence"}
    assert set(change["lines"][0]) == of_line
    assert set(change["causes"][0]) == {"kind", "name", "person_id", "before", "after", "sentence"}
    assert set(month["distances"][0]) == {"condition", "value", "limit", "left", "sentence"}
    assert set(found["endings"][0]) == {"month", "benefit", "person_id", "sentence", "causes"}
    assert set(found["months"][3]["otherwise"][0]) == {"person_id", "enrolled", "amount", "difference", "sentence"}


def test_another_programme_is_told_the_same_way() -> None:
    household = family(PUPIL, score=9.8, score_effective_from="2026-05", previous_score=9.1)
    found = next_months(household, Month(2026, 4), 2, "amo_tadamon")
    assert [one.decision.programme for one in found.months] == ["amo_tadamon", "amo_tadamon"]
    assert all(not one.otherwise for one in found.months)


def test_a_child_in_care_is_told_month_by_month_to_majority() -> None:
    ward = {
        "person_id": "W1",
        "establishment_id": "E1",
        "sex": "F",
        "birth_date": "2008-06-15",
        "category": "orphan",
        "admitted": "2015-03-01",
        "claim_month": "2025-12",
    }
    found = next_months(ward, Month(2026, 5), 3, "asd_institution")
    changed = [one for one in found.months if one.change]
    assert changed
    assert all(one.change and one.change.causes for one in changed)
    assert as_text(found, "en").count("\n2026-") >= 3
