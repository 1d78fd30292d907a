"""Whatever is done in whatever order, an appeal and a complaint go only where the table of transitions leads."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from karama.delivery.appeals import actions
from karama.delivery.appeals.models import Appeal, Complaint, Statement
from karama.delivery.appeals.states import (
    APPEAL_TRANSITIONS,
    COMPLAINT_TRANSITIONS,
    AppealState,
    ComplaintState,
)
from karama.foundation.errors import ConflictError, NotAllowedError
from karama.record.clock import now
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families
from tests.delivery.appeals import cases
from tests.service_database import rolled_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from karama.record.scope import Actor
    from karama.registry.models import Household

S, C = AppealState, ComplaintState
JUDGMENTS = (S.UPHELD, S.PARTLY_UPHELD, S.REJECTED)
FEW = settings(max_examples=4, stateful_step_count=12)


class LifeOf(RuleBasedStateMachine):
    """One row, its state as it must be, and one event in the journal for each thing that was done."""

    table: ClassVar[str]
    allowed: ClassVar[dict[str, frozenset[str]]]
    household: ClassVar[Household]
    mother: ClassVar[Actor]
    officer: ClassVar[Actor]
    second: ClassVar[Actor]
    manager: ClassVar[Actor]
    row: Any
    state: str
    done: int

    def __init__(self) -> None:
        super().__init__()
        self.undone = rolled_back()
        self.undone.__enter__()

    def goes_to(self, start: str) -> None:
        """Go the way to a state."""
        raise AssertionError(start)

    def teardown(self) -> None:
        self.undone.__exit__(None, None, None)

    def tries(self, to: str, act: Callable[[], Any], *, also: bool = True) -> bool:
        """Do what leads to a state: it works where the table allows it and ``also`` holds, and nowhere else."""
        if also and to in self.allowed[self.state]:
            assert act().state == to
            self.state, self.done = to, self.done + 1
            return True
        with pytest.raises((ConflictError, NotAllowedError)):
            act()
        return False

    @rule(data=st.data())
    def is_written_by_hand_against_the_table(self, data: st.DataObject) -> None:
        forbidden = sorted(set(self.allowed) - self.allowed[self.state] - {self.state})
        actor = data.draw(st.sampled_from([SYSTEM, self.officer]))
        with pytest.raises(IntegrityError, match=r"cannot become|is over"):
            write(actor, self.table, self.row.pk, data.draw(st.sampled_from(forbidden)))

    @invariant()
    def the_row_is_where_it_must_be(self) -> None:
        stored = cases.as_stored(self.row)
        with acting_as(SYSTEM):
            told = Event.objects.filter(subject_id=self.row.reference).exclude(kind__endswith=".evidence_added")
            assert (stored["state"], told.count()) == (self.state, self.done)
            assert told.order_by("-id").values_list("data__state", flat=True)[0] == self.state


def write(actor: Actor, table: str, key: int, state: str) -> None:
    """Write a state by hand."""
    with acting_as(actor), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET state = %s WHERE id = %s", [state, key])
        assert cursor.rowcount == 1, "the row was not seen"


class AnAppeal(LifeOf):
    table = "appeals_appeal"
    allowed = APPEAL_TRANSITIONS

    def __init__(self) -> None:
        super().__init__()
        decision = cases.decided_at(self.household, now() - dt.timedelta(days=3))
        self.row: Appeal = actions.receive_appeal(
            decision_id=decision.pk, grounds="Le score est faux.", health=False, by=self.mother
        )
        self.state, self.done, self.judge = S.RECEIVED, 1, None

    def goes_to(self, start: str) -> None:
        way = (
            lambda: self.is_admitted("second"),
            lambda: self.is_put_to_a_judge("officer"),
            lambda: self.is_taken_up("officer"),
        )
        ways = {
            S.RECEIVED: (),
            S.WITHDRAWN: (self.is_withdrawn,),
            S.INADMISSIBLE: (self.is_refused_a_hearing,),
            S.ADMISSIBLE: way[:1],
            S.UNDER_REVIEW: way,
            S.EVIDENCE_ASKED: (*way, lambda: self.lacks_evidence("officer")),
            **{outcome: (*way, lambda to=outcome: self.is_judged("officer", to)) for outcome in JUDGMENTS},
            S.EXECUTED: (*way, lambda: self.is_judged("officer", S.UPHELD), lambda: self.is_executed("officer")),
        }
        for step in ways[S(start)]:
            step()

    @rule(who=st.sampled_from(["officer", "second"]))
    def is_admitted(self, who: str) -> None:
        self.tries(S.ADMISSIBLE, lambda: actions.admit(appeal_id=self.row.pk, by=getattr(self, who)))

    @rule()
    def is_refused_a_hearing(self) -> None:
        self.tries(
            S.INADMISSIBLE,
            lambda: actions.refuse_to_hear(appeal_id=self.row.pk, reasons="Sans objet.", by=self.officer),
        )

    @rule(who=st.sampled_from(["officer", "second"]))
    def is_put_to_a_judge(self, who: str) -> None:
        judge = getattr(self, who)

        def act() -> Appeal:
            return actions.assign_judge(appeal_id=self.row.pk, judge_id=judge.account_id, by=self.manager)

        if self.state in {S.ADMISSIBLE, S.UNDER_REVIEW, S.EVIDENCE_ASKED}:
            self.done += judge != self.judge
            assert act().judge_id == judge.account_id
            self.judge = judge
        else:
            with pytest.raises(ConflictError):
                act()

    @rule(who=st.sampled_from(["officer", "second"]))
    def is_taken_up(self, who: str) -> None:
        actor = getattr(self, who)
        ready = self.judge is actor and self.state == S.ADMISSIBLE
        self.tries(S.UNDER_REVIEW, lambda: actions.begin_review(appeal_id=self.row.pk, by=actor), also=ready)

    @rule(who=st.sampled_from(["officer", "second"]))
    def lacks_evidence(self, who: str) -> None:
        actor = getattr(self, who)
        self.tries(
            S.EVIDENCE_ASKED,
            lambda: actions.ask_evidence(appeal_id=self.row.pk, text="Une attestation.", by=actor),
            also=self.judge is actor,
        )

    @rule(content=st.binary(min_size=1, max_size=3))
    def gets_a_document(self, content: bytes) -> None:
        def act() -> Any:  # noqa: ANN401 - a document
            return actions.add_evidence(
                appeal_id=self.row.pk,
                kind="rsu",
                name="a.png",
                content=cases.PNG + content,
                health=False,
                by=self.mother,
            )

        if self.state in {S.RECEIVED, S.ADMISSIBLE, S.UNDER_REVIEW, S.EVIDENCE_ASKED}:
            assert act().media_type == "image/png"
        else:
            with pytest.raises(ConflictError):
                act()

    @rule()
    def has_all_its_evidence(self) -> None:
        ready = self.state == S.EVIDENCE_ASKED
        self.tries(S.UNDER_REVIEW, lambda: actions.resume_review(appeal_id=self.row.pk, by=self.mother), also=ready)

    @rule(who=st.sampled_from(["officer", "second"]), outcome=st.sampled_from(JUDGMENTS))
    def is_judged(self, who: str, outcome: AppealState) -> None:
        actor = getattr(self, who)
        self.tries(
            outcome,
            lambda: actions.judge(appeal_id=self.row.pk, outcome=outcome, reasons="Vu les pièces.", by=actor),
            also=self.judge is actor,
        )

    @rule(who=st.sampled_from(["officer", "second"]))
    def is_executed(self, who: str) -> None:
        actor = getattr(self, who)
        self.tries(
            S.EXECUTED,
            lambda: actions.execute(appeal_id=self.row.pk, corrections=[cases.SCORE], by=actor),
            also=self.judge is actor,
        )

    @rule()
    def is_withdrawn(self) -> None:
        self.tries(S.WITHDRAWN, lambda: actions.withdraw_appeal(appeal_id=self.row.pk, by=self.mother))


class AComplaint(LifeOf):
    table = "appeals_complaint"
    allowed = COMPLAINT_TRANSITIONS

    def __init__(self) -> None:
        super().__init__()
        self.row: Complaint = actions.receive_complaint(
            category="payment", text="Rien en mars.", household_id=self.household.pk, by=self.mother
        )
        self.state, self.done, self.agent = C.RECEIVED, 1, None

    def goes_to(self, start: str) -> None:
        ways = {
            C.RECEIVED: (),
            C.ASSIGNED: (lambda: self.is_handed_out("officer"),),
            C.ESCALATED: (self.does_not_content_her,),
            C.ANSWERED: (lambda: self.is_answered("manager"),),
            C.CLOSED: (lambda: self.is_answered("manager"), self.is_closed),
        }
        for step in ways[C(start)]:
            step()

    @rule(who=st.sampled_from(["officer", "second"]))
    def is_handed_out(self, who: str) -> None:
        agent = getattr(self, who)
        given = self.tries(
            C.ASSIGNED,
            lambda: actions.assign_complaint(complaint_id=self.row.pk, to=agent.account_id, by=self.manager),
        )
        self.agent = agent if given else self.agent

    @rule(who=st.sampled_from(["officer", "second", "manager"]))
    def is_answered(self, who: str) -> None:
        actor = getattr(self, who)
        may = actor is self.manager or (self.state != C.ESCALATED and self.agent in {None, actor})
        self.tries(
            C.ANSWERED,
            lambda: actions.answer_complaint(complaint_id=self.row.pk, text="C'est versé.", by=actor),
            also=may,
        )

    @rule()
    def does_not_content_her(self) -> None:
        self.tries(
            C.ESCALATED,
            lambda: actions.escalate_complaint(complaint_id=self.row.pk, reason="Rien n'est venu.", by=self.mother),
        )

    @rule()
    def is_closed(self) -> None:
        self.tries(C.CLOSED, lambda: actions.close_complaint(complaint_id=self.row.pk, by=self.mother))

    @rule()
    def waits_for_the_night(self) -> None:
        actions.escalate_those_passed()  # its day has not passed: nothing happens


LIVES = [
    *((AnAppeal, Role.APPEALS_OFFICER, state) for state in AppealState),
    *((AComplaint, Role.COUNTER_AGENT, state) for state in ComplaintState),
]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize(("machine", "role", "start"), LIVES, ids=lambda one: getattr(one, "__name__", one))
def test_a_life_follows_the_table_of_transitions(machine: type[LifeOf], role: Role, start: str) -> None:
    machine.household = families.household(score="9.8", children=["2015-05-05"])
    machine.mother = families.citizen(machine.household)
    machine.officer, machine.second = (families.staff(role, cases.PROVINCE) for _ in range(2))
    machine.manager = families.staff(Role.TERRITORIAL_MANAGER, cases.PROVINCE)

    def begun() -> LifeOf:
        life = machine()
        life.goes_to(start)
        assert life.state == start
        return life

    run_state_machine_as_test(begun, settings=FEW)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("state", sorted(set(S.values) - {S.RECEIVED}))
def test_no_appeal_begins_in_the_middle(state: str) -> None:
    household, decision = cases.refused()
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds="?", by=families.citizen(household))
    actions.withdraw_appeal(appeal_id=appeal.pk, by=families.citizen(household))
    row = cases.as_stored(appeal)
    row |= {"id": appeal.pk + 10_000, "reference": "MADE UP", "state": state}
    with pytest.raises(IntegrityError), acting_as(SYSTEM), transaction.atomic():
        Appeal.objects.create(**row)


@pytest.mark.usefixtures("db")
def test_what_was_received_is_neither_changed_nor_deleted() -> None:
    household, decision = cases.refused()
    mother = families.citizen(household)
    appeal = actions.receive_appeal(decision_id=decision.pk, grounds="Le score est faux.", by=mother)
    complaint = actions.receive_complaint(category="data", text="Mon nom.", household_id=household.pk, by=mother)
    with acting_as(SYSTEM):
        grounds = Statement.objects.get(appeal=appeal)
    changes = {
        appeal: {"late": True, "due_on": dt.date(2099, 1, 1), "reference": "X"},
        grounds: {"text": "Tout va bien.", "kind": "reasons", "said_at": now()},
        complaint: {"text": "Merci.", "category": "delay", "escalate_on": dt.date(2026, 1, 1), "commune": "010510101"},
    }
    for row, columns in changes.items():
        for column, value in columns.items():
            refused = pytest.raises((IntegrityError, ProgrammingError))
            with refused, acting_as(SYSTEM), transaction.atomic():
                type(row).objects.filter(pk=row.pk).update(**{column: value})
        with (
            pytest.raises(Exception, match=r"never deleted|permission denied"),
            acting_as(SYSTEM),
            transaction.atomic(),
        ):
            type(row).objects.filter(pk=row.pk)._raw_delete("default")
