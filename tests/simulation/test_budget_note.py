"""The budget note says what the forecast holds, in French and in Arabic, and says so when something is missing."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import polars as pl
import pypdf
import pytest

from karama.foundation.documents import typeset
from karama.simulation.notes import budget_words, words, write_pdf
from karama.simulation.notes.budget import budget_note
from tests.simulation.forecast_tables import APPROPRIATIONS, BENEFITS, CATEGORIES, MILLION, RATES, Tables, tables

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from karama.foundation.languages import Language

SECTIONS = ("years", "caseload", "fan", "tornado", "cash", "backtest", "assumptions", "sources")
FULL = tables(start="2026-01", months=60)


def pages_of(forecast: Tables) -> dict[Language, list[str]]:
    """The text of each page of a note, French and Arabic apart; narrow spaces are drawn as spaces that do not break."""
    found: dict[Language, list[str]] = {"fr": [], "ar": []}
    for page in pypdf.PdfReader(io.BytesIO(typeset(budget_note(forecast)))).pages:
        text = page.extract_text()
        found["ar" if "الصفحة" in text else "fr"].append(text)
    return found


@cache
def full_text(language: Language) -> str:
    """All pages of the full note in a language."""
    return "\n".join(pages_of(FULL)[language])


def in_millions(centimes: int, language: Language) -> str:
    """Million MAD, rounded half up by whole numbers; a small amount with one decimal."""
    if 0 < abs(centimes) < 10 * MILLION:
        tenths = (abs(centimes) * 10 + MILLION // 2) // MILLION
        return f"{tenths // 10}{',' if language == 'fr' else '.'}{tenths % 10}"
    text = f"{(centimes + MILLION // 2) // MILLION:,}"
    return text.replace(",", "\u00a0") if language == "fr" else text


def texts_of(forecast: Tables, language: Language) -> str:
    """All that a part of the document says, before it is typeset: readers of PDF take the letters of Arabic apart."""
    part = next(one for one in budget_note(forecast).parts if one.language == language)

    def texts(value: object) -> Iterator[str]:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from (text for name, one in value.items() if name != "svg" for text in texts(one))
        elif isinstance(value, list | tuple):
            yield from (text for one in value for text in texts(one))

    return "\n".join(texts(part.as_dict()))


@cache
def labels_text(language: Language) -> str:
    """Where the labels of the full note are looked for: in its pages, or in what they were typeset from."""
    return full_text("fr").replace("\n", " ") if language == "fr" else texts_of(FULL, "ar")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_each_benefit_has_its_cost_of_each_year_and_the_years_their_totals(language: Language) -> None:
    text = full_text(language)
    sums = FULL.costs.group_by("benefit", pl.col("month").str.head(4)).agg(pl.col("amount_centimes").sum())
    for name, year, centimes in sums.iter_rows():
        assert in_millions(centimes, language) in text, (name, year)
    for year in range(2026, 2031):
        total = sum(centimes for _, one, centimes in sums.iter_rows() if one == str(year))
        assert in_millions(total, language) in text
    for label in (words.benefit_labels()[name] for name in BENEFITS):
        assert label.get(language) in labels_text(language)


def test_a_year_is_held_against_its_appropriation() -> None:
    text = full_text("fr")
    total = FULL.years.filter(pl.col("fiscal_year") == 2026)["amount_centimes"].sum()
    wanting = total - APPROPRIATIONS[2026]
    assert "29\u00a0000" in text
    assert f"\u2212{in_millions(wanting, 'fr')}" in text
    assert f"2026 · crédits 29\u00a0000 · manque {in_millions(wanting, 'fr')}" in text
    assert f"{100 * total / APPROPRIATIONS[2026]:.1f}\u00a0%".replace(".", ",") in text
    assert "les crédits de l'exercice ne sont pas publiés" in text


def test_a_year_of_which_months_are_missing_is_not_compared() -> None:
    (first, *_), _ = pages_of(tables(start="2026-04", months=24)).values()
    assert "prestation 2026 2027 2028" in first
    assert "Mois comptés 9 12 3" in first
    assert "n'est pas comparé à ses crédits" in first
    assert "2026 · crédits" not in first


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_no_section_is_left_out(language: Language) -> None:
    for section in SECTIONS:
        assert budget_words.TITLES[section].get(language) in labels_text(language), section
    assert words.NOT_COMPUTED.get(language)[:8] not in labels_text(language)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_spread_sensitivity_and_back_test_stand_in_tables(language: Language) -> None:
    text = full_text(language)
    for centimes in FULL.fan_years["amount_centimes"]:
        assert in_millions(centimes, language) in text
    central = FULL.costs["amount_centimes"].sum()
    for row in FULL.tornado.iter_rows(named=True):
        assert f"+{in_millions(row['cost_high_centimes'] - central, language)}" in text
        assert f"\u2212{in_millions(central - row['cost_low_centimes'], language)}" in text
        assert row[f"label_{language}"] in labels_text(language)
    comma = "," if language == "fr" else "."
    assert all(f"{sign}{comma}{tenth}" in text for sign, tenth in (("\u22122", "8"), ("+0", "2"), ("\u22122", "0")))


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_caseload_is_told_at_the_end_of_each_year(language: Language) -> None:
    for name, count in CATEGORIES.items():
        of_month = [count + 1_000 * step for step in range(48, 60)]
        told = f"{sum(of_month) if name in {'pupils_with_grant', 'births_with_grant'} else of_month[-1]:,}"
        assert (told.replace(",", "\u00a0") if language == "fr" else told) in full_text(language)


def test_many_years_are_set_small_and_their_counts_in_thousands() -> None:
    text = texts_of(tables(start="2025-12", months=120), "fr")
    assert "en milliers" in text
    assert "12/2030" in text
    assert f"{3_960.0:,.1f}".replace(",", "\u202f").replace(".", ",") in text
    assert "en milliers" not in full_text("fr")


def test_what_is_not_confirmed_is_seen_and_comes_first() -> None:
    text = full_text("fr")
    assert "4 hypothèses sur 6 ne sont pas confirmées" in text
    table = text[text.index("hypothèse valeur unité statut source") :]
    unsure = [table.index(french) for _, _, french, _, status in RATES if status not in {"confirmed", "published"}]
    sure = [table.index(french) for _, _, french, _, status in RATES if status in {"confirmed", "published"}]
    assert max(unsure) < min(sure)
    for told in ("0,053 part presse", "0,02 part hypothèse", "0,004 part inconnu", "0,112 part confirmé"):
        assert told in table


MISSING = {
    "years": "Aucun exercice n'est compté.",
    "caseload": "Les effectifs manquent.",
    "fan": "Sans tirages, la note ne dit rien de la dispersion.",
    "tornado": "Les hypothèses n'ont pas été variées une à une.",
    "cash": "Le calendrier des paiements manque.",
    "backtest": "La prévision n'a pas été comparée aux chiffres publiés.",
    "assumptions": "Les hypothèses ne sont pas jointes : ne pas utiliser ces montants sans elles.",
}


def test_what_was_not_computed_is_told_and_not_dropped() -> None:
    pages = pages_of(FULL.without(*MISSING, "fan_years"))
    text = re.sub(r"[ \n]+", " ", " ".join(pages["fr"]))
    for name, told in MISSING.items():
        assert f"{budget_words.TITLES[name].fr} Non calculé : la prévision n'a pas produit ce tableau. {told}" in text
    assert texts_of(FULL.without(*MISSING, "fan_years"), "ar").count(words.NOT_COMPUTED.ar[:10]) == len(MISSING)


@pytest.mark.long
@pytest.mark.parametrize(("start", "months"), [("2026-01", 12), ("2025-12", 60), ("2026-01", 120)])
def test_each_language_takes_two_to_four_pages(start: str, months: int) -> None:
    many = tables(start=start, months=months)
    long_lists = replace(
        many,
        assumptions=pl.concat([many.assumptions] * 8),
        tornado=pl.concat([many.tornado] * 3),
        backtest=pl.concat([many.backtest] * 6),
    )
    for forecast in (many, long_lists):
        assert {language: 2 <= len(pages) <= 4 for language, pages in pages_of(forecast).items()} == {
            "fr": True,
            "ar": True,
        }


def test_what_a_long_list_leaves_out_is_counted() -> None:
    text = "\n".join(pages_of(replace(FULL, assumptions=pl.concat([FULL.assumptions] * 8)))["fr"])
    assert "32 hypothèses sur 48" in text
    assert "Autres, dans le classeur : 28." in text
    assert "Mois suivants, sur la figure et dans le classeur : 48." in text


def test_synthetic_data_are_marked_on_every_page() -> None:
    pages = pages_of(FULL)
    assert all(page.startswith(words.SYNTHETIC.fr) for page in pages["fr"])
    assert all({"اصطناعية", "الإحصاء"} <= set(re.findall(r"\w+", page.partition("\n")[0])) for page in pages["ar"])
    real = pages_of(tables(months=12, synthetic=False))
    assert not any("synthétiques" in page for page in real["fr"])


def test_a_register_that_is_a_sample_says_how_much_each_household_stands_for() -> None:
    first = pages_of(tables(months=12, share=0.05))["fr"][0]
    assert "échantillon de 5\u00a0% : chaque ménage en représente 20." in first
    assert "échantillon" not in full_text("fr")


def test_dates_of_data_and_law_and_the_versions_are_told() -> None:
    text = full_text("fr")
    for told in (
        "janvier 2026",
        "4f1c2d9ab07e5566 ",
        "loi de finances",
        "Aide sociale directe",
        "duckdb 1.5.6",
        "HCP RGPH 2024",
    ):
        assert told in text
    assert "توقعات من يناير 2026 إلى دجنبر 2030" in texts_of(FULL, "ar")


def test_a_long_value_is_left_to_the_workbook_and_a_remark_in_english_too() -> None:
    odd = FULL.assumptions.with_columns(
        pl.lit("{0: 0.1, 1: 0.2, 2: 0.3}").alias("value"), pl.lit("assumption (see the other one)").alias("source")
    )
    text = "\n".join(pages_of(replace(FULL, assumptions=odd))["fr"])
    assert "voir le classeur part hypothèse choix des auteurs" in text.replace("\n", " ")
    assert "see the other one" not in text


def test_an_assumption_without_words_in_the_language_is_left_to_the_workbook() -> None:
    names = pl.when(pl.col("name") == "score_drift").then(None).otherwise(pl.col("label_fr"))
    text = "\n".join(pages_of(replace(FULL, assumptions=FULL.assumptions.with_columns(names.alias("label_fr"))))["fr"])
    assert "what score_drift means" not in text
    assert "Autres, dans le classeur : 1." in text


def test_words_that_look_like_markup_stay_words() -> None:
    markup = "#panic('x') *gras* $x$ @nobody"
    odd = FULL.assumptions.with_columns(pl.lit(markup).alias("label_fr"), pl.lit("<b>&amp;").alias("source"))
    text = " ".join(pages_of(replace(FULL, assumptions=odd))["fr"]).replace("\n", " ")
    assert markup in text
    assert "<b>&amp;" in text


def test_a_benefit_or_category_that_nobody_named_keeps_its_code() -> None:
    odd = replace(
        FULL,
        years=FULL.years.with_columns(pl.col("benefit").replace("flat_aid", "new_aid")),
        caseload=FULL.caseload.with_columns(pl.col("category").replace("widows", "grandmothers")),
    )
    text = "\n".join(pages_of(odd)["ar"])
    assert "new_aid" in text
    assert "grandmothers" in text


def test_the_same_forecast_gives_the_same_file(tmp_path: Path) -> None:
    first, second = tmp_path / "first.pdf", tmp_path / "second.pdf"
    write_pdf(FULL, first)
    write_pdf(tables(start="2026-01", months=60), second)
    assert first.read_bytes() == second.read_bytes()
    assert first.stat().st_size < 400_000
