"""A register folder goes into the record and comes out the same; the next month's goes over it; nothing comes twice."""

from __future__ import annotations

import datetime as dt
import shutil
import threading
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest
from django.db import connection, connections

from karama.cycle import run_month
from karama.foundation.errors import BadInputError, ConflictError, InterruptedWorkError
from karama.foundation.months import Month
from karama.population import generate
from karama.record import clock
from karama.record.scope import SYSTEM, acting_as
from karama.record.upkeep.doctor import examine
from karama.registry import facts
from karama.registry.export import export_month
from karama.registry.facts import share_registry
from karama.registry.imports import bare_tables, import_register, import_updates, load_first_register
from karama.registry.models import Household, Import, Rejection, Residence
from tests.cycle.registers import family, person, pupil, rewrite, rows, ward, write_register
from tests.registry.record import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.service_database import Database

NOVEMBER, DECEMBER, JANUARY = Month(2025, 11), Month(2025, 12), Month(2026, 1)
FILES = ("households", "persons", "wards", "score_inputs")


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three months of a small synthetic register: births, deaths, moves, new scores, households that come and go."""
    folder: Path = tmp_path_factory.mktemp("population") / "register"
    generate(share=0.0002, seed=7, out=folder, first_month=NOVEMBER, months=3)
    return folder


def export(out: Path, month: Month) -> Path:
    with acting_as(SYSTEM):
        at = clock.now()
    export_month(out, month=month, known_at=at)
    return out / str(month)


def differences(one: Path, other: Path) -> dict[str, int]:
    """Rows that stand in one folder only, by file, over all the columns of the first."""
    found = {}
    with duckdb.connect() as duck:
        for name in FILES:
            ours, theirs = (f"'{folder / name}.parquet'" for folder in (one, other))
            columns = ", ".join(f'"{row[0]}"' for row in duck.execute(f"DESCRIBE SELECT * FROM {ours}").fetchall())
            for first, second in ((ours, theirs), (theirs, ours)):
                query = f"SELECT {columns} FROM {first} EXCEPT ALL SELECT {columns} FROM {second}"
                counted = duck.execute(f"SELECT count(*) FROM ({query})").fetchone()
                found[name] = found.get(name, 0) + (counted or (0,))[0]
    return {name: count for name, count in found.items() if count}


@pytest.mark.parametrize("first", [import_register, load_first_register], ids=["over", "first"])
def test_each_month_that_went_in_comes_out_row_for_row_and_is_decided_the_same(
    own_database: Database, register: Path, tmp_path: Path, first: Callable[..., Import]
) -> None:
    first(register, month=NOVEMBER, by=SYSTEM)
    import_register(register, month=DECEMBER, by=SYSTEM)
    import_register(register, month=JANUARY, by=SYSTEM)
    for month in (NOVEMBER, DECEMBER, JANUARY):
        assert differences(register / str(month), export(tmp_path / "out", month)) == {}
    source = run_month(register=register, month=JANUARY, out=tmp_path / "source")
    again = run_month(register=tmp_path / "out", month=JANUARY, out=tmp_path / "again")
    assert again.hashes == source.hashes
    assert own_database.name


def test_a_first_load_leaves_the_tables_as_an_import_does(own_database: Database, register: Path) -> None:
    with connection.cursor() as cursor:
        before = _made_of(cursor)
        load_first_register(register, month=NOVEMBER, by=SYSTEM)
        assert _made_of(cursor) == before
    assert own_database.name


def _made_of(cursor: object) -> list[object]:
    """Every constraint and index of the registry's tables, and whether row security is forced."""
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
        " WHERE conrelid::regclass::text LIKE 'registry_%' UNION ALL"
        " SELECT tablename, indexname, indexdef, true FROM pg_indexes WHERE tablename LIKE 'registry_%' UNION ALL"
        " SELECT relname, 'row security', '', relforcerowsecurity FROM pg_class WHERE relname LIKE 'registry_%'"
        " ORDER BY 1, 2, 3"
    )
    return list(cursor.fetchall())  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", [import_register, load_first_register], ids=["over", "first"])
def test_the_same_content_changes_nothing_even_under_another_name(
    own_database: Database, register: Path, tmp_path: Path, first: Callable[..., Import]
) -> None:
    done = first(register, month=NOVEMBER, by=SYSTEM)
    known = facts_of()
    copy = shutil.copytree(register, tmp_path / "another name")
    assert first(copy, month=NOVEMBER, by=SYSTEM).pk == done.pk
    assert import_register(copy, month=NOVEMBER, by=SYSTEM).pk == done.pk
    assert facts_of() == known
    assert Import.objects.count() == 1
    assert own_database.name


def test_a_first_load_is_refused_where_somebody_is_known_already(own_database: Database, tmp_path: Path) -> None:
    one = write_register(tmp_path / "one", family("H1"))
    other = write_register(tmp_path / "other", family("H2"))
    load_first_register(one, month=NOVEMBER, by=SYSTEM)
    with pytest.raises(BadInputError, match="leave out --first"):
        load_first_register(other, month=NOVEMBER, by=SYSTEM)
    assert own_database.name


def test_a_first_load_that_was_stopped_lets_nobody_else_in_until_it_is_whole(
    own_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = (write_register(tmp_path / name, family(name)) for name in ("H1", "H2"))
    scores = tmp_path / "scores.csv"
    scores.write_text("household_id,score,score_effective_from\nH1,9.2,2026-01\n", encoding="utf-8")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with connection.cursor() as cursor:
        before = _made_of(cursor)
        with monkeypatch.context() as trap:
            trap.setattr(psycopg.Cursor, "copy", stopped)
            with pytest.raises(InterruptedWorkError, match="H1: stopped before its end; whole chunks are kept"):
                load_first_register(one, month=NOVEMBER, by=SYSTEM)
        assert len(_made_of(cursor)) < len(before)
        for refused in (
            lambda: load_first_register(other, month=NOVEMBER, by=SYSTEM),
            lambda: import_register(other, month=NOVEMBER, by=SYSTEM),
            lambda: import_register(one, month=NOVEMBER, by=SYSTEM),
            lambda: import_updates(scores, kind="rsu_scores", by=SYSTEM),
            _decide,
        ):
            with pytest.raises(ConflictError, match=r"'H1' \(import 1\) has not ended"):
                refused()
        assert [one.says[:37] for one in examine({}) if one.subject == "register"] == [
            "the load of the first register 'H1' ("
        ]
        load_first_register(one, month=NOVEMBER, by=SYSTEM)
        assert _made_of(cursor) == before
    import_updates(scores, kind="rsu_scores", by=SYSTEM)
    _decide()
    assert [one for one in examine({}) if one.subject == "register"] == []
    assert own_database.name


def test_what_comes_after_a_first_load_is_numbered_behind_it(own_database: Database, tmp_path: Path) -> None:
    old = ward("W1", "2015-01-01")
    november = write_register(tmp_path / "11", family("H1", "2018-03-03"), wards=[old])
    new = ward("W2", "2016-01-01", establishment_id="E2")
    december = write_register(tmp_path / "12", family("H1", "2018-03-03"), family("H2"), wards=[old, new])
    load_first_register(november, month=NOVEMBER, by=SYSTEM)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        for table in (*bare_tables.TABLES, "registry_establishment"):
            cursor.execute(
                f"SELECT coalesce(max(id), 0) < nextval(pg_get_serial_sequence('{table}', 'id')) FROM {table}"
            )
            assert (table, *cursor.fetchone()) == (table, True)
    import_register(december, month=DECEMBER, by=SYSTEM)
    assert sorted(rows(export(tmp_path / "out", DECEMBER), "wards", "person_id", "establishment_id")) == [
        ("W1", "E1"),
        ("W2", "E2"),
    ]
    assert own_database.name


def test_an_export_waits_for_who_writes_and_says_the_same_ever_after(own_database: Database, tmp_path: Path) -> None:
    import_register(write_register(tmp_path / "11", family("H1"), family("H2")), month=NOVEMBER, by=SYSTEM)
    told, seen = threading.Event(), threading.Event()

    def write() -> None:
        with acting_as(SYSTEM):
            share_registry()
            place = {"household_id": Household.objects.get(number="H1").pk}
            words: dict[str, Any] = {"validity": (NOVEMBER.first_day, None), "source": "RSU", "proof": "a visit"}
            facts.correct(Residence, key=place, values={"milieu": "rural"}, known_at=clock.now(), **words)
            told.set()
            seen.wait(3)
        connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    assert told.wait(60)
    with acting_as(SYSTEM):
        at = clock.now()
    export_month(tmp_path / "at once", month=NOVEMBER, known_at=at)
    seen.set()
    writer.join()
    export_month(tmp_path / "later", month=NOVEMBER, known_at=at)
    found = [rows(tmp_path / out / "2025-11", "households", "household_id", "milieu") for out in ("at once", "later")]
    assert sorted(found[0]) == sorted(found[1]) == [("H1", "rural"), ("H2", "urban")]
    with pytest.raises(BadInputError, match="is still to come"):
        export_month(tmp_path / "never", month=NOVEMBER, known_at=at + dt.timedelta(days=1))
    assert own_database.name


def _decide() -> None:
    with acting_as(SYSTEM):
        share_registry()


def test_an_earlier_month_is_refused_once_a_later_one_is_in(own_database: Database, tmp_path: Path) -> None:
    folder = write_register(tmp_path / "one", family("H1"))
    import_register(folder, month=DECEMBER, by=SYSTEM)
    with pytest.raises(BadInputError, match="2025-12 is in the record already"):
        import_register(folder, month=NOVEMBER, by=SYSTEM)
    assert own_database.name


def test_an_earlier_month_that_waited_while_a_later_one_came_in_is_refused(
    own_database: Database, tmp_path: Path
) -> None:
    november = write_register(tmp_path / "11", family("H1", score=9.1), family("H2"))
    december = write_register(tmp_path / "12", family("H1", score=9.3))
    said: list[str] = []

    def wait_and_import() -> None:
        try:
            import_register(november, month=NOVEMBER, by=SYSTEM)
        except BadInputError as error:
            said.append(str(error))
        connections.close_all()

    second = threading.Thread(target=wait_and_import)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        facts.hold_registry()
        second.start()
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        for _ in range(600):
            cursor.execute(waiting)
            if cursor.fetchone() == (1,):
                break
            time.sleep(0.1)
        import_register(december, month=DECEMBER, by=SYSTEM)
    second.join()
    assert [one[:52] for one in said] == ["the register of 2025-12 is in the record already (im"]
    assert rows(export(tmp_path / "out", DECEMBER), "households", "household_id", "score") == [("H1", Decimal("9.3"))]
    assert own_database.name


def test_who_is_listed_no_more_ends_there_and_who_is_at_fault_stays(own_database: Database, tmp_path: Path) -> None:
    november = write_register(
        tmp_path / "11", family("H1", pupil("2012-01-05"), "2015-02-02"), family("H2"), family("H3")
    )
    december = write_register(tmp_path / "12", family("H1", pupil("2012-01-05")), family("H3"))
    rewrite(
        december / "persons.parquet",
        "SELECT * REPLACE (CASE household_id WHEN 'H3' THEN NULL ELSE sex END AS sex) FROM rows",
    )
    import_register(november, month=NOVEMBER, by=SYSTEM)
    import_register(december, month=DECEMBER, by=SYSTEM)
    found = export(tmp_path / "out", DECEMBER)
    assert sorted(rows(found, "persons", "person_id")) == [("H1-0",), ("H1-1",), ("H3-0",)]
    assert sorted(rows(found, "households", "household_id")) == [("H1",), ("H3",)]
    before = export(tmp_path / "out", NOVEMBER)
    assert sorted(rows(before, "persons", "person_id")) == [("H1-0",), ("H1-1",), ("H1-2",), ("H2-0",), ("H3-0",)]
    with acting_as(SYSTEM):
        assert list(Rejection.objects.values_list("file", "owner", "key", "column", "rule")) == [
            ("persons.parquet", "H3", "H3-0", "sex", "value_missing")
        ]
    assert own_database.name


def test_a_column_that_a_folder_does_not_have_is_not_overwritten(own_database: Database, tmp_path: Path) -> None:
    child = person("H1-1", "child", "2015-01-01", severe_disability=True, marital_status="single")
    november = write_register(tmp_path / "11", family("H1", child))
    december = write_register(tmp_path / "12", family("H1", child))
    rewrite(december / "persons.parquet", "SELECT * EXCLUDE (severe_disability, marital_status) FROM rows")
    import_register(november, month=NOVEMBER, by=SYSTEM)
    import_register(december, month=DECEMBER, by=SYSTEM)
    found = rows(export(tmp_path / "out", DECEMBER), "persons", "person_id", "severe_disability", "marital_status")
    assert ("H1-1", True, "single") in found
    assert own_database.name


def test_names_come_from_a_file_beside_the_persons(own_database: Database, tmp_path: Path) -> None:
    folder = write_register(tmp_path / "11", family("H1"))
    with duckdb.connect() as duck:
        duck.execute(
            "COPY (SELECT 'H1-0' AS person_id, 'El Fassi' AS family_name_fr, 'فاطمة' AS given_name_ar)"
            f" TO '{folder / 'names.parquet'}' (FORMAT parquet)"
        )
    import_register(folder, month=NOVEMBER, by=SYSTEM)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT family_name_fr, given_name_fr, given_name_ar FROM registry_civil")
        assert cursor.fetchall() == [("El Fassi", "", "فاطمة")]
    assert own_database.name
