"""What kind of notice a decision gives, beside the decision before."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from karama.delivery.decisions.notice.facts import Claim
from karama.delivery.decisions.notice.outcome import Kind, outcome_of, refusal_labels
from karama.delivery.decisions.notice.private import private_refusals
from karama.delivery.decisions.notice.short_text import short_text
from karama.foundation.months import Month
from tests.delivery.decisions.notice.families import CLAIM_CODE, MARCH, decided, family, former, record, ward

if TYPE_CHECKING:
    from karama.delivery.decisions.notice.outcome import Outcome


def outcome(household: dict[str, Any], before: dict[str, Any] | None = None, **fields: object) -> Outcome:
    previous = former(decided(before, Month(2026, 2))) if before else None
    return outcome_of(decided(household), record(previous=previous, **fields))


def without_the_youngest() -> dict[str, Any]:
    household = family()
    household["members"] = household["members"][:-1]
    return household


def test_a_first_decision_grants_or_refuses() -> None:
    granted = outcome(family())
    assert (granted.kind, granted.monthly, granted.grants, granted.before) == (Kind.GRANTED, 90_000, (), None)
    refused = outcome(family(score=10.4, pension=True))
    assert (refused.kind, refused.monthly) == (Kind.REFUSED, 0)
    assert refused.reasons == ("score_above_threshold", "pension")


def test_a_reassessment_gives_more_less_the_same_or_nothing() -> None:
    more = outcome(family(), without_the_youngest())
    assert (more.kind, more.before, more.monthly) == (Kind.INCREASED, 60_000, 90_000)
    less = outcome(without_the_youngest(), family())
    assert (less.kind, less.before, less.monthly) == (Kind.DECREASED, 90_000, 60_000)
    assert outcome(family(), family()).kind is Kind.UNCHANGED
    assert outcome(family(score=10.4), family()).kind is Kind.ENDED
    assert outcome(family(), family(score=10.4)).kind is Kind.GRANTED
    assert outcome(family(score=10.4), family(score=10.4)).kind is Kind.REFUSED


def newborn(claimed: str | None = "2026-03-02", order: int = 2) -> dict[str, Any]:
    household = family()
    child = {"person_id": "9", "role": "child", "sex": "F", "birth_date": "2026-02-15", "live_birth_order": order}
    household["members"].append({**child, "birth_grant_claim_date": claimed})
    return household


def test_a_grant_due_once_is_told_apart_from_the_monthly_aid() -> None:
    asked = Claim(CLAIM_CODE, dt.date(2026, 3, 2), "birth_grant", "9")
    found = outcome(newborn(), newborn(claimed=None), claim=asked)
    assert (found.kind, found.grants, found.monthly) == (Kind.GRANT, (("birth_grant", 100_000),), found.before)
    third = outcome(newborn(order=3), newborn(claimed=None, order=3), claim=asked)
    assert (third.kind, third.grants) == (Kind.GRANT_REFUSED, ())
    assert outcome(newborn(), newborn(claimed=None)).kind is Kind.GRANT
    assert outcome({**newborn(), "score": 10.4}, newborn(claimed=None), claim=asked).kind is Kind.ENDED
    assert outcome({**newborn(), "score": 10.4}, {**newborn(), "score": 10.4}, claim=asked).kind is Kind.REFUSED


def test_a_claimed_grant_hides_no_change_of_the_monthly_aid() -> None:
    asked = Claim(CLAIM_CODE, dt.date(2026, 3, 2), "birth_grant", "9")
    more = outcome(newborn(), family(), claim=asked)
    assert (more.kind, more.before, more.monthly) == (Kind.INCREASED, 90_000, 93_600)
    assert (more.grants, more.refuses_a_grant) == ((("birth_grant", 100_000),), False)
    third = newborn(order=3)
    third["members"] = [one for one in third["members"] if one["person_id"] != family()["members"][-1]["person_id"]]
    less = outcome({**third, "members": third["members"][:2] + third["members"][-1:]}, family(), claim=asked)
    assert (less.kind, less.grants, less.refuses_a_grant) == (Kind.DECREASED, (), True)
    for language in ("fr", "ar"):
        said = short_text(less, CLAIM_CODE, dt.date(2026, 4, 2), language, synthetic=True)
        assert {"fr": "Prime demandée refusée", "ar": "رفض طلب المنحة"}[language] in said
    entering = outcome(third, {**third, "score": 10.4}, claim=asked)
    assert (entering.kind, entering.refuses_a_grant) == (Kind.GRANTED, True)


def test_the_school_grant_comes_beside_the_aid_in_september() -> None:
    known = family(claim_month="2025-01", score_effective_from="2025-01")
    august, september = (decided(known, Month(2025, month)) for month in (8, 9))
    found = outcome_of(september, record(previous=former(august)))
    assert (found.kind, found.grants) == (Kind.GRANT, (("back_to_school_grant", 20_000),))


def test_an_announcement_is_no_decision() -> None:
    found = outcome(family(score=10.4), family(), announced=True, appeal_until=None)
    assert (found.kind, found.reasons) == (Kind.ENDING, ("score_above_threshold",))


def test_other_programmes_need_nothing_of_their_own() -> None:
    cover = outcome_of(decided(family(), MARCH, "amo_tadamon"), record())
    assert (cover.kind, cover.monthly, cover.before) == (Kind.GRANTED, None, None)
    child = outcome_of(decided(ward(), MARCH, "asd_institution"), record())
    assert (child.kind, child.monthly) == (Kind.GRANTED, 50_000)
    of_age = decided(ward(birth_date="2008-03-09", claim_month="2025-12"), MARCH, "asd_institution")
    before = decided(ward(birth_date="2008-03-09"), Month(2026, 2), "asd_institution")
    released = outcome_of(of_age, record(previous=former(before)))
    assert released.grants == (("institution_top_up", 850_000),)


@pytest.mark.parametrize("programme", ["asd", "asd_institution", "amo_tadamon"])
def test_every_refusal_has_words_in_each_language(programme: str) -> None:
    assert all(label.fr and label.ar and label.en for label in refusal_labels(programme).values())


def test_a_refusal_that_reads_health_is_private() -> None:
    assert private_refusals("asd", MARCH) == {"not_eligible_for_any_aid"}
    assert private_refusals("amo_tadamon", MARCH) == frozenset()
