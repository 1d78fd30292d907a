"""The review at night, and beside other writers."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from django.db import OperationalError, connection
from procrastinate.contrib.django import app

from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.matching import tasks
from karama.registry.matching.actions import find_duplicates, judge_same
from karama.registry.matching.models import CandidatePair, Contradiction
from karama.registry.models import Civil, Membership
from tests.delivery import families

if TYPE_CHECKING:
    from tests.service_database import Database

NAMES = {"family_name_fr": "El Khattabi", "given_name_fr": "Numidia", "birth_commune": families.SETTAT}


def test_the_jobs_of_the_night_put_each_case_in_its_queue_once(db: Database) -> None:
    first, second = families.household(children=()), families.household(children=())
    girl = families.member(first, "2015-05-09", "child", **NAMES)
    families.member(second, "2015-05-09", "other", **NAMES)
    families.write(Membership, dt.date(2025, 6, 1), person_id=girl.pk, household_id=second.pk, role="child")
    found = [(tasks.look_for_contradictions(timestamp=0), tasks.look_for_duplicates(timestamp=0)) for _ in range(2)]
    assert found == [(1, 1), (0, 0)]
    with acting_as(SYSTEM):
        assert (Contradiction.objects.count(), CandidatePair.objects.count()) == (1, 1)
    planned = {periodic.task.name: periodic.cron for periodic in app.periodic_registry.periodic_tasks.values()}
    assert planned["matching.find_contradictions"] == "17 4 * * *"
    assert planned["matching.find_duplicates"] == "23 2 * * 0"
    assert db.name


def test_a_merge_waits_for_whoever_writes_about_the_children_of_the_mother(own_database: Database) -> None:
    first, second, elsewhere = (families.household(children=()) for _ in range(3))
    kept = families.member(first, "1985-05-09", "spouse", **NAMES)
    merged = families.member(second, "1985-05-09", "other", **NAMES)
    child = families.member(elsewhere, "2012-02-02", "child", mother_idcs=merged.idcs)
    find_duplicates(by=SYSTEM)
    with acting_as(SYSTEM):
        pair = CandidatePair.objects.get(left=kept, right=merged)
    why = {"reason": "same act of birth", "proof": "act 12/2015 of Settat"}

    def judge() -> None:
        judge_same(
            pair_id=pair.pk,
            keep=kept.pk,
            since=dt.date(2026, 2, 1),
            by=families.staff(Role.CLAIMS_OFFICER, "06181"),
            **why,
        )

    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "SELECT set_config('karama.actor', 'system', true), set_config('karama.scope', 'nation', true)"
            )
            cursor.execute("SELECT id FROM registry_household WHERE id = %s FOR UPDATE", [elsewhere.pk])
            assert cursor.fetchall() == [(elsewhere.pk,)]
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        with pytest.raises(OperationalError, match="lock timeout"):
            judge()
    finally:
        other.rollback()
        other.close()
    judge()
    with acting_as(SYSTEM):
        assert Civil.objects.get(person=child, known__upper_inf=True).mother_idcs == kept.idcs
    assert own_database.name
