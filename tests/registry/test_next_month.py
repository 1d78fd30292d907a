"""The next month over a register that is known: only what differs is written, whatever was corrected in between."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from karama.cycle import run_month
from karama.foundation.months import Month
from karama.population import generate
from karama.record import clock
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.facts import table_of
from karama.registry.imports import import_register, load_first_register
from karama.registry.models import Civil, Health, Import, Membership, Schooling, Situation
from karama.registry.planning import FEW
from tests.cycle.registers import family, person, pupil, rewrite, rows, write_register
from tests.registry.record import facts_of
from tests.registry.test_register_folders import differences, export

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from karama.registry.models import Fact
    from tests.service_database import Database

NOVEMBER, DECEMBER, JANUARY = Month(2025, 11), Month(2025, 12), Month(2026, 1)


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of a small synthetic register."""
    folder: Path = tmp_path_factory.mktemp("population") / "register"
    generate(share=0.0002, seed=7, out=folder, first_month=NOVEMBER, months=2)
    return folder


def _told_otherwise(draw: random.Random, month: Month) -> None:
    """Corrections between two folders: periods that begin, end and follow each other, members added and gone."""
    with acting_as(SYSTEM):
        day = lambda: month.first_day + dt.timedelta(days=draw.randrange(-20, 60))  # noqa: E731 - read once
        members = list(Membership.objects.order_by("id"))
        for member in draw.sample(members, 80):
            person = {"person_id": member.person_id}
            begin = day()
            until = begin + dt.timedelta(days=draw.randrange(1, 40)) if draw.random() < 0.5 else None
            level = draw.choice(["primary", "higher", "none"])
            told: list[tuple[type[Fact], dict[str, int], dict[str, object]]] = [
                (Schooling, person, {"enrolled": True, "school_level": level, "public_school": draw.random() < 0.5}),
                (Health, person, {"severe_disability": draw.random() < 0.5}),
                (Situation, {"household_id": member.household_id}, {"pension": draw.random() < 0.5}),
                (Membership, {**person, "household_id": draw.choice(members).household_id}, {"role": "other"}),
            ]
            fact, key, values = draw.choice(told)
            if draw.random() < 0.2:
                facts.end(fact, key=key, on=begin, known_at=clock.now())
            else:
                facts.correct(
                    fact,
                    key=key,
                    values=values,
                    validity=(begin, until),
                    source="RSU",
                    proof="",
                    known_at=clock.now(),
                )


@pytest.mark.parametrize("seed", range(3))
def test_a_folder_stands_over_whatever_was_corrected_before_it(
    own_database: Database, register: Path, tmp_path: Path, seed: int
) -> None:
    load_first_register(register, month=NOVEMBER, by=SYSTEM)
    _told_otherwise(random.Random(seed), DECEMBER)
    import_register(register, month=DECEMBER, by=SYSTEM)
    found = export(tmp_path / "out", DECEMBER)
    # Who was put in a second household before is listed in the first one, where he has been known longest.
    assert differences(register / str(DECEMBER), found) == {}
    assert own_database.name


def test_a_month_that_says_the_same_writes_nothing_and_counts_all(
    own_database: Database, register: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "12"
    shutil.copytree(register / str(NOVEMBER), folder)
    load_first_register(register, month=NOVEMBER, by=SYSTEM)
    known = facts_of()
    done = import_register(folder, month=DECEMBER, by=SYSTEM)
    assert facts_of() == known
    told = {name: counts["unchanged"] for name, counts in done.counts.items() if counts.get("unchanged")}
    # Scores that count from a later month are told by the score before too, which is one fact more.
    assert told == {name: len(rows) for name, rows in known.items() if rows}
    assert all(not counts.get("written") and not counts.get("closed") for counts in done.counts.values())
    assert own_database.name


def test_a_single_difference_is_the_only_thing_written(own_database: Database, tmp_path: Path) -> None:
    child = person("H1-1", "child", "2015-01-01", marital_status="single")
    november = write_register(tmp_path / "11", family("H1", child), family("H2", pupil("2014-04-04")))
    december = write_register(tmp_path / "12", family("H1", child), family("H2", pupil("2014-04-04")))
    rewrite(
        december / "persons.parquet",
        "SELECT * REPLACE (CASE person_id WHEN 'H1-1' THEN DATE '2025-12-09' END AS death_date) FROM rows",
    )
    import_register(november, month=NOVEMBER, by=SYSTEM)
    done = import_register(december, month=DECEMBER, by=SYSTEM)
    changed = {name: (counts.get("closed"), counts.get("written")) for name, counts in done.counts.items()}
    # The days before December are written again as they were.
    assert {name: one for name, one in changed.items() if any(one)} == {"Civil": (1, 2)}
    assert done.counts["Civil"]["unchanged"] == 3
    assert done.counts["Schooling"]["unchanged"] == 1
    assert own_database.name


def test_a_folder_without_a_score_ends_the_one_that_was_known(own_database: Database, tmp_path: Path) -> None:
    november = write_register(
        tmp_path / "11", family("H1", score=9.1), family("H2", score=9.2), family("H3", score=9.3)
    )
    december = write_register(
        tmp_path / "12",
        family("H1", score=None),
        family("H2", score=None, previous_score=9.4),
        family("H3", score=9.3),
    )
    january = write_register(
        tmp_path / "01", family("H1", score=9.5), family("H2", score=9.2), family("H3", score=None)
    )
    folders = {NOVEMBER: november, DECEMBER: december, JANUARY: january}
    scores = {}
    for month, folder in folders.items():
        import_register(folder, month=month, by=SYSTEM)
        scores[month] = rows(export(tmp_path / "out", month), "households", "score")
    assert scores == {
        NOVEMBER: [(Decimal("9.1"),), (Decimal("9.2"),), (Decimal("9.3"),)],
        DECEMBER: [(None,), (Decimal("9.4"),), (Decimal("9.3"),)],
        JANUARY: [(Decimal("9.5"),), (Decimal("9.2"),), (None,)],
    }
    for month, folder in folders.items():
        export(tmp_path / "again", month)
        told = run_month(register=folder, month=month, out=tmp_path / f"told-{month}")
        kept = run_month(register=tmp_path / "again", month=month, out=tmp_path / f"kept-{month}")
        columns = ("household_id", "eligible", "amount_centimes", "reasons")
        assert rows(kept.folder, "decisions", *columns) == rows(told.folder, "decisions", *columns)
    assert own_database.name


def test_a_first_folder_with_only_the_score_before_is_decided_by_it(own_database: Database, tmp_path: Path) -> None:
    folder = write_register(tmp_path / "11", family("H1", score=None, previous_score=9.4), family("H2", score=None))
    load_first_register(folder, month=NOVEMBER, by=SYSTEM)
    found = export(tmp_path / "out", NOVEMBER)
    assert rows(found, "households", "household_id", "score") == [("H1", Decimal("9.400000000")), ("H2", None)]
    assert own_database.name


@pytest.mark.parametrize("first", [import_register, load_first_register], ids=["over", "first"])
def test_the_planner_knows_how_many_rows_came_in(
    own_database: Database, register: Path, first: Callable[..., Import]
) -> None:
    first(register, month=NOVEMBER, by=SYSTEM)
    counted = {"registry_person": 0, "registry_household": 0, **{table_of(fact): 0 for fact in (Civil, Membership)}}
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for table in counted:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counted[table] = (cursor.fetchone() or (0,))[0]
        cursor.execute("SELECT relname, reltuples::bigint FROM pg_class WHERE relname = ANY(%s)", [list(counted)])
        assert dict(cursor.fetchall()) == counted
    assert counted["registry_person"] > FEW
    assert own_database.name
