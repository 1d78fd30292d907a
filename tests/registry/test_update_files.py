"""Update files of partners: what each kind tells, what is refused and why, the same in three formats."""

from __future__ import annotations

import json
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from django.db import connection

from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.months import Month
from karama.record import clock
from karama.record.models import Event
from karama.record.scope import SYSTEM, acting_as
from karama.registry.imports import KINDS, import_updates
from karama.registry.imports.update_file import UpdateFile
from karama.registry.models import Household, Import, Rejection
from karama.registry.queries import households_as_known
from tests.cycle.registers import RURAL
from tests.registry.record import facts_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator
    from pathlib import Path

    from tests.service_database import Database

NOVEMBER, DECEMBER = Month(2025, 11), Month(2025, 12)
Row = dict[str, Any]


def written(path: Path, *rows: Row) -> Path:
    """A file of the rows in the format of its name."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    if path.suffix == ".ndjson":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
        return path
    lines = [",".join(names), *(",".join("" if row.get(n) is None else str(row[n]) for n in names) for row in rows)]
    text = path if path.suffix == ".csv" else path.with_suffix(".source.csv")
    text.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if path.suffix == ".parquet":
        with duckdb.connect() as duck:
            duck.execute(f"COPY (SELECT * FROM read_csv('{text}')) TO '{path}' (FORMAT parquet)")
    return path


def told(path: Path, kind: str, *rows: Row) -> Import:
    return import_updates(written(path, *rows), kind=kind, by=SYSTEM)


def household(number: str, month: Month) -> Row:
    with acting_as(SYSTEM):
        of = Household.objects.get(number=number).pk
        return households_as_known([of], month, clock.now(), "asd")[of].facts


def member(number: str, person: str, month: Month) -> Row:
    return next(one for one in household(number, month)["members"] if one["person_id"] == person)


def faults() -> list[tuple[Any, ...]]:
    with acting_as(SYSTEM):
        return list(Rejection.objects.values_list("row", "column", "value", "rule"))


def test_a_birth_makes_a_person_a_member_of_the_mothers_household(record: Database, tmp_path: Path) -> None:
    row = {"event": "birth", "person_id": "P9", "event_date": "2025-12-10", "household_id": "H1", "sex": "M"}
    told(tmp_path / "births.csv", "rnp_events", {**row, "mother_id": "H1-0", "live_birth_order": 3})
    child = member("H1", "P9", DECEMBER)
    assert (child["birth_date"], child["role"], child["mother_id"]) == ("2025-12-10", "child", "H1-0")
    assert (child["live_birth_order"], child["in_rnp"], child["death_date"]) == (3, True, None)
    assert [one["person_id"] for one in household("H1", NOVEMBER)["members"]] == ["H1-0", "H1-1", "H1-2"]
    assert record.name


def test_a_child_born_and_dead_in_one_file_has_both_told(record: Database, tmp_path: Path) -> None:
    birth = {"event": "birth", "person_id": "P9", "event_date": "2025-12-10", "household_id": "H1", "sex": "F"}
    death = {"event": "death", "person_id": "P9", "event_date": "2025-12-12"}
    told(tmp_path / "events.csv", "rnp_events", death, birth)
    assert faults() == []
    assert member("H1", "P9", DECEMBER)["death_date"] == "2025-12-12"
    assert record.name


def test_what_happens_to_nobody_known_is_refused_and_not_lost(record: Database, tmp_path: Path) -> None:
    birth = {"event": "birth", "person_id": "P9", "event_date": "2025-12-10", "household_id": "H1", "sex": "M"}
    told(tmp_path / "1.csv", "rnp_events", birth, {"event": "death", "person_id": "P9", "event_date": "2025-11-05"})
    assert faults() == [(2, "event_date", "2025-11-05", "nobody_known")]
    assert member("H1", "P9", DECEMBER)["death_date"] is None
    later = {"event": "death", "person_id": "H1-1", "event_date": "2025-12-20"}
    told(tmp_path / "2.csv", "rnp_events", later, {**later, "event": "marriage", "event_date": "2011-12-20"})
    assert faults()[1:] == [(2, "event_date", "2011-12-20", "event_before_birth")]
    assert member("H1", "H1-1", DECEMBER)["death_date"] == "2025-12-20"
    assert record.name


def test_a_birth_told_again_takes_nothing_back(record: Database, tmp_path: Path) -> None:
    birth = {"event": "birth", "person_id": "P9", "event_date": "2025-10-10", "household_id": "H1", "sex": "M"}
    first = {**birth, "mother_id": "H1-0", "live_birth_order": 3, "family_name_fr": "El Fassi"}
    told(tmp_path / "1.csv", "rnp_events", first)
    told(
        tmp_path / "2.csv",
        "rnp_events",
        {"event": "marriage", "person_id": "P9", "event_date": "2025-11-05"},
        {"event": "death", "person_id": "P9", "event_date": "2025-11-20"},
    )
    moved = {"person_id": "P9", "role": "child"}
    told(
        tmp_path / "3.csv",
        "rsu_members",
        {**moved, "household_id": "H1", "since": "2025-10-10", "until": "2025-11-15"},
        {**moved, "household_id": "H2", "since": "2025-11-15"},
    )
    known = facts_of()
    told(tmp_path / "4.csv", "rnp_events", birth)
    assert (facts_of(), faults()) == (known, [])
    told(tmp_path / "5.csv", "rnp_events", {**birth, "given_name_fr": "Adam"})
    child = member("H2", "P9", DECEMBER)
    assert (child["death_date"], child["marital_status"]) == ("2025-11-20", "married")
    assert (child["mother_id"], child["live_birth_order"]) == ("H1-0", 3)
    assert "P9" not in [one["person_id"] for one in household("H1", DECEMBER)["members"]]
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT family_name_fr, given_name_fr FROM registry_civil k JOIN registry_person p"
            " ON p.id = k.person_id WHERE p.idcs = 'P9' AND upper_inf(known)"
        )
        assert cursor.fetchall() == [("El Fassi", "Adam")]
    assert record.name


def test_a_death_and_a_marriage_leave_the_other_columns_as_they_are(record: Database, tmp_path: Path) -> None:
    told(
        tmp_path / "events.csv",
        "rnp_events",
        {"event": "marriage", "person_id": "H1-0", "event_date": "2025-12-05"},
        {"event": "death", "person_id": "H1-0", "event_date": "2026-02-20"},
        {"event": "widowhood", "person_id": "H2-0", "event_date": "2025-11-30"},
    )
    later = member("H1", "H1-0", Month(2026, 2))
    assert (later["death_date"], later["marital_status"], later["birth_date"]) == (
        "2026-02-20",
        "married",
        "1985-03-01",
    )
    assert member("H1", "H1-0", DECEMBER)["marital_status"] is None
    assert member("H1", "H1-0", Month(2026, 1))["death_date"] is None
    assert member("H2", "H2-0", DECEMBER)["marital_status"] == "widowed"
    assert record.name


@pytest.mark.parametrize("form", ["csv", "parquet", "ndjson"])
def test_scores_count_from_their_month_in_every_format(record: Database, tmp_path: Path, form: str) -> None:
    rows = (
        {"household_id": "H1", "score": "9.800000001", "score_effective_from": "2026-03"},
        {"household_id": "H1", "score": "9.5", "score_effective_from": "2025-12"},
        {"household_id": "H2", "score": "10", "score_effective_from": "2025-12-01"},
    )
    done = told(tmp_path / f"scores.{form}", "rsu_scores", *rows)
    assert (done.rows, faults()) == (3, [])
    one = household("H1", Month(2026, 4))
    assert Decimal(one["score"]) == Decimal("9.800000001")
    assert (one["score_effective_from"], Decimal(one["previous_score"])) == ("2026-03", Decimal("9.5"))
    assert Decimal(household("H1", Month(2026, 1))["score"]) == Decimal("9.5")
    assert record.name


def test_a_move_changes_where_the_household_is_found(record: Database, tmp_path: Path) -> None:
    new = {"since": "2025-12-15", "commune": RURAL, "milieu": "rural"}
    told(tmp_path / "homes.csv", "rsu_households", {"household_id": "H1", **new}, {"household_id": "H9", **new})
    with acting_as(SYSTEM):
        assert dict(Household.objects.values_list("number", "commune"))["H1"] == RURAL
    assert household("H1", DECEMBER)["milieu"] == "urban"
    assert household("H1", Month(2026, 1))["commune"] == RURAL
    assert household("H9", Month(2026, 1))["members"] == []
    assert record.name


def test_a_situation_told_in_part_leaves_the_rest(record: Database, tmp_path: Path) -> None:
    home = {"household_id": "H1", "commune": RURAL, "milieu": "rural"}
    told(tmp_path / "1.csv", "rsu_households", {**home, "since": "2025-12-01", "pension": "true", "state_pay": None})
    told(tmp_path / "2.csv", "rsu_households", {**home, "since": "2026-01-01", "pension": None, "state_pay": "true"})
    found = household("H1", Month(2026, 1))
    assert (found["pension"], found["state_pay"], found["resident"]) == (True, True, True)
    assert household("H1", DECEMBER)["state_pay"] is False
    assert record.name


def test_a_school_year_ends_and_what_was_known_stands_again(record: Database, tmp_path: Path) -> None:
    year = {"person_id": "H1-1", "enrolled": "true", "since": "2025-12-01", "until": "2026-02-01"}
    told(tmp_path / "pupils.csv", "massar_enrolment", {**year, "school_level": "lower_secondary"})
    levels = [member("H1", "H1-1", NOVEMBER + ahead)["school_level"] for ahead in range(4)]
    assert levels == ["primary", "lower_secondary", "lower_secondary", "primary"]
    assert record.name


def test_members_income_disability_and_accounts(record: Database, tmp_path: Path) -> None:
    since = "2025-12-01"
    told(
        tmp_path / "m.csv",
        "rsu_members",
        {"person_id": "H1-2", "household_id": "H1", "role": "child", "since": "2025-11-01", "until": since},
        {"person_id": "H1-2", "household_id": "H2", "role": "other", "since": since, "until": None},
    )
    told(tmp_path / "i.csv", "cnss_employment", {"person_id": "H1-2", "since": since, "receives_pension": "true"})
    told(tmp_path / "d.csv", "disability", {"person_id": "H1-2", "since": since, "severe_disability": "true"})
    account = "0" * 22 + "97"
    row = {"household_id": "H2", "payment_channel": "bank_account", "since": since, "payment_account": account}
    told(tmp_path / "a.ndjson", "payment_accounts", row)
    moved = member("H2", "H1-2", DECEMBER)
    assert (moved["role"], moved["receives_pension"], moved["severe_disability"]) == ("other", True, True)
    assert [one["person_id"] for one in household("H1", DECEMBER)["members"]] == ["H1-0", "H1-1"]
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute("SELECT channel, account, proof FROM registry_paymentaccount WHERE account <> ''")
        assert cursor.fetchall() == [("bank_account", account, "a.ndjson row 1")]
    assert record.name


REFUSED = """
rsu_scores: household_id=H1 score=a score_effective_from=2026-01: score not_a_number
rsu_scores: household_id=H1 score=nan score_effective_from=2026-01: score not_a_number
rsu_scores: household_id=H1 score=-1 score_effective_from=2026-01: score number_out_of_bounds
rsu_scores: household_id=H1 score=1234 score_effective_from=2026-01: score number_out_of_bounds
rsu_scores: household_id=H1 score=9.0000000001 score_effective_from=2026-01: score too_many_places
rsu_scores: household_id=H1 score= score_effective_from=2026-01: score value_missing
rsu_scores: household_id=H1 score=9 score_effective_from=2026-01-02: score_effective_from not_first_of_month
rsu_scores: household_id=H1 score=9 score_effective_from=soon: score_effective_from date_out_of_bounds
rsu_scores: household_id=H7 score=9 score_effective_from=2026-01: household_id household_unknown
disability: person_id=P7 since=2026-01-01 severe_disability=true: person_id person_unknown
disability: person_id=H1-0 since=2026-01-01 severe_disability=perhaps: severe_disability code_not_allowed
disability: person_id=PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP since=2026-01-01 severe_disability=true: person_id text_too_long
disability: person_id=H1-0 since=2026-01-01 until=2026-01-01 severe_disability=true: until until_before_since
massar_enrolment: person_id=H1-1 since=2026-01-01 enrolled=true school_level=none: school_level enrolled_without_level
massar_enrolment: person_id=H1-1 since=2026-01-01 enrolled=true school_level=sixth: school_level code_not_allowed
rsu_households: household_id=H1 since=2026-01-01 commune=000000000 milieu=rural: commune commune_unknown
rnp_events: event=birth person_id=P8 event_date=2026-01-01 household_id= sex=F: household_id birth_without_household
rnp_events: event=birth person_id=P8 event_date=2026-01-01 household_id=H1 sex=: sex birth_without_sex
rnp_events: event=birth person_id=H1-0 event_date=2026-01-01 household_id=H1 sex=F: event_date birth_differs
rnp_events: event=death person_id=H1-0 event_date=1980-01-01: event_date event_before_birth
payment_accounts: household_id=H1 since=2026-01-01 payment_channel=bank_account \
payment_account=: * account_missing
payment_accounts: household_id=H1 since=2026-01-01 payment_channel=bank_account \
payment_account=1234: * account_not_24_digits
payment_accounts: household_id=H1 since=2026-01-01 payment_channel=bank_account \
payment_account=010000000000000000000000: * account_key_wrong
"""
"""One row refused on each line: the kind, the row, the column at fault (* the last) and the rule."""


def refused(kind: str) -> Iterator[tuple[Row, tuple[str, str | None, str]]]:
    """The rows of a kind that are refused, each with column, value and rule."""
    for line in REFUSED.strip().splitlines():
        of, words, fault = line.split(": ")
        row: Row = {name: value or None for name, value in (word.split("=") for word in words.split())}
        column, rule = fault.split()
        column = list(row)[-1] if column == "*" else column
        if of == kind:
            yield row, (column, row[column], rule)


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_row_refused_says_its_column_value_rule_and_remedy(record: Database, tmp_path: Path, kind: str) -> None:
    known = facts_of()
    cases = list(refused(kind))
    for number, (row, fault) in enumerate(cases):
        with acting_as(SYSTEM):
            before = Rejection.objects.count()
        done = told(tmp_path / f"{number}.csv", kind, row)
        assert faults()[before:] == [(1, *fault)]
        with acting_as(SYSTEM):
            assert all(": " in one.remedy for one in done.rejections.all())
    assert facts_of() == known
    assert bool(cases) is (kind not in {"rsu_members", "cnss_employment"})
    assert record.name


def test_good_rows_go_on_beside_bad_ones_and_rows_given_twice_are_refused_both(
    record: Database, tmp_path: Path
) -> None:
    row = {"household_id": "H1", "score": "9", "score_effective_from": "2026-01"}
    other = {**row, "household_id": "H2", "score": "9.9"}
    told(tmp_path / "scores.csv", "rsu_scores", row, other, {**row, "score": "8"})
    assert faults() == [(1, "household_id", "H1", "given_twice"), (3, "household_id", "H1", "given_twice")]
    assert Decimal(household("H2", Month(2026, 1))["score"]) == Decimal("9.9")
    assert Decimal(household("H1", Month(2026, 1))["score"]) == Decimal("9.1")
    assert record.name


def test_the_same_file_twice_changes_nothing_nor_does_a_renamed_copy(record: Database, tmp_path: Path) -> None:
    row = {"household_id": "H1", "score": "9", "score_effective_from": "2026-01"}
    first = told(tmp_path / "one.csv", "rsu_scores", row)
    known, events = facts_of(), _events()
    (tmp_path / "two.csv").write_bytes((tmp_path / "one.csv").read_bytes())
    assert import_updates(tmp_path / "two.csv", kind="rsu_scores", by=SYSTEM).pk == first.pk
    assert (facts_of(), _events()) == (known, events)
    assert record.name


def test_what_the_record_knows_already_is_written_no_second_time(record: Database, tmp_path: Path) -> None:
    row = {"household_id": "H1", "score": "9", "score_effective_from": "2026-01"}
    told(tmp_path / "one.csv", "rsu_scores", row)
    known = facts_of()
    again = told(tmp_path / "two.ndjson", "rsu_scores", row)
    assert facts_of() == known
    assert again.counts == {"Score": {"unchanged": 1}}
    assert record.name


def test_an_import_leaves_one_event_for_each_chunk_and_none_for_a_row(record: Database, tmp_path: Path) -> None:
    before = len(_events())
    rows = [{"household_id": f"H{n}", "score": "9", "score_effective_from": "2026-01"} for n in (1, 2)]
    told(tmp_path / "one.csv", "rsu_scores", *rows)
    assert _events()[before:] == ["import.begun", "import.chunk", "import.chunk", "import.done"]
    assert record.name


def test_a_file_of_another_shape_is_refused_whole(db: Database, tmp_path: Path) -> None:
    row = {"household_id": "H1", "score": "9"}
    with pytest.raises(BadInputError, match="no column 'score_effective_from'"):
        told(tmp_path / "one.csv", "rsu_scores", row)
    with pytest.raises(BadInputError, match="column 'colour' is none of a file of kind rsu_scores"):
        told(tmp_path / "two.csv", "rsu_scores", {**row, "score_effective_from": "2026-01", "colour": "red"})
    with pytest.raises(UnknownParameterError, match="give one of rnp_events"):
        told(tmp_path / "one.csv", "scores", row)
    with pytest.raises(BadInputError, match=r"ends in none of \.parquet"):
        import_updates(tmp_path / "one.xlsx", kind="rsu_scores", by=SYSTEM)
    (tmp_path / "bad.ndjson").write_text("{no json\n", encoding="utf-8")
    with pytest.raises(BadInputError, match="not readable as ndjson"):
        import_updates(tmp_path / "bad.ndjson", kind="rsu_scores", by=SYSTEM)
    assert not Import.objects.exists()
    assert db.name


def test_a_column_that_only_a_late_row_has_is_read_or_refused(tmp_path: Path) -> None:
    many = [{"person_id": f"P{n}", "severe_disability": True, "since": "2025-11-01"} for n in range(25_000)]
    last = {"person_id": "P", "severe_disability": True, "since": "2025-11-01"}
    path = written(tmp_path / "late.ndjson", *many, {**last, "until": "2025-12-01"})
    with closing(UpdateFile.open(path, KINDS["disability"], tmp_path)) as opened:
        assert opened.duck.sql("SELECT until::text FROM staged WHERE person_id = 'P'").fetchall() == [("2025-12-01",)]
    written(path, *many, {**last, "colour": "red"})
    with pytest.raises(BadInputError, match="column 'colour' is none of a file of kind disability"):
        UpdateFile.open(path, KINDS["disability"], tmp_path)


def _events() -> list[str]:
    with acting_as(SYSTEM):
        return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_times_of_knowing_follow_each_other(record: Database, tmp_path: Path) -> None:
    for number in range(2, 5):
        row = {"household_id": "H1", "score": str(number), "score_effective_from": "2026-01"}
        told(tmp_path / f"{number}.csv", "rsu_scores", row)
    with acting_as(SYSTEM), connection.cursor() as cursor:
        cursor.execute(
            "SELECT lower(known), upper(known) FROM registry_score s JOIN registry_household h ON h.id = s.household_id"
            " WHERE h.number = 'H1' AND validity @> '2026-01-01'::date ORDER BY 1"
        )
        found: list[tuple[dt.datetime, dt.datetime | None]] = cursor.fetchall()
    assert [end for _, end in found] == [*(begin for begin, _ in found[1:]), None]
    assert record.name
