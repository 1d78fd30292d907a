"""A month of the service: who claims, what is decided, who appeals, in the order of its days.

The households are those of the register in one province; the days end on the last one asked.
"""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.timezone import localdate

from karama.delivery.appeals.actions import (
    complaining,
    executing,
    finding,
    hearing,
    receiving,
)
from karama.delivery.appeals.states import AppealState, ComplaintCategory
from karama.delivery.claims import actions as claims
from karama.delivery.claims.states import Channel, ClaimState
from karama.delivery.decisions import actions as decisions
from karama.delivery.decisions.batch import decide_claims
from karama.delivery.decisions.models import Decision
from karama.law.engine.parameters import load_yaml
from karama.record import clock
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.matching.actions import find_contradictions, find_duplicates
from karama.registry.models import Contact, Household, Membership
from karama.registry.planning import analyse_all
from karama.registry.states import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.delivery.appeals.models import Appeal
    from karama.delivery.claims.models import Claim
    from karama.delivery.demonstration.people import DemoAccount
    from karama.foundation.months import Month

DAYS = 26
"""Days of the story: longer than an appeal may take, so that some come late."""


def province_of_the_story() -> tuple[str, int, str]:
    """The province with most households that claimed nothing, one of them, and an establishment's code."""
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT left(h.commune, 5) AS province, min(h.id) FROM registry_household h JOIN registry_score s"
            " ON s.household_id = h.id"
            " WHERE NOT EXISTS (SELECT 1 FROM registry_enrolment e WHERE e.household_id = h.id)"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )
        province, household = cursor.fetchone() or ("", 0)
        cursor.execute(
            "SELECT code FROM registry_establishment ORDER BY starts_with(commune, %s) DESC, id LIMIT 1", [province]
        )
        (establishment,) = cursor.fetchone() or ("",)
        return province, household, establishment


@dataclass
class Story:
    """What is told: the people, the month from which aid is claimed, the last day, and what stands so far."""

    people: dict[str, DemoAccount]
    month: Month
    end: dt.datetime
    plan: dict[str, Any]

    @property
    def commune(self) -> str:
        """A commune of the province."""
        with acting_as(self.people["agent"].actor):
            return Household.objects.order_by("commune").values_list("commune", flat=True)[0]

    @contextmanager
    def day(self, number: int, hour: int = 9) -> Iterator[None]:
        """What is done inside is done on that day of the story."""
        begun = self.end - dt.timedelta(days=DAYS)
        moment = begun.replace(hour=hour, minute=0, second=0, microsecond=0) + dt.timedelta(days=number)
        with clock.invented(moment):
            yield

    def families(self, count: int, *, poorest: bool) -> list[int]:
        """Households of the province that claimed nothing and have no claim: the poorest, or the least poor."""
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(
                "SELECT h.id FROM registry_household h JOIN registry_score s ON s.household_id = h.id"
                " AND upper_inf(s.known) AND s.validity @> %s::date"
                " JOIN registry_residence r ON r.household_id = h.id AND upper_inf(r.known) AND r.validity @> %s::date"
                " WHERE starts_with(h.commune, %s)"
                " AND NOT EXISTS (SELECT 1 FROM registry_enrolment e WHERE e.household_id = h.id)"
                " AND NOT EXISTS (SELECT 1 FROM claims_claim c WHERE c.household_id = h.id)"
                f" ORDER BY s.score {'ASC' if poorest else 'DESC'}, h.id LIMIT %s",
                [self.month.first_day, self.month.first_day, self.people["agent"].territory, count],
            )
            return [key for (key,) in cursor.fetchall()]

    def claim(self, household: int, told: dict[str, Any], *, submitted: bool = True) -> Claim:
        """One claim at the counter."""
        by = self.people["agent"].actor
        _reachable(household)
        opened = claims.open_claim(
            programme=told["programme"],
            kind=told["kind"],
            by=by,
            household_id=household,
            answers=told.get("answers"),
            channel=Channel.COUNTER,
            claim_month=self.month,
        )
        return claims.submit(claim_id=opened.pk, by=by) if submitted else opened


def _reachable(household: int) -> None:
    """Give a household a telephone number that can belong to nobody, and the language of its messages.

    No country has the code 999: the ITU's list of country codes (E.164) keeps it in reserve.
    """
    with acting_as(SYSTEM):
        at = clock.now()
        facts.correct(
            Contact,
            key={"household_id": household},
            values={"phone": f"+999{household:09d}", "language": "fr" if household % 2 else "ar"},
            validity=(localdate(at), None),
            source=Source.SYNTHETIC,
            proof="karama demo: a number of nobody",
            known_at=at,
        )


def live_a_month(
    people: dict[str, DemoAccount], month: Month, end: dt.datetime, plan: dict[str, Any] | None = None
) -> dict[str, int]:
    """Tell the whole story, as ``story.yaml`` says unless another plan is given.

    Returns:
        What stands at its end: claims by state, decisions, appeals on time and late, complaints, messages, conflicts.
    """
    story = Story(people, month, end, plan or load_yaml(Path(__file__).parent / "story.yaml"))
    _claims_are_decided(story)
    refused = _refused(story)
    _appeals(story, refused)
    _claims_that_wait(story)
    _conflicts(story)
    with story.day(25, hour=12):
        find_contradictions(by=SYSTEM)
        find_duplicates(by=SYSTEM)
    analyse_all()
    return _counted()


def _claims_are_decided(story: Story) -> None:
    """The first claims, and the decisions on them: some by the officer, the rest by the service."""
    with story.day(2):
        made = [
            story.claim(household, told)
            for told in story.plan["decided"]
            for household in story.families(told["count"], poorest=told["poorest"])
        ]
    officer = story.people["officer"].actor
    with story.day(4):
        for one in made[:: story.plan["by_the_officer_one_in"]]:
            decisions.decide_claim(claim_id=one.pk, by=officer)
        for programme in sorted({one.programme for one in made}):
            decide_claims(programme=programme)
    with story.day(5):
        for one in made[: story.plan["closed"]]:
            claims.close(claim_id=one.pk, by=officer)


def _refused(story: Story) -> list[int]:
    with acting_as(SYSTEM):
        found = Decision.objects.filter(eligible=False, household__commune__startswith=story.people["agent"].territory)
        return list(found.order_by("id").values_list("id", flat=True))


def _appeals(story: Story, refused: list[int]) -> None:
    """Appeals on time and late, heard as far as the plan says; complaints of each kind."""
    on_time, late = story.plan["appeals_on_time"], story.plan["appeals_late"]
    agent, grounds = story.people["agent"].actor, story.plan["grounds"]
    with story.day(8):
        received = [
            receiving.receive_appeal(decision_id=one, grounds=grounds, health=False, by=agent, channel=Channel.COUNTER)
            for one in refused[:on_time]
        ]
        for category in ComplaintCategory:
            complaining.receive_complaint(
                category=category, text=story.plan["complaint"], by=agent, commune=story.commune
            )
    with story.day(10):
        _hear(story, received)
    with story.day(22):
        for one in refused[on_time : on_time + late]:
            receiving.receive_appeal(decision_id=one, grounds=grounds, health=False, by=agent, channel=Channel.COUNTER)


def _hear(story: Story, received: list[Appeal]) -> None:
    """One cannot be heard, one is upheld and executed, one rejected, one waits for evidence, the others wait."""
    judge, answer = story.people["judge"].actor, story.plan["answer"]
    if len(received) > len(_OUTCOMES):
        hearing.refuse_to_hear(appeal_id=received[-1].pk, reasons=answer, by=judge)
    for one, outcome in zip(received, _OUTCOMES, strict=False):
        hearing.admit(appeal_id=one.pk, by=judge)
        hearing.assign_judge(appeal_id=one.pk, judge_id=story.people["judge"].account_id, by=judge)
        hearing.begin_review(appeal_id=one.pk, by=judge)
        if outcome is None:
            hearing.ask_evidence(appeal_id=one.pk, text=answer, by=judge)
            continue
        hearing.judge(appeal_id=one.pk, outcome=outcome, reasons=answer, by=judge)
        if outcome == AppealState.UPHELD:
            told = {"score": story.plan["score_in_truth"], "effective_from": story.month.first_day}
            score = finding.Correction("score", told, story.month.first_day, proof="synthetic")
            executing.execute(appeal_id=one.pk, corrections=[score], by=judge, month=story.month)


_OUTCOMES = (AppealState.UPHELD, AppealState.REJECTED, None)


def _claims_that_wait(story: Story) -> None:
    """The last claims: drafts, submitted, awaiting a correction, withdrawn."""
    officer, agent = story.people["officer"].actor, story.people["agent"].actor
    with story.day(24):
        for told in story.plan["waiting"]:
            for household in story.families(told["count"], poorest=True):
                one = story.claim(household, told, submitted=told["state"] != ClaimState.DRAFT)
                if told["state"] == ClaimState.AWAITING_CORRECTION:
                    claims.ask_correction(claim_id=one.pk, text=story.plan["correction"], by=officer)
                if told["state"] == ClaimState.WITHDRAWN:
                    claims.withdraw(claim_id=one.pk, by=agent)


def _conflicts(story: Story) -> None:
    """Children whom a second household claims too: put to a person, never settled by the service."""
    with story.day(25), acting_as(SYSTEM):
        homes = story.families(_LOOKED_AT, poorest=True)
        members = Membership.objects.filter(household_id__in=homes, role="child").order_by("household_id", "pk")
        children = list(members.distinct("household_id").values_list("person_id", "household_id"))
        for child, home in children[: story.plan["conflicts"]]:
            facts.correct(
                Membership,
                key={"person_id": child, "household_id": next(one for one in homes if one != home)},
                values={"role": "child"},
                validity=(story.month.first_day, None),
                source=Source.SYNTHETIC,
                proof="karama demo: claimed by two households",
                known_at=clock.now(),
            )


_LOOKED_AT = 200
"""Households among which those with children are looked for."""

_COUNTED = """
    SELECT 'claims ' || replace(state, '_', ' '), count(*) FROM claims_claim GROUP BY state
    UNION ALL SELECT 'decisions ' || CASE WHEN eligible THEN 'granting' ELSE 'refusing' END, count(*)
        FROM decisions_decision GROUP BY eligible
    UNION ALL SELECT 'appeals ' || CASE WHEN late THEN 'late' ELSE 'on time' END, count(*) FROM appeals_appeal
        GROUP BY late
    UNION ALL SELECT 'complaints', count(*) FROM appeals_complaint
    UNION ALL SELECT 'text messages', count(*) FROM outgoing_message
    UNION ALL SELECT 'persons in two places, to settle', count(*) FROM matching_contradiction
    UNION ALL SELECT 'pairs of persons that may be one, to review', count(*) FROM matching_candidatepair
    ORDER BY 1"""


def _counted() -> dict[str, int]:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(_COUNTED)
        return dict(cursor.fetchall())
