"""``karama household``: the months of a family, what if, and the list of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulation.families import PUPIL, family

if TYPE_CHECKING:
    from tests.cli.runner import Karama


@pytest.fixture
def household(karama: Karama) -> str:
    return karama.file("household.json", family(PUPIL, {"birth_date": "2005-10-20"}))


def test_the_coming_months_as_text_and_as_json(karama: Karama, household: str) -> None:
    text = karama(f"household next {household} --from 2026-08 --months 4 --lang en")
    assert text.code == 0
    lines = text.out.splitlines()
    assert lines[0] == "Direct social aid · 2026-08 – 2026-11 · household identifier H"
    assert "2026-11  500.00 MAD  child aid" in lines
    assert "    because: P4 (child) has turned 21 (born on 2005-10-20)" in lines
    found = karama(f"household next {household} --from 2026-08 --months 4 --format json").json
    assert [one["amount"] for one in found["months"]] == ["500.00", "700.00", "500.00", "500.00"]
    assert found["months"][1]["otherwise"][0]["person_id"] == "P3"


def test_what_if_as_text_and_as_json(karama: Karama, household: str) -> None:
    call = f"household what-if {household} --month 2026-09 --months 2 --change leaves_school,person_id=P3"
    text = karama(f"{call} --lang en")
    assert text.code == 0
    assert "2026-09  700.00 MAD → 500.00 MAD  − 200.00 MAD" in text.out.splitlines()
    found = karama(f"{call},from=2026-10 --change pension,person_id=P1,from=2026-10 --format json").json
    assert [(one["before"], one["after"]) for one in found["months"]] == [("700.00", "700.00"), ("500.00", "0.00")]
    assert [one["change"] for one in found["changes"]] == ["leaves_school", "pension"]


def test_the_list_of_changes(karama: Karama) -> None:
    text = karama("household changes --lang en")
    assert (
        "leaves_school: a child leaves school\n    person_id: member of the household\n    [from]: from the month\n"
        in text.out
    )
    assert {"leaves_school", "formal_job", "birth", "death"} <= {
        one["change"] for one in karama("household changes --format json").json
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("leaves_school", "change 1 'leaves_school': field 'person_id' is missing: give person_id=..."),
        ("leaves_school,P3", "change 1 'leaves_school': 'P3' is no field=value: write for example person_id=P2"),
        ("leaves_school,person_id=P3,person_id=P4", "field 'person_id' is given twice: keep one"),
        ("leves_school,person_id=P3", "change 'leves_school' is unknown: did you mean 'leaves_school'?"),
    ],
)
def test_a_bad_change_ends_with_the_code_of_bad_input(
    karama: Karama, household: str, change: str, message: str
) -> None:
    ended = karama(f"household what-if {household} --month 2026-09 --change {change}")
    assert (ended.code, ended.out) == (3, "")
    assert message in ended.err
    assert ended.err.count("\n") == 1


def test_a_missing_file_and_a_month_before_the_law_are_named(karama: Karama, household: str) -> None:
    assert karama("household next nowhere.json --from 2026-08").code == 3
    ended = karama(f"household next {household} --from 2023-11")
    assert (ended.code, ended.err) == (
        3,
        "karama: programme 'asd' starts in 2023-12: ask for that month or a later one\n",
    )
