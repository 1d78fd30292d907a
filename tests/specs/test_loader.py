"""The spec files have the documented shape, and the loader says what is wrong when they have not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.specs import loader

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Writer = Callable[[str], Path]

GOOD = """
title: {fr: a, ar: b, en: c}
programme: asd
defaults: {milieu: rural, commune: "061810901", claim_month: 2023-12, score: 9.1}
cases:
  - name: One person
    month: 2026-03
    members:
      - {id: A, role: head, sex: F, born: 1955-03-01}
    expect: {eligible: true, aid: flat, amount: 500.00}
    lines: [[flat_aid, null, null, 500.00]]
    why: 500 for a family without children.
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Writer:
    monkeypatch.setattr(loader, "ROOT", tmp_path)

    def written(text: str) -> Path:
        path = tmp_path / "case.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return written


def test_there_are_at_least_two_hundred_cases_and_each_has_its_own_identifier() -> None:
    steps = loader.all_steps()
    assert sum(len(loader.read_file(path)["cases"]) for path in loader.spec_files()) >= 200
    assert len({step.id for step in steps}) == len(steps)


def test_a_case_becomes_a_household_as_the_law_receives_it(write: Writer) -> None:
    (step,) = loader.read_steps(write(GOOD))
    assert step.month == "2026-03"
    assert step.clock == "paid"
    assert step.household == {
        "household_id": "H1",
        "milieu": "rural",
        "commune": "061810901",
        "claim_month": "2023-12",
        "score": loader.Decimal("9.1"),
        "members": [{"person_id": "A", "role": "head", "sex": "F", "birth_date": "1955-03-01"}],
    }
    assert step.lines == (loader.SpecLine(benefit="flat_aid", person_id="", rank=0, amount_centimes=50_000),)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("    month: 2026-03", "    mois: 2026-03", "unknown key ['mois']"),
        ("sex: F", "sexe: F", "unknown key ['sexe']"),
        ("aid: flat,", "aide: flat,", "unknown key ['aide']"),
        ("score: 9.1", "scores: 9.1", "unknown key ['scores']"),
        ("fr: a, ", "", "the title is given in fr, ar and en"),
        ("month: 2026-03", "month: 2026-13", "month is not YYYY-MM"),
        ("amount: 500.00", "amount: 600.00", "lines add up to 50000, not 60000"),
        ("[flat_aid, null, null, 500.00]", "[flat_aid, B, null, 500.00]", "names nobody"),
        ("[flat_aid, null, null, 500.00]", "[flat_aid, null, 500.00]", "a line is"),
        ("eligible: true, aid: flat, amount: 500.00", "eligible: false, aid: none, amount: 500.00", "a refusal"),
        ("role: head", "role: chief", "role or sex"),
        ("born: 1955-03-01", "born: 1955", "not a date"),
        ("id: A, ", "id: A, id: B, ", "'id' is written twice"),
        ("    why: 500", "    because: 500", "unknown key ['because']"),
    ],
)
def test_a_mistake_in_a_file_is_named(write: Writer, before: str, after: str, says: str) -> None:
    assert before in GOOD
    with pytest.raises(loader.SpecError) as error:
        loader.read_steps(write(GOOD.replace(before, after)))
    assert says in str(error.value)
    assert "case.yaml" in str(error.value)


def test_a_file_reads_as_a_page(write: Writer) -> None:
    assert loader.as_markdown(write(GOOD)) == (
        "# c\n"
        "\n"
        "Programme `asd`, 1 cases.\n"
        "\n"
        "Unless a case says otherwise: milieu rural, commune 061810901, claim_month 2023-12, score 9.1.\n"
        "\n"
        "## One person\n"
        "\n"
        "| id | role | sex | born |\n"
        "| --- | --- | --- | --- |\n"
        "| A | head | F | 1955-03-01 |\n"
        "\n"
        "| month | outcome | aid | lines | amount |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| 2026-03 | eligible | flat | flat_aid 500.00 | 500.00 |\n"
        "\n"
        "500 for a family without children.\n"
    )
