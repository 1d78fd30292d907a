"""Duplicates from the register to a judgement, as the application's role."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from karama.foundation.errors import BadInputError, ConflictError, NotAllowedError
from karama.foundation.months import Month
from karama.record.clock import now
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.matching.actions import find_duplicates, judge_different, judge_same, undo_merge
from karama.registry.matching.models import CandidatePair, Judgement
from karama.registry.matching.queries import review_queue, side_by_side, whole_person
from karama.registry.matching.states import PairState, Verdict
from karama.registry.models import Civil, Membership, PaymentAccount, Person, Schooling
from karama.registry.month_view import MonthView
from karama.registry.queries import households_as_known
from tests.delivery import families

if TYPE_CHECKING:
    from karama.record.scope import Actor
    from karama.registry.models import Household

pytestmark = pytest.mark.usefixtures("db")

AYA = {
    "family_name_fr": "El Khattabi",
    "given_name_fr": "Numidia",
    "family_name_ar": "الخطابي",
    "given_name_ar": "نوميديا",
    "birth_commune": families.SETTAT,
}
MARCH, SINCE = Month(2026, 3), dt.date(2026, 2, 1)
WHY = {"reason": "same act of birth", "proof": "act 12/2015 of Settat"}


class Two:
    """One girl entered in two households: her mother's, where she goes to school, and her grandmother's."""

    def __init__(self, other_commune: str = families.SETTAT) -> None:
        self.first = families.household(children=())
        self.second = families.household(children=(), commune=other_commune)
        self.one = families.member(self.first, "2015-05-09", "child", school="primary", **AYA)
        self.other = families.member(
            self.second, "2015-09-05", "other", **{**AYA, "family_name_fr": "Khatabi", "family_name_ar": ""}
        )
        for number in range(40):
            self._stranger(number)

    def _stranger(self, number: int) -> None:
        families.person(
            str(dt.date(1960, 1, 5) + dt.timedelta(days=317 * number)),
            family_name_fr=f"Ait {'abcdefghijklmnopqrst'[number % 20] * 2}ou",
            given_name_fr=f"{'BDFGHJKLMN'[number % 10]}a{'rstz'[number % 4]}ida",
        )

    @property
    def pair(self) -> CandidatePair:
        with acting_as(SYSTEM):
            return CandidatePair.objects.get(left=self.one, right=self.other)


@pytest.fixture
def two() -> Two:
    made = Two()
    find_duplicates(by=SYSTEM)
    return made


@pytest.fixture
def officer() -> Actor:
    return families.staff(Role.CLAIMS_OFFICER, "06181")


def members(*households: Household, month: Month = MARCH) -> list[list[str]]:
    """Who counts in each household for the month, as known now: roles."""
    with acting_as(SYSTEM):
        known = households_as_known([one.pk for one in households], month, now(), "asd")
    return [sorted(member["role"] for member in known[one.pk].facts["members"]) for one in households]


def hashes(known_at: dt.datetime, *households: Household) -> list[str]:
    with acting_as(SYSTEM):
        known = households_as_known([one.pk for one in households], MARCH, known_at, "asd")
    return [known[one.pk].hash for one in households]


def test_a_search_puts_a_pair_in_the_queue_once(two: Two) -> None:
    assert two.pair.state == PairState.PROPOSED
    again = find_duplicates(by=SYSTEM)
    assert (again.persons, again.new, again.changed) == (44, 0, 0)
    with acting_as(SYSTEM):
        assert CandidatePair.objects.count() == 1
        assert Event.objects.filter(kind="matching.searched").count() == 2


def test_only_the_service_and_administrators_search_the_whole_register(officer: Actor) -> None:
    with pytest.raises(NotAllowedError, match="searching the register"):
        find_duplicates(by=officer)
    assert find_duplicates(by=families.staff(Role.ADMINISTRATOR)).found == 0


def test_the_recipient_of_a_households_money_is_the_person_kept_until_the_merge_is_taken_back(
    two: Two, officer: Actor
) -> None:
    account = {"channel": "payment_establishment", "account": "", "recipient_id": two.other.pk}
    families.write(PaymentAccount, household_id=two.second.pk, **account)

    def recipient(known_at: dt.datetime) -> str | None:
        view = MonthView(MARCH, known_at, "asd", [two.second.pk])
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"SELECT payment_recipient FROM ({view.households}) q", view.params)
            ((found,),) = cursor.fetchall()
            return found

    before = now()
    judge_same(pair_id=two.pair.pk, keep=two.one.pk, home=two.second.pk, since=SINCE, by=officer, **WHY)
    assert (recipient(before), recipient(now())) == (two.other.idcs, two.one.idcs)
    undo_merge(pair_id=two.pair.pk, reason="two acts of birth were found", by=officer)
    assert recipient(now()) == two.other.idcs


def test_a_pair_whose_facts_were_corrected_is_told_as_it_now_looks(two: Two) -> None:
    before = two.pair.weight
    families.write(Civil, dt.date(2023, 1, 1), person_id=two.other.pk, birth_date=dt.date(2015, 5, 9))
    assert (find_duplicates(by=SYSTEM).changed, two.pair.weight > before) == (1, True)


def test_the_queue_is_ordered_by_probability_and_read_by_territory_and_page(two: Two, officer: Actor) -> None:
    likelier = families.member(two.second, "2015-05-09", "other", **AYA)
    find_duplicates(by=SYSTEM)
    with acting_as(officer):
        queue = review_queue()
        assert [one.weight for one in queue] == sorted((one.weight for one in queue), reverse=True)
        assert (queue[0].left, queue[0].right) == ("Numidia El Khattabi", "Numidia El Khattabi")
        assert {queue[0].pair_id} == set(
            CandidatePair.objects.filter(left=two.one, right=likelier).values_list("pk", flat=True)
        )
        last = queue[0]
        assert review_queue(after=(last.weight, last.pair_id)) == queue[1:]
        assert review_queue(limit=1) == queue[:1]
        assert review_queue(territory="06181") == queue
        assert review_queue(territory="01") == []


def test_two_persons_stand_side_by_side_with_what_each_comparison_weighs(two: Two, officer: Actor) -> None:
    with acting_as(officer):
        shown = side_by_side(two.pair.pk)
    lines = {line.code: line for line in shown.lines}
    assert (lines["birth_date"].left, lines["birth_date"].right) == ("2015-05-09", "2015-09-05")
    assert lines["birth_date"].outcome.en == "day and month swapped"
    assert lines["family_name"].left == "El Khattabi · الخطابي"
    assert lines["given_name"].weight > 3
    assert (shown.left.homes[0].number, shown.left.homes[0].role) == (two.first.number, "child")
    assert (shown.right.homes[0].number, shown.right.homes[0].source) == (two.second.number, "RSU")
    assert shown.judgements == ()


def test_an_officer_sees_no_pair_of_another_territory(two: Two) -> None:
    stranger, number = families.staff(Role.CLAIMS_OFFICER, "01051"), two.pair.pk
    with acting_as(stranger):
        assert review_queue() == []
        with pytest.raises(BadInputError, match="outside your territory"):
            side_by_side(number)
    with pytest.raises(BadInputError, match="outside your territory"):
        judge_different(pair_id=number, reason="no", by=stranger)


def test_of_a_pair_across_territories_each_officer_sees_his_own_side_and_neither_judges(officer: Actor) -> None:
    two = Two(other_commune=families.TANGER)
    find_duplicates(by=SYSTEM)
    number = two.pair.pk
    with acting_as(officer):
        shown = side_by_side(number)
    assert (shown.left.seen, shown.right.seen, shown.right.idcs, shown.right.facts) == (True, False, "", {})
    with pytest.raises(NotAllowedError, match="pass it on"):
        judge_different(pair_id=number, reason="no", by=officer)
    both = families.staff(Role.CLAIMS_OFFICER)
    assert judge_different(pair_id=number, reason="two acts of birth", by=both).verdict == Verdict.DIFFERENT


def test_a_counter_agent_judges_nothing(two: Two) -> None:
    with pytest.raises(NotAllowedError, match="reviewing a pair"):
        judge_different(pair_id=two.pair.pk, reason="no", by=families.staff(Role.COUNTER_AGENT, "06181"))


def test_what_was_judged_different_is_never_proposed_again(two: Two, officer: Actor) -> None:
    judge_different(pair_id=two.pair.pk, reason="two acts of birth", by=officer)
    families.write(Civil, dt.date(2023, 1, 1), person_id=two.other.pk, birth_date=dt.date(2015, 5, 9))
    assert find_duplicates(by=SYSTEM).new == 0
    with acting_as(officer):
        assert review_queue() == []
    with pytest.raises(ConflictError, match="judged already"):
        judge_different(pair_id=two.pair.pk, reason="again", by=officer)


def test_a_judgement_says_why(two: Two, officer: Actor) -> None:
    with pytest.raises(BadInputError, match="reason: empty"):
        judge_different(pair_id=two.pair.pk, reason=" ", by=officer)
    with pytest.raises(BadInputError, match="proof: empty"):
        judge_same(pair_id=two.pair.pk, keep=two.one.pk, since=SINCE, reason="yes", proof="", by=officer)


def test_persons_judged_the_same_count_once_where_it_was_known_first(two: Two, officer: Actor) -> None:
    assert members(two.first, two.second) == [["child", "head"], ["head", "other"]]
    judged = judge_same(pair_id=two.pair.pk, keep=two.one.pk, since=SINCE, by=officer, **WHY)
    assert (judged.kept, judged.home, judged.since) == (two.one, two.first, SINCE)
    assert members(two.first, two.second) == [["child", "head"], ["head"]]
    assert members(two.first, two.second, month=Month(2026, 1)) == [["child", "head"], ["head", "other"]]
    with acting_as(SYSTEM):
        assert Person.objects.get(pk=two.other.pk).merged_into == two.one
        assert whole_person(two.other.pk) == (two.one.pk, (two.one.pk, two.other.pk))
        told = Event.objects.filter(kind="matching.judged_same").values_list("household_id", flat=True)
        assert set(told) == {two.first.pk, two.second.pk}
    assert find_duplicates(by=SYSTEM).persons == 43


def test_months_decided_before_a_merge_are_read_as_they_were(two: Two, officer: Actor) -> None:
    before = now()
    told = hashes(before, two.first, two.second)
    judge_same(pair_id=two.pair.pk, keep=two.one.pk, since=SINCE, by=officer, **WHY)
    assert hashes(before, two.first, two.second) == told
    assert hashes(now(), two.first, two.second) != told


def test_the_person_kept_may_count_in_the_other_household_and_brings_what_only_the_other_had(
    two: Two, officer: Actor
) -> None:
    judged = judge_same(pair_id=two.pair.pk, keep=two.other.pk, since=SINCE, home=two.second.pk, by=officer, **WHY)
    assert judged.home == two.second
    assert members(two.first, two.second) == [["head"], ["head", "other"]]
    with acting_as(SYSTEM):
        carried: Any = Schooling.objects.get(person=two.other, known__upper_inf=True)
        assert (carried.school_level, carried.source) == ("primary", "Massar")


def test_a_home_of_neither_is_refused_and_so_is_a_stranger(two: Two, officer: Actor) -> None:
    elsewhere = families.household(children=())
    asked: dict[str, Any] = {"pair_id": two.pair.pk, "since": SINCE, "by": officer, **WHY}
    with pytest.raises(BadInputError, match="neither of the two is a member"):
        judge_same(keep=two.one.pk, home=elsewhere.pk, **asked)
    with pytest.raises(BadInputError, match="is not of this pair"):
        judge_same(keep=elsewhere.pk + 10_000, **asked)


def test_children_of_a_mother_entered_twice_are_brothers_and_sisters_after_the_merge(officer: Actor) -> None:
    one, other = families.household(children=()), families.household(children=())
    fatima = AYA | {"given_name_fr": "Dihya", "given_name_ar": "ديهيا"}
    first, second = (families.member(home, "1991-04-17", "spouse", **fatima) for home in (one, other))
    child = families.member(other, "2018-01-01", "child", mother_idcs=second.idcs)
    families.member(one, "2012-03-01", "child", mother_idcs=first.idcs)
    find_duplicates(by=SYSTEM)
    with acting_as(SYSTEM):
        pair = CandidatePair.objects.get(left=first, right=second)
    judge_same(pair_id=pair.pk, keep=first.pk, since=SINCE, by=officer, **WHY)
    with acting_as(SYSTEM):
        assert Civil.objects.get(person=child, known__upper_inf=True).mother_idcs == first.idcs
    undo_merge(pair_id=pair.pk, reason="sisters-in-law after all", by=officer)
    with acting_as(SYSTEM):
        assert Civil.objects.get(person=child, known__upper_inf=True).mother_idcs == second.idcs


def test_a_merge_taken_back_leaves_the_facts_as_they_were(two: Two, officer: Actor) -> None:
    told = hashes(now(), two.first, two.second)
    judge_same(pair_id=two.pair.pk, keep=two.other.pk, since=SINCE, home=two.first.pk, by=officer, **WHY)
    merged = now()
    judged = undo_merge(pair_id=two.pair.pk, reason="two acts of birth were found", by=officer)
    assert judged.verdict == Verdict.UNMERGED
    assert hashes(now(), two.first, two.second) == told
    assert hashes(merged, two.first, two.second) != told
    with acting_as(SYSTEM):
        assert Person.objects.get(pk=two.one.pk).merged_into is None
        assert not Schooling.objects.filter(person=two.other, known__upper_inf=True).exists()
        kinds = list(Judgement.objects.order_by("judged_at").values_list("verdict", flat=True))
    assert kinds == ["same", "unmerged"]
    assert two.pair.state == PairState.DIFFERENT
    with pytest.raises(ConflictError, match="judged already"):
        undo_merge(pair_id=two.pair.pk, reason="again", by=officer)


def test_what_was_learnt_after_a_merge_survives_taking_it_back(two: Two, officer: Actor) -> None:
    judge_same(pair_id=two.pair.pk, keep=two.one.pk, since=SINCE, by=officer, **WHY)
    families.write(Membership, dt.date(2026, 3, 1), person_id=two.other.pk, household_id=two.second.pk, role="child")
    judged = undo_merge(pair_id=two.pair.pk, reason="two acts of birth were found", by=officer)
    assert len(judged.trace["registry_membership"]["left_alone"]) == 1
    assert members(two.first, two.second) == [["child", "head"], ["child", "head"]]


def test_a_person_merged_already_is_not_merged_again(two: Two, officer: Actor) -> None:
    third = families.member(two.second, "2015-05-09", "other", **AYA)
    find_duplicates(by=SYSTEM)
    with acting_as(SYSTEM):
        pairs = {one.left_id * 100_000 + one.right_id: one.pk for one in CandidatePair.objects.all()}
    first = pairs[two.one.pk * 100_000 + third.pk]
    judge_same(pair_id=first, keep=two.one.pk, since=SINCE, by=officer, **WHY)
    with pytest.raises(ConflictError, match="merged in another pair"):
        judge_same(pair_id=pairs[two.other.pk * 100_000 + third.pk], keep=two.other.pk, since=SINCE, by=officer, **WHY)
    with pytest.raises(ConflictError, match="were merged"):
        judge_different(pair_id=first, reason="no", by=officer)


def test_a_judgement_is_never_changed_and_a_person_is_only_ever_merged_or_separated(two: Two, officer: Actor) -> None:
    judge_same(pair_id=two.pair.pk, keep=two.one.pk, since=SINCE, by=officer, **WHY)
    refused = (
        "UPDATE matching_judgement SET reason = 'other'",
        "DELETE FROM matching_judgement",
        f"UPDATE registry_person SET merged_into_id = {two.one.pk} + 0 * id, idcs = 'X' WHERE id = {two.other.pk}",
        "UPDATE registry_person SET idcs = 'X', merged_into_id = NULL",
        "DELETE FROM registry_person",
        "UPDATE matching_candidatepair SET state = 'proposed'",
    )
    for statement in refused:
        with (
            pytest.raises(Error, match=r"never|permission|cannot become"),
            acting_as(SYSTEM),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_side_by_side_page_asks_four_questions_of_the_database(two: Two, officer: Actor) -> None:
    number = two.pair.pk
    with acting_as(officer), CaptureQueriesContext(connection) as asked:
        side_by_side(number)
    assert len(asked) == 4
    with acting_as(officer), CaptureQueriesContext(connection) as asked:
        review_queue(territory="06")
    assert len(asked) == 1
