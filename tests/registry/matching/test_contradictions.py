"""One person in two places: found in sets, told in plain words, settled by a person, counted once meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import localdate

from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.foundation.months import Month
from karama.record.clock import now
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry import facts
from karama.registry.matching.actions import find_contradictions, settle
from karama.registry.matching.models import Contradiction, Settlement
from karama.registry.matching.queries import contradiction_in_words, contradictions
from karama.registry.matching.states import ContradictionKind
from karama.registry.models import Establishment, Membership, Placement
from karama.registry.month_view import MonthView
from karama.registry.queries import households_as_known
from tests.delivery import families

if TYPE_CHECKING:
    from karama.record.scope import Actor
    from karama.registry.models import Household, Person

pytestmark = pytest.mark.usefixtures("db")
MARCH, SINCE = Month(2026, 3), dt.date(2026, 2, 1)
WHY = {"reason": "custody given to the mother", "proof": "judgement 77/2025 of Settat"}


@pytest.fixture
def officer() -> Actor:
    return families.staff(Role.CLAIMS_OFFICER, "06181")


def also_in(household: Household, person: Person, role: str = "child", since: dt.date = dt.date(2025, 6, 1)) -> None:
    families.write(Membership, since, person_id=person.pk, household_id=household.pk, role=role, proof="file 12")


def placed(person: Person, since: dt.date = dt.date(2025, 6, 1)) -> Establishment:
    with acting_as(SYSTEM):
        (home,) = Establishment.objects.bulk_create([Establishment(code=f"E{person.pk}", commune=families.SETTAT)])
    families.write(
        Placement,
        since,
        "Entraide nationale",
        person_id=person.pk,
        establishment_id=home.pk,
        category="orphan",
        admitted=since,
        left_on=None,
        claim_month=since,
    )
    return home


def found() -> Contradiction:
    find_contradictions(by=SYSTEM)
    with acting_as(SYSTEM):
        return Contradiction.objects.get(state="open")


def counted(month: Month, *households: Household) -> list[int]:
    """How many members each household has in the month."""
    with acting_as(SYSTEM):
        known = households_as_known([one.pk for one in households], month, now(), "asd")
    return [len(known[one.pk].facts["members"]) for one in households]


def wards(month: Month) -> int:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        view = MonthView(month, now(), "asd_institution")
        cursor.execute(f"SELECT count(*) FROM ({view.wards}) w", view.params)
        return int((cursor.fetchone() or (0,))[0])


def test_a_child_in_two_households_is_found_once_and_counts_where_it_was_known_first(officer: Actor) -> None:
    one, other = families.household(children=()), families.household(children=())
    child = families.member(one, "2016-04-04", "child", given_name_fr="Aya", family_name_fr="Bennani")
    also_in(other, child)
    open_one = found()
    assert (open_one.kind, open_one.person_id, open_one.since) == ("two_households", child.pk, dt.date(2025, 6, 1))
    assert (open_one.first_household_id, open_one.second_household_id) == (one.pk, other.pk)
    assert counted(MARCH, one, other) == [2, 1]
    again = find_contradictions(by=SYSTEM)
    assert (again.new, again.gone) == (0, 0)
    with acting_as(officer):
        assert [item.contradiction_id for item in contradictions()] == [open_one.pk]


def test_it_says_who_where_since_when_who_says_so_and_what_counts_meanwhile(officer: Actor) -> None:
    one, other = families.household(children=()), families.household(children=())
    child = families.member(one, "2016-04-04", "child", given_name_fr="Aya", family_name_fr="Bennani")
    also_in(other, child, role="other")
    with acting_as(officer):
        told = contradiction_in_words(found().pk).text
    known = localdate(now()).isoformat()
    assert told.en == (
        f"Aya Bennani ({child.idcs}): child in household {one.number} since 2023-01-01 (source: RSU, test, known on"
        f" {known}); other member in household {other.number} since 2025-06-01 (source: RSU, file 12, known on"
        f" {known}). A person can count in one household only. Both hold since 2025-06-01. Until a person"
        f" settles it, Aya Bennani ({child.idcs}) counts where it was known first: household {one.number}. This is a"
        " default, not law."
    )
    assert f"le ménage {one.number}" in told.fr
    assert "pas la loi" in told.fr
    assert f"الأسرة {other.number}" in told.ar
    assert "وليس قانونا" in told.ar


@pytest.mark.parametrize(
    ("status", "roles", "kind"),
    [
        ("divorced", ("child", "child"), ContradictionKind.CUSTODY),
        ("widowed", ("child", "child"), ContradictionKind.TWO_HOUSEHOLDS),
        ("divorced", ("child", "other"), ContradictionKind.TWO_HOUSEHOLDS),
        ("widowed", ("child", "kafala_child"), ContradictionKind.KAFALA),
        ("divorced", ("kafala_child", "child"), ContradictionKind.KAFALA),
    ],
)
def test_a_divorce_and_a_kafala_are_told_apart(status: str, roles: tuple[str, str], kind: ContradictionKind) -> None:
    one, other = families.household(children=()), families.household(children=())
    families.member(other, "1980-01-01", "spouse", marital_status=status)
    child = families.member(one, "2016-04-04", roles[0])
    also_in(other, child, roles[1])
    assert found().kind == kind
    with acting_as(SYSTEM):
        (told,) = contradictions()
    assert ("hadana" in told.text.fr, "kafala" in told.text.fr.split(".", 1)[1]) == (
        kind == ContradictionKind.CUSTODY,
        kind == ContradictionKind.KAFALA,
    )


def test_memberships_that_follow_each_other_contradict_nothing() -> None:
    one, other = families.household(children=()), families.household(children=())
    child = families.member(one, "2016-04-04", "child")
    families.write(Membership, dt.date(2025, 6, 1), person_id=child.pk, household_id=other.pk, role="child")
    with acting_as(SYSTEM):
        facts.end(
            Membership, key={"person_id": child.pk, "household_id": one.pk}, on=dt.date(2025, 6, 1), known_at=now()
        )
    assert find_contradictions(by=SYSTEM).new == 0


def test_who_has_custody_is_settled_by_a_person_and_days_before_stay_as_they_were(officer: Actor) -> None:
    father, mother = families.household(children=()), families.household(children=())
    child = families.member(father, "2016-04-04", "child")
    also_in(mother, child)
    before = now()
    settled = settle(contradiction_id=found().pk, stays=mother.pk, since=SINCE, by=officer, **WHY)
    assert settled.stays_id == mother.pk
    assert counted(MARCH, father, mother) == [1, 2]
    assert counted(Month(2026, 1), father, mother) == [2, 1]
    with acting_as(SYSTEM):
        then = households_as_known([father.pk, mother.pk], MARCH, before, "asd")
        told = Event.objects.filter(kind="matching.settled").values_list("household_id", flat=True)
        assert set(told) == {father.pk, mother.pk}
    assert [len(then[one.pk].facts["members"]) for one in (father, mother)] == [2, 1]
    assert find_contradictions(by=SYSTEM).new == 0


def test_a_settlement_for_a_coming_day_is_not_asked_for_again_before_a_new_fact(officer: Actor) -> None:
    father, mother = families.household(children=()), families.household(children=())
    child = families.member(father, "2016-04-04", "child")
    also_in(mother, child)
    coming = localdate(now()) + dt.timedelta(days=60)
    settle(contradiction_id=found().pk, stays=mother.pk, since=coming, by=officer, **WHY)
    assert find_contradictions(by=SYSTEM).new == 0
    families.write(Membership, SINCE, person_id=child.pk, household_id=father.pk, role="child")
    assert find_contradictions(by=SYSTEM).new == 1


def test_a_child_in_a_household_and_an_establishment_counts_once_meanwhile(officer: Actor) -> None:
    home = families.household(children=("2016-04-04",))
    with acting_as(SYSTEM):
        child = Membership.objects.get(household=home, role="child").person
    establishment = placed(child)
    open_one = found()
    assert (open_one.kind, open_one.establishment_id, open_one.second_household_id) == (
        "institution",
        establishment.pk,
        None,
    )
    assert (counted(MARCH, home), wards(MARCH)) == ([2], 0)
    with acting_as(officer):
        assert f"establishment {establishment.code}" in contradiction_in_words(open_one.pk).text.en
    settle(contradiction_id=open_one.pk, stays=None, since=SINCE, by=officer, **WHY)
    assert (counted(MARCH, home), wards(MARCH)) == ([1], 1)


def test_a_placement_known_before_the_household_counts_meanwhile_and_may_end(officer: Actor) -> None:
    home = families.household(children=())
    child = families.person("2016-04-04")
    establishment = placed(child)
    also_in(home, child)
    open_one = found()
    assert (counted(MARCH, home), wards(MARCH)) == ([1], 1)
    with acting_as(officer):
        told = contradiction_in_words(open_one.pk).text.en
    assert f"known first: establishment {establishment.code}." in told
    settle(contradiction_id=open_one.pk, stays=home.pk, since=SINCE, by=officer, **WHY)
    assert (counted(MARCH, home), wards(MARCH)) == ([2], 0)


def test_what_later_facts_end_leaves_the_queue(officer: Actor) -> None:
    one, other = families.household(children=()), families.household(children=())
    child = families.member(one, "2016-04-04", "child")
    also_in(other, child)
    number = found().pk
    with acting_as(SYSTEM):
        facts.end(
            Membership, key={"person_id": child.pk, "household_id": other.pk}, on=dt.date(2025, 9, 1), known_at=now()
        )
    assert find_contradictions(by=SYSTEM).gone == 1
    with acting_as(officer):
        assert contradictions() == []
    with pytest.raises(ConflictError, match="closed already"):
        settle(contradiction_id=number, stays=one.pk, since=SINCE, by=officer, **WHY)


def test_nobody_settles_what_he_sees_half_of_or_not_at_all(officer: Actor) -> None:
    one, far = families.household(children=()), families.household(children=(), commune=families.TANGER)
    child = families.member(one, "2016-04-04", "child")
    also_in(far, child)
    number = found().pk
    asked: dict[str, Any] = {"contradiction_id": number, "stays": one.pk, "since": SINCE, **WHY}
    with acting_as(officer):
        assert "another place, outside your territory" in contradiction_in_words(number).text.en
    with pytest.raises(NotAllowedError, match="pass it on"):
        settle(by=officer, **asked)
    with pytest.raises(NotAllowedError, match="outside your territory"):
        settle(by=families.staff(Role.COUNTER_AGENT, "06181"), **asked)
    with pytest.raises(BadInputError, match="outside your territory"):
        settle(by=families.staff(Role.CLAIMS_OFFICER, "09"), **asked)
    settle(by=families.staff(Role.TERRITORIAL_MANAGER), **asked)


def test_a_settlement_names_a_place_of_the_two_a_reason_and_a_proof(officer: Actor) -> None:
    one, other = families.household(children=()), families.household(children=())
    child = families.member(one, "2016-04-04", "child")
    also_in(other, child)
    asked: dict[str, Any] = {"contradiction_id": found().pk, "since": SINCE, "by": officer}
    with pytest.raises(BadInputError, match="not one of the two places"):
        settle(stays=None, **asked, **WHY)
    with pytest.raises(BadInputError, match="reason and proof"):
        settle(stays=one.pk, **asked, reason="because", proof=" ")
    settle(stays=one.pk, **asked, **WHY)
    with pytest.raises(Error, match=r"never|permission"), acting_as(SYSTEM), transaction.atomic():
        Settlement.objects.update(reason="other")


def test_the_queue_is_read_by_territory_and_page_with_one_query(officer: Actor) -> None:
    for since in (dt.date(2025, 6, 1), dt.date(2024, 6, 1), dt.date(2025, 1, 1)):
        one, other = families.household(children=()), families.household(children=())
        also_in(other, families.member(one, "2016-04-04", "child"), since=since)
    assert find_contradictions(by=SYSTEM).new == 3
    with acting_as(officer), CaptureQueriesContext(connection) as asked:
        queue = contradictions(territory="06181")
    assert len(asked) == 1
    assert [one.since.isoformat() for one in queue] == ["2024-06-01", "2025-01-01", "2025-06-01"]
    with acting_as(officer):
        assert contradictions(after=(queue[0].since, queue[0].contradiction_id)) == queue[1:]
        assert contradictions(limit=1) == queue[:1]
        assert contradictions(territory="01") == []


def test_only_the_service_and_administrators_look_at_the_whole_register(officer: Actor) -> None:
    with pytest.raises(NotAllowedError, match="two places"):
        find_contradictions(by=officer)
