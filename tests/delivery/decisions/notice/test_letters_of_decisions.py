"""A letter says what was decided, why, on which data, where to correct them, until when to appeal; in two scripts."""

from __future__ import annotations

import datetime as dt
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from karama.delivery.decisions.notice.facts import Claim, Dated
from karama.delivery.decisions.notice.letter import letter, letter_html, letter_pdf, part
from karama.foundation.documents import Callout, Facts, Heading, Paragraph, Table
from karama.foundation.months import Month
from karama.foundation.reference_codes import spoken
from karama.law import programme_named
from tests.delivery.decisions.notice.families import (
    CLAIM_CODE,
    CODE,
    FORMER_CODE,
    MARCH,
    decided,
    family,
    former,
    record,
    ward,
)

if TYPE_CHECKING:
    from karama.foundation.documents import Part
    from karama.foundation.languages import Language


def said(one: Part) -> str:
    """Every text of a part."""
    texts = [one.title, one.subtitle, one.mark, one.footer]
    for block in one.blocks:
        match block:
            case Heading() | Paragraph() | Callout():
                texts.append(block.text)
            case Facts():
                texts += [text for row in block.rows for text in row]
            case Table():
                texts += [block.caption, *(cell for row in block.rows for cell in row)]
            case _:
                texts += [text for card in block.cards for text in card]  # type: ignore[union-attr]
    return "\n".join(texts)


def table_under(one: Part, heading: str) -> list[list[str]]:
    """The rows of the first table under a heading."""
    at = next(place for place, block in enumerate(one.blocks) if isinstance(block, Heading) and block.text == heading)
    return next([list(row) for row in block.rows] for block in one.blocks[at:] if isinstance(block, Table))


def french(household: dict[str, Any], **fields: object) -> Part:
    return part(decided(household), record(**fields), "fr")


def test_a_granted_claim_in_one_sentence_with_its_references() -> None:
    one = french(family())
    assert (one.title, one.subtitle) == ("Votre demande est acceptée", "Aide sociale directe · mars 2026")
    assert "À partir de mars 2026, le droit est ouvert : aide à l'enfance, 900,00 MAD par mois." in said(one)
    (references,) = (dict(block.rows) for block in one.blocks if isinstance(block, Facts))
    assert references == {
        "Décision": spoken(CODE),
        "Date": "12/03/2026",
        "Destinataire": "Brahim El Idrissi",
        "Ménage": "4512207",
        "Demande": spoken(CLAIM_CODE),
        "Déposée le": "04/10/2025",
        "Mois examiné": "mars 2026",
        "Recours jusqu'au": "27/03/2026",
    }
    assert "recours jusqu'au 27/03/2026 inclus" in said(one)
    assert "se vérifie à l'adresse asd.example/verifier" in said(one)


def test_the_calculation_adds_up_and_names_the_children() -> None:
    rows = table_under(french(family()), "Le calcul")
    assert [row[:4] for row in rows] == [
        ["aide à l'enfant", "enfant …0003", "1", "200,00 MAD"],
        ["aide à l'enfant", "Salma El Idrissi", "2", "300,00 MAD"],
        ["aide à l'enfant", "enfant …0005", "3", "300,00 MAD"],
        ["complément handicap lourd", "Salma El Idrissi", "2", "100,00 MAD"],
        ["Total de mars 2026", "", "", "900,00 MAD"],
    ]


@pytest.mark.parametrize(
    ("household", "code"),
    [
        (family(claim_month=None), "no_claim"),
        (family(claim_month="2026-04"), "before_first_month_due"),
        (family(score=None), "no_score_in_force"),
        (family(score=9.743002), "score_above_threshold"),
        (family(resident=False), "not_resident"),
        (family(other_family_allowance=True), "other_family_allowance"),
        (family(state_pay=True), "state_pay"),
        (family(pension=True), "pension"),
        (family(fonds_entraide_familiale=True), "fonds_entraide_familiale"),
    ],
)
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_every_refusal_says_why_and_where_to_correct(household: dict[str, Any], code: str, language: Language) -> None:
    explanation = decided(household)
    assert code in explanation.decision.reasons
    condition = next(one for one in programme_named("asd").conditions if one.refusal == code)
    one = part(explanation, record(), language)
    callouts = [block.text for block in one.blocks if isinstance(block, Callout)]
    words = condition.refusal_label.get(language)
    (told,) = [text for text in callouts if text.casefold().startswith(words.casefold())]
    if condition.correct_at:
        assert told.endswith(f"{condition.correct_at.get(language)}.")


def test_a_member_outside_the_rnp_is_a_refusal_too() -> None:
    household = family()
    household["members"][1]["in_rnp"] = False
    one = french(household)
    assert "Un membre n'est pas au RNP. À corriger auprès de : Registre national de la population (RNP)." in said(one)


def test_a_refusal_shows_the_value_beside_the_limit() -> None:
    one = french(family(score=10.4))
    assert "L'indice dépasse le seuil (10,4, pour une limite de 9,743001)." in said(one)
    failed = [row for row in table_under(one, "Les conditions") if row[1] == "non remplie"]
    assert failed == [
        [
            "l'indice est inférieur ou égal au seuil",
            "non remplie",
            "10,4, pour une limite de 9,743001",
            "décret 2-23-1068",
        ]
    ]


def test_each_fact_has_its_source_its_dates_and_where_to_correct_it() -> None:
    rows = {row[0]: row for row in table_under(french(family()), "Les données utilisées")}
    assert rows["indice socio-économique"] == [
        "indice socio-économique",
        "8,2",
        "RSU",
        "01/09/2025",
        "14/09/2025",
        "RSU : révision de l'indice",
    ]
    assert rows["traitement de l'État ou d'un organisme public"][5] == "espace ASD"
    assert rows["le chef de famille réside au Maroc"][5] == "RNP"
    tables = {block.caption: block.rows for block in french(family()).blocks if isinstance(block, Table)}
    daughter = {row[0]: row for row in tables["Salma El Idrissi"]}
    assert daughter["scolarisé"][5] == "espace ASD"
    assert daughter["date de naissance"][1:] == ["14/09/2014", "RNP", "", "", "RNP"]


def test_a_source_of_the_record_replaces_the_usual_one() -> None:
    dated = {("score", None): Dated(None, dt.date(2025, 9, 14), "RSU, révision")}
    rows = {row[0]: row for row in table_under(french(family(), dated=dated), "Les données utilisées")}
    assert rows["indice socio-économique"][2:5] == ["RSU, révision", "", "14/09/2025"]


def test_what_changed_is_shown_fact_by_fact_and_amount_by_amount() -> None:
    before = decided(family(), Month(2025, 12))
    now = decided(family(), Month(2026, 5))
    one = part(now, record(previous=former(before)), "fr")
    assert one.title == "Le montant de l'aide diminue"
    assert f"Décision précédente ({spoken(FORMER_CODE)}, décembre 2025) : 775,00 MAD par mois." in said(one)
    assert table_under(one, "Ce qui a changé") == [
        ["enfant compté", "enfant …0003", "oui", "non"],
        ["rang de l'enfant", "enfant …0003", "1", "0"],
        ["rang de l'enfant", "Salma El Idrissi", "2", "1"],
        ["rang de l'enfant", "enfant …0005", "3", "2"],
        ["enfant de moins de 6 ans ou scolarisé, rangs 1 à 3", "la loi", "250,00 MAD", "300,00 MAD"],
    ]


def test_a_corrected_fact_and_a_new_member_are_shown() -> None:
    before, now = family(), family()
    before["members"] = before["members"][:-1]
    before["members"][3]["enrolled"] = False
    one = part(decided(now), record(previous=former(decided(before, Month(2026, 2)))), "fr")
    rows = table_under(one, "Ce qui a changé")
    assert ["enfant …0005", "", "absent", "la famille"] in rows
    assert ["scolarisé", "Salma El Idrissi", "non", "oui"] in rows


def test_refusals_that_end_and_begin_are_named() -> None:
    before = former(decided(family(pension=True), Month(2026, 2)), replayed=False)
    one = french(family(state_pay=True), previous=before)
    assert "N'est plus un obstacle : une pension est perçue." in said(one)
    assert "Nouveau : un traitement public est perçu." in said(one)
    assert "droit non ouvert" in said(one)


def test_the_same_data_give_no_table_of_changes() -> None:
    one = french(family(), previous=former(decided(family(), Month(2026, 2))))
    assert one.title == "Le droit ne change pas"
    assert "Les données lues et les montants de la loi sont les mêmes." in said(one)


def test_unconfirmed_points_are_named_as_unconfirmed() -> None:
    household = family()
    household["members"][3]["father_deceased"] = True
    one = french(household)
    named = decided(household).unconfirmed
    assert named
    text = said(one)
    assert "Points non confirmés" in text
    assert text.count("— non confirmé") >= len(named)
    assert "غير مؤكد" in said(part(decided(household), record(), "ar"))


def test_a_grant_claimed_too_late_says_what_is_missing() -> None:
    household = family()
    household["members"][4]["birth_grant_claim_date"] = "2026-03-02"
    claim = Claim(CLAIM_CODE, dt.date(2026, 3, 2), "birth_grant", "100000005")
    before = former(decided(family(), Month(2026, 2)))
    one = french(household, claim=claim, previous=before)
    assert one.title == "La prime demandée est refusée"
    callouts = [block.text for block in one.blocks if isinstance(block, Callout)]
    assert callouts[0] == "prime demandée à temps ce mois : non"
    assert "• délai de la demande : 6 mois après la naissance" in said(one)


def test_an_announcement_gives_no_appeal_and_says_that_there_is_time() -> None:
    one = french(family(score=10.4), announced=True, appeal_until=None, previous=former(decided(family())))
    assert one.title == "Le droit va prendre fin"
    assert "Ceci n'est pas une décision" in said(one)
    assert "Si vous n'êtes pas d'accord" not in said(one)


def test_a_child_in_care_and_another_programme_have_their_letters() -> None:
    one = part(decided(ward(), MARCH, "asd_institution"), record(people={}, file_number="E77"), "fr")
    assert "Aide mensuelle bloquée jusqu'à 18 ans au nom de l'enfant placé (décret 2-25-1064)." in said(one)
    assert ("Établissement", "E77") in [row for block in one.blocks if isinstance(block, Facts) for row in block.rows]
    cover = part(decided(family(), MARCH, "amo_tadamon"), record(), "fr")
    assert "À partir de mars 2026, le droit est ouvert : couverture AMO-Tadamon." in said(cover)
    refused = part(decided(family(score=9.5), MARCH, "amo_tadamon"), record(), "ar")
    assert refused.title == "تم رفض طلبكم"


def test_a_reader_without_the_right_to_health_sees_none() -> None:
    before = family()
    before["members"][3]["severe_disability"] = False
    fields = {"with_health": False, "previous": former(decided(before, Month(2026, 2)))}
    one = french(family(), **fields)
    text = said(one)
    assert "Cette copie est sans donnée de santé" in text
    assert "handicap" not in text
    assert ["handicap lourd", "Salma El Idrissi", "oui"] not in [
        list(row)[:3] for block in one.blocks if isinstance(block, Table) for row in block.rows
    ]
    assert not re.search(r"handicap lourd\n(oui|non)", text)
    assert table_under(one, "Le calcul")[-1][3] == "900,00 MAD"


class Page(HTMLParser):
    """What a page loads, its elements with language and direction, and its words."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.articles: list[tuple[str | None, str | None]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.addresses += [value for name, value in attrs if name in {"src", "href", "action"} and value]
        if tag == "article":
            self.articles.append((found.get("lang"), found.get("dir")))

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_page_holds_both_languages_and_loads_nothing() -> None:
    page = Page()
    text = letter_html(letter(decided(family()), record()))
    page.feed(text)
    assert page.addresses == []
    assert "url(" not in text
    assert page.articles == [("fr", "ltr"), ("ar", "rtl")]
    assert "Votre demande est acceptée" in page.words
    assert "تم قبول طلبكم" in page.words
    assert text.count('scope="col"') == text.count("<th ") - text.count('scope="row"')
    linked = Page()
    linked.feed(letter_html(letter(decided(family()), record()), "/static/letter.css"))
    assert linked.addresses == ["/static/letter.css"]


def test_a_name_cannot_break_the_page() -> None:
    bad = replace(record().recipient, latin="<script>alert('x')</script>")  # type: ignore[type-var]
    text = letter_html(letter(decided(family()), record(recipient=bad)))
    assert "<script" not in text
    assert "&lt;script&gt;" in text


def test_the_pdf_is_tagged_marked_as_synthetic_and_the_same_each_time() -> None:
    document = letter(decided(family()), record())
    pdf = letter_pdf(document)
    assert pdf == letter_pdf(document)
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("fr", True)
    texts = [page.extract_text() for page in reader.pages]
    assert "DONNÉES SYNTHÉTIQUES" in texts[0]
    assert all(word in texts[-1] for word in ("معطيات", "اصطناعية"))
    assert spoken(CODE) in texts[0]
    assert spoken(CODE) in texts[-1]
    assert not any("SYNTHÉTIQUES" in page for page in [said(french(family(), synthetic=False))])
