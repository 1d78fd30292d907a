"""Why a family enters, leaves, receives more or less than in the month before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cycle.registers import Row, decide, family, pupil, rewrite, rows, ward, write_register

if TYPE_CHECKING:
    from pathlib import Path

BEFORE, NOW = "2026-02", "2026-03"
WANTED = ("household_id", "person_id", "kind", "reasons", "amount_before_centimes", "amount_after_centimes")

Given = Row | list[Row] | None


def change(
    folder: Path, before: Given, now: Given, *, months: tuple[str, str] = (BEFORE, NOW), **options: object
) -> list[Any]:
    """The changes between two months of a register: each a household, several, or None for none of them."""
    always = family("A0")
    for month, given in zip(months, (before, now), strict=True):
        households: list[Row] = [] if given is None else [given] if isinstance(given, dict) else list(given)
        write_register(folder / "register" / month, always, *households)
    decide(folder / "register", months[0], folder / "out" / months[0])
    decide(folder / "register", months[1], folder / "out" / months[1], previous=folder / "out" / months[0], **options)
    return rows(folder / "out" / months[1], "changes", *WANTED)


def born(birth_date: str, **facts: object) -> Row:
    return {"birth_date": birth_date, **facts}


TWO = (pupil("2012-09-14"), pupil("2015-01-02"))
ORPHAN = {"father_deceased": True}
SIX_OLD = [pupil(f"20{year:02d}-01-02") for year in (6, 7, 8, 10, 12, 14)]


CASES: dict[str, tuple[Row | None, Row | None, str, list[str]]] = {
    "claimed": (family("H", claim_month=None), family("H", claim_month=NOW), "entry", ["claimed"]),
    "claimed for this month": (
        family("H", claim_month=NOW),
        family("H", claim_month=NOW),
        "entry",
        ["first_month_due_reached"],
    ),
    "score fell": (family("H", score=9.9), family("H"), "entry", ["score_fell"]),
    "two ended": (family("H", score=None, pension=True), family("H"), "entry", ["score_known", "pension_ended"]),
    "new": (None, family("H"), "entry", ["new_in_register"]),
    "gone": (family("H"), None, "exit", ["left_register"]),
    "refused": (family("H"), family("H", score=9.9, state_pay=True), "exit", ["score_above_threshold", "state_pay"]),
    "at fault": (family("H"), family("H", commune="999999999"), "exit", ["rejected_at_intake"]),
    "no longer at fault": (family("H", commune="999999999"), family("H"), "entry", ["accepted_at_intake"]),
    "born": (family("H", *TWO), family("H", *TWO, born("2026-03-31")), "increase", ["child_born"]),
    "added": (family("H", *TWO), family("H", *TWO, pupil("2019-03-01")), "increase", ["child_added"]),
    "21 years": (
        family("H", pupil("2005-02-15"), *TWO),
        family("H", pupil("2005-02-15"), *TWO),
        "decrease",
        ["child_reached_age_limit"],
    ),
    "died last month": (
        family("H", *TWO, pupil("2019-03-01", death_date="2026-02-10")),
        family("H", *TWO, pupil("2019-03-01", death_date="2026-02-10")),
        "decrease",
        ["child_died"],
    ),
    "child gone": (family("H", *TWO, pupil("2019-03-01")), family("H", *TWO), "decrease", ["child_left"]),
    "no longer a child of the family": (
        family("H", *TWO, pupil("2019-03-01")),
        family("H", *TWO, pupil("2019-03-01", role="other")),
        "decrease",
        ["child_left"],
    ),
    "father died": (family("H", *TWO), family("H", TWO[0], {**TWO[1], **ORPHAN}), "increase", ["father_died"]),
    "father found": (
        family("H", TWO[0], {**TWO[1], **ORPHAN}),
        family("H", *TWO),
        "decrease",
        ["orphanhood_corrected"],
    ),
    "disability": (
        family("H", *TWO),
        family("H", TWO[0], {**TWO[1], "severe_disability": True}),
        "increase",
        ["disability_changed"],
    ),
    "six years": (
        family("H", *TWO, born("2020-02-15")),
        family("H", *TWO, born("2020-02-15")),
        "decrease",
        ["child_turned_six"],
    ),
    "left school": (
        family("H", *TWO, pupil("2014-01-01")),
        family("H", *TWO, born("2014-01-01", enrolled=False)),
        "decrease",
        ["school_changed"],
    ),
    "the fourth becomes the third": (
        family("H", born("2005-02-15", enrolled=True), *SIX_OLD[2:]),
        family("H", born("2005-02-15", enrolled=True), *SIX_OLD[2:]),
        "decrease",
        ["child_reached_age_limit", "rank_changed"],
    ),
    "birth grant": (
        family("H", *TWO, born("2026-01-20", birth_grant_claim_date="2026-03-02", live_birth_order=1)),
        family("H", *TWO, born("2026-01-20", birth_grant_claim_date="2026-03-02", live_birth_order=1)),
        "increase",
        ["birth_grant_due"],
    ),
    "after the birth grant": (
        family("H", *TWO, born("2026-01-20", birth_grant_claim_date="2026-02-02", live_birth_order=1)),
        family("H", *TWO, born("2026-01-20", birth_grant_claim_date="2026-02-02", live_birth_order=1)),
        "decrease",
        ["birth_grant_ended"],
    ),
    "another birth grant": (
        family("H", born("2026-01-20", birth_grant_claim_date="2026-02-02", live_birth_order=1)),
        family("H", born("2026-01-20", birth_grant_claim_date="2026-03-02", live_birth_order=2)),
        "decrease",
        ["birth_grant_changed"],
    ),
}


@pytest.fixture(scope="module")
def changes_of_the_cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """The changes of one register that holds every case, by case."""
    before, now = (
        [
            {**given[place], "household_id": name, "members": own_members(name, given[place])}
            for name, given in CASES.items()
            if given[place]
        ]
        for place in (0, 1)
    )
    found: dict[str, list[Any]] = {name: [] for name in CASES}
    for row in change(tmp_path_factory.mktemp("cases"), before, now):
        found[row[0]].append(row)
    return found


def own_members(name: str, household: Row) -> list[Row]:
    return [{**member, "person_id": f"{name} {member['person_id']}"} for member in household["members"]]


@pytest.mark.parametrize("name", CASES)
def test_a_change_says_why(changes_of_the_cases: dict[str, list[Any]], name: str) -> None:
    ((_, person, found, why, was, is_now),) = changes_of_the_cases[name]
    _, _, kind, reasons = CASES[name]
    assert (person, found, why) == (None, kind, reasons)
    assert (was < is_now) == (kind in {"entry", "increase"})


def test_nothing_changes_when_nothing_changed(tmp_path: Path) -> None:
    assert change(tmp_path, family("H", *TWO), family("H", *TWO)) == []


def test_a_rank_that_brings_the_same_amount_is_no_reason(tmp_path: Path) -> None:
    children = (born("2005-02-15", enrolled=True), *TWO)
    ((_, _, _, why, was, is_now),) = change(tmp_path, family("H", *children), family("H", *children))
    assert (why, was, is_now) == (["child_reached_age_limit"], 90000, 60000)


def test_the_rise_of_2026_is_a_change_of_rates(tmp_path: Path) -> None:
    months = ("2025-12", "2026-01")
    found = change(tmp_path, family("H", *TWO, TWO[0]), family("H", *TWO, TWO[0]), months=months)
    assert found == [("H", None, "increase", ["rate_changed"], 75000, 90000)]


def test_a_changed_flat_aid_or_floor_is_a_change_of_rates(tmp_path: Path) -> None:
    changed = {"flat_aid_amount": 600, "family_floor_amount": 550}
    found = change(tmp_path, family("H", TWO[0]), family("H", TWO[0]), parameters=changed)
    assert found == [
        ("A0", None, "increase", ["rate_changed"], 50000, 60000),
        ("H", None, "increase", ["rate_changed"], 50000, 55000),
    ]


def test_a_score_let_in_by_a_higher_threshold_did_not_fall(tmp_path: Path) -> None:
    found = change(tmp_path, family("H", score=9.9), family("H", score=9.9), parameters={"score_threshold": "9.9"})
    assert found == [("H", None, "entry", ["score_above_threshold_ended"], 0, 50000)]


def test_a_change_that_no_trace_explains_is_other_and_counted(tmp_path: Path) -> None:
    write_register(tmp_path / "register" / BEFORE, family("H", *TWO))
    write_register(tmp_path / "register" / NOW, family("H", *TWO))
    decide(tmp_path / "register", BEFORE, tmp_path / BEFORE)
    rewrite(tmp_path / BEFORE / "decisions.parquet", "SELECT * REPLACE (60100 AS amount_centimes) FROM rows")
    result = decide(tmp_path / "register", NOW, tmp_path / NOW, previous=tmp_path / BEFORE)
    assert rows(tmp_path / NOW, "changes", *WANTED) == [("H", None, "decrease", ["other"], 60100, 60000)]
    assert result.manifest["totals"]["change_reasons"] == {"other": 1}


def test_an_earlier_month_whose_traces_of_persons_are_gone_explains_what_households_show(tmp_path: Path) -> None:
    before = (family("H", *TWO), family("P", *TWO, score=9.9))
    now = (family("H", *TWO, pupil("2019-03-01")), family("P", *TWO))
    write_register(tmp_path / "register" / BEFORE, *before)
    write_register(tmp_path / "register" / NOW, *now)
    for name in ("with", "without"):
        decide(tmp_path / "register", BEFORE, tmp_path / name / BEFORE)
    (tmp_path / "without" / BEFORE / "persons_trace.parquet").unlink()
    found = {}
    for name in ("with", "without"):
        decide(tmp_path / "register", NOW, tmp_path / name / NOW, previous=tmp_path / name)
        found[name] = rows(tmp_path / name / NOW, "changes", "household_id", "kind", "reasons")
    entered = ("P", "entry", ["score_fell"])
    assert found["with"] == [("H", "increase", ["child_added"]), entered]
    assert found["without"] == [("H", "increase", ["other"]), entered]


def test_children_in_care_enter_leave_and_reach_majority(tmp_path: Path) -> None:
    wards = [
        ward("W1", "2012-01-01", claim_month=NOW),
        ward("W2", "2012-01-01", left_on="2026-02-20"),
        ward("W3", "2008-03-09"),
        ward("W4", "2012-01-01"),
        ward("W5", "2012-01-01"),
    ]
    write_register(tmp_path / "register" / BEFORE, family("A0"), wards=[*wards[:4], {**wards[4], "category": "?"}])
    write_register(tmp_path / "register" / NOW, family("A0"), wards=[*wards[:3], wards[4]])
    decide(tmp_path / "register", BEFORE, tmp_path / BEFORE)
    result = decide(tmp_path / "register", NOW, tmp_path / NOW, previous=tmp_path / BEFORE)
    assert rows(tmp_path / NOW, "changes", *WANTED) == [
        (None, "W1", "entry", ["first_month_due_reached"], 0, 50000),
        (None, "W2", "exit", ["left_establishment"], 50000, 0),
        (None, "W3", "increase", ["institution_top_up_due", "majority_reached"], 50000, 850000),
        (None, "W4", "exit", ["left_register"], 50000, 0),
        (None, "W5", "entry", ["accepted_at_intake"], 0, 50000),
    ]
    totals = result.manifest["totals"]["changes"]
    assert {kind: (one["changes"], str(one["amount"])) for kind, one in totals.items()} == {
        "entry": (2, "1000.00"),
        "exit": (2, "-1000.00"),
        "increase": (1, "8000.00"),
    }


def test_children_in_care_enter_with_the_first_month_of_their_aid(tmp_path: Path) -> None:
    for month in ("2025-11", "2025-12"):
        write_register(tmp_path / "register" / month, family("A0"), wards=[ward("W1", "2012-01-01")])
    decide(tmp_path / "register", "2025-11", tmp_path / "out" / "2025-11")
    decide(tmp_path / "register", "2025-12", tmp_path / "out" / "2025-12", previous=tmp_path / "out")
    assert rows(tmp_path / "out" / "2025-12", "changes", *WANTED) == [(None, "W1", "entry", ["aid_began"], 0, 50000)]


def test_a_file_of_children_in_care_that_comes_or_goes_is_seen(tmp_path: Path) -> None:
    write_register(tmp_path / "without", family("A0"))
    write_register(tmp_path / "with", family("A0"), wards=[ward("W1", "2012-01-01")])
    for month, register in ((BEFORE, "without"), (NOW, "with"), ("2026-04", "without")):
        previous = None if month == BEFORE else tmp_path / "out"
        decide(tmp_path / register, month, tmp_path / "out" / month, previous=previous)
    assert rows(tmp_path / "out" / NOW, "changes", *WANTED) == [(None, "W1", "entry", ["new_in_register"], 0, 50000)]
    assert rows(tmp_path / "out" / "2026-04", "changes", *WANTED) == [(None, "W1", "exit", ["left_register"], 50000, 0)]


def test_a_programme_without_children_in_its_law_gives_entries_and_exits(tmp_path: Path) -> None:
    for month, score in ((BEFORE, 9.9), (NOW, 9.0)):
        write_register(tmp_path / "register" / month, family("H", *TWO, score=score))
        previous = tmp_path / "out" if month == NOW else None
        out = tmp_path / "out" / month
        decide(tmp_path / "register", month, out, previous=previous, programme="amo_tadamon")
    assert rows(tmp_path / "out" / NOW, "changes", *WANTED) == [("H", None, "entry", ["score_fell"], 0, 0)]
