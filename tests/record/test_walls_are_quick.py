"""An officer's reads of one file stay a matter of indexes, however many households the register holds."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from karama.foundation.months import Month
from karama.record import clock
from karama.record.planned import planned
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import Role
from karama.registry.models import FACTS, Fact, Household
from karama.registry.month_view import MonthView
from tests.record.register_of_two_provinces import HERE, officer, rows
from tests.service_database import connected_to, copy_of_the_template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.foundation.postgres import Server

HOUSEHOLDS = 50_000

_FILL = f"""
    INSERT INTO registry_household (number, commune)
        SELECT 'H' || n, lpad((n % 75 * 10000000 + 10000 + n % 20)::text, 9, '0')
        FROM generate_series(1, {HOUSEHOLDS}) n;
    INSERT INTO registry_person (idcs) SELECT 'P' || n FROM generate_series(1, {2 * HOUSEHOLDS}) n;
    INSERT INTO registry_membership (validity, known, source, proof, person_id, household_id, role)
        SELECT daterange('2023-01-01', NULL), tstzrange('2023-12-01', NULL), 'RSU', '', p.id, h.id, 'head'
        FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM registry_person) p
        JOIN (SELECT id, row_number() OVER (ORDER BY id) AS n FROM registry_household) h ON h.n = (p.n + 1) / 2;
    INSERT INTO registry_residence (validity, known, source, proof, household_id, commune, milieu)
        SELECT daterange('2023-01-01', NULL), tstzrange('2023-12-01', NULL), 'RSU', '', id, commune, 'rural'
        FROM registry_household;
    INSERT INTO registry_civil (validity, known, source, proof, person_id, sex, birth_date, family_name_fr,
            given_name_fr, family_name_ar, given_name_ar, birth_commune, in_rnp, father_deceased)
        SELECT daterange('2023-01-01', NULL), tstzrange('2023-12-01', NULL), 'RNP', '', id, 'F', '1990-01-01',
            '', '', '', '', '', true, false FROM registry_person;
    UPDATE registry_household SET commune = '{HERE}' WHERE id % 75 = 6;
"""


@pytest.fixture(scope="module")
def large(service: object, postgres: Server, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Fifty thousand households in seventy-five provinces; gives the number of one in the officer's."""
    assert service
    place = tmp_path_factory.mktemp("large")
    with copy_of_the_template(postgres, f"karama_large_{worker_id}", place) as database, connected_to(database):
        with acting_as(SYSTEM), connection.cursor() as cursor:
            cursor.execute(_FILL)
        with postgres.connect_as_owner(database.name) as owner:
            owner.execute("ANALYZE")
        with acting_as(SYSTEM):
            found = Household.objects.filter(commune=HERE).values_list("pk", flat=True)[3]
        yield found


def plan(query: str, params: object = None) -> list[dict[str, Any]]:
    """The nodes of a statement's plan."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {query}", params)
        (answer,) = cursor.fetchone()
    waiting = [(json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]]
    nodes = []
    while waiting:
        node = waiting.pop()
        nodes.append(node)
        waiting += node.get("Plans", [])
    return nodes


def read_whole(nodes: list[dict[str, Any]]) -> set[str]:
    """Tables of many rows that a plan reads from one end to the other."""
    many = {name for (name,) in rows("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > 1000")}
    scans = [node for node in nodes if node["Node Type"] == "Seq Scan" and node["Actual Loops"]]
    return {node["Relation Name"] for node in scans} & many


MINE = officer(Role.CLAIMS_OFFICER, "06181", health=True)


@pytest.mark.parametrize("fact", [fact for fact in FACTS if "household_id" in fact.key], ids=lambda one: one.__name__)
def test_a_fact_of_one_household_is_found_by_its_index(fact: type[Fact], large: int) -> None:
    with acting_as(MINE):
        assert read_whole(plan(f"SELECT * FROM {fact._meta.db_table} WHERE household_id = %s", [large])) == set()


@pytest.mark.parametrize(
    "fact", [fact for fact in FACTS if "household_id" not in fact.key], ids=lambda one: one.__name__
)
def test_a_fact_of_one_person_is_found_by_its_index(fact: type[Fact], large: int) -> None:
    with acting_as(SYSTEM):
        ((person,),) = rows(f"SELECT min(person_id) FROM registry_membership WHERE household_id = {large}")
    with acting_as(MINE):
        assert read_whole(plan(f"SELECT * FROM {fact._meta.db_table} WHERE person_id = %s", [person])) == set()


def test_the_month_of_one_household_is_found_by_indexes(large: int) -> None:
    view = MonthView(Month(2026, 3), clock.now(), "asd", [large])
    with acting_as(MINE):
        for query, found in ((view.households, 1), (view.persons, 2)):
            nodes = plan(query, view.params)
            assert read_whole(nodes) == set()
            assert nodes[0]["Actual Rows"] == found


def test_a_file_of_another_province_is_not_found_as_quickly(large: int) -> None:
    """Not seeing costs no more than seeing."""
    stranger = officer(Role.CLAIMS_OFFICER, "09173")
    view = MonthView(Month(2026, 3), clock.now(), "asd", [large])
    with acting_as(stranger):
        nodes = plan(view.persons, view.params)
    assert read_whole(nodes) == set()
    assert nodes[0]["Actual Rows"] == 0


def test_the_files_of_a_commune_are_found_by_its_index(large: int) -> None:
    assert large
    with acting_as(MINE):
        nodes = plan("SELECT id, number FROM registry_household WHERE commune = %s ORDER BY id LIMIT 50", [HERE])
    assert read_whole(nodes) == set()


def test_one_plan_is_kept_finds_by_indexes_and_shows_each_only_his_own(large: int) -> None:
    stranger = officer(Role.CLAIMS_OFFICER, "09173")
    view = MonthView(Month(2026, 3), clock.now(), "asd", [large])
    for actor, seen in ((MINE, 2), (stranger, 0), (SYSTEM, 2), (stranger, 0)):
        with acting_as(actor):
            assert len(planned(view.persons, view.params)) == seen
    kept = "SELECT name, generic_plans, custom_plans FROM pg_prepared_statements"
    ((name, generic, custom),) = rows(f"{kept} WHERE statement LIKE '%%registry_schooling%%'")
    assert (generic, custom) == (4, 0)
    order = list(dict.fromkeys(re.findall(r"%\((\w+)\)s", view.persons)))
    with acting_as(MINE):
        nodes = plan(f'EXECUTE "{name}" ({", ".join(f"%({one})s" for one in order)})', view.params)
    assert read_whole(nodes) == set()
    assert nodes[0]["Actual Rows"] == 2
