"""Files in whatever order: each value is known from its day until that of the next, whichever was told first."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from karama.foundation.months import Month
from karama.record.scope import SYSTEM
from karama.registry.imports import import_register
from tests.cycle.registers import family, pupil, write_register
from tests.registry.test_update_files import DECEMBER, NOVEMBER, Row, faults, household, member, told

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service_database import Database


H1_0, H1_1 = {"person_id": "H1-0"}, {"person_id": "H1-1", "enrolled": "true"}
H1_2 = {"person_id": "H1-2", "household_id": "H1"}
TOLD: list[tuple[str, Row]] = [
    ("rsu_scores", {"household_id": "H1", "score": "8.5", "score_effective_from": "2025-12"}),
    ("rsu_scores", {"household_id": "H1", "score": "9.5", "score_effective_from": "2026-02"}),
    ("rnp_events", {**H1_0, "event": "marriage", "event_date": "2025-12-05"}),
    ("rnp_events", {**H1_0, "event": "divorce", "event_date": "2026-01-10"}),
    ("rnp_events", {**H1_0, "event": "death", "event_date": "2026-01-20"}),
    ("massar_enrolment", {**H1_1, "school_level": "lower_secondary", "since": "2025-12-01", "until": "2026-02-01"}),
    ("massar_enrolment", {**H1_1, "school_level": "upper_secondary", "since": "2025-12-15"}),
    ("rsu_members", {**H1_2, "role": "child", "since": "2025-11-01", "until": "2025-12-01"}),
    ("rsu_members", {**H1_2, "role": "other", "since": "2026-02-01"}),
]
"""What is told of one family, each in a file of its own; each value is known from its day until that of the next."""


@pytest.mark.parametrize("seed", [None, *range(5)])
def test_the_order_in_which_files_come_makes_no_difference(record: Database, tmp_path: Path, seed: int | None) -> None:
    files = list(TOLD)
    if seed is not None:
        random.Random(seed).shuffle(files)
    for number, (kind, row) in enumerate(files):
        told(tmp_path / f"{number}.csv", kind, row)
    assert faults() == []
    found = []
    for ahead in range(1, 5):
        home = household("H1", NOVEMBER + ahead)
        people = {one["person_id"]: one for one in home["members"]}
        mother = people["H1-0"]
        found.append((
            _scores(home), mother["marital_status"], mother["death_date"], people["H1-1"]["school_level"],
            people.get("H1-2", {}).get("role"),
        ))  # fmt: skip
    died = "2026-01-20"
    assert found == [
        ([8.5, 9.1], None, None, "lower_secondary", None),
        ([9.5, 8.5], "married", died, "upper_secondary", None),
        ([9.5, 8.5], "divorced", died, "upper_secondary", "other"),
        ([9.5, 8.5], "divorced", died, "upper_secondary", "other"),
    ]
    assert record.name


def _scores(home: Row) -> list[float | None]:
    """The score and the one before; in the month before its month of effect a score is shown already."""
    return [None if home[name] is None else float(home[name]) for name in ("score", "previous_score")]


def test_a_register_leaves_what_is_known_to_begin_after_its_month(record: Database, tmp_path: Path) -> None:
    january = "2026-01-01"
    pupil_of_january = {"person_id": "H1-2", "enrolled": "true", "school_level": "primary", "since": january}
    told(tmp_path / "1.csv", "massar_enrolment", pupil_of_january)
    told(tmp_path / "2.csv", "rsu_scores", {"household_id": "H1", "score": "9.9", "score_effective_from": "2026-01"})
    home = family("H1", pupil("2012-01-05"), {"birth_date": "2015-02-02", "enrolled": False, "school_level": "none"})
    # The score of October is in force in December: the register says so, whatever was known to begin in November.
    home |= {"score": 9.3, "score_effective_from": "2025-10"}
    import_register(write_register(tmp_path / "12", home, family("H2", "2018-03-03")), month=DECEMBER, by=SYSTEM)
    found = [
        (_scores(household("H1", month)), member("H1", "H1-2", month)["enrolled"])
        for month in (NOVEMBER, DECEMBER, Month(2026, 1), Month(2026, 2))
    ]
    then = [9.9, 9.3]
    assert found == [([9.3, None], False), (then, False), (then, True), (then, True)]
    assert record.name
