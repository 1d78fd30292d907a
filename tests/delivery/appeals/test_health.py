"""What tells of health in an ordinary appeal is read with the right to health facts only; the others pass it on."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from karama.delivery.appeals import actions
from karama.delivery.appeals.models import Appeal, Evidence, Statement
from karama.delivery.appeals.states import AppealState
from karama.delivery.appeals.walling import Withheld, withheld_from
from karama.delivery.timeline import timeline
from karama.foundation.errors import BadInputError, NotAllowedError
from karama.record.models import Event
from karama.record.rights import grant
from karama.record.scope import SYSTEM, Actor, acting_as
from karama.record.states import Role
from tests.delivery import families
from tests.delivery.appeals import cases

GROUNDS = "Ma fille est diabetique."
NAME = "diabete-ordonnance.png"
TOLD = ("diabet", "ordonnance", "insuline")
SENT = {"kind": "ordonnance", "name": NAME, "content": cases.PNG}


def appealed(*, health: bool | None = True, by: Actor | None = None) -> tuple[Appeal, Actor]:
    """An ordinary refusal, an appeal against it and a document, as whoever hands them in answers; and the mother."""
    household, decision = cases.refused()
    mother = families.citizen(household)
    answered = {} if health is None else {"health": health}
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds=GROUNDS, by=by or mother, **answered)
    actions.add_evidence(appeal_id=appeal.pk, by=by or mother, **SENT, **answered)
    return appeal, mother


def seen_by(actor: Actor) -> tuple[int, int, int]:
    """Appeals, statements and documents that an actor is shown by the database."""
    with acting_as(actor):
        return Appeal.objects.count(), Statement.objects.count(), Evidence.objects.count()


def tables_that_tell() -> set[str]:
    """The tables in which whoever acts sees a row that holds one of the words, as PostgreSQL shows them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
            " AND has_table_privilege(oid, 'SELECT')"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = set()
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE to_jsonb(t)::text ~* %s', ["|".join(TOLD)])
            found |= {table} if cursor.fetchone()[0] else set()
        return found


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("health", [True, None], ids=["yes", "no answer"])
@pytest.mark.parametrize(
    ("role", "place"),
    [
        (Role.APPEALS_OFFICER, ""),
        (Role.APPEALS_OFFICER, "06181"),
        (Role.AUDITOR, ""),
        (Role.CLAIMS_OFFICER, "06"),
        (Role.COUNTER_AGENT, "06181"),
        (Role.TERRITORIAL_MANAGER, "06181"),
    ],
)
def test_words_and_evidence_of_health_are_seen_with_the_right_alone(
    role: Role, place: str, *, health: bool | None
) -> None:
    appeal, mother = appealed(health=health)
    blind, seeing = (families.staff(role, place, health=one) for one in (False, True))
    assert [seen_by(one) for one in (blind, seeing, mother)] == [(1, 0, 0), (1, 1, 1), (1, 1, 1)]
    for actor, told in ((blind, set()), (seeing, {"appeals_statement", "appeals_evidence"})):
        with acting_as(actor):
            assert tables_that_tell() == told
            assert withheld_from(actor, appeal) == (Withheld(0, 0) if told else Withheld(1, 1))


@pytest.mark.usefixtures("db")
def test_what_tells_nothing_of_health_is_seen_by_whoever_sees_the_appeal() -> None:
    appeal, _ = appealed(health=False)
    blind = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    assert seen_by(blind) == (1, 1, 1)
    with acting_as(blind):
        assert not withheld_from(blind, appeal)


@pytest.mark.usefixtures("db")
def test_an_agent_without_the_right_hands_in_what_he_cannot_read_again() -> None:
    agent = families.staff(Role.COUNTER_AGENT, cases.PROVINCE)
    _, mother = appealed(by=agent)
    assert (seen_by(agent), seen_by(mother)) == ((1, 0, 0), (1, 1, 1))


@pytest.mark.usefixtures("db")
def test_the_same_document_handed_in_again_may_be_walled_and_never_opened() -> None:
    appeal, mother = appealed(health=False)
    blind = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    for health, seen in ((True, (1, 1, 0)), (False, (1, 1, 0))):
        actions.add_evidence(appeal_id=appeal.pk, by=mother, health=health, **SENT)
        assert seen_by(blind) == seen
    with acting_as(SYSTEM):
        assert Evidence.objects.count() == 1
        assert Event.objects.filter(kind="appeal.walled").count() == 1


@pytest.mark.usefixtures("db")
def test_an_officer_walls_what_tells_of_health_after_all_even_once_it_is_over() -> None:
    appeal, mother = appealed(health=False)
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    actions.admit(appeal_id=appeal.pk, by=officer)
    actions.assign_judge(appeal_id=appeal.pk, judge_id=officer.account_id, by=officer)
    actions.begin_review(appeal_id=appeal.pk, by=officer)
    actions.ask_evidence(appeal_id=appeal.pk, text="L'ordonnance d'insuline ?", by=officer)
    actions.resume_review(appeal_id=appeal.pk, by=mother)
    actions.judge(appeal_id=appeal.pk, outcome=AppealState.REJECTED, reasons="Le diabete ne compte pas.", by=officer)
    assert seen_by(officer) == (1, 3, 1)
    clerk = families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE)
    with acting_as(SYSTEM):
        digest = Evidence.objects.get().sha256
    actions.wall_off(appeal_id=appeal.pk, sha256=digest, by=officer)
    assert seen_by(officer) == (1, 3, 0)
    actions.wall_off(appeal_id=appeal.pk, by=clerk)
    actions.wall_off(appeal_id=appeal.pk, by=clerk)
    for blind in (officer, clerk):
        with acting_as(blind):
            assert tables_that_tell() == set(), "the journal quoted it"
            assert all(not one.text for one in timeline(appeal.household_id))
    with acting_as(mother):
        assert [one.text for one in timeline(appeal.household_id) if one.text] == [
            "L'ordonnance d'insuline ?",
            "Le diabete ne compte pas.",
        ]
    with acting_as(SYSTEM):
        told = Event.objects.filter(kind="appeal.walled").order_by("id").values_list("actor", "data")
        assert [(actor, data.get("words"), data.get("evidence")) for actor, data in told] == [
            (officer.name, None, 1),
            (clerk.name, 3, None),
        ]


@pytest.mark.usefixtures("db")
def test_only_who_has_to_do_with_an_appeal_walls_it_and_a_document_that_it_holds() -> None:
    appeal, _ = appealed(health=False)
    for stranger in (
        families.citizen(families.household()),
        families.staff(Role.APPEALS_OFFICER, "01"),
        families.staff(Role.AUDITOR),
    ):
        with pytest.raises(NotAllowedError):
            actions.wall_off(appeal_id=appeal.pk, by=stranger)
    with pytest.raises(BadInputError, match="holds no document"):
        actions.wall_off(appeal_id=appeal.pk, sha256="0" * 64, by=SYSTEM)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("table", ["appeals_statement", "appeals_evidence"])
@pytest.mark.parametrize("value", ["NULL", "now()"])
def test_the_database_takes_no_wall_down(table: str, value: str) -> None:
    appealed()
    with (
        pytest.raises(DatabaseError, match="is set once"),
        acting_as(SYSTEM),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE {table} SET walled_at = {value}")


@pytest.mark.usefixtures("db")
def test_who_may_not_read_all_of_an_appeal_judges_nothing_and_passes_it_to_one_who_may() -> None:
    appeal, mother = appealed()
    blind, other = (families.staff(Role.APPEALS_OFFICER, cases.PROVINCE) for _ in range(2))
    seeing = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE, health=True)
    key = appeal.pk
    with pytest.raises(NotAllowedError, match="pass it to"):
        actions.refuse_to_hear(appeal_id=key, reasons="Non.", by=blind)
    actions.admit(appeal_id=key, by=blind)
    for unfit in (blind, other):
        with pytest.raises(BadInputError, match="tells of health"):
            actions.assign_judge(appeal_id=key, judge_id=unfit.account_id, by=blind)
    actions.assign_judge(appeal_id=key, judge_id=seeing.account_id, by=blind)
    for officer in (blind, other):
        with pytest.raises(NotAllowedError):
            actions.assign_judge(appeal_id=key, judge_id=other.account_id, by=officer)
    actions.begin_review(appeal_id=key, by=seeing)
    actions.judge(appeal_id=key, outcome=AppealState.UPHELD, reasons="Vu l'ordonnance.", by=seeing)
    assert (seen_by(blind), seen_by(mother)) == ((1, 0, 0), (1, 2, 1))
    clerk = families.staff(Role.CLAIMS_OFFICER, cases.PROVINCE)
    with pytest.raises(NotAllowedError, match="may not read"):
        actions.execute(appeal_id=key, corrections=[cases.SCORE], by=clerk)
    assert actions.execute(appeal_id=key, corrections=[cases.SCORE], by=seeing).state == AppealState.EXECUTED


@pytest.mark.usefixtures("db")
def test_a_judge_stops_where_a_certificate_comes_that_he_may_not_read() -> None:
    appeal, mother = appealed(health=False)
    blind, seeing = (families.staff(Role.APPEALS_OFFICER, cases.PROVINCE, health=one) for one in (False, True))
    actions.admit(appeal_id=appeal.pk, by=blind)
    actions.assign_judge(appeal_id=appeal.pk, judge_id=blind.account_id, by=blind)
    with pytest.raises(NotAllowedError):
        actions.assign_judge(appeal_id=appeal.pk, judge_id=seeing.account_id, by=blind)
    actions.begin_review(appeal_id=appeal.pk, by=blind)
    certificate = {"kind": "certificat", "name": "c.png", "content": cases.PNG + b"\0"}
    actions.add_evidence(appeal_id=appeal.pk, by=mother, **certificate)
    asked = {"appeal_id": appeal.pk, "by": blind}
    with pytest.raises(NotAllowedError, match="pass it to"):
        actions.judge(outcome=AppealState.REJECTED, reasons="Non.", **asked)
    with pytest.raises(NotAllowedError, match="pass it to"):
        actions.ask_evidence(text="?", **asked)
    assert actions.assign_judge(judge_id=seeing.account_id, **asked).judge_id == seeing.account_id
    actions.judge(appeal_id=appeal.pk, outcome=AppealState.REJECTED, reasons="Non.", by=seeing)
    assert seen_by(blind) == (1, 1, 1), "the grounds told nothing of health, the reasons may quote the certificate"


@pytest.mark.usefixtures("db")
def test_who_took_part_does_not_choose_the_judge_by_passing_the_appeal_on() -> None:
    household, officer = families.household(score="9.8"), families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    decision = cases.decided_at(household, families.now(), officer=officer)
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds=GROUNDS, by=families.citizen(household))
    seeing = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE, health=True)
    actions.admit(appeal_id=appeal.pk, by=seeing)
    with pytest.raises(NotAllowedError, match="took part"):
        actions.assign_judge(appeal_id=appeal.pk, judge_id=seeing.account_id, by=officer)


@pytest.mark.long
@pytest.mark.usefixtures("own_database")
def test_what_was_said_moves_out_of_the_appeals_and_back() -> None:
    household, decision = cases.refused()
    officer = families.staff(Role.APPEALS_OFFICER, cases.PROVINCE)
    appeal = cases.judged(decision, families.citizen(household), officer, AppealState.REJECTED)
    with acting_as(SYSTEM):
        before = set(Statement.objects.values_list("appeal_id", "kind", "text", "said_by_id"))
    assert {kind for _, kind, *_ in before} == {"grounds", "reasons"}
    call_command("migrate", "appeals", "0004", database="owner", verbosity=0)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT id, grounds, evidence_asked, answer FROM appeals_appeal")
        assert cursor.fetchall() == [(appeal.pk, "Le score est faux.", "", "Vu les pièces.")]
    call_command("migrate", database="owner", verbosity=0)
    grant(connections["owner"], connection.settings_dict["USER"])
    with acting_as(SYSTEM):
        assert set(Statement.objects.values_list("appeal_id", "kind", "text", "said_by_id")) == before
