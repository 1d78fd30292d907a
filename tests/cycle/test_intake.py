"""A bad register gets a clear error; rows at fault are listed with their rule, and the others are decided."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from karama.cycle.rules import REMEDIES
from karama.foundation.errors import BadInputError
from tests.cycle.registers import decide, family, person, rewrite, rows, ward, write_register

if TYPE_CHECKING:
    from pathlib import Path

MONTH = "2026-02"
WANTED = ("file", "household_id", "key", "column", "value", "rule")
HOUSEHOLDS, PERSONS, WARDS = "households.parquet", "persons.parquet", "wards.parquet"


def given_wrong(file: Path, column: str, values: dict[str, str], key: str = "household_id") -> None:
    """Write SQL values into one column of the rows with these keys."""
    cases = " ".join(f"WHEN {key} = '{name}' THEN {value}" for name, value in values.items())
    rewrite(file, f'SELECT * REPLACE (CASE {cases} ELSE "{column}" END AS "{column}") FROM rows')


def rejected(register: Path, out: Path, month: str = MONTH) -> list[Any]:
    """What a run rejects; the good family F0 is decided all the same."""
    result = decide(register, month, out)
    found = rows(out, "rejected", *WANTED)
    assert ("F0",) in rows(out, "decisions", "household_id")
    left_out = {row[1] for row in found}
    assert not left_out & {row[0] for row in rows(out, "decisions", "household_id")}
    assert not left_out & {row[0] for row in rows(out, "persons_trace", "household_id")}
    assert sum(result.manifest["totals"]["rejected"].values()) == len(found)
    assert all(row["remedy"] == REMEDIES[row["rule"]] for row in rows(out, "rejected"))
    return found


def families(count: int) -> list[dict[str, Any]]:
    return [family(f"F{number}", "2015-01-01") for number in range(count)]


def test_faults_of_households_are_listed_with_their_rule(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *families(14))
    file = register / HOUSEHOLDS
    given_wrong(file, "milieu", {"F1": "'town'"})
    given_wrong(file, "resident", {"F2": "NULL"})
    given_wrong(file, "commune", {"F3": "'44210106'", "F4": "'134210106'", "F5": "'040000000'", "F6": "NULL"})
    given_wrong(file, "region", {"F3": "'44'", "F4": "'13'", "F5": "'04'", "F6": "NULL", "F7": "'05'"})
    given_wrong(file, "province", {"F3": "'44210'", "F4": "'13421'", "F5": "'04000'", "F6": "NULL", "F7": "'05421'"})
    given_wrong(file, "claim_month", {"F8": "DATE '2024-01-15'", "F9": "DATE '2400-01-01'"})
    given_wrong(file, "social_security_months", {"F10": "-1", "F11": "1201"})
    given_wrong(file, "previous_score", {"F12": "-0.000000001"})
    given_wrong(file, "payment_channel", {"F13": "'pigeon'"})
    assert rejected(register, tmp_path / "out") == [
        (HOUSEHOLDS, "F1", "F1", "milieu", "town", "code_not_allowed"),
        (HOUSEHOLDS, "F10", "F10", "social_security_months", "-1", "number_out_of_bounds"),
        (HOUSEHOLDS, "F11", "F11", "social_security_months", "1201", "number_out_of_bounds"),
        (HOUSEHOLDS, "F12", "F12", "previous_score", "-0.000000001", "negative_number"),
        (HOUSEHOLDS, "F13", "F13", "payment_channel", "pigeon", "code_not_allowed"),
        (HOUSEHOLDS, "F2", "F2", "resident", None, "value_missing"),
        (HOUSEHOLDS, "F3", "F3", "commune", "44210106", "commune_not_nine_digits"),
        (HOUSEHOLDS, "F4", "F4", "commune", "134210106", "commune_unknown"),
        (HOUSEHOLDS, "F5", "F5", "commune", "040000000", "commune_unknown"),
        (HOUSEHOLDS, "F6", "F6", "commune", None, "commune_not_nine_digits"),
        (HOUSEHOLDS, "F7", "F7", "province", "05421", "province_not_of_commune"),
        (HOUSEHOLDS, "F7", "F7", "region", "05", "region_not_of_commune"),
        (HOUSEHOLDS, "F8", "F8", "claim_month", "2024-01-15", "not_first_of_month"),
        (HOUSEHOLDS, "F9", "F9", "claim_month", "2400-01-01", "date_out_of_bounds"),
    ]
    assert rows(tmp_path / "out", "decisions", "household_id") == [("F0",)]


def test_a_person_at_fault_leaves_its_household_undecided(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *families(6))
    file = register / PERSONS
    given_wrong(file, "role", {"F1-1": "'cousin'"}, "person_id")
    given_wrong(file, "birth_date", {"F2-1": "NULL", "F3-1": "DATE '1799-01-01'"}, "person_id")
    given_wrong(file, "death_date", {"F4-0": "DATE '1980-01-01'"}, "person_id")
    given_wrong(file, "person_id", {"F5-1": "NULL"}, "person_id")
    assert rejected(register, tmp_path / "out") == [
        (PERSONS, "F5", None, "person_id", None, "value_missing"),
        (PERSONS, "F1", "F1-1", "role", "cousin", "code_not_allowed"),
        (PERSONS, "F2", "F2-1", "birth_date", None, "value_missing"),
        (PERSONS, "F3", "F3-1", "birth_date", "1799-01-01", "date_out_of_bounds"),
        (PERSONS, "F4", "F4-0", "death_date", "1980-01-01", "death_before_birth"),
    ]
    manifest = decide(register, MONTH, tmp_path / "out").manifest
    assert manifest["rows_left_out"] == {"households": 5, "persons": 10}
    assert manifest["faults"]["value_missing"] == 2


def test_identifiers_and_families_that_do_not_fit_are_listed(tmp_path: Path) -> None:
    two_heads = family("F4")
    two_heads["members"].append(person("F4-9", "head", "1980-01-01"))
    widowed = family("F7")
    widowed["members"].append(person("F7-9", "head", "1980-01-01", death_date="2025-06-01"))
    no_head = family("F5", "2015-01-01")
    no_head["members"][0]["role"] = "other"
    register = write_register(tmp_path / "register", *families(4), two_heads, no_head, family("F6"), widowed)
    rewrite(register / HOUSEHOLDS, "FROM rows UNION ALL FROM rows WHERE household_id = 'F1'")
    given_wrong(register / PERSONS, "person_id", {"F3-1": "'F2-1'"}, "person_id")
    given_wrong(register / PERSONS, "household_id", {"F6-0": "'F99'"}, "person_id")
    assert rejected(register, tmp_path / "out") == [
        (HOUSEHOLDS, "F1", "F1", "household_id", "F1", "duplicate_id"),
        (HOUSEHOLDS, "F1", "F1", "household_id", "F1", "duplicate_id"),
        (HOUSEHOLDS, "F4", "F4", "role", "more than one", "several_heads"),
        (HOUSEHOLDS, "F5", "F5", "role", "0 heads", "no_head"),
        (HOUSEHOLDS, "F6", "F6", "household_id", "F6", "household_without_persons"),
        (PERSONS, "F2", "F2-1", "person_id", "F2-1", "duplicate_id"),
        (PERSONS, "F3", "F2-1", "person_id", "F2-1", "duplicate_id"),
        (PERSONS, "F99", "F6-0", "household_id", "F99", "household_unknown"),
    ]
    assert rows(tmp_path / "out", "decisions", "household_id") == [("F0",), ("F7",)]


def test_rows_without_an_identifier_are_listed_by_their_place(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *families(3))
    given_wrong(register / HOUSEHOLDS, "household_id", {"F1": "''", "F2": "NULL"})
    rewrite(register / PERSONS, "FROM rows WHERE household_id = 'F0'")
    decide(register, MONTH, tmp_path / "out")
    assert rows(tmp_path / "out", "rejected", "row", "household_id", "rule") == [
        (3, None, "value_missing"),
        (2, "", "household_without_persons"),
        (2, "", "value_missing"),
    ]
    assert rows(tmp_path / "out", "decisions", "household_id") == [("F0",)]


def test_a_child_in_care_at_fault_is_left_out_alone(tmp_path: Path) -> None:
    wards = [
        ward("W1", "2012-01-01"),
        ward("W2", "2012-01-01", admitted="2011-12-31"),
        ward("W3", "2012-01-01", left_on="2020-05-09"),
        ward("F0-1", "2015-01-01"),
        ward("W5", "2012-01-01", category="lost", commune="1"),
    ]
    register = write_register(tmp_path / "register", *families(1), wards=wards)
    assert rejected(register, tmp_path / "out") == [
        (WARDS, None, "F0-1", "person_id", "F0-1", "ward_in_household"),
        (WARDS, None, "W2", "admitted", "2011-12-31", "admission_before_birth"),
        (WARDS, None, "W3", "left_on", "2020-05-09", "left_before_admission"),
        (WARDS, None, "W5", "category", "lost", "code_not_allowed"),
        (WARDS, None, "W5", "commune", "1", "commune_not_nine_digits"),
    ]
    assert rows(tmp_path / "out", "ward_decisions", "person_id", "amount_centimes") == [("W1", 50000)]


def test_a_float_score_counts_where_it_stands_for_nine_decimals(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *families(7))
    rewrite(register / HOUSEHOLDS, "SELECT * REPLACE (CAST(score AS DOUBLE) AS score) FROM rows")
    scores = {
        "F0": "9.743001",
        "F1": "'nan'",
        "F2": "'inf'",
        "F3": "9.7430011234",
        "F4": "1e9",
        "F5": "-1",
        "F6": "NULL",
    }
    given_wrong(register / HOUSEHOLDS, "score", {name: f"CAST({value} AS DOUBLE)" for name, value in scores.items()})
    assert rejected(register, tmp_path / "out") == [
        (HOUSEHOLDS, "F1", "F1", "score", "nan", "not_a_number"),
        (HOUSEHOLDS, "F2", "F2", "score", "inf", "not_a_number"),
        (HOUSEHOLDS, "F3", "F3", "score", "9.7430011234", "too_many_places"),
        (HOUSEHOLDS, "F4", "F4", "score", "1000000000.0", "number_out_of_bounds"),
        (HOUSEHOLDS, "F5", "F5", "score", "-1.0", "negative_number"),
    ]
    decided = rows(tmp_path / "out", "decisions", "household_id", "eligible", "reasons")
    assert decided == [("F0", True, []), ("F6", False, ["no_score_in_force"])]


@pytest.mark.parametrize(
    ("kind", "scores", "at_fault"),
    [
        ("FLOAT", ("9.5", "9.743001"), {"F1": "too_many_places"}),
        ("DECIMAL(20,12)", ("9.743001", "9.743001000001"), {"F1": "too_many_places"}),
        ("INTEGER", ("9", "1000"), {"F1": "number_out_of_bounds"}),
    ],
)
def test_a_score_of_another_width_is_read_exactly_or_not_at_all(
    tmp_path: Path, kind: str, scores: tuple[str, str], at_fault: dict[str, str]
) -> None:
    register = write_register(tmp_path / "register", *families(2))
    rewrite(register / HOUSEHOLDS, f"SELECT * REPLACE (CAST(0 AS {kind}) AS score) FROM rows")
    values = {f"F{number}": f"CAST({score} AS {kind})" for number, score in enumerate(scores)}
    given_wrong(register / HOUSEHOLDS, "score", values)
    assert {row[1]: row[5] for row in rejected(register, tmp_path / "out")} == at_fault


def test_absent_columns_have_their_defaults(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *families(2))
    rewrite(register / HOUSEHOLDS, "SELECT household_id, milieu, commune, claim_month, score FROM rows")
    rewrite(register / PERSONS, "SELECT household_id, person_id, role, sex, birth_date FROM rows")
    decide(register, MONTH, tmp_path / "out")
    assert rows(tmp_path / "out", "decisions", "household_id", "amount_centimes") == [("F0", 50000), ("F1", 50000)]
    assert rows(tmp_path / "out", "payments", "channel", "account") == [("payment_establishment", None)] * 2
    lines = rows(tmp_path / "out", "lines", "benefit", "amount_centimes")
    assert lines[:2] == [("family_floor", 30000), ("child_aid", 20000)]


def test_a_column_of_unknown_values_only_needs_no_type(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *families(1))
    table = pq.read_table(register / PERSONS)
    place = table.column_names.index("death_date")
    pq.write_table(table.set_column(place, "death_date", pa.nulls(table.num_rows)), register / PERSONS)
    assert rejected(register, tmp_path / "out") == []


@pytest.mark.parametrize(
    ("file", "query", "said"),
    [
        (HOUSEHOLDS, "SELECT * EXCLUDE (score, milieu) FROM rows", "no column 'milieu' (milieu, VARCHAR)"),
        (PERSONS, "SELECT * EXCLUDE (birth_date) FROM rows", "no column 'birth_date' (date of birth, DATE)"),
        (
            PERSONS,
            "SELECT * REPLACE (CAST(birth_date AS VARCHAR) AS birth_date) FROM rows",
            "column 'birth_date' (date of birth) is VARCHAR, not DATE",
        ),
        (
            HOUSEHOLDS,
            "SELECT * REPLACE ('yes' AS resident) FROM rows",
            "'resident' (the head lives in Morocco) is VARCHAR",
        ),
        (HOUSEHOLDS, "SELECT * REPLACE (44210106 AS commune) FROM rows", "is INTEGER, not VARCHAR"),
        (HOUSEHOLDS, "FROM rows LIMIT 0", "holds no row"),
        (PERSONS, "FROM rows LIMIT 0", "holds no row"),
    ],
)
def test_a_file_of_another_shape_is_refused_by_name(tmp_path: Path, file: str, query: str, said: str) -> None:
    register = write_register(tmp_path / "register", *families(1))
    rewrite(register / file, query)
    with pytest.raises(BadInputError, match=re.escape(said)) as caught:
        decide(register, MONTH, tmp_path / "out")
    assert str(caught.value).startswith(str(register / file))
    assert not (tmp_path / "out").exists()


def test_a_truncated_empty_or_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *families(300))
    file = register / PERSONS
    whole = file.read_bytes()
    for content in (whole[: len(whole) // 2], b"", b"household_id,person_id\nF1,P1\n"):
        file.write_bytes(content)
        with pytest.raises(BadInputError, match=r"persons\.parquet: not readable as Parquet"):
            decide(register, MONTH, tmp_path / "out")
    file.unlink()
    with pytest.raises(BadInputError, match=r"persons\.parquet: no such file"):
        decide(register, MONTH, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "column"), [(HOUSEHOLDS, "resident"), (HOUSEHOLDS, "payment_account"), (PERSONS, "mother_id")]
)
def test_damaged_pages_are_refused_by_name(tmp_path: Path, name: str, column: str) -> None:
    register = write_register(tmp_path / "register", *families(300))
    file = register / name
    group = pq.ParquetFile(file).metadata.row_group(0)
    chunks = {group.column(number).path_in_schema: group.column(number) for number in range(group.num_columns)}
    content = bytearray(file.read_bytes())
    start = chunks[column].dictionary_page_offset or chunks[column].data_page_offset
    content[start : start + chunks[column].total_compressed_size] = b"\xff" * chunks[column].total_compressed_size
    file.write_bytes(content)
    with pytest.raises(BadInputError, match=f"{name}: not readable as Parquet"):
        decide(register, MONTH, tmp_path / "out")


def test_strict_refuses_the_whole_register_and_shows_the_first_faults(tmp_path: Path) -> None:
    register = write_register(tmp_path / "register", *families(9))
    given_wrong(register / HOUSEHOLDS, "milieu", {f"F{number}": "'town'" for number in range(1, 9)})
    with pytest.raises(BadInputError) as caught:
        decide(register, MONTH, tmp_path / "out", strict=True)
    lines = str(caught.value).split("; ")
    assert lines[:2] == [f"{register}: 8 faults", "nothing was decided"]
    assert lines[2] == (
        "households.parquet, row 2 (F1): column 'milieu' is 'town': code_not_allowed:"
        " use one of the codes of the column dictionary"
    )
    assert len(lines) == 7
    assert not (tmp_path / "out").exists()
    assert decide(write_register(tmp_path / "good", *families(2)), MONTH, tmp_path / "out", strict=True).manifest[
        "strict"
    ]
