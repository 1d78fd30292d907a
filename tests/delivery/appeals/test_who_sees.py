"""Appeals and complaints of other families and territories are neither seen nor touched, by right and by the walls."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import ProgrammingError, transaction

from karama.delivery.appeals import actions
from karama.delivery.appeals.models import Appeal, Complaint, Evidence
from karama.delivery.appeals.permissions import may_appeal, may_complain
from karama.delivery.decisions.models import Decision
from karama.delivery.decisions.states import Change, DecisionKind
from karama.delivery.references import Subject, new_references
from karama.foundation.errors import NotAllowedError
from karama.record.clock import now
from karama.record.models import Account, RoleGrant
from karama.record.scope import ANONYMOUS, SYSTEM, Actor, acting_as, actor_of
from karama.record.states import AccountKind, Role
from karama.registry.models import Establishment, Placement
from tests.delivery import families
from tests.delivery.appeals import cases

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("db")
STRANGERS: dict[str, Callable[[], Actor]] = {
    "another family": lambda: families.citizen(families.household()),
    "an officer elsewhere": lambda: families.staff(Role.APPEALS_OFFICER, "01"),
    "an agent elsewhere": lambda: families.staff(Role.COUNTER_AGENT, "0105101"[:5]),
    "an analyst": lambda: families.staff(Role.ANALYST),
    "nobody": lambda: ANONYMOUS,
}


@pytest.mark.parametrize("who", STRANGERS)
def test_a_stranger_sees_nothing_and_does_nothing(who: str) -> None:
    household, decision = cases.refused()
    mother = families.citizen(household)
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds="Le score est faux.", by=mother)
    actions.add_evidence(appeal_id=appeal.pk, kind="rsu", name="a.png", content=cases.PNG, by=mother)
    complaint = actions.receive_complaint(category="data", text="Mon nom.", household_id=household.pk, by=mother)
    stranger = STRANGERS[who]()
    with acting_as(stranger):
        assert [model.objects.count() for model in (Appeal, Evidence, Complaint)] == [0, 0, 0]
        assert Appeal.objects.filter(pk=appeal.pk).update(reminded_at=now()) == 0
    key = {"appeal_id": appeal.pk, "by": stranger}
    for act in (
        lambda: actions.receive_appeal(decision_id=decision.pk, grounds="?", by=stranger),
        lambda: actions.withdraw_appeal(**key),
        lambda: actions.add_evidence(kind="rsu", name="a.png", content=cases.PNG, **key),
        lambda: actions.admit(**key),
        lambda: actions.assign_judge(judge_id=stranger.account_id or 0, **key),
        lambda: actions.execute(**key),
        lambda: actions.receive_complaint(category="data", text="?", household_id=household.pk, by=stranger),
        lambda: actions.answer_complaint(complaint_id=complaint.pk, text="?", by=stranger),
        lambda: actions.close_complaint(complaint_id=complaint.pk, by=stranger),
    ):
        with pytest.raises(NotAllowedError):
            act()
    stored = cases.as_stored(appeal)
    assert (stored["state"], stored["reminded_at"]) == ("received", None)
    row = {**stored, "id": appeal.pk + 10_000, "reference": "MADE UP"}
    with pytest.raises(ProgrammingError, match="row-level security"), acting_as(stranger), transaction.atomic():
        Appeal.objects.create(**row)


def test_the_rights_are_refused_apart_from_the_walls() -> None:
    household, decision = cases.refused()
    stranger, agent = families.citizen(families.household()), families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    for actor, may in (
        (families.citizen(household), True),
        (agent, True),
        (stranger, False),
        (families.staff(Role.APPEALS_OFFICER, cases.PROVINCE), False),
        (families.staff(Role.AUDITOR), False),
        (families.staff(Role.COUNTER_AGENT, "01"), False),
    ):
        assert may_appeal(actor, decision) is may
        assert may_complain(actor, household.pk, household.commune) is may


def test_whoever_sees_but_may_not_is_refused_by_his_right() -> None:
    household, decision = cases.refused()
    mother = families.citizen(household)
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds="Le score est faux.", by=mother)
    for role in (Role.CLAIMS_OFFICER, Role.TERRITORIAL_MANAGER, Role.AUDITOR, Role.COUNTER_AGENT):
        actor = families.staff(role, "" if role is Role.AUDITOR else cases.PROVINCE)
        with acting_as(actor):
            assert Appeal.objects.filter(pk=appeal.pk).exists()
        with pytest.raises(NotAllowedError, match="hearing this appeal"):
            actions.admit(appeal_id=appeal.pk, by=actor)
    with pytest.raises(NotAllowedError):
        actions.admit(appeal_id=appeal.pk, by=mother)


def test_an_agent_receives_an_appeal_on_behalf_of_a_family_and_is_named() -> None:
    _, decision = cases.refused()
    agent = families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds="Dit au guichet.", by=agent, channel="counter")
    assert (appeal.received_by_id, appeal.channel) == (agent.account_id, "counter")


def test_the_director_appeals_for_a_child_of_the_establishment_and_no_other_director_does() -> None:
    with acting_as(SYSTEM):
        home, other = (Establishment.objects.create(code=code, commune=families.SETTAT) for code in ("E1", "E2"))
    child = families.person("2015-05-05")
    placed = {"establishment_id": home.pk, "category": "orphan", "left_on": None}
    since = {"admitted": dt.date(2024, 1, 1), "claim_month": dt.date(2025, 12, 1)}
    families.write(Placement, dt.date(2024, 1, 1), "Entraide nationale", person_id=child.pk, **placed, **since)
    decision = refused_child(home, child.pk)
    director, stranger = director_of(home), director_of(other)
    with pytest.raises(NotAllowedError):
        actions.receive_appeal(decision_id=decision.pk, grounds="?", by=stranger)
    appeal = actions.receive_appeal(
        decision_id=decision.pk, grounds="L'enfant est orphelin.", health=False, by=director
    )
    assert (appeal.household_id, appeal.establishment_id) == (None, home.pk)
    with acting_as(stranger):
        assert not Appeal.objects.exists()
    with acting_as(director):
        assert Appeal.objects.get().pk == appeal.pk
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    actions.admit(appeal_id=appeal.pk, by=officer)
    actions.assign_judge(appeal_id=appeal.pk, judge_id=officer.account_id, by=officer)
    actions.begin_review(appeal_id=appeal.pk, by=officer)
    actions.judge(appeal_id=appeal.pk, outcome="upheld", reasons="Vu l'acte.", by=officer)
    done = actions.execute(appeal_id=appeal.pk, by=officer)
    again = done.executed_by_decision
    assert (again.person_id, again.eligible, again.monthly_centimes) == (child.pk, True, 50_000)


def director_of(establishment: Establishment) -> Actor:
    account = Account.objects.create(
        username=f"director of {establishment.code}", kind=AccountKind.CITIZEN, establishment=establishment.code
    )
    RoleGrant.objects.create(
        account=account, role=Role.ESTABLISHMENT_DIRECTOR, granted_by="test", granted_at=now(), territory=""
    )
    return actor_of(account)


def refused_child(home: Establishment, child: int) -> Decision:
    at = now() - dt.timedelta(days=3)
    with acting_as(SYSTEM):
        (key, reference), *_ = new_references(Decision, Subject.DECISION)
        return Decision.objects.create(
            id=key,
            reference=reference,
            programme="asd_institution",
            kind=DecisionKind.REASSESSMENT,
            change=Change.REFUSAL,
            establishment=home,
            person_id=child,
            month=dt.date(2026, 3, 1),
            known_at=at,
            inputs_hash="set by a test",
            law_version="set by a test",
            eligible=False,
            aid="none",
            amount_centimes=0,
            monthly_centimes=0,
            reasons=[],
            decided_at=at,
        )
