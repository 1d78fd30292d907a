"""The coverage bar holds each floor by itself."""

from __future__ import annotations

from tests.house.coverage_of_floors import report_on


def file(taken: int, there: int) -> dict[str, dict[str, int]]:
    """One file of coverage's report."""
    return {"summary": {"covered_branches": taken, "num_branches": there}}


def test_a_well_covered_floor_does_not_hide_a_bare_one() -> None:
    text, enough = report_on(
        {"files": {"src/karama/law/a.py": file(1000, 1000), "src/karama/cycle/run.py": file(94, 100)}}
    )
    assert not enough
    assert text.splitlines()[-1] == "under 95 %: cycle"


def test_exactly_the_bar_is_enough_and_higher_floors_do_not_count() -> None:
    text, enough = report_on({"files": {"src/karama/law/a.py": file(95, 100), "src/karama/cli/main.py": file(0, 10)}})
    assert enough
    assert text.splitlines()[2].split() == ["law", "100", "95", "95.0%"]
