"""Whose household no register lists any more, or who is in no establishment: the right ends, in words, and is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from karama.delivery.claims import actions as claims
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.batch import BatchResult, decide_claims, reassess_programme
from karama.delivery.decisions.deciding import Subject
from karama.delivery.decisions.letters import letter_of
from karama.delivery.decisions.models import Decision, Notice
from karama.delivery.decisions.notice.letter import letter_html
from karama.delivery.decisions.notice.outcome import Kind
from karama.delivery.decisions.states import Change
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.record.clock import now
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.models import Household, Membership, Placement, Residence
from tests.delivery import families

if TYPE_CHECKING:
    import datetime as dt

pytestmark = pytest.mark.usefixtures("march")
MARCH = Month(2026, 3)


def granted() -> Household:
    household = families.household()
    mother = families.citizen(household)
    claim = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk, claim_month=MARCH)
    claims.submit(claim_id=claim.pk, by=mother)
    return household


def listed_no_more(household: Household, since: dt.date) -> None:
    """As a register folder that no longer lists it: where it lives and who is in it, not its score."""
    with acting_as(SYSTEM):
        for fact in (Residence, Membership):
            facts.end(fact, key={"household_id": household.pk}, on=since, known_at=now())


def reassess(programme: str, month: Month) -> BatchResult:
    return sum(reassess_programme(programme=programme, month=month), BatchResult(0, 0, 0, 0))


def line(**of: object) -> list[tuple[str, bool]]:
    with acting_as(SYSTEM):
        return list(Decision.objects.filter(**of).order_by("id").values_list("change", "eligible"))


def test_a_household_that_no_register_lists_loses_its_right_by_the_law_and_holds_up_nobody() -> None:
    gone, other, stays = granted(), granted(), granted()
    decide_claims(programme="asd")
    april = MARCH + 1
    listed_no_more(gone, april.first_day)
    with acting_as(SYSTEM):
        facts.end(Residence, key={"household_id": other.pk}, on=april.first_day, known_at=now())
    assert reassess("asd", april) == BatchResult(looked_at=3, decided=2, granted=0, unchanged=1)
    for household in (gone, other):
        assert line(household=household) == [(Change.GRANT, True), (Change.EXIT, False)]
    assert line(household=stays) == [(Change.GRANT, True)]
    with acting_as(SYSTEM):
        ended = Decision.objects.get(household=gone, change=Change.EXIT)
        notice = Notice.objects.get(decision=ended)
    assert (ended.month, "no_score_in_force" in ended.reasons) == (april.first_day, True)
    assert decisions.replay(ended).same
    assert notice.kind == Kind.ENDED
    assert "aucun indice n'est en vigueur au RSU" in letter_html(letter_of(notice_id=notice.pk, by=SYSTEM))
    assert reassess("asd", april + 1) == BatchResult(looked_at=3, decided=0, granted=0, unchanged=1)


def test_one_by_one_the_right_ends_as_in_a_batch_and_comes_back_with_the_residence() -> None:
    household, april = granted(), MARCH + 1
    decide_claims(programme="asd")
    listed_no_more(household, april.first_day)
    subject = Subject(household_id=household.pk)
    asked = {"subject": subject, "programme": "asd", "by": SYSTEM}
    ended = decisions.reassess(**asked, month=april)
    assert ended is not None
    assert (ended.change, ended.amount_centimes) == (Change.EXIT, 0)
    assert "no_score_in_force" in ended.reasons
    assert decisions.replay(ended).same
    with pytest.raises(BadInputError, match="no residence is known"):
        decisions.reassess(**asked, month=april)
    may = (april + 1).first_day
    families.write(Residence, may, household_id=household.pk, commune=families.SETTAT, milieu="rural")
    with acting_as(SYSTEM):
        members = list(Membership.objects.filter(household=household, known__endswith=None))
    for one in members:
        families.write(Membership, may, person_id=one.person_id, household_id=household.pk, role=one.role)
    back = decisions.reassess(**asked, month=april + 1)
    assert back is not None
    assert back.change == Change.ENTRY


def test_a_household_that_never_had_a_right_gets_no_decision_when_it_is_gone() -> None:
    household = families.household(score="9.9")
    mother = families.citizen(household)
    claim = claims.open_claim(programme="asd", kind="family", by=mother, household_id=household.pk, claim_month=MARCH)
    claims.submit(claim_id=claim.pk, by=mother)
    decide_claims(programme="asd")
    listed_no_more(household, (MARCH + 1).first_day)
    assert reassess("asd", MARCH + 1) == BatchResult(looked_at=1, decided=0, granted=0, unchanged=0)
    assert line(household=household) == [(Change.REFUSAL, False)]


@pytest.mark.parametrize("alone", [True, False], ids=["one by one", "in a batch"])
def test_a_child_whom_no_register_lists_as_placed_has_left_its_establishment(alone: bool) -> None:  # noqa: FBT001 - a parameter
    home, programme, april = families.establishment(), "asd_institution", MARCH + 1
    gone, stays = families.placed(home, "2014-02-02"), families.placed(home, "2013-02-02")
    assert reassess(programme, MARCH).granted == 2
    with acting_as(SYSTEM):
        facts.end(Placement, key={"person_id": gone.pk}, on=april.first_day, known_at=now())
    if alone:
        subject = Subject(person_id=gone.pk, establishment_id=home.pk)
        decisions.reassess(subject=subject, programme=programme, month=april, by=SYSTEM)
    else:
        assert reassess(programme, april) == BatchResult(looked_at=2, decided=1, granted=0, unchanged=1)
    assert line(person=gone) == [(Change.GRANT, True), (Change.EXIT, False)]
    assert line(person=stays) == [(Change.GRANT, True)]
    with acting_as(SYSTEM):
        ended = Decision.objects.get(person=gone, change=Change.EXIT)
        told = Notice.objects.get(decision=ended)
    assert (ended.reasons, ended.establishment_id) == (["left_establishment"], home.pk)
    assert (told.kind, told.establishment_id) == (Kind.ENDED, home.pk)
    assert decisions.replay(ended).same
