"""Words that do not belong in the repository: left-overs, one machine's paths, addresses of package registries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.house.repository import ROOT, files, name_of

if TYPE_CHECKING:
    from pathlib import Path

# Letters in brackets keep this file from finding itself.
ONE_MACHINE = re.compile(
    r"(?<![\w.~*/])/(?:wor[k]|tm[p]|roo[t]|hom[e]/\w+|User[s]/\w+|mn[t])(?:/|\b)|\.librar[y]\b|far[m]-\w+"
)
REGISTRIES = re.compile(
    r"pyp[i]\.org|pythonhoste[d]|npmj[s]\.|registry\.npm|crates\.i[o]|anacond[a]\.|deb\.debia[n]|archive\.ubunt[u]"
)
LEFT_OVERS = re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b|NotImplementedErro[r]|mark\.(?:ski[p]|xfai[l])\b")
SKIPPED_TESTS = re.compile(r"mark\.(?:ski[p]|xfai[l])\b")

TEXTS = [path for path in files() if path.suffix not in {".png", ".svg", ".parquet", ".ttf", ".xlsx", ".gz"}]


def lines_with(pattern: re.Pattern[str], path: Path) -> list[str]:
    """The lines of a file where a pattern is found."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [f"{number}: {line.strip()[:100]}" for number, line in enumerate(lines, 1) if pattern.search(line)]


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_a_file_names_no_machine_and_no_registry(path: Path) -> None:
    assert lines_with(ONE_MACHINE, path) == []
    assert lines_with(REGISTRIES, path) == []


@pytest.mark.parametrize("path", [path for path in TEXTS if path != ROOT / "LICENSE"], ids=name_of)
def test_a_file_leaves_nothing_to_do(path: Path) -> None:
    assert lines_with(LEFT_OVERS, path) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/tm" + "p/register", True),
        ("read from /wor" + "k/x", True),
        ("src/wor" + "k/x", False),
        ("works", False),
        ("tmp_path / 'x'", False),
    ],
)
def test_paths_of_one_machine_are_seen(text: str, found: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert bool(ONE_MACHINE.search(text)) is found
