"""Errors of ``karama law``: one line on standard error that names file, field, value and remedy; its exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine import evaluate
from tests.law.families import CONTRACT, SCORED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.runner import Karama

MEMBERS: list[dict[str, Any]] = CONTRACT["members"]  # type: ignore[assignment]
HEAD, SON = MEMBERS


def one_line(error: str) -> bool:
    return error.startswith("karama: ") and error.endswith("\n") and error.count("\n") == 1 and "Traceback" not in error


FIELDS = [
    ({"score": "high"}, "field 'score': 'high' is not decimal(12,9): write a plain number"),
    ({"score": 10**12}, "field 'score': 1000000000000 is not decimal(12,9): write a plain number"),
    ({"score": True}, "field 'score': True is not decimal(12,9): write a plain number"),
    ({"milieu": "city"}, "field 'milieu': 'city' is not one of urban, rural"),
    ({"claim_month": "2023-13"}, "field 'claim_month': '2023-13' is not a month YYYY-MM"),
    ({"members": []}, "field 'members' is missing or empty: list the household's persons"),
    ({"members": {}}, "field 'members' is missing or empty: list the household's persons"),
    ({"members": [1]}, "member 1: is no object: write {...} with the person's fields"),
    ({"residant": True}, "field 'residant' is unknown: did you mean 'resident'?"),
    ({"household_id": 7}, "field 'household_id': 7 is not text"),
    (
        {"commune": "131810901"},
        "field 'commune': '131810901' is no HCP code: nine digits, the first two from 01 to 12",
    ),
    ({"commune": "6181090"}, "field 'commune': '6181090' is no HCP code: nine digits, the first two from 01 to 12"),
    ({"commune": "٠٦1810901"}, "field 'commune': '٠٦1810901' is no HCP code: nine digits, the first two from 01 to 12"),
    ({"commune": 61810901}, "field 'commune': 61810901 is no HCP code: nine digits, the first two from 01 to 12"),
    (
        {"region": "01"},
        "field 'region': '01' is not the region of commune 061810901, which begins with '06': correct one of the two",
    ),
    ({"members": [HEAD, {**SON, "person_id": "P1"}]}, "member 2: field 'person_id': 'P1' stands twice: give each"),
    ({"members": [HEAD, {**SON, "role": "chid"}]}, "member 2: field 'role': 'chid' is not one of head, spouse, child"),
    (
        {"members": [HEAD, {**SON, "birth_date": "14/09/2012"}]},
        "member 2: field 'birth_date': '14/09/2012' is not date",
    ),
    ({"members": [HEAD, {**SON, "birth_date": None}]}, "member 2: field 'birth_date': is null but must be known: give"),
    ({"members": [HEAD, {**SON, "enroled": True}]}, "member 2: field 'enroled' is unknown: did you mean 'enrolled'?"),
    (
        {"members": [HEAD, {**SON, "death_date": "2011-01-01"}]},
        "member 2: field 'death_date': 2011-01-01 is before the birth (2012-09-14): correct one",
    ),
    ({"members": [SON]}, "field 'role': 0 members are 'head': exactly one must be"),
    ({"members": [HEAD, {**HEAD, "person_id": "P9"}]}, "field 'role': 2 members are 'head': exactly one must be"),
    ({"score": None, "score_inputs": {"carz": 1}}, "field 'score_inputs.carz' is unknown: did you mean 'cars'?"),
]


@pytest.mark.parametrize(("facts", "message"), FIELDS)
def test_a_wrong_field_is_named_with_its_value_and_the_remedy(
    karama: Karama, facts: dict[str, Any], message: str
) -> None:
    ended = karama(f"law explain {karama.file('home.json', {**CONTRACT, **facts})} --month 2026-03")
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"karama: home.json: {message}")
    assert one_line(ended.err)


@pytest.mark.parametrize("field", ["household_id", "milieu", "commune", "claim_month", "members"])
def test_a_missing_field_is_named(karama: Karama, field: str) -> None:
    home = {name: value for name, value in CONTRACT.items() if name != field}
    ended = karama(f"law explain {karama.file('home.json', home)} --month 2026-03")
    assert ended.code == 3
    assert ended.err.startswith(f"karama: home.json: field '{field}' is missing")


@pytest.mark.parametrize("field", ["person_id", "role", "sex", "birth_date"])
def test_a_missing_field_of_a_member_is_named(karama: Karama, field: str) -> None:
    son = {name: value for name, value in SON.items() if name != field}
    ended = karama(f"law explain {karama.file('home.json', {**CONTRACT, 'members': [HEAD, son]})} --month 2026-03")
    assert ended.code == 3
    assert ended.err.startswith(f"karama: home.json: member 2: field '{field}' is missing")


def test_a_household_without_claim_is_refused_not_wrong(karama: Karama) -> None:
    home = karama.file("home.json", {**CONTRACT, "claim_month": None})
    assert karama(f"law explain {home} --month 2026-03 --format json").json["reasons"] == ["no_claim"]


TEXTS = [
    ("", "home.json: is empty: write {...} with the household's fields"),
    ("  \n", "home.json: is empty: write {...} with the household's fields"),
    ("{", "home.json: not valid JSON (Expecting property name enclosed in double quotes: line 1 column 2"),
    ('{"score": NaN}', "home.json: NaN is no number: write a plain number, or null where it is unknown"),
    ('{"score": -Infinity}', "home.json: -Infinity is no number: write a plain number, or null where it is unknown"),
    ('{"score": 1, "score": 2}', "home.json: field 'score' is given twice: keep one"),
    ("[]", "home.json: is no object: write {...} with the household's fields"),
    ('"H1"', "home.json: is no object: write {...} with the household's fields"),
    ("1" * 5000, "home.json: not valid JSON (Exceeds the limit (4300 digits)"),
    ("[" * 100_000, "home.json: not valid JSON (maximum recursion depth exceeded"),
]


@pytest.mark.parametrize(("text", "message"), TEXTS, ids=[str(number) for number in range(len(TEXTS))])
def test_a_file_that_is_no_household_is_named(karama: Karama, text: str, message: str) -> None:
    for command in ("explain", "score"):
        ended = karama(f"law {command} {karama.file('home.json', text)} --month 2026-03")
        assert (ended.code, ended.out) == (3, "")
        assert ended.err.startswith(f"karama: {message}")
        assert one_line(ended.err)


def test_an_infinite_score_is_no_score(karama: Karama) -> None:
    text = (karama.folder / karama.file("home.json", CONTRACT)).read_text(encoding="utf-8").replace("9.1", "1e400")
    ended = karama(f"law explain {karama.file('home.json', text)} --month 2026-03")
    assert ended.code == 3
    assert "field 'score': 1E+400 is not decimal(12,9)" in ended.err


def test_a_file_that_cannot_be_read_is_named(karama: Karama) -> None:
    ended = karama("law explain none.json --month 2026-03")
    assert (ended.code, ended.err) == (3, "karama: none.json: no such file: check the path\n")
    (karama.folder / "folder").mkdir()
    ended = karama("law explain folder --month 2026-03")
    assert (ended.code, ended.err.startswith("karama: folder: cannot be read as UTF-8 text")) == (3, True)
    (karama.folder / "latin.json").write_bytes('{"household_id": "é"}'.encode("latin-1"))
    ended = karama("law explain latin.json --month 2026-03")
    assert (ended.code, ended.err.startswith("karama: latin.json: cannot be read as UTF-8 text")) == (3, True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("law explain home.json --month 2023-11", "programme 'asd' starts in 2023-12: ask for that month or a later"),
        ("law explain home.json --month 2026-13", "2026-13 is no month: write YYYY-MM, for example 2025-10"),
        ("law explain home.json --month march", "'march' is no month: write YYYY-MM, for example 2025-10"),
        ("law explain --batch none.csv --month 2026-03", "none.csv: no such file: check the path"),
        ("law parameters --month 2026", "'2026' is no month: write YYYY-MM, for example 2025-10"),
        ("law score home.json --month 2021-07", "programme 'rsu_score' starts in 2021-08: ask for that month"),
        ("law score home.json --month 2026-03", "home.json: field 'score_inputs': is missing: write {...} with the"),
        ("law export --openfisca out --cases none.json", "none.json: no such file: check the path"),
    ],
)
def test_a_wrong_input_ends_with_3(karama: Karama, call: str, message: str) -> None:
    karama.file("home.json", CONTRACT)
    ended = karama(call)
    assert ended.code == 3
    assert ended.err.startswith(f"karama: {message}")
    assert one_line(ended.err)


@pytest.mark.parametrize("call", ["explain home.json --month 2026-03", "parameters", "export --openfisca out"])
def test_an_unknown_programme_ends_with_4_and_lists_the_known_ones(karama: Karama, call: str) -> None:
    karama.file("home.json", CONTRACT)
    ended = karama(f"law {call} --programme afj")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err == (
        "karama: no programme is called 'afj': use one of asd, asd_institution, amo_tadamon, rsu_score, bolsa_familia,"
        " winter_heating\n"
    )


def test_a_law_without_value_ends_with_5(karama: Karama, monkeypatch: pytest.MonkeyPatch) -> None:
    """The law itself with one value taken away: its first value starts too late."""
    parameters = programme_named("asd").law.parameters
    limit = parameters.get("children_limit")
    late = replace(limit.values[0], legal_from=Month(2027, 1), paid_from=Month(2027, 1))
    monkeypatch.setitem(parameters.by_name, "children_limit", replace(limit, values=(late,)))  # type: ignore[arg-type]
    monkeypatch.setattr(evaluate, "_READY", {})
    ended = karama(f"law explain {karama.file('home.json', CONTRACT)} --month 2026-03")
    assert (ended.code, ended.out) == (5, "")
    assert ended.err == (
        "karama: child_aid/parameters.yaml: parameter 'children_limit' has no value in 2026-03 on the 'paid' clock:"
        " its first one starts in 2027-01; add an earlier value, or ask for a later month\n"
    )


@pytest.mark.parametrize(
    "call",
    [
        "law explain --month 2026-03",
        "law explain home.json --batch homes.csv --month 2026-03",
        "law explain home.json",
        "law explain home.json --month 2026-03 --lang es",
        "law explain home.json --month 2026-03 --format xml",
        "law explain home.json --month 2026-03 --amounts later",
        "law explain home.json --month 2026-03 --out answers.csv",
        "law explain --batch homes.csv --month 2026-03 --format json --out answers.csv",
        "law score",
        "law nothing",
        "law export",
    ],
)
def test_a_wrong_call_ends_with_2(karama: Karama, call: str) -> None:
    karama.file("home.json", CONTRACT)
    ended = karama(call)
    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err


def test_a_place_that_cannot_be_written_ends_with_7(karama: Karama) -> None:
    karama.file("taken", "")
    for call in ("reference taken", "export --openfisca taken"):
        ended = karama(f"law {call}")
        assert ended.code == 7
        assert ended.err.startswith("karama: taken: ")
        assert one_line(ended.err)
    karama.file(
        "homes.csv",
        "household_id,milieu,commune,claim_month,score,person_id,role,sex,birth_date\n"
        "H2,rural,061810901,2023-12,9.1,P1,head,F,1985-03-01\n",
    )
    ended = karama("law explain --batch homes.csv --month 2026-03 --out none/answers.csv")
    assert (ended.code, ended.err.startswith("karama: none/answers.csv: cannot be written")) == (7, True)


def test_a_command_stopped_by_a_key_ends_with_8(tmp_path: Path) -> None:
    """The command waits for its input in a pipe; when it has opened it, somebody presses Ctrl-C."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    call = [sys.executable, "-m", "karama", "law", "explain", str(pipe), "--month", "2026-03"]
    command = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with pipe.open("w"):
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=60)
    assert (command.returncode, out) == (8, "")
    assert err == "karama: interrupted; nothing half-done was kept\n"


def test_the_program_itself_ends_with_the_code(tmp_path: Path) -> None:
    call = [sys.executable, "-m", "karama", "law", "explain", str(tmp_path / "none.json"), "--month", "2026-03"]
    ended = subprocess.run(call, check=False, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr == f"karama: {tmp_path / 'none.json'}: no such file: check the path\n"


def test_a_score_is_asked_for_with_its_variables(karama: Karama) -> None:
    home = karama.file("home.json", {**SCORED, "score_inputs": {"cars": "two"}})
    ended = karama(f"law score {home} --month 2026-03")
    assert (ended.code, ended.err) == (3, "karama: home.json: field 'cars': 'two' is not integer\n")
