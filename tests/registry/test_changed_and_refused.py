"""What goes out beside whole months: households that changed since a moment, and rows that were refused."""

from __future__ import annotations

import csv
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.foundation.storage import read_json
from karama.record import clock
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.export import export_month
from karama.registry.imports import import_register, import_updates
from karama.registry.imports.ledger import REJECTED
from karama.registry.imports.rejections import import_of, write_faults, write_folder
from karama.registry.models import Health, Person
from tests.cycle.registers import family, person, pupil, rewrite, rows, ward, write_register

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service_database import Database

NOVEMBER = Month(2025, 11)


def test_only_households_about_which_something_became_known_since_go_out(
    own_database: Database, tmp_path: Path
) -> None:
    families = (family(f"H{n}", person(f"P{n}", "child", "2015-01-01")) for n in range(5))
    wards = [ward(f"W{n}", "2014-04-04") for n in range(3)]
    import_register(write_register(tmp_path / "11", *families, wards=wards), month=NOVEMBER, by=SYSTEM)
    with acting_as(SYSTEM):
        moment = clock.now()
    (tmp_path / "scores.csv").write_text(
        "household_id,score,score_effective_from\nH1,9.7,2025-11\nH2,9.1,2025-11\n", encoding="utf-8"
    )
    import_updates(tmp_path / "scores.csv", kind="rsu_scores", by=SYSTEM)
    with acting_as(SYSTEM):
        child, placed = Person.objects.get(idcs="P3"), Person.objects.get(idcs="W2")
        for one in (child, placed):
            facts.correct(
                Health,
                key={"person_id": one.pk},
                values={"severe_disability": True},
                validity=(dt.date(2025, 11, 1), None),
                source="ASD",
                proof="",
                known_at=clock.now(),
            )
        at = clock.now()
    manifest = export_month(tmp_path / "out", month=NOVEMBER, known_at=at, changed=moment)
    found = tmp_path / "out" / "2025-11"
    # The score of H2 was known already, with no month of effect: that month is new, and so is what is known of H2.
    assert [name for (name,) in rows(found, "households", "household_id")] == ["H1", "H2", "H3"]
    assert rows(found, "persons", "household_id", "person_id", "severe_disability") == [
        ("H1", "H1-0", False),
        ("H1", "P1", False),
        ("H2", "H2-0", False),
        ("H2", "P2", False),
        ("H3", "H3-0", False),
        ("H3", "P3", True),
    ]
    assert rows(found, "wards", "person_id") == [("W2",)]
    assert (manifest["rows"]["households"], manifest["changed_since"]) == (3, moment.isoformat())
    assert read_json(found / "manifest.json") == manifest
    export_month(tmp_path / "none", month=NOVEMBER, known_at=at, changed=at)
    assert rows(tmp_path / "none" / "2025-11", "households") == rows(tmp_path / "none" / "2025-11", "wards") == []
    assert own_database.name


def faulty_folder(folder: Path) -> Path:
    """Three families and two children placed; the sex of one of each is missing."""
    wards = [ward("W1", "2014-04-04"), ward("W2", "2013-03-03")]
    write_register(
        folder,
        family("H1", pupil("2012-01-05")),
        family("H2", "2015-02-02", "2017-07-07"),
        family("H3"),
        wards=wards,
    )
    rewrite(
        folder / "persons.parquet",
        "SELECT * REPLACE (CASE person_id WHEN 'H2-1' THEN NULL ELSE sex END AS sex) FROM rows ORDER BY ALL",
    )
    rewrite(
        folder / "wards.parquet", "SELECT * REPLACE (CASE person_id WHEN 'W2' THEN NULL ELSE sex END AS sex) FROM rows"
    )
    return folder


def test_the_refused_households_are_a_folder_that_can_be_corrected_and_imported(
    own_database: Database, tmp_path: Path
) -> None:
    folder = faulty_folder(tmp_path / "11")
    done = import_register(folder, month=NOVEMBER, by=SYSTEM)
    assert import_of(None) == import_of(done.pk) == done
    assert write_faults(done, tmp_path / "faults.csv") == 2
    with (tmp_path / "faults.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    assert [list(one) for one in told] == [list(REJECTED)] * 2
    assert [(one["file"], one["owner"], one["key"], one["column"], one["rule"]) for one in told] == [
        ("persons.parquet", "H2", "H2-1", "sex", "value_missing"),
        ("wards.parquet", "", "W2", "sex", "value_missing"),
    ]
    refused = tmp_path / "refused"
    write_folder(done, folder, refused)
    # The whole household goes out, with the members at whom nothing is wrong.
    assert rows(refused, "households", "household_id") == [("H2",)]
    assert sorted(rows(refused, "persons", "person_id", "sex")) == [("H2-0", "F"), ("H2-1", None), ("H2-2", "F")]
    assert rows(refused, "wards", "person_id") == [("W2",)]
    for name in ("persons", "wards"):
        rewrite(refused / f"{name}.parquet", "SELECT * REPLACE ('M' AS sex) FROM rows")
    import_register(refused, month=NOVEMBER, by=SYSTEM)
    with acting_as(SYSTEM):
        at = clock.now()
    export_month(tmp_path / "out", month=NOVEMBER, known_at=at)
    # Nobody has left because the corrected folder holds those who were refused only.
    found = tmp_path / "out" / "2025-11"
    assert rows(found, "persons", "household_id", "person_id", "sex") == [
        ("H1", "H1-0", "F"),
        ("H1", "H1-1", "F"),
        ("H2", "H2-0", "M"),
        ("H2", "H2-1", "M"),
        ("H2", "H2-2", "M"),
        ("H3", "H3-0", "F"),
    ]
    assert rows(found, "wards", "person_id", "sex") == [("W1", "F"), ("W2", "M")]
    with pytest.raises(BadInputError, match=r"holds no households\.parquet"):
        write_folder(done, tmp_path / "nowhere", tmp_path / "never")
    assert own_database.name
