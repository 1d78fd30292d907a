"""What the commands of one household leave alone: the heavy libraries, and the messages of Typer."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.law.families import CONTRACT, SCORED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.runner import Karama

HEAVY = {"duckdb", "jsonschema", "numpy", "polars", "pyarrow", "pydantic", "rich", "sqlglot"}


@pytest.mark.parametrize(
    ("command", "household"),
    [
        ("explain home.json --month 2026-03", CONTRACT),
        ("explain home.json --month 2026-03 --format json --lang ar --amounts legal", CONTRACT),
        ("explain home.json --month 2026-03 --programme rsu_score", SCORED),
        ("score home.json --month 2026-03", SCORED),
        ("parameters --unconfirmed", CONTRACT),
    ],
)
def test_a_command_of_one_household_imports_no_heavy_library(
    tmp_path: Path, command: str, household: dict[str, Any]
) -> None:
    (tmp_path / "home.json").write_text(json.dumps(household), encoding="utf-8")
    program = (
        "import sys, runpy\n"
        "try: runpy.run_module('karama', run_name='__main__')\n"
        "except SystemExit as ended: assert not ended.code, ended\n"
        "print(*(name for name in sys.modules if '.' not in name), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "law", *command.split()],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert HEAVY.isdisjoint(done.stderr.split())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--lang xx", "Invalid value for '--lang': Value error, 'xx' is not one of 'fr', 'ar', 'en'."),
        ("--format xml", "Invalid value for '--format': Value error, 'xml' is not one of 'text', 'json'."),
        ("--amounts FR", "Invalid value for '--amounts': Value error, 'FR' is not one of 'paid', 'legal'."),
        ("--lang", "Option '--lang' requires an argument."),
    ],
)
def test_a_word_that_is_none_of_the_list_is_refused_in_the_words_of_typer(
    karama: Karama, options: str, message: str
) -> None:
    ended = karama(f"law explain {karama.file('home.json', CONTRACT)} --month 2026-03 {options}")
    assert (ended.code, ended.out) == (2, "")
    assert message in " ".join(ended.err.replace("│", " ").split())


def test_a_command_without_its_month_is_refused(karama: Karama) -> None:
    ended = karama(f"law explain {karama.file('home.json', CONTRACT)}")
    assert ended.code == 2
    assert "Missing option '--month'" in ended.err


def test_a_folder_in_place_of_a_file_is_named(karama: Karama) -> None:
    ended = karama("law explain . --month 2026-03")
    assert ended.code == 3
    assert ended.err.startswith("karama: .: cannot be read as UTF-8 text")
