"""Batches that append to the files of the months: in order whatever the threads, and none waits for a dead one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import polars as pl
import pytest

from karama.foundation.months import Month
from karama.population.month_files import MonthFiles, StoppedError, in_turn

if TYPE_CHECKING:
    from pathlib import Path

MONTHS = [Month(2026, 1), Month(2026, 2)]


def frame(*names: str) -> pl.DataFrame:
    return pl.DataFrame({"household_id": list(names)}, schema={"household_id": pl.String})


def test_batches_append_in_order_though_a_later_one_is_ready_first(tmp_path: Path) -> None:
    later_is_ready = threading.Event()
    seen: list[tuple[int, int]] = []

    def work(turn: int, name: str) -> str:
        if turn == 1:
            later_is_ready.set()
        for month in MONTHS:
            assert turn == 1 or later_is_ready.wait(20)
            files.append(month, turn, {"households": frame(f"H{name}1", f"H{name}2")})
            seen.append((turn, month.month))
        return name

    with MonthFiles(tmp_path, MONTHS) as files:
        assert list(in_turn(["a", "b"], work, files=files, threads=2)) == ["a", "b"]
    for month in MONTHS:
        assert pl.read_parquet(files.path(month, "households"))["household_id"].to_list() == [
            "Ha1",
            "Ha2",
            "Hb1",
            "Hb2",
        ]
        assert files.rows[month] == {"households": 4}
    assert seen.index((0, 1)) < seen.index((1, 1))


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_the_first_failure_is_told_and_stops_those_who_wait(tmp_path: Path, threads: int) -> None:
    stopped: list[int] = []

    def work(turn: int, _: int) -> None:
        if turn == 1:
            raise ValueError("the batch that fails")
        try:
            files.append(MONTHS[0], turn, {"households": frame(f"H{turn}")})
        except StoppedError:
            stopped.append(turn)
            raise

    with (
        pytest.raises(ValueError, match="the batch that fails"),
        MonthFiles(tmp_path, MONTHS) as files,
    ):
        list(in_turn(range(5), work, files=files, threads=threads))
    assert files.rows[MONTHS[0]] == {"households": 1}
    assert set(stopped) <= {2, 3}


def test_households_out_of_order_are_an_error(tmp_path: Path) -> None:
    with MonthFiles(tmp_path, MONTHS) as files:
        files.append(MONTHS[0], 0, {"households": frame("H2", "H5")})
        with pytest.raises(AssertionError, match="households of 2026-01: rows from H5 on do not follow H5"):
            files.append(MONTHS[0], 1, {"households": frame("H5", "H6")})
        with pytest.raises(AssertionError, match="do not follow"):
            files.append(MONTHS[0], 1, {"households": frame("H9", "H8")})


def test_a_table_without_rows_is_a_file_with_its_columns(tmp_path: Path) -> None:
    with MonthFiles(tmp_path, MONTHS) as files:
        files.append(MONTHS[0], 0, {"households": frame()})
    assert pl.read_parquet(files.path(MONTHS[0], "households")).schema == {"household_id": pl.String}
