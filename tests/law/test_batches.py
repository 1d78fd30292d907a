"""Many households in one file: as people and spreadsheets write them, answered in their order."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook

from karama.foundation.errors import BadInputError, StorageError, UnknownParameterError
from karama.law import decide_household
from karama.law.batch import answer_file, answers
from karama.law.inputs import REGISTER
from karama.law.tables import read_table, write_table
from tests.law.families import MARCH_2026
from tests.oracles.random_households import random_households

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HEADING = "household_id,milieu,commune,claim_month,score,person_id,role,sex,birth_date,enrolled,school_level\n"
H2_HEAD = "H2,rural,061810901,2023-12,9.1,P1,head,F,1985-03-01,,\n"
H2_PUPIL = "H2,rural,061810901,2023-12,9.1,P2,child,M,2012-09-14,true,lower_secondary\n"
H1_HEAD = "H1,urban,010110101,2023-12,9.9,P3,head,M,1960-01-01,,\n"
GOOD = HEADING + H2_HEAD + H1_HEAD + H2_PUPIL
ANSWERS = [
    {
        "household_id": "H2",
        "month": "2026-03",
        "eligible": True,
        "aid": "child",
        "amount": Decimal("500.00"),
        "reasons": [],
    },
    {
        "household_id": "H1",
        "month": "2026-03",
        "eligible": False,
        "aid": "none",
        "amount": Decimal("0.00"),
        "reasons": ["score_above_threshold"],
    },
]


def written(folder: Path, text: str, name: str = "homes.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    path = folder / "homes.xlsx"
    book.save(path)
    return path


def fault(path: Path, programme: str = "asd") -> str:
    with pytest.raises(BadInputError) as caught:
        answers(path, MARCH_2026, programme=programme)
    return str(caught.value).replace(str(path.parent) + "/", "")


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace("9.1", "9,1").replace("9.9", "9,9").replace("9,1", '"9,1"').replace("9,9", '"9,9"'),
        GOOD.replace(",", ";").replace("9.1", "9,1").replace("9.9", "9,9"),
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("true", " OUI "),
        GOOD.replace("true", "نعم"),
        GOOD.replace("true", "1"),
        GOOD.rstrip("\n"),
        GOOD.replace(H1_HEAD, "\n,,,,,,,,,,\n" + H1_HEAD),
        GOOD.replace("household_id", " household_id "),
        GOOD.replace(H2_PUPIL, H2_PUPIL.replace("rural,061810901,2023-12,9.1", ",,,")),
        GOOD.replace(H2_HEAD, H2_HEAD.replace("9.1", "")),
    ],
    ids=[
        "commas",
        "semicolons",
        "quoted-decimal-commas",
        "semicolons-and-decimal-commas",
        "byte-order-mark",
        "windows-lines",
        "yes-in-french",
        "yes-in-arabic",
        "yes-as-1",
        "no-last-line",
        "empty-rows",
        "spaces-in-heading",
        "household-on-its-first-row-only",
        "a-fact-on-a-later-row-only",
    ],
)
def test_a_csv_is_read_as_people_write_it(tmp_path: Path, text: str) -> None:
    assert answers(written(tmp_path, text), MARCH_2026) == ANSWERS


def test_a_workbook_gives_dates_booleans_and_numbers(tmp_path: Path) -> None:
    rows = [
        HEADING.strip().split(","),
        ["H2", "rural", "061810901", dt.datetime(2023, 12, 1), 9.1, "P1", "head", "F", dt.datetime(1985, 3, 1)],  # noqa: DTZ001
        [None, None],
        ["H1", "urban", "010110101", "2023-12", "9,9", 3, "head", "M", "1960-01-01", False, "none"],
        [
            "H2",
            None,
            None,
            dt.date(2023, 12, 1),
            9.1,
            "P2",
            "child",
            "M",
            dt.date(2012, 9, 14),
            True,
            "lower_secondary",
        ],
    ]
    path = workbook(tmp_path, rows)
    assert answers(path, MARCH_2026) == ANSWERS
    assert [number for number, _ in read_table(path).rows] == [2, 4, 5]


def test_a_number_of_a_workbook_may_be_an_identifier(tmp_path: Path) -> None:
    rows = [
        [*HEADING.strip().split(","), "social_security_months"],
        [17.0, "rural", "061810901", "2023-12", 9, 1, "head", "F", "1985-03-01", None, None, 3.0],
    ]
    (answer,) = answers(workbook(tmp_path, rows), MARCH_2026)
    assert (answer["household_id"], answer["aid"]) == ("17", "flat")


FAULTS = [
    ("", "homes.csv: holds no row: write a heading and one row per person"),
    (HEADING, "homes.csv: holds no row: write a heading and one row per person"),
    (
        GOOD.replace("1985-03-01", "01/03/1985"),
        "homes.csv: row 2: column 'birth_date': '01/03/1985' is not date: write YYYY-MM-DD",
    ),
    (GOOD.replace("true", "perhaps"), "homes.csv: row 4: column 'enrolled': 'perhaps' is not boolean: write true"),
    (GOOD.replace("urban", "city"), "homes.csv: row 3: column 'milieu': 'city' is not one of urban, rural"),
    (GOOD.replace("9.9", "NaN"), "homes.csv: row 3: column 'score': 'NaN' is not decimal(12,9): write a plain number"),
    (GOOD.replace("9.9", "1e9"), "homes.csv: row 3: column 'score': '1e9' is not decimal(12,9)"),
    (
        GOOD.replace("2023-12", "2023-13"),
        "homes.csv: row 2: column 'claim_month': '2023-13' is not a month YYYY-MM",
    ),
    (GOOD.replace("sex", "sexe"), "homes.csv: row 2: column 'sexe' is unknown: remove it or correct its heading"),
    (GOOD.replace("sex", "role"), "homes.csv: row 1: column 'role' stands twice: keep one"),
    (GOOD.replace("sex", ""), "homes.csv: row 2: 'F' stands in column 8, which has no heading"),
    (GOOD.replace(H1_HEAD, H1_HEAD.strip() + "x,more\n"), "homes.csv: row 3: 'more' stands in column 12, which has no"),
    (GOOD.replace("H1,", ","), "homes.csv: row 3: column 'household_id' is empty: give its identifier"),
    (
        GOOD.replace(H2_PUPIL, H2_PUPIL.replace("rural", "urban")),
        "homes.csv: row 4: column 'milieu': 'urban' differs from 'rural', given before for the same household: write",
    ),
    (
        GOOD.replace("010110101", "10110101"),
        "homes.csv: row 3: field 'commune': '10110101' is no HCP code: nine digits, the first two from 01 to 12",
    ),
    (GOOD.replace("P2", "P1"), "homes.csv: rows 2 to 4: member 2: field 'person_id': 'P1' stands twice: give each"),
    (GOOD.replace("child", "head"), "homes.csv: rows 2 to 4: field 'role': 2 members are 'head': exactly one must be"),
    (GOOD.replace(",M,1960", ",,1960"), "homes.csv: row 3: member 1: field 'sex' is missing"),
    (HEADING + '"H1\n', "homes.csv: row 2"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_a_fault_names_file_row_column_value_and_remedy(tmp_path: Path, text: str, message: str) -> None:
    assert fault(written(tmp_path, text)).startswith(message)


def test_a_fault_after_a_cell_of_several_lines_keeps_its_row(tmp_path: Path) -> None:
    text = GOOD.replace("H2,rural", '"H\n2",rural', 1).replace("urban", "city")
    assert fault(written(tmp_path, text)).startswith("homes.csv: row 4: column 'milieu': 'city'")


@pytest.mark.parametrize("cell", ["3.5", "x", "--3", "1_0"])
def test_a_whole_number_is_asked_for_where_months_are_counted(tmp_path: Path, cell: str) -> None:
    text = HEADING.strip() + ",social_security_months\n" + H2_HEAD.strip() + f",{cell}\n"
    expected = f"homes.csv: row 2: column 'social_security_months': '{cell}' is not integer"
    assert fault(written(tmp_path, text)) == expected


def test_months_declared_are_read(tmp_path: Path) -> None:
    text = HEADING.strip() + ",social_security_months\n" + H2_HEAD.strip() + ",3\n"
    assert len(answers(written(tmp_path, text), MARCH_2026)) == 1


def test_an_empty_month_of_claim_says_that_nothing_was_claimed(tmp_path: Path) -> None:
    (answer,) = answers(written(tmp_path, HEADING + H2_HEAD.replace("2023-12", "")), MARCH_2026)
    assert answer["reasons"] == ["no_claim"]
    without = (HEADING + H2_HEAD).replace("claim_month,", "").replace("2023-12,", "")
    assert fault(written(tmp_path, without)).startswith("homes.csv: row 2: field 'claim_month' is missing")


def test_files_that_are_no_tables_are_refused(tmp_path: Path) -> None:
    assert fault(tmp_path / "none.csv") == "none.csv: no such file: check the path"
    assert fault(written(tmp_path, GOOD, "homes.ods")) == (
        "homes.ods: '.ods' is not read: save the table as .csv (UTF-8) or .xlsx"
    )
    assert fault(written(tmp_path, "é" + GOOD, encoding="latin-1")).startswith("homes.csv: is not UTF-8 text")
    assert fault(written(tmp_path, GOOD, "homes.xlsx")).startswith("homes.xlsx: is no XLSX workbook")
    assert fault(written(tmp_path, GOOD + "x" * 200_000)).startswith("homes.csv: row 5: is no CSV")
    assert fault(workbook(tmp_path, [])) == "homes.xlsx: holds no row: write a heading and one row per person"
    assert fault(workbook(tmp_path, [["household_id"], [dt.date(2020, 1, 1)]])).startswith(
        "homes.xlsx: row 2: column 'household_id':"
    )


def test_the_programme_asked_for_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UnknownParameterError, match="no programme is called 'afj': use one of asd, "):
        answers(written(tmp_path, GOOD), MARCH_2026, programme="afj")


WARDS = (
    "person_id,establishment_id,sex,birth_date,category,admitted,claim_month\n"
    "W2,E1,F,2012-01-02,orphan,2020-01-01,2025-12\n"
    "W1,E1,M,2012-01-02,abandoned,2020-01-01,2026-04\n"
)


def test_children_in_care_are_answered_by_their_own_identifier(tmp_path: Path) -> None:
    found = answers(written(tmp_path, WARDS), MARCH_2026, programme="asd_institution")
    assert [(one["person_id"], one["aid"], one["reasons"]) for one in found] == [
        ("W2", "institution", []),
        ("W1", "none", ["before_first_month_due"]),
    ]


def test_a_child_in_care_stands_on_one_row(tmp_path: Path) -> None:
    assert fault(written(tmp_path, WARDS.replace("W1", "W2")), programme="asd_institution") == (
        "homes.csv: row 3: column 'person_id': 'W2' stands already in row 2: keep one row for each"
    )


def test_answers_come_as_csv_text_a_csv_file_or_a_workbook(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    text, counted = answer_file(path, MARCH_2026)
    assert counted == 2
    assert text == (
        "household_id,month,eligible,aid,amount,reasons\n"
        "H2,2026-03,True,child,500.00,\n"
        "H1,2026-03,False,none,0.00,score_above_threshold\n"
    )
    assert answer_file(path, MARCH_2026, out=tmp_path / "out.csv") == ("", 2)
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig") == text
    assert answer_file(path, MARCH_2026, out=tmp_path / "out.xlsx") == ("", 2)
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [
        ["household_id", "month", "eligible", "aid", "amount", "reasons"],
        ["H2", "2026-03", True, "child", 500, None],
        ["H1", "2026-03", False, "none", 0, "score_above_threshold"],
    ]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["homes.csv", "out.csv", "out.xlsx"]


def test_an_identifier_is_no_formula_in_a_workbook(tmp_path: Path) -> None:
    write_table(tmp_path / "out.xlsx", ["household_id"], [{"household_id": "=1+1"}])
    sheet = load_workbook(tmp_path / "out.xlsx").active
    assert sheet is not None
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


def test_answers_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    with pytest.raises(BadInputError, match=r"out\.json: '\.json' is not written: end the name in \.csv or \.xlsx"):
        answer_file(path, MARCH_2026, out=tmp_path / "out.json")
    with pytest.raises(BadInputError, match=r"'\.json' is not written"):
        write_table(tmp_path / "out.json", ["a"], [])
    for name in ("none/out.csv", "none/out.xlsx"):
        with pytest.raises(StorageError, match=r"cannot be written \(No such file or directory\): choose another"):
            answer_file(path, MARCH_2026, out=tmp_path / name)
    assert [one.name for one in tmp_path.iterdir()] == ["homes.csv"]


def test_two_thousand_households_are_answered_in_order_as_one_by_one(tmp_path: Path) -> None:
    households = random_households(Random("batch"), 2000, "2026-03")
    facts = [column.name for column in REGISTER.columns if column.name != "region"]
    stream = io.StringIO()
    writer = csv.DictWriter(stream, facts, extrasaction="ignore")
    writer.writeheader()
    for household in households:
        own = {name: value for name, value in household.items() if name != "members"}
        writer.writerows({**own, **member} for member in household["members"])
    found = answers(written(tmp_path, stream.getvalue()), MARCH_2026)
    assert [one["household_id"] for one in found] == [one["household_id"] for one in households]
    for household, answer in list(zip(households, found, strict=True))[::20]:
        decision = decide_household(household, MARCH_2026)
        assert answer["reasons"] == list(decision.reasons)
        assert answer["amount"] * 100 == decision.amount_centimes
