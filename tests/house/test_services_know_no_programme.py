"""The service names no programme: another one is a folder of law and a file of claims, never a line of code."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from karama.law import PROGRAMMES
from tests.house.repository import ROOT, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLOORS = ("registry", "record", "delivery", "exchange", "console", "portal", "project")
FILES = sorted(path for floor in FLOORS for path in (ROOT / "src" / "karama" / floor).rglob("*.py"))
NAMED = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(PROGRAMMES)}|tadamon|winter|bolsa)(?![a-z0-9])")
EXCEPTIONS = {
    # The month of the claim in a register folder is that of the direct social aid: the outer contract says so.
    "src/karama/registry/imports/register.py": 1,
    # A register folder is given back for the same programme as it came, unless another is asked for.
    "src/karama/registry/export.py": 1,
    # A question without a programme is about the direct social aid, as on the command line: the outer contract says so.
    "src/karama/exchange/eligibility.py": 1,
}
"""How often a file may name one, with the reason."""


def names_of_programmes(tree: ast.Module) -> Iterator[str]:
    """What a module calls a programme by: in its names and its texts, docstrings left out."""
    told = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in told:
            texts = [one.value]
        elif isinstance(one, (ast.Import, ast.ImportFrom)):
            texts = [*(alias.name for alias in one.names), getattr(one, "module", None) or ""]
        else:
            texts = [
                text for name in ("id", "attr", "arg", "name") if isinstance(text := getattr(one, name, None), str)
            ]
        yield from (f"{one.lineno}: {text}" for text in texts if NAMED.search(text))  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_of_the_service_names_no_programme(path: Path) -> None:
    found = list(names_of_programmes(ast.parse(path.read_text(encoding="utf-8"))))
    assert len(found) <= EXCEPTIONS.get(name_of(path), 0), found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("programme = 'asd'", 1),
        ("def decide(programme: str = 'amo_tadamon'): pass", 1),
        ("from karama.law.asd import PROGRAMME", 1),
        ("winter_heating = 3", 1),
        ("'''Of the asd.'''", 0),
        ("Source.ASD = 'ASD', 'Espace'", 0),
        ("rsu_variables = basdat", 0),
    ],
)
def test_names_of_programmes_are_seen(text: str, found: int) -> None:
    assert len(list(names_of_programmes(ast.parse(text)))) == found
