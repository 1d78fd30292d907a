"""A judgment adds who was forgotten and ends what had ended: facts never overwritten, and what the months differ by."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from karama.delivery.appeals import actions
from karama.delivery.appeals.states import AppealState
from karama.delivery.decisions.actions import replay
from karama.delivery.decisions.models import Decision
from karama.delivery.decisions.states import Change
from karama.delivery.timeline import timeline
from karama.foundation.errors import BadInputError, NotAllowedError
from karama.record import clock
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.matching.actions import settle
from karama.registry.matching.models import Contradiction
from karama.registry.models import Civil, Health, Income, Membership, Schooling
from tests.delivery import families
from tests.delivery.appeals import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.delivery.appeals.models import Appeal
    from karama.record.scope import Actor
    from karama.registry.models import Household, Person

pytestmark = pytest.mark.usefixtures("may")
MARCH = dt.date(2026, 3, 1)


@pytest.fixture
def may(db: object) -> Iterator[None]:  # noqa: ARG001 - all of it is rolled back
    """Judged in May 2026 about a decision of March: three months have begun."""
    with clock.invented(dt.datetime(2026, 5, 11, 9, tzinfo=dt.UTC)):
        yield


def upheld(household: Household) -> tuple[Appeal, Actor]:
    """An appeal of the family against its decision of March, upheld."""
    judge = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE, health=True)
    decision = cases.decided(household)
    return cases.judged(decision, families.citizen(household), judge, AppealState.UPHELD), judge


def at_school(born: str) -> Person:
    child = families.person(born)
    families.write(Schooling, person_id=child.pk, enrolled=True, school_level="primary", public_school=True)
    return child


def joining(child: Person, **more: object) -> actions.Joining:
    with acting_as(SYSTEM):
        born = Civil.objects.get(person=child).birth_date
    told: dict[str, object] = {"role": "child", "begins": MARCH, "proof": "acte de naissance 12/2026"}
    return actions.Joining(child.idcs, born, **{**told, **more})  # type: ignore[arg-type]


def said(household: Household, kind: str) -> list[str]:
    with acting_as(SYSTEM):
        return [one.label.en for one in timeline(household.pk) if one.kind == kind]


def test_a_child_forgotten_is_added_and_the_months_since_are_due_with_arrears_in_the_timeline() -> None:
    household, child = families.household(children=["2014-05-05"]), at_school("2016-02-02")
    appeal, judge = upheld(household)
    was = appeal.decision
    done = actions.execute(appeal_id=appeal.pk, by=judge, corrections=[joining(child)])
    found = done.executed_by_decision
    assert done.state == AppealState.EXECUTED
    assert found is not None
    assert (found.change, found.month, was.amount_centimes) == (Change.INCREASE, MARCH, 50_000)
    more = found.monthly_centimes - was.monthly_centimes
    assert more > 0
    with acting_as(SYSTEM):
        row = Membership.objects.get(person=child)
        told = Event.objects.get(kind="appeal.executed").data
        assert replay(was).differences == replay(found).differences == ()
    assert (row.household_id, row.role, row.validity.lower) == (household.pk, "child", MARCH)
    assert (row.source, row.proof) == ("ANSS", f"appeal {appeal.reference}: acte de naissance 12/2026")
    assert (told["difference_centimes"], told["facts"]) == (3 * more, ["membership"])
    (line,) = said(household, "appeal.executed")
    assert f"{3 * more // 100}" in line
    assert "(arrears)" in line


def test_a_member_who_had_left_is_ended_and_what_was_granted_too_much_is_told() -> None:
    household = families.household(children=["2014-05-05", "2016-02-02", "2018-02-02"])
    appeal, judge = upheld(household)
    with acting_as(SYSTEM):
        before = Membership.objects.filter(household=household, role="child").order_by("-person_id")[0]
    april = dt.date(2026, 4, 1)
    left = actions.Ending("membership", april, person_id=before.person_id, proof="certificat de résidence")
    done = actions.execute(appeal_id=appeal.pk, by=judge, corrections=[left])
    with acting_as(SYSTEM):
        closed, kept = Membership.objects.filter(person_id=before.person_id).order_by("known")
        march, later = Decision.objects.filter(household=household, kind="appeal").order_by("id")
        told = Event.objects.get(kind="appeal.executed").data
    assert (closed.pk, closed.validity.upper, closed.known.upper) == (before.pk, None, kept.known.lower)
    assert (kept.validity.lower, kept.validity.upper) == (before.validity.lower, april)
    assert (kept.source, kept.proof) == (
        "RSU",
        f"ended by appeal {appeal.reference}: certificat de résidence; test",
    )
    assert (done.executed_by_decision, march.change, later.change) == (march, Change.SAME, Change.DECREASE)
    assert later.month == april
    less = march.monthly_centimes - later.monthly_centimes
    assert told["difference_centimes"] == -2 * less < 0
    assert "(overpayment)" in said(household, "appeal.executed")[0]


def test_an_allowance_that_had_ended_opens_the_right_again() -> None:
    household = families.household(children=["2014-05-05"])
    with acting_as(SYSTEM):
        head = Membership.objects.get(household=household, role="head").person_id
    columns = {"receives_family_allowance": True, "receives_state_pay": False, "receives_pension": False}
    families.write(Income, person_id=head, **columns)
    appeal, judge = upheld(household)
    assert not appeal.decision.eligible
    ended = actions.Ending("income", MARCH, person_id=head, proof="CNSS, attestation 9")
    done = actions.execute(appeal_id=appeal.pk, by=judge, corrections=[ended])
    assert done.executed_by_decision is not None
    assert done.executed_by_decision.change == Change.ENTRY
    with acting_as(SYSTEM):
        kept = Income.objects.get(person_id=head, known__endswith=None)
    assert kept.validity.upper == MARCH


def test_a_child_whom_another_household_claims_waits_for_a_person_and_is_executed_once_it_is_settled() -> None:
    household, other = families.household(children=["2014-05-05"]), families.household(children=["2016-02-02"])
    with acting_as(SYSTEM):
        child = Membership.objects.select_related("person").get(household=other, role="child").person
    appeal, judge = upheld(household)
    waits = actions.execute(appeal_id=appeal.pk, by=judge, corrections=[joining(child)])
    assert (waits.state, waits.executed_by_decision) == (AppealState.UPHELD, None)
    assert cases.as_stored(appeal)["state"] == AppealState.UPHELD
    with acting_as(SYSTEM):
        open_one = Contradiction.objects.get(state="open")
        told = Event.objects.get(kind="appeal.waits").data
        assert Decision.objects.filter(household=household).count() == 1
    assert (open_one.person_id, told["contradictions"]) == (child.pk, [open_one.pk])
    assert "known elsewhere" in said(household, "appeal.waits")[0]
    manager = families.staff(Role.TERRITORIAL_MANAGER, cases.PROVINCE)
    settle(
        contradiction_id=open_one.pk,
        stays=household.pk,
        since=MARCH,
        reason="Elle vit chez sa grand-mère.",
        proof="jugement de garde",
        by=manager,
    )
    done = actions.execute(appeal_id=appeal.pk, by=judge)
    assert done.executed_by_decision is not None
    assert done.executed_by_decision.change == Change.INCREASE


def test_a_child_settled_elsewhere_leaves_the_appeal_to_be_executed_without_change() -> None:
    household, other = families.household(children=["2014-05-05"]), families.household(children=["2016-02-02"])
    with acting_as(SYSTEM):
        child = Membership.objects.select_related("person").get(household=other, role="child").person
    appeal, judge = upheld(household)
    actions.execute(appeal_id=appeal.pk, by=judge, corrections=[joining(child)])
    with acting_as(SYSTEM):
        open_one = Contradiction.objects.get(state="open")
    told = {"reason": "Elle vit chez sa mère.", "proof": "jugement de garde"}
    settle(contradiction_id=open_one.pk, stays=other.pk, since=MARCH, by=SYSTEM, **told)
    done = actions.execute(appeal_id=appeal.pk, by=judge)
    assert done.executed_by_decision is not None
    assert done.executed_by_decision.change == Change.SAME
    assert "arrears" not in said(household, "appeal.executed")[0]


def test_what_cannot_be_found_is_refused_in_words_and_nothing_is_written() -> None:
    household, child = families.household(children=["2014-05-05"]), at_school("2016-02-02")
    elsewhere, gone = families.household(children=["2017-02-02"]), dt.date(2026, 4, 20)
    appeal, judge = upheld(household)
    with acting_as(SYSTEM):
        moved = Membership.objects.select_related("person").get(household=elsewhere, role="child").person
        head = Membership.objects.get(household=household, role="head").person_id
        key = {"person_id": moved.pk, "household_id": elsewhere.pk}
        families.facts.end(Membership, key=key, on=gone, known_at=families.now())
        held = Membership.objects.count()
    born = dt.date(2016, 2, 2)
    stranger = families.person("1990-01-01").pk
    refused = {
        "knows nobody with IDCS P000 ": actions.Joining("P000", born, "child", MARCH),
        "read both again": actions.Joining(child.idcs, born + dt.timedelta(days=1), "child", MARCH),
        "no role in a household": joining(child, role="cousin"),
        "before the birth": joining(child, begins=born - dt.timedelta(days=1)),
        "give a day after": joining(child, ends=MARCH),
        f"another place until {gone}": joining(moved),
        "nobody of this file": actions.Ending("membership", MARCH, person_id=stranger),
        "death_date is 'infinity', which is no day": actions.Correction(
            "civil", {"death_date": "infinity"}, MARCH, person_id=head
        ),
        "nothing is known from that day": actions.Ending("income", MARCH, person_id=head),
        "correct its value instead": actions.Ending("residence", MARCH),
        "no fact that a judgment corrects": actions.Ending("contact", MARCH),
    }
    for words, one in refused.items():
        with pytest.raises(BadInputError, match=words):
            actions.execute(appeal_id=appeal.pk, by=judge, corrections=[joining(child), one])
    with acting_as(SYSTEM):
        assert Membership.objects.count() == held
        assert not Membership.objects.filter(person=child).exists()
    assert cases.as_stored(appeal)["state"] == AppealState.UPHELD


def test_a_fact_of_health_is_ended_only_by_who_may_read_it() -> None:
    household = families.household(children=[])
    child = families.member(household, "2015-01-01", "child", school="primary", disabled=True)
    decision = cases.decided(household)
    blind = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(decision, families.citizen(household), blind, AppealState.UPHELD)
    with pytest.raises(NotAllowedError):
        actions.execute(
            appeal_id=appeal.pk, by=blind, corrections=[actions.Ending("health", MARCH, person_id=child.pk)]
        )
    with acting_as(SYSTEM):
        assert Health.objects.filter(person=child, known__endswith=None, validity__contains=MARCH).exists()


def test_a_child_placed_has_no_household_to_join() -> None:
    home = families.establishment()
    ward = families.placed(home, "2012-02-02")
    from karama.delivery.decisions.actions import reassess  # noqa: PLC0415 - the word of this test alone
    from karama.delivery.decisions.deciding import Subject  # noqa: PLC0415
    from karama.foundation.months import Month  # noqa: PLC0415

    subject = Subject(person_id=ward.pk, establishment_id=home.pk)
    decision = reassess(subject=subject, programme="asd_institution", month=Month(2026, 3), by=SYSTEM)
    assert decision is not None
    judge = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(decision, families.director(home), judge, AppealState.UPHELD)
    with pytest.raises(BadInputError, match="about a child placed"):
        actions.execute(appeal_id=appeal.pk, by=judge, corrections=[joining(at_school("2016-02-02"))])
