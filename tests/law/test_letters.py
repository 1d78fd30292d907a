"""Letters read aloud: readable lines, and no word of another language in an Arabic or a French one."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import pytest

from karama.foundation.languages import LANGUAGES
from karama.foundation.months import Month
from karama.law import PROGRAMMES, contributions, explain, listing, programme_named
from karama.law.citations import translate
from karama.law.engine.explain import phrases_of
from karama.law.engine.expressions import Literal_
from karama.law.engine.speech import say_month, speech_of
from karama.law.letter import as_text
from karama.law.remarks import REMARKS
from tests.law.families import CONTRACT, MARCH_2026, SCORED, family, other, pupil, ward
from tests.oracles.random_households import random_household, random_month_and_clock

LATIN = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]+")
REGISTRIES = {"ASD", "RNP", "RSU", "CNSS", "CMR", "RCAR", "TGR", "CDG", "AMO", "Tadamon"}
"""Registers and funds known by their initials in every language."""
ENGLISH = re.compile(r"\b(?:the|of|is|and|or|with|not|rule|reading|unknown|inferred|from|first|month|child|counted)\b")


def identifiers(household: dict[str, Any]) -> set[str]:
    members = household.get("members", [])
    return {
        str(household.get("household_id")),
        *(str(one["person_id"]) for one in [*members, household] if "person_id" in one),
    }


def foreign_words(text: str, household: dict[str, Any]) -> set[str]:
    """Latin words of an Arabic text that no Arab reader has to know."""
    for name in sorted(identifiers(household), key=len, reverse=True):
        text = text.replace(name, "")
    return set(LATIN.findall(text)) - REGISTRIES


CASES = [
    (CONTRACT, "asd", MARCH_2026),
    (CONTRACT, "amo_tadamon", MARCH_2026),
    (ward(), "asd_institution", MARCH_2026),
    (ward(birth_date="2008-03-10"), "asd_institution", MARCH_2026),
    (SCORED, "rsu_score", MARCH_2026),
    (family(score=9.9, pension=True, claim_month=None), "asd", MARCH_2026),
    (family(other("X", "2014-05-05", enrolled=True)), "asd", MARCH_2026),
    (family(*(pupil(f"K{n}", f"201{n}-05-05", severe_disability=n == 6) for n in range(7))), "asd", Month(2026, 9)),
    (
        {
            "household_id": "F1",
            "monthly_income": 300,
            "members": [{"person_id": "A", "birth_date": "1990-01-01"}, {"person_id": "B", "birth_date": "2022-01-01"}],
        },
        "bolsa_familia",
        MARCH_2026,
    ),
]


@pytest.mark.parametrize(("household", "programme", "month"), CASES)
def test_an_arabic_letter_holds_no_latin_word(household: dict[str, Any], programme: str, month: Month) -> None:
    explained = explain(household, month, programme)
    assert foreign_words(as_text(explained, "ar"), household) == set()
    found = explained.as_dict("ar")
    told = [one[key] for one in [*found["conditions"], *found["lines"]] for key in ("label", "citation")]
    told += [sentence for line in found["lines"] for sentence in line["because"]]
    assert foreign_words("\n".join(told), household) == set()


@pytest.mark.parametrize(("household", "programme", "month"), CASES)
def test_a_french_letter_holds_no_english_word(household: dict[str, Any], programme: str, month: Month) -> None:
    assert ENGLISH.findall(as_text(explain(household, month, programme), "fr")) == []


def test_random_arabic_and_french_letters_hold_no_word_of_another_language() -> None:
    rng = Random("words")
    for _ in range(60):
        month, _ = random_month_and_clock(rng)
        household = random_household(rng, month)
        explained = explain(household, Month.parse(month))
        assert foreign_words(as_text(explained, "ar"), household) == set()
        assert ENGLISH.findall(as_text(explained, "fr")) == []


@pytest.mark.parametrize("name", PROGRAMMES)
def test_every_citation_note_unit_and_source_has_words_in_arabic_and_french(name: str) -> None:
    programme = programme_named(name)
    texts = {one.reference for one in programme.law.formulas}
    texts |= {column.source for column in programme.law.inputs.columns}
    texts |= {unit for column in programme.law.inputs.columns if (unit := column.unit)}
    for parameter in programme.law.parameters:
        texts |= {parameter.unit, *(value.reference for value in parameter.values)}
        texts |= {value.note for value in parameter.values} | {value.status.value for value in parameter.values}
    assert {text: words for text in texts if (words := set(LATIN.findall(translate(text, "ar"))) - REGISTRIES)} == {}
    assert {text: words for text in texts if (words := ENGLISH.findall(translate(text, "fr")))} == {}


@pytest.mark.parametrize("name", PROGRAMMES)
def test_every_code_of_a_choice_has_a_label(name: str) -> None:
    programme = programme_named(name)
    for parameter in programme.law.parameters:
        assert set(parameter.choice_labels) == set(parameter.choices), parameter.name
    for column in programme.law.inputs.columns:
        if column.name != "region":  # two digits of a code, said as they are
            assert set(column.code_labels) == set(column.type.choices), column.name


@pytest.mark.parametrize("name", PROGRAMMES)
def test_the_list_of_parameters_in_arabic_holds_latin_letters_in_names_only(name: str) -> None:
    rows = listing.listing(programme_named(name))
    names = {word for row in rows for word in LATIN.findall(row.parameter.name)}
    assert set(LATIN.findall(listing.as_text(rows, "ar"))) - names - REGISTRIES == set()


def test_a_score_in_arabic_holds_no_latin_word() -> None:
    assert foreign_words(contributions.as_text(contributions.contributions(SCORED, MARCH_2026), "ar"), SCORED) == set()


@pytest.mark.parametrize(
    ("text", "language", "words"),
    [
        ("loi 58-23, art. 5-7", "ar", "القانون 58.23، المواد 5 إلى 7"),
        ("loi 58-23, art. 16; décret 2-25-1064", "ar", "القانون 58.23، المادة 16؛ المرسوم 2.25.1064"),
        ("décret 2-23-1067; counting rule 11 (unknown)", "fr", "décret 2-23-1067 ; règle de décompte 11 (inconnue)"),
        ("loi 58-23; counting rules 5 and 6", "fr", "loi 58-23 ; règles de décompte 5 et 6"),
        ("loi 58-23; décret 2-23-1068", "en", "law 58-23; decree 2-23-1068"),
        ("lei 14.601/2023, from memory", "ar", "القانون البرازيلي 14.601/2023، من الذاكرة"),
        ("a remark nobody translated", "fr", "a remark nobody translated"),
    ],
)
def test_acts_articles_and_rules_are_said_in_the_reader_s_language(text: str, language: Any, words: str) -> None:  # noqa: ANN401
    assert translate(text, language) == words


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("fr", 1, "enfant"),
        ("fr", 2, "enfants"),
        ("fr", 0, "enfant"),
        ("en", 0, "children"),
        ("en", 1, "child"),
        ("en", 6, "children"),
        ("ar", 1, "طفل"),
        ("ar", 6, "أطفال"),
        ("ar", 11, "طفل"),
        ("en", None, "children"),
    ],
)
def test_a_unit_agrees_with_its_number(language: Any, count: int | None, words: str) -> None:  # noqa: ANN401
    assert translate("children", language, count) == words


def test_remarks_have_three_texts_and_two_forms_at_most() -> None:
    for remark in REMARKS.values():
        assert all(remark.get(language).count("|") <= 1 for language in LANGUAGES)


def test_a_letter_in_french_line_by_line() -> None:
    lines = as_text(explain(CONTRACT, MARCH_2026), "fr").splitlines()
    assert lines[:3] == [
        "Aide sociale directe · 03/2026 · identifiant du ménage H1",
        "Droit ouvert : aide à l'enfance",
        "Montant du mois : 500,00 MAD",
    ]
    assert "  ✓ l'indice est inférieur ou égal au seuil [décret 2-23-1068] — valeur : 9,1 ; limite : 9,743001" in lines
    assert "  + 400,00 MAD : aide à l'enfant — P2, rang 1 [loi 58-23, art. 1-2 ; décret 2-23-1067]" in lines
    assert "      · date de naissance (P2) : 14/09/2012 — RNP" in lines
    assert "      · âge limite de l'enfant : 21 ans (loi 58-23 ; page officielle de l'ASD)" in lines


def test_a_refusal_says_where_to_have_the_fact_corrected() -> None:
    text = as_text(explain(family(score=None, resident=False), MARCH_2026), "en")
    assert "Not eligible this month: no aid" in text
    assert (
        "  ✗ no score is in force in the RSU [law 58-23, art. 3-4; decree 2-23-1068] — to be corrected at: single"
        in text
    )
    assert "  ✗ the head does not live in Morocco [law 58-23, art. 3] — to be corrected at: national population" in text
    assert "  ✓ the score is at or under the threshold [decree 2-23-1068]\n" in text
    assert "\nDetail:\n  no line\n" in text


def test_what_was_doubtful_stands_at_the_end() -> None:
    text = as_text(explain(family(claim_month="2026-03"), MARCH_2026), "en")
    assert text.endswith(
        "Unconfirmed points that mattered (texts to be checked by a lawyer):\n"
        "  ? delay from the claim to the first month due: 0 months"
        " (counting rule 12: due from the month of the claim) — unconfirmed\n"
    )


def test_a_table_is_said_code_by_code() -> None:
    programme = programme_named("rsu_score")
    speech = speech_of(programme, programme.graph(MARCH_2026), "en")
    zone = programme.law.parameters.get("urban_zone")
    said = speech.parameter("urban_zone", zone.values[0].value)
    assert said.startswith("effect of the region, urban: 01: 0.107, 02: 0.196")


def test_months_unknown_values_and_codes_without_label_are_said_plainly() -> None:
    programme = programme_named("asd")
    graph = programme.graph(MARCH_2026)
    speech = speech_of(programme, graph, "en")
    assert say_month(MARCH_2026, "en") == "2026-03"
    assert speech.column("claim_month", None, None) == "month of the claim: unknown — ASD"
    assert speech.parameter("rank_basis", "elsewhere") == "basis of the rank: elsewhere"
    assert speech.column("aid", None, "child") == "kind of aid: child aid"
    assert phrases_of(programme, graph, "en").say(Literal_(3)) == "3"
