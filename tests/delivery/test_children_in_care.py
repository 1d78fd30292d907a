"""Children in establishments: claimed for by the director, reassessed in sets, told beforehand."""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import TYPE_CHECKING

import pytest
from django.utils.timezone import localdate

from karama.delivery.claims import actions as claims
from karama.delivery.claims.proofs import add_proof
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.announcing import announce
from karama.delivery.decisions.batch import BatchResult, decide_claims, reassess_programme
from karama.delivery.decisions.letters import letter_of
from karama.delivery.decisions.models import Decision, Notice, Reassessment
from karama.delivery.decisions.notice.letter import letter_html
from karama.delivery.decisions.notice.outcome import Kind
from karama.delivery.decisions.states import Change
from karama.foundation.months import Month
from karama.record.clock import now
from karama.record.messages.models import Message
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import Placement
from tests.delivery import families
from tests.delivery.test_claim_to_decision import PNG
from tests.oracles.asd_oracle import decide_ward
from tests.oracles.random_households import random_ward

if TYPE_CHECKING:
    from karama.registry.models import Establishment, Person

pytestmark = pytest.mark.usefixtures("db")
PROGRAMME = "asd_institution"
MARCH = Month(2026, 3)


def reassess(month: Month, **how: object) -> BatchResult:
    """The whole reassessment of a month."""
    batches = reassess_programme(programme=PROGRAMME, month=month, **how)  # type: ignore[arg-type]
    return sum(batches, BatchResult(0, 0, 0, 0))


def changes(*children: Person) -> list[list[str]]:
    with acting_as(SYSTEM):
        return [
            list(Decision.objects.filter(person=one).order_by("id").values_list("change", flat=True))
            for one in children
        ]


def moved(child: Person, since: dt.date, **told: object) -> None:
    """What the establishments' register tells anew of a placement."""
    families.write(Placement, since, "Entraide nationale", person_id=child.pk, **told)


def test_many_children_are_decided_as_the_oracle_and_as_one_by_one() -> None:
    rng, homes = Random(2), [families.establishment() for _ in range(3)]
    wards = {}
    for _ in range(60):
        ward = random_ward(rng, str(MARCH))
        told = {name: ward[name] and dt.date.fromisoformat(ward[name]) for name in ("admitted", "left_on")}
        told |= {"category": ward["category"], "claim_month": Month.parse(ward["claim_month"]).first_day}
        child = families.placed(rng.choice(homes), ward["birth_date"], **told)
        wards[child.pk] = decide_ward(ward, str(MARCH)) if ward["birth_date"] <= str(MARCH.last_day) else None
    done = reassess(MARCH, most=25)
    assert done.looked_at == 60
    with acting_as(SYSTEM):
        taken = {one.person_id: one for one in Decision.objects.select_related("establishment")}
        places = dict(Placement.objects.values_list("person_id", "establishment_id"))
    assert set(taken) == {key for key, account in wards.items() if account is not None}
    for key, one in taken.items():
        account = wards[key]
        assert one.eligible == (account["due"] or account["release_centimes"] > 0)
        assert one.monthly_centimes == account["amount_centimes"]
        assert one.amount_centimes == account["amount_centimes"] + account["top_up_centimes"]
        assert (one.household_id, one.establishment_id) == (None, places[key])
        assert decisions.replay(one).differences == ()
    assert {one.change for one in taken.values()} == {Change.GRANT, Change.REFUSAL}
    assert {account["top_up_centimes"] > 0 for account in wards.values() if account} == {True, False}


def test_a_child_enters_leaves_and_comes_of_age_each_with_a_notice_to_the_establishment() -> None:
    home, other = families.establishment(), families.establishment(families.TANGER)
    entering = families.placed(home, "2015-02-02", claim_month=dt.date(2026, 4, 1))
    leaving = families.placed(home, "2014-02-02")
    of_age = families.placed(home, "2008-04-20")
    elsewhere = families.placed(other, "2013-02-02")
    assert reassess(MARCH) == BatchResult(looked_at=4, decided=4, granted=3, unchanged=0)
    since = now()
    assert reassess(MARCH) == BatchResult(looked_at=4, decided=0, granted=0, unchanged=4)
    moved(leaving, dt.date(2026, 3, 20), left_on=dt.date(2026, 3, 20))
    assert reassess(MARCH + 1, changed_since=since).looked_at == 1
    assert reassess(MARCH + 1).decided == 2
    assert reassess(MARCH + 2).decided == 1
    assert changes(entering, leaving, of_age, elsewhere) == [
        [Change.REFUSAL, Change.ENTRY],
        [Change.GRANT, Change.EXIT],
        [Change.GRANT, Change.DECREASE, Change.EXIT],
        [Change.GRANT],
    ]
    with acting_as(families.director(home)):
        told = Notice.objects.select_related("decision").order_by("id")
        seen = {(one.person_id, one.kind) for one in told}
        assert all(one.decision.previous_id or one.decision.change in {Change.GRANT, Change.REFUSAL} for one in told)
    assert seen == {
        (entering.pk, Kind.REFUSED),
        (entering.pk, Kind.GRANTED),
        (leaving.pk, Kind.GRANTED),
        (leaving.pk, Kind.ENDED),
        (of_age.pk, Kind.GRANTED),
        (of_age.pk, Kind.DECREASED),
        (of_age.pk, Kind.ENDED),
    }
    with acting_as(SYSTEM):
        released = Decision.objects.get(person=of_age, change=Change.DECREASE)
        assert Event.objects.filter(kind="decision.taken").count() == 8
        assert Reassessment.objects.filter(ended_at=None).count() == 0
        assert not Message.objects.exists()
    assert (released.monthly_centimes, released.amount_centimes) == (0, 1_000_000 - 3 * 50_000)


def test_a_child_who_moves_is_told_to_the_new_establishment() -> None:
    home, other = families.establishment(), families.establishment(families.TANGER)
    child = families.placed(home, "2012-02-02")
    reassess(MARCH)
    moved(child, dt.date(2026, 4, 1), establishment_id=other.pk, left_on=dt.date(2026, 4, 2))
    reassess(MARCH + 2)
    with acting_as(SYSTEM):
        first, second = Decision.objects.filter(person=child).order_by("id")
    assert (first.establishment_id, second.establishment_id, second.previous_id) == (home.pk, other.pk, first.pk)
    assert [decisions.replay(one).differences for one in (first, second)] == [(), ()]


def claimed(home: Establishment, month: Month, admitted: dt.date) -> int:
    """A claim of the director with the order that placed the child, submitted."""
    by = families.director(home)
    claim = claims.open_claim(
        programme=PROGRAMME,
        kind="institution",
        by=by,
        placed=claims.PlacedChild(home.pk, families.person("2016-04-04").idcs, dt.date(2016, 4, 4)),
        answers={"category": "abandoned", "admitted": str(admitted)},
        claim_month=month,
    )
    add_proof(claim_id=claim.pk, kind="placement_order", name="ordonnance.png", content=PNG, by=by)
    return claims.submit(claim_id=claim.pk, by=by).pk


def test_a_claim_of_the_month_of_admission_waits_for_an_officer_and_is_due_in_it() -> None:
    claim = claimed(families.establishment(), MARCH, dt.date(2026, 3, 17))
    assert decide_claims(programme=PROGRAMME) == BatchResult(0, 0, 0, 0)
    decision = decisions.decide_claim(claim_id=claim, by=families.staff(Role.CLAIMS_OFFICER, "06181"))
    assert (decision.eligible, decision.amount_centimes) == (True, 50_000)
    assert reassess(MARCH + 1) == BatchResult(looked_at=1, decided=0, granted=0, unchanged=1)


class TestAnnouncing:
    """Today is any day: births are counted from it."""

    def test_the_capital_at_majority_and_then_the_end_are_announced_once_to_the_establishment(self) -> None:
        home, today = families.establishment(), Month.of(localdate(now()))
        child = families.placed(home, families.months_ago(18 * 12 - 1))
        families.placed(home, families.months_ago(10 * 12))
        reassess(today)
        assert (announce(programme=PROGRAMME), announce(programme=PROGRAMME)) == (1, 0)
        assert announce(programme=PROGRAMME, ahead=3, most=1) == 1
        director = families.director(home)
        with acting_as(director):
            falls, ends = Notice.objects.filter(decision=None).order_by("month")
        assert [(one.person_id, one.establishment_id, one.kind) for one in (falls, ends)] == [
            (child.pk, home.pk, Kind.DECREASING),
            (child.pk, home.pk, Kind.ENDING),
        ]
        assert (Month.of(falls.month), Month.of(ends.month)) == (today + 1, today + 2)
        assert "l'aide passera de 500 à 0 MAD par mois" in falls.text_fr
        assert "complément" in falls.text_fr
        with acting_as(SYSTEM):
            events = set(Event.objects.filter(subject_type="notice").values_list("subject_id", flat=True))
        assert {falls.reference, ends.reference} <= events
        html = letter_html(letter_of(notice_id=ends.pk, by=director))
        assert "Le droit va prendre fin" in html
        assert home.code in html

    def test_what_was_announced_is_what_the_months_decide(self) -> None:
        home, today = families.establishment(), Month.of(localdate(now()))
        for months in (18 * 12 - 1, 18 * 12 - 2, 18 * 12, 12):
            families.placed(home, families.months_ago(months))
        reassess(today)
        announce(programme=PROGRAMME, ahead=3)
        with acting_as(SYSTEM):
            announced = set(Notice.objects.filter(decision=None).values_list("person_id", "month", "kind"))
        for ahead in (1, 2, 3):
            reassess(today + ahead)
        follows = {Change.DECREASE: Kind.DECREASING, Change.EXIT: Kind.ENDING}
        with acting_as(SYSTEM):
            taken = Decision.objects.filter(change__in=follows).values_list("person_id", "month", "change")
            decided = {(person, month, follows[Change(change)]) for person, month, change in taken}
        assert announced == {(person, month, str(kind)) for person, month, kind in decided}
        assert len(announced) == 5
