"""Calls that cannot be answered are refused with their reason, and leave everything as it was."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from karama.foundation.errors import BadInputError, KaramaError, LawError, StorageError, UnknownParameterError
from tests.cycle.registers import decide, family, state, write_register

if TYPE_CHECKING:
    from pathlib import Path

MONTH = "2026-02"


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A register month of one family."""
    return write_register(tmp_path / "register", family("H1"))


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"engine": "abacus"}, BadInputError, "engine 'abacus' is not there: use duckdb or spark"),
        ({"programme": "zakat"}, UnknownParameterError, "no programme is called 'zakat'"),
        ({"programme": "asd_institution"}, BadInputError, "has no households"),
        ({"memory_limit": "much"}, BadInputError, "memory limit 'much' is not understood: write for example 4GB"),
        ({"parameters": {"flat_ade_amount": 1}}, UnknownParameterError, "did you mean 'flat_aid_amount'"),
        ({"parameters": {"flat_aid_amount": "lots"}}, BadInputError, "flat_aid_amount"),
        ({"memory_limit": "1MB"}, StorageError, "memory"),
    ],
)
def test_a_wrong_call_is_refused(
    register: Path, tmp_path: Path, options: dict[str, object], error: type[KaramaError], said: str
) -> None:
    with pytest.raises(error, match=said):
        decide(register, MONTH, tmp_path / "out", **options)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["register"]


def test_a_month_before_the_law_is_refused(register: Path, tmp_path: Path) -> None:
    with pytest.raises((BadInputError, LawError), match="2023-12"):
        decide(register, "2023-11", tmp_path / "out")


def test_a_folder_without_the_month_is_refused(register: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"holds neither households\.parquet nor 2026-02/households\.parquet"):
        decide(tmp_path, MONTH, tmp_path / "out")
    assert decide(register, MONTH, tmp_path / "out").folder == tmp_path / "out"


def test_the_register_of_another_month_is_refused(register: Path, tmp_path: Path) -> None:
    state(register, month="2026-01")
    with pytest.raises(BadInputError, match="is the register of 2026-01, not of 2026-02"):
        decide(register, MONTH, tmp_path / "out")


def test_a_previous_month_must_be_one_that_can_be_compared(register: Path, tmp_path: Path) -> None:
    decide(register, MONTH, tmp_path / "paid")
    for options, said in (
        ({"amounts": "legal"}, "amounts 'paid', not 'legal'"),
        ({"programme": "amo_tadamon"}, "programme 'asd', not 'amo_tadamon'"),
    ):
        with pytest.raises(BadInputError, match=said):
            decide(register, "2026-03", tmp_path / "out", previous=tmp_path / "paid", **options)
    with pytest.raises(BadInputError, match="is the month 2026-02, not before 2026-02"):
        decide(register, MONTH, tmp_path / "out", previous=tmp_path / "paid")
    with pytest.raises(BadInputError, match=r"neither decisions\.parquet nor 2026-02/decisions\.parquet"):
        decide(register, "2026-03", tmp_path / "out", previous=tmp_path)


def test_an_earlier_month_than_the_last_can_be_compared_with(register: Path, tmp_path: Path) -> None:
    decide(register, "2025-11", tmp_path / "november")
    result = decide(register, "2026-02", tmp_path / "february", previous=tmp_path / "november")
    assert result.manifest["previous"]["month"] == "2025-11"


def test_what_is_no_month_folder_is_not_replaced(register: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert decide(register, MONTH, tmp_path / "out").manifest["month"] == MONTH
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(BadInputError, match="holds files that 'karama cycle run' did not write; they are kept"):
        decide(register, MONTH, tmp_path / "mine")
    assert (tmp_path / "mine" / "letter.txt").read_text(encoding="utf-8") == "dear"
    with pytest.raises(BadInputError, match="is a file"):
        decide(register, MONTH, tmp_path / "mine" / "letter.txt")


@pytest.mark.parametrize("name", ["quote's", "year=2026", "شهر"])
def test_folders_may_have_any_name(tmp_path: Path, name: str) -> None:
    register = write_register(tmp_path / name / "register", family("H1"))
    assert decide(register, MONTH, tmp_path / name / "out").manifest["totals"]["eligible_families"] == 1
    assert os.listdir(tmp_path / name / "out")  # noqa: PTH208 - as another program sees it
