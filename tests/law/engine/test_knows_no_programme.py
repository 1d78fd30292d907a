"""Nothing in the engine knows a programme or a country: not one word of theirs stands in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import karama.law.engine

FILES = sorted(path for path in Path(karama.law.engine.__file__).parent.rglob("*") if path.suffix in {".py", ".json"})
WORDS = (
    r"asd|anss|anas|amo|tadamon|bolsa|brazil\w*|rsu|rnp|cnss|hcp|morocc\w*|maroc\w*|dirhams?|ramed"
    r"|orphans?|wards?|kafala\w*|schools?|enrolled|disab\w*|pensions?|communes?|milieu|regions?|province"
    r"|rural|urban|58.23|birth_grant|flat_aid|family_floor|child_aid|institution"
)
OF_A_PROGRAMME = re.compile(rf"(?<![a-z])(?:{WORDS})(?![a-z])", re.IGNORECASE)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_word_of_a_programme_stands_in_the_engine(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f"{number}: {line.strip()}" for number, line in enumerate(lines, 1) if OF_A_PROGRAMME.search(line)] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the ASD space", True),
        ("child_aid + 3", True),
        ("by region, for example", True),
        ("reward", False),
        ("made", False),
    ],
)
def test_words_of_a_programme_are_seen(text: str, found: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert bool(OF_A_PROGRAMME.search(text)) is found
