"""What decides is killed at any moment, raced, or finds the clock gone back: nothing is lost, nothing happens twice."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections

from karama.delivery.claims.models import Claim
from karama.delivery.claims.states import ClaimState
from karama.delivery.decisions.actions import decide_claim, replay
from karama.delivery.decisions.batch import decide_claims, reassess_programme
from karama.delivery.decisions.models import Decision, Reassessment
from karama.foundation.errors import ConflictError
from karama.foundation.months import Month
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from tests.delivery import families, many_families

if TYPE_CHECKING:
    from tests.service_database import Database

FAMILIES = 400
MARCH = Month(2026, 3)
DECIDE = """
import django
django.setup()
from karama.delivery.decisions.batch import decide_claims
print("ready", flush=True)
while decide_claims(programme="asd", most=60).looked_at:
    pass
"""
REASSESS = """
import django
django.setup()
from karama.delivery.decisions.batch import reassess_programme
from karama.foundation.months import Month
print("ready", flush=True)
for done in reassess_programme(programme="asd", month=Month(2026, 4), most=60):
    pass
"""


def killed_after(seconds: float, script: str, database: Database) -> bool:
    """Start a process that decides and kill it so long after it is ready; whether it was still at work."""
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=database.environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    process.stdout.close()
    return process.wait() != 0


def cut_after(seconds: float, script: str, database: Database) -> bool:
    """Start a process that decides and end its connections so long after, as a database that restarts does."""
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=database.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"ready"
    time.sleep(seconds)
    with database.server.connect_as_owner() as owner:
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database.name])
    connections.close_all()
    process.stdout.close()
    return process.wait() != 0


def check_whole() -> tuple[int, int]:
    """Every decided claim has one decision, told once in the journal, and the other claims none."""
    with acting_as(SYSTEM):
        decided = set(Claim.objects.filter(state=ClaimState.DECIDED).values_list("id", flat=True))
        decisions = list(Decision.objects.filter(kind="claim").values_list("claim_id", "reference"))
        told = list(Event.objects.filter(kind="decision.taken").values_list("subject_id", flat=True))
        every = Decision.objects.count()
    assert sorted(claim for claim, _ in decisions) == sorted(decided)
    assert len(told) == len(set(told)) == every
    return len(decided), every


def kill_until_done(runs: int, script: str, database: Database, longest: float) -> int:
    """Kill at random moments; how many times it was really at work."""
    moments = random.Random(f"{script}{runs}")
    return sum(killed_after(moments.uniform(0, longest), script, database) for _ in range(runs))


@pytest.mark.parametrize("runs", [3, pytest.param(30, marks=pytest.mark.long)])
def test_deciding_is_killed_and_goes_on(own_database: Database, runs: int) -> None:
    many_families.write(FAMILIES)
    at_work = kill_until_done(runs, DECIDE, own_database, 1.5)
    check_whole()
    while decide_claims(programme="asd").looked_at:
        pass
    assert check_whole() == (FAMILIES, FAMILIES)
    assert at_work, "no run was killed while it worked"


@pytest.mark.parametrize("runs", [3, pytest.param(30, marks=pytest.mark.long)])
def test_deciding_is_cut_from_its_database_and_goes_on(own_database: Database, runs: int) -> None:
    many_families.write(FAMILIES)
    moments = random.Random(runs)
    cut = sum(cut_after(moments.uniform(0, 1.5), DECIDE, own_database) for _ in range(runs))
    check_whole()
    while decide_claims(programme="asd").looked_at:
        pass
    assert check_whole() == (FAMILIES, FAMILIES)
    assert cut, "no run was cut while it worked"


@pytest.mark.parametrize("runs", [3, pytest.param(30, marks=pytest.mark.long)])
def test_reassessing_is_killed_and_goes_on(own_database: Database, runs: int) -> None:
    many_families.write(FAMILIES)
    while decide_claims(programme="asd").looked_at:
        pass
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_score SET known = tstzrange(lower(known), now())")
        cursor.execute(
            "INSERT INTO registry_score (household_id, score, effective_from, validity, known, source, proof)"
            " SELECT household_id, 19 - score, '2026-04-01', '[2026-04-01,)', tstzrange(now(), NULL), 'RSU', 'set'"
            " FROM registry_score"
        )
    kill_until_done(runs, REASSESS, own_database, 1.5)
    check_whole()
    for _ in reassess_programme(programme="asd", month=MARCH + 1):
        pass
    with acting_as(SYSTEM):
        run = Reassessment.objects.earliest("id")
        changed = Decision.objects.filter(kind="reassessment").count()
        households = Decision.objects.filter(kind="reassessment").values("household_id").distinct().count()
    assert run.ended_at is not None
    assert run.looked_at == FAMILIES
    assert changed == households == run.decided > FAMILIES // 4
    check_whole()


def test_two_officers_decide_one_claim_once(own_database: Database) -> None:  # noqa: ARG001 - real commits
    many_families.write(6)
    officers = [families.staff(Role.CLAIMS_OFFICER, "06181") for _ in range(2)]
    with acting_as(SYSTEM):
        claims = list(Claim.objects.values_list("id", flat=True))
    outcomes: list[str] = []

    def decide(officer: int) -> None:
        for claim in claims:
            try:
                decide_claim(claim_id=claim, by=officers[officer])
                outcomes.append("decided")
            except ConflictError:
                outcomes.append("too late")
        connections.close_all()

    threads = [threading.Thread(target=decide, args=[which]) for which in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(outcomes) == ["decided"] * 6 + ["too late"] * 6
    assert check_whole() == (6, 6)


def test_an_officer_and_a_batch_decide_every_claim_once(own_database: Database) -> None:  # noqa: ARG001 - real commits
    many_families.write(40)
    officer = families.staff(Role.CLAIMS_OFFICER, "06181")
    with acting_as(SYSTEM):
        claims = list(Claim.objects.order_by("-id").values_list("id", flat=True))

    def batch() -> None:
        while decide_claims(programme="asd", most=7).looked_at:
            pass
        connections.close_all()

    beside = threading.Thread(target=batch)
    beside.start()
    for claim in claims:
        try:
            decide_claim(claim_id=claim, by=officer)
        except ConflictError:
            time.sleep(0)
    beside.join()
    while decide_claims(programme="asd").looked_at:
        pass
    assert check_whole() == (40, 40)


def test_a_clock_that_goes_back_does_not_reorder_what_was_known(own_database: Database) -> None:
    household = families.household()
    with own_database.server.connect_as_owner(own_database.name) as owner:
        owner.execute(
            "ALTER TABLE record_event DISABLE TRIGGER record_event_immutable;"
            "INSERT INTO record_event (at, actor, kind, subject_type, subject_id, data)"
            " VALUES (now() + interval '2 hours', 'system', 'clock.ahead', 'clock', '1', '{}')"
        )
    ahead = families.now()
    families.write(families.Score, household_id=household.pk, score="9.9", effective_from=families.LONG_AGO)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FILTER (WHERE upper_inf(known)),"
            " bool_and(lower(known) < upper(known) OR upper_inf(known)),"
            " max(lower(known)) FROM registry_score WHERE household_id = %s",
            [household.pk],
        )
        row = cursor.fetchone()
    assert row is not None
    assert row[:2] == (1, True)
    assert row[2] >= ahead


def test_decisions_taken_between_kills_are_replayed(own_database: Database) -> None:
    many_families.write(60)
    killed_after(0.4, DECIDE, own_database)
    while decide_claims(programme="asd", most=25).looked_at:
        pass
    with acting_as(SYSTEM):
        for decision in Decision.objects.all():
            assert replay(decision).same
