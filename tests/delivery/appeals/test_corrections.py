"""What a judgment may correct: the facts that the law reads, of the people of the file, by who may read them."""

from __future__ import annotations

import datetime as dt

import pytest

from karama.delivery.appeals import actions
from karama.delivery.appeals.states import AppealState
from karama.foundation.errors import BadInputError, NotAllowedError
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Contact, Health, Membership, PaymentAccount, Score
from tests.delivery import families
from tests.delivery.appeals import cases

pytestmark = pytest.mark.usefixtures("db")
SINCE = dt.date(2026, 1, 1)


def test_facts_of_health_are_corrected_only_by_who_may_read_them() -> None:
    household, refusal = cases.refused()
    blind, seeing = (families.staff(Role.APPEALS_OFFICER, cases.PROVINCE, health=one) for one in (False, True))
    appeal = cases.judged(refusal, families.citizen(household), blind, AppealState.UPHELD)
    officer = families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE, health=True)
    with acting_as(SYSTEM):
        child = Membership.objects.get(household=household, role="child").person_id
    disabled = actions.Correction("health", {"severe_disability": True}, SINCE, person_id=child)
    for other in (blind, seeing):
        with pytest.raises(NotAllowedError):
            actions.execute(appeal_id=appeal.pk, by=other, corrections=[disabled])
    with acting_as(SYSTEM):
        assert not Health.objects.filter(person_id=child).exists()
    actions.execute(appeal_id=appeal.pk, by=officer, corrections=[disabled])
    with acting_as(SYSTEM):
        assert Health.objects.get(person_id=child).severe_disability


@pytest.mark.parametrize(
    ("fact", "values"),
    [
        ("payment_account", {"channel": "bank_account", "account": "999"}),
        ("contact", {"phone": "+212600000000", "language": "fr"}),
        ("legacy_aid", {"amount_centimes": 1}),
        ("rsu_variables", {}),
    ],
)
def test_no_judgment_writes_what_the_law_does_not_read(fact: str, values: dict[str, object]) -> None:
    household, refusal = cases.refused()
    judge = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE, health=True)
    appeal = cases.judged(refusal, families.citizen(household), judge, AppealState.UPHELD)
    one = actions.Correction(fact, values, SINCE)
    with pytest.raises(BadInputError, match="no fact that a judgment corrects"):
        actions.execute(appeal_id=appeal.pk, by=judge, corrections=[one])
    with acting_as(SYSTEM):
        assert not PaymentAccount.objects.filter(household=household).exists()
        assert not Contact.objects.filter(household=household).exists()


def test_an_appeal_that_was_upheld_is_not_executed_by_the_same_refusal_again() -> None:
    household = families.household(score="9.8")
    refusal = cases.decided(household)
    judge = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(refusal, families.citizen(household), judge, AppealState.UPHELD)
    with pytest.raises(BadInputError, match="say which fact was wrong"):
        actions.execute(appeal_id=appeal.pk, by=judge)
    assert cases.as_stored(appeal)["state"] == AppealState.UPHELD
    families.write(Score, SINCE, household_id=household.pk, score="9.1", effective_from=SINCE)
    done = actions.execute(appeal_id=appeal.pk, by=judge)
    assert done.executed_by_decision is not None
    assert done.executed_by_decision.eligible
