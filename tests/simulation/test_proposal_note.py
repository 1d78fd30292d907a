"""The proposal says what a reform touches, costs and does to whom, on two pages in French and two in Arabic."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pypdf
import pytest

from karama.foundation.documents import Document, Table, typeset
from karama.foundation.errors import BadInputError, UnknownParameterError
from karama.foundation.months import Month
from karama.law import programme_named
from karama.simulation.notes import words, write_proposal
from karama.simulation.notes.proposal import proposal_note
from karama.simulation.touched import touched_by
from karama.territory import region_names
from tests.simulation.reform_comparison import COVERED, LAW, NAME, YEARLY, Tables, comparison, scenario

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation import Scenario

FULL = comparison()
FORMULA = """
from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula


@formula(entity=Entity.HOUSEHOLD, label=Label("bon de transport", "قسيمة النقل", "travel voucher"),
         reference="proposal", unit="centimes")
def travel_voucher(flat_aid_amount):
    return flat_aid_amount
"""


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return scenario(tmp_path_factory.mktemp("scenario"))


def pages_of(document: Document) -> list[str]:
    """The text of each page, in one line."""
    pages = pypdf.PdfReader(io.BytesIO(typeset(document))).pages
    return [re.sub(r"[ \n]+", " ", page.extract_text()) for page in pages]


def french(given: Tables, reform: Scenario) -> str:
    return " ".join(page for page in pages_of(proposal_note(given, reform)) if "page " in page)


@pytest.fixture(scope="module")
def text(floor: Scenario) -> str:
    return french(FULL, floor)


def written(value: int) -> str:
    return f"{value:,}".replace(",", "\u00a0")


def test_two_pages_in_each_language(floor: Scenario) -> None:
    pages = pages_of(proposal_note(FULL, floor))
    assert [("الصفحة" in page, "page " in page) for page in pages] == [(False, True)] * 2 + [(True, False)] * 2
    assert all(page.startswith(words.SYNTHETIC.fr) for page in pages[:2])
    assert all("اصطناعية" in page[:120] for page in pages[2:])


def test_author_status_day_and_words_of_the_scenario(text: str) -> None:
    for told in (
        "Plancher familial à 600 dirhams",
        "Proposition au Gouvernement · adoptée",
        "auteur Direction du budget",
        "adoptée · 20/11/2026",
        "Porter le minimum familial de 500 à 600 dirhams",
        "mois comparé : janvier 2027 · scénario : floor-600",
    ):
        assert told in text


@pytest.mark.parametrize(
    ("status", "told"), [("draft", "projet"), ("submitted", "soumise"), ("refused", "refusée · 01/02/2027")]
)
def test_each_status_is_told(floor: Scenario, status: str, told: str) -> None:
    day = dt.date(2027, 2, 1) if status == "refused" else None
    assert f"statut {told}" in french(FULL, replace(floor, status=status, decided_on=day))  # type: ignore[arg-type]


def test_what_is_touched_stands_with_its_value_in_force_article_and_status(text: str) -> None:
    for told in (
        "plancher mensuel de l'aide à l'enfant 500,00 MAD 600,00 MAD 01/2027 loi 58-23",
        "300,00 MAD 309,00 MAD 01/2027 décret 2-23-1067",
        "200,00 MAD 230,00 MAD, jusqu'en 12/2027 01/2027 aucune source ; règle de décompte 4 inconnu",
        "500,00 MAD 510,00 MAD, puis +2,0\u00a0% par an 01/2027 loi 58-23, art. 2",
        "n'est pas confirmée par un texte lu : orphelin de père de 6 à 20 ans non scolarisé, rangs 1 à 3.",
    ):
        assert told in text


def test_costs_add_up_and_differ_as_the_frames_do(text: str) -> None:
    labels = words.benefit_labels()
    for benefit, (old, new) in YEARLY.items():
        more = f"+{written(new - old)}" if new > old else "0"
        assert f"{labels[benefit].fr} {written(old)} {written(new)} {more}" in text
    old, new = (sum(amounts[place] for amounts in YEARLY.values()) for place in (0, 1))
    assert f"Total {written(old)} {written(new)} +{written(new - old)}" in text
    percent = f"{100 * (new - old) / old:.1f}".replace(".", ",")
    assert f"par an (+{percent}\u00a0% du coût actuel)" in text


def test_coverage_winners_and_losers(text: str) -> None:
    names = {
        "families": "familles",
        "families_child": "dont aide à l'enfance",
        "children": "enfants",
        "persons": "personnes",
    }
    for name, (old, new) in COVERED.items():
        assert f"{names[name]} {written(old)} {written(new)} +{written(new - old)}" in text
    assert "1\u00a0049\u00a0995 ménages gagnent" in text
    assert "1\u00a0665 ménages perdent" in text
    for row in FULL.winners.filter(pl.col("by") == "region").iter_rows(named=True):
        counts = " ".join(written(row[name]) for name in ("winners", "losers", "unchanged"))
        assert f"{region_names()[row['group']].fr} {counts}" in text
    assert "perte, M MAD/mois 1 100\u00a0000 0 50\u00a0000 40 0" in text


def test_who_enters_and_who_leaves_with_the_condition_that_decides(text: str) -> None:
    refusals = {one.refusal: one.refusal_label.fr for one in programme_named("asd").conditions}
    assert f"entrée {refusals['score_above_threshold']} 13\u00a0549 +12 sortie {refusals['pension']} 1\u00a0204" in text


def test_poverty_before_and_after(text: str) -> None:
    assert "ensemble 3,12\u00a0% → 2,81\u00a0% 0,78\u00a0% → 0,70\u00a0%" in text
    assert "0,31\u00a0% → 0,28\u00a0% 37,44\u00a0% → 33,70\u00a0%" in text
    assert "rural 5,43\u00a0% → 4,89\u00a0%" in text
    assert "une interprétation, pas une observation" in text


def test_the_arabic_part_holds_the_same_rows(floor: Scenario) -> None:
    parts = proposal_note(FULL, floor).parts
    tables = [[block for block in part.blocks if isinstance(block, Table)] for part in parts]
    shapes = [[(len(table.rows), len(table.columns)) for table in one] for one in tables]
    assert shapes[0] == shapes[1]
    changes = tables[1][0].rows
    assert changes[0][1:3] == ["500.00 درهم", "600.00 درهم"]
    assert changes[0][4].startswith("القانون 58.23")
    assert [row[5] for row in changes] == ["مؤكد", "مؤكد", "غير معروف", "مؤكد"]


def test_what_was_not_computed_is_told(floor: Scenario) -> None:
    text = french(FULL.without("coverage", "winners", "movements", "summary"), floor)
    for title in ("Couverture", "Gagnants et perdants (ménages)", "Pauvreté et inégalité, après aide"):
        assert f"{title} Non calculé : la comparaison n'a pas produit ce tableau." in text
    assert "ménages gagnent" not in text
    assert "Entrées et sorties" not in text


def test_without_the_year_the_month_is_told(floor: Scenario) -> None:
    text = french(replace(FULL, costs=FULL.costs.filter(pl.col("period") == "month")), floor)
    assert "Coût du mois (millions MAD)" in text
    assert "par mois (+8,6\u00a0% du coût actuel)" in text


def test_a_sample_says_how_much_each_household_stands_for(floor: Scenario) -> None:
    text = french(comparison(share=0.05, synthetic=False), floor)
    assert "chaque ménage en représente 20." in text
    assert "synthétiques" not in text


def test_the_chain_of_a_scenario_is_told_from_its_beginning(tmp_path: Path) -> None:
    first = scenario(tmp_path)
    chained = tmp_path / "chained.yaml"
    chained.write_text(
        "name: chained\nafter: [scenario.yaml]\nparameters: [{name: family_floor_amount, value: 700, from: 2028-01}]"
    )
    from karama.simulation import load_scenario  # noqa: PLC0415 - used here alone

    touched = touched_by(load_scenario(chained))
    assert [one.label for one in touched[:4]] == [one.label for one in touched_by(first)]
    assert (touched[4].new.fr, touched[4].first) == ("700,00 MAD", Month(2028, 1))


def test_rules_benefits_and_scores_are_touched_too(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(FORMULA, encoding="utf-8")
    (tmp_path / "scores.csv").write_text("household_id,score\nH1,9.1\n")
    found = touched_by(
        scenario(
            tmp_path,
            "name: voucher\nformulas: rules.py\nbenefits: [{formula: travel_voucher}]\nscores: scores.csv",
        )
    )
    assert [(one.old.fr, one.new.fr, one.status) for one in found] == [
        ("—", "règle proposée", "proposed"),
        ("—", "prestation ajoutée", "proposed"),
        ("ceux du registre", "fichier joint", "proposed"),
    ]
    assert {one.label.ar for one in found[:2]} == {"قسيمة النقل"}


def test_a_scenario_that_changes_nothing_says_so(tmp_path: Path) -> None:
    nothing = scenario(tmp_path, f"name: {NAME}")
    assert "Ce scénario ne change rien à la loi." in french(FULL, nothing)


def test_a_long_list_of_changes_is_counted(tmp_path: Path) -> None:
    changes = ", ".join(
        f"{{name: family_floor_amount, value: {510 + one}, from: {2027 + one}-01}}" for one in range(20)
    )
    many = scenario(tmp_path, f"name: {NAME}\nparameters: [{changes}]")
    text = french(FULL, many)
    assert "Autres changements : 8." in text
    assert "page 2 sur 2" in text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (replace(FULL, costs=FULL.costs.filter(pl.col("scenario") == NAME)), "no costs of 'law', only of floor-600"),
        (replace(FULL, costs=FULL.costs.filter(pl.col("scenario") == LAW)), "no costs of 'floor-600'"),
    ],
)
def test_a_comparison_that_lacks_something_is_refused(
    floor: Scenario, tmp_path: Path, given: Tables, told: str
) -> None:
    with pytest.raises(BadInputError, match=told):
        write_proposal(given, floor, tmp_path / "note.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_does_not_fit_the_law_is_refused(tmp_path: Path) -> None:
    wrong = scenario(tmp_path, f"name: {NAME}\nparameters: [{{name: family_flor_amount, value: 600, from: 2027-01}}]")
    with pytest.raises(UnknownParameterError, match="family_floor_amount"):
        proposal_note(FULL, wrong)


def test_the_same_reform_gives_the_same_file(floor: Scenario, tmp_path: Path) -> None:
    first, second = tmp_path / "first.pdf", tmp_path / "second.pdf"
    write_proposal(FULL, floor, first)
    write_proposal(comparison(), floor, second)
    assert first.read_bytes() == second.read_bytes()
