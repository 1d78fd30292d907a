"""A document as a page says what its blocks say, in both directions, and comes back whole from its JSON."""

from __future__ import annotations

import datetime as dt
import json
import re

from karama.foundation.documents import (
    Callout,
    Cards,
    Column,
    Document,
    Facts,
    Figure,
    Heading,
    Paragraph,
    Part,
    Table,
    typeset,
)
from karama.foundation.documents.blocks import document_from
from karama.foundation.documents.page import as_html, stylesheet_text

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
BLOCKS = (
    Heading("Coûts : 2026"),
    Paragraph("« Oui » ; non ?"),
    Paragraph("Sources", small=True),
    Callout("Non calculé"),
    Facts([("Code", "K7F3-Q2A9"), ("Données", "janvier")]),
    Cards([("600,00 MAD", "par mois")]),
    Table(
        [Column("Aide", width=1), Column("Montant", numeric=True)], [["a < b", "1"], ["Total", ""]], [1], caption="C"
    ),
    Table([Column("seule")], [["x"]]),
    Figure(SVG, "Un carré", [("#000", "noir")]),
    Figure(SVG, "Un autre"),
)
DOCUMENT = Document(
    "Lettre",
    "Agence",
    dt.date(2026, 3, 12),
    [
        Part("fr", "Titre", "Sous-titre", "Pied", BLOCKS, mark="Essai"),
        Part("ar", "عنوان", "K7F3 (2)", "تذييل", [Facts([("الرمز", "K7F3-Q2A9"), ("المبلغ", "600 درهم")])]),
    ],
)


def test_each_language_is_an_article_with_its_own_direction() -> None:
    page = as_html(DOCUMENT)
    assert page.startswith('<!doctype html>\n<html lang="fr" dir="ltr">')
    assert re.findall(r'<article class="document" lang="(\w+)" dir="(\w+)">', page) == [("fr", "ltr"), ("ar", "rtl")]


def test_every_block_is_said_and_no_text_is_markup() -> None:
    page = as_html(DOCUMENT)
    for said in (
        '<p class="mark">Essai</p>',
        "<h1>Titre</h1>",
        "<h2>Coûts\u00a0: 2026</h2>",
        "<p>«\u00a0Oui\u00a0»\u00a0; non\u00a0?</p>",
        '<p class="small">Sources</p>',
        '<p class="callout">Non calculé</p>',
        "<dt>Code</dt><dd>K7F3-Q2A9</dd>",
        "<strong>600,00 MAD</strong><span>par mois</span>",
        '<th scope="row" role="rowheader" data-label="Aide"><span>a &lt; b</span></th>',
        '<td role="cell" data-label="Montant" class="number"><span>1</span></td>',
        '<tr role="row" class="strong">',
        "<caption>C</caption>",
        'aria-label="Tableau"',
        f'<div role="img" aria-label="Un carré" dir="ltr">{SVG}</div>',
        "noir</li>",
    ):
        assert said in page


def test_latin_words_among_arabic_ones_keep_their_order() -> None:
    page = as_html(DOCUMENT)
    assert '<dd><bdi dir="ltr">K7F3-Q2A9</bdi></dd>' in page
    assert '<p class="subtitle"><bdi dir="ltr">K7F3 (2)</bdi></p>' in page
    assert "<dd>600 درهم</dd>" in page


def test_the_style_stands_in_the_page_or_is_linked_and_loads_nothing() -> None:
    style = stylesheet_text()
    assert style in as_html(DOCUMENT)
    linked = as_html(DOCUMENT, "/static/letter.css")
    assert '<link rel="stylesheet" href="/static/letter.css">' in linked
    assert "<style>" not in linked
    assert not re.search(r"url\(|@import|https?:", style)
    assert not re.search(r"(?<![\w-])(left|right|margin-left|margin-right|padding-left|padding-right)\s*:", style)


def test_a_document_comes_back_from_its_json_as_it_was() -> None:
    told = json.loads(json.dumps(DOCUMENT.as_dict(), ensure_ascii=False))
    back = document_from(told)
    assert json.loads(json.dumps(back.as_dict(), ensure_ascii=False)) == told
    assert as_html(back) == as_html(DOCUMENT)
    assert typeset(back) == typeset(DOCUMENT)
