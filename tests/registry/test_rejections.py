"""What an import refused is written beside it, corrected and taken in: nobody who is not in it is touched."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import duckdb
from django.db import connection

from karama.foundation.months import Month
from karama.record.scope import SYSTEM, acting_as
from karama.registry.imports import import_register, import_updates, ledger
from karama.registry.imports.rejections import write_faults, write_folder, write_rows
from tests.cycle.registers import family, rewrite, rows, state, ward, write_register

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service_database import Database

NOVEMBER = Month(2025, 11)
SEX_OF = "SELECT * REPLACE (CASE {} WHEN '{}' THEN {} ELSE sex END AS sex) FROM rows"


def asked(query: str) -> list[tuple[object, ...]]:
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def living() -> list[tuple[object, ...]]:
    """Each household and member known to live somewhere with no end."""
    return asked(
        "SELECT h.number, p.idcs, upper_inf(r.validity), upper_inf(m.validity) FROM registry_household h"
        " JOIN registry_residence r ON r.household_id = h.id AND upper_inf(r.known)"
        " JOIN registry_membership m ON m.household_id = h.id AND upper_inf(m.known)"
        " JOIN registry_person p ON p.id = m.person_id ORDER BY 1, 2"
    )


def test_refused_households_corrected_and_imported_leave_all_others_where_they_are(
    own_database: Database, tmp_path: Path
) -> None:
    folder = write_register(
        tmp_path / "11",
        family("H1"),
        family("H2"),
        family("H3", "2018-03-03"),
        wards=[ward("W1", "2015-01-01"), ward("W2", "2016-01-01")],
    )
    state(folder, synthetic=True)
    rewrite(folder / "persons.parquet", SEX_OF.format("person_id", "H3-1", "NULL"))
    with duckdb.connect() as duck:
        names = "SELECT unnest(['H1-0', 'H3-1']) AS person_id, 'El Fassi' AS family_name_fr"
        duck.execute(f"COPY ({names}) TO '{folder / 'names.parquet'}' (FORMAT parquet)")
    done = import_register(folder, month=NOVEMBER, by=SYSTEM)
    assert [row[0] for row in living()] == ["H1", "H2"]
    out = tmp_path / "11.rejected"
    write_folder(done, folder, out)
    assert sorted(rows(out, "persons", "person_id")) == [("H3-0",), ("H3-1",)]
    assert rows(out, "names", "person_id") == [("H3-1",)]
    rewrite(out / "persons.parquet", SEX_OF.format("person_id", "H3-1", "'F'"))
    again = import_register(out, month=NOVEMBER, by=SYSTEM)
    with acting_as(SYSTEM):
        assert (again.pk != done.pk, ledger.rejected(again)) == (True, 0)
    persons = [("H1", "H1-0"), ("H2", "H2-0"), ("H3", "H3-0"), ("H3", "H3-1")]
    assert living() == [(*one, True, True) for one in persons]
    assert asked("SELECT count(*) FROM registry_placement WHERE upper_inf(known) AND upper_inf(validity)") == [(2,)]
    assert asked("SELECT count(*), min(source), max(source) FROM registry_civil WHERE family_name_fr = 'El Fassi'") == [
        (2, "synthetic", "synthetic")
    ]
    assert own_database.name


def test_refused_children_in_care_alone_are_a_folder_to_import_too(own_database: Database, tmp_path: Path) -> None:
    wards = [ward("W1", "2015-01-01"), ward("W2", "2016-01-01")]
    folder = write_register(tmp_path / "11", family("H1"), wards=wards)
    rewrite(folder / "wards.parquet", SEX_OF.format("person_id", "W2", "NULL"))
    done = import_register(folder, month=NOVEMBER, by=SYSTEM)
    out = tmp_path / "11.rejected"
    write_folder(done, folder, out)
    rewrite(out / "wards.parquet", "SELECT * REPLACE ('F' AS sex) FROM rows")
    import_register(out, month=NOVEMBER, by=SYSTEM)
    placed = "SELECT p.idcs FROM registry_placement k JOIN registry_person p ON p.id = k.person_id"
    assert asked(f"{placed} WHERE upper_inf(k.known) AND upper_inf(k.validity) ORDER BY 1") == [("W1",), ("W2",)]
    assert [row[0] for row in living()] == ["H1"]
    assert own_database.name


def test_refused_rows_come_back_in_the_format_in_which_they_came(db: Database, tmp_path: Path) -> None:
    import_register(write_register(tmp_path / "11", family("H1"), family("H2")), month=NOVEMBER, by=SYSTEM)
    lines = ["household_id,score,score_effective_from", "H1,9.25,2026-01", "H2,nine,2026-01", "H7,9.5,2026-01"]
    source = tmp_path / "scores.csv"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    done = import_updates(source, kind="rsu_scores", by=SYSTEM)
    write_rows(done, source, tmp_path / "scores.rejected.csv")
    assert (tmp_path / "scores.rejected.csv").read_text(encoding="utf-8").splitlines() == [lines[0], *lines[2:]]
    assert write_faults(done, tmp_path / "faults.csv") == 2
    with (tmp_path / "faults.csv").open(encoding="utf-8", newline="") as file:
        found = [(one["row"], one["key"], one["column"], one["value"], one["rule"]) for one in csv.DictReader(file)]
    assert found == [
        ("2", "H2", "score", "nine", "not_a_number"),
        ("3", "H7", "household_id", "H7", "household_unknown"),
    ]
    assert db.name
