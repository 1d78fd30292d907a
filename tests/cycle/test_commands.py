"""``karama cycle run`` and ``karama cycle verify`` parse, call and print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from karama.cli.cycle import app
from karama.foundation.errors import IntegrityError
from tests.cycle.registers import family, pupil, rewrite, ward, write_register

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

PLAIN = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}


def call(*words: object) -> Result:
    """Call a command of the group."""
    return CliRunner().invoke(app, [str(word) for word in words], env=PLAIN)


def two_months(folder: Path) -> None:
    for month in ("2026-02", "2026-03"):
        children = [pupil("2012-01-05")] * (2 if month == "2026-02" else 3)
        without_account = family("H2", payment_channel="bank_account")
        families = (family("H1", *children), without_account, family("H3", score=9.9), family("H4", commune="0"))
        write_register(folder / "register" / month, *families, wards=[ward("W1", "2012-01-01")])


def test_a_month_is_decided_and_its_totals_are_printed(tmp_path: Path) -> None:
    two_months(tmp_path)
    asked = ("--register", tmp_path / "register", "--out")
    assert call("run", "--month", "2026-02", *asked, tmp_path / "out" / "2026-02").exit_code == 0
    previous = ("--previous", tmp_path / "out")
    result = call("run", "--month", "2026-03", *asked, tmp_path / "out" / "2026-03", *previous)
    assert result.exit_code == 0, result.output
    words = [line.split() for line in result.output.splitlines()]
    assert words[0] == ["asd", "2026-03", "(amounts", "paid)"]
    for expected in (
        ["child", "1", "900.00"],
        ["all", "3", "1,400.00"],
        ["institution_aid", "1", "500.00"],
        ["blocked_deposit", "1", "500.00"],
        ["increase", "1", "300.00"],
        ["child_added", "1"],
        ["score_above_threshold", "1"],
        ["commune_not_nine_digits", "1"],
        ["account_missing", "1"],
    ):
        assert expected in words
    assert "left out for a fault: 1 households" in result.output


def test_the_manifest_is_printed_as_json_with_two_decimals(tmp_path: Path) -> None:
    two_months(tmp_path)
    asked = ("--register", tmp_path / "register", "--month", "2026-02", "--out", tmp_path / "out")
    result = call("run", *asked, "--format", "json", "--amounts", "legal")
    assert json.loads(result.output)["amounts"] == "legal"
    assert '"amount": 600.00' in result.output
    strict = call("run", *asked, "--strict")
    assert (strict.exception.exit_code, strict.output) == (3, "")  # type: ignore[union-attr]


def test_a_month_is_verified_and_a_change_ends_with_its_code(tmp_path: Path) -> None:
    two_months(tmp_path)
    out = tmp_path / "out"
    call("run", "--register", tmp_path / "register", "--month", "2026-02", "--out", out)
    assert call("verify", out).output == f"{out}: 2026-02 holds: 21 rows of 8 files as the replay gives them\n"
    found = json.loads(call("verify", out, "--format", "json", "--register", tmp_path / "register").output)
    assert (found["holds"], found["rows"]["decisions"]) == (True, 3)
    rewrite(out / "lines.parquet", "SELECT * REPLACE (1 AS amount_centimes) FROM rows")
    error = call("verify", out).exception
    assert isinstance(error, IntegrityError)
    assert error.exit_code == 6
