"""Decisions to appeal against, for the tests of appeals: taken by the law, or set at a moment of the past."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from karama.delivery.appeals import actions
from karama.delivery.claims import actions as claims
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.models import Decision
from karama.delivery.decisions.states import Change, DecisionKind
from karama.delivery.references import Subject, new_references
from karama.foundation.months import Month
from karama.record.clock import now
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families

if TYPE_CHECKING:
    from karama.delivery.appeals.models import Appeal, Complaint
    from karama.delivery.appeals.states import AppealState
    from karama.record.scope import Actor
    from karama.registry.models import Household

MOROCCO = ZoneInfo("Africa/Casablanca")
PROVINCE = "06181"
"""Settat, where the families of the tests live."""
MARCH = Month(2026, 3)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001"
    "a5f645400000000049454e44ae426082"
)

SCORE = actions.Correction("score", {"score": "9.7"}, families.LONG_AGO, proof="RSU, letter 4711")
"""The score in truth: lower, and above the threshold all the same."""


def decided(household: Household, *, officer: Actor | None = None, by: Actor | None = None) -> Decision:
    """A decision on the family's own claim of March 2026, by an officer of its province."""
    by = by or families.citizen(household)
    claim = claims.open_claim(programme="asd", kind="family", by=by, household_id=household.pk, claim_month=MARCH)
    claims.submit(claim_id=claim.pk, by=by)
    officer = officer or families.staff(Role.CLAIMS_OFFICER, PROVINCE)
    found = decisions.decide_claim(claim_id=claim.pk, by=officer)
    assert found is not None
    return found


def decided_at(household: Household, at: dt.datetime, *, officer: Actor = SYSTEM) -> Decision:
    """A refusal set at a moment of the past, as a register that was imported would hold it."""
    with acting_as(SYSTEM):
        (key, reference), *_ = new_references(Decision, Subject.DECISION)
        return Decision.objects.create(
            id=key,
            reference=reference,
            programme="asd",
            kind=DecisionKind.REASSESSMENT,
            change=Change.REFUSAL,
            household=household,
            month=at.date().replace(day=1),
            known_at=at,
            inputs_hash="set by a test",
            law_version="set by a test",
            eligible=False,
            aid="none",
            amount_centimes=0,
            monthly_centimes=0,
            reasons=["score_above_threshold"],
            decided_at=at,
            decided_by_id=officer.account_id,
        )


def refused(**more: object) -> tuple[Household, Decision]:
    """A family refused for its score a few days ago."""
    household = families.household(score="9.8", children=["2015-05-05"], **more)
    return household, decided_at(household, now() - dt.timedelta(days=3))


def under_review(decision: Decision, appellant: Actor, officer: Actor) -> Appeal:
    """An appeal that an officer admitted, took and began to review."""
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds="Le score est faux.", health=False, by=appellant)
    actions.admit(appeal_id=appeal.pk, by=officer)
    assert officer.account_id is not None
    actions.assign_judge(appeal_id=appeal.pk, judge_id=officer.account_id, by=officer)
    return actions.begin_review(appeal_id=appeal.pk, by=officer)


def judged(decision: Decision, appellant: Actor, officer: Actor, outcome: AppealState) -> Appeal:
    """An appeal that an officer judged."""
    appeal = under_review(decision, appellant, officer)
    return actions.judge(appeal_id=appeal.pk, outcome=outcome, reasons="Vu les pièces.", by=officer)


def as_stored(one: Appeal | Complaint) -> dict[str, object]:
    """The row as the database holds it."""
    with acting_as(SYSTEM):
        found: dict[str, object] = type(one).objects.filter(pk=one.pk).values().get()
        return found
