"""A document says what its blocks say, in both directions of writing, in the same bytes each time."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING

import pypdf
import pytest

from karama.foundation.charts.drawing import draw, know_fonts, named_rows
from karama.foundation.documents import (
    FONT,
    FONTS,
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
    write_document,
)
from karama.foundation.errors import BadInputError, StorageError

if TYPE_CHECKING:
    from pathlib import Path

    from karama.foundation.documents import Block

DAY = dt.date(2026, 1, 1)
MARKUP = "#panic() *x* _y_ @z $a$ <b> // c \\ `d` #sys.inputs"
BLOCKS: tuple[Block, ...] = (
    Cards([("28 412", "coût"), ("29 000", "crédits")]),
    Facts([("Programme", "ASD"), ("Données", "janvier 2026"), ("Loi", "2026")]),
    Heading("Coûts"),
    Paragraph(MARKUP),
    Callout("Non calculé"),
    Table(
        [Column("Prestation", width=1), Column("2026", numeric=True)], [["aide", "1\u202f234,5"], ["Total", "7"]], [1]
    ),
    Paragraph("Sources", small=True),
)


def french(*blocks: Block, mark: str = "") -> Part:
    return Part("fr", "Note", "Sous-titre", "Pied", blocks, mark=mark)


def document(*parts: Part) -> Document:
    return Document("Note", "Karama", DAY, parts)


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def test_a_document_says_what_its_blocks_say_and_takes_no_text_for_markup() -> None:
    (text,) = pages(typeset(document(french(*BLOCKS, mark="Données synthétiques"))))
    for said in (
        "28 412",
        "crédits",
        "janvier 2026",
        "Coûts",
        MARKUP,
        "Non calculé",
        "1\u00a0234,5",
        "Sources",
        "Pied",
    ):
        assert said in text
    assert text.startswith("Données synthétiques")


def test_the_same_document_is_the_same_bytes() -> None:
    assert typeset(document(french(*BLOCKS))) == typeset(document(french(*BLOCKS)))


def test_only_the_fonts_of_the_house_are_used_and_they_travel_with_the_file() -> None:
    words = f'<text y="8" font-family="{FONT}">إعانة é</text>'
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 9">{words}</svg>'
    reader = pypdf.PdfReader(io.BytesIO(typeset(document(french(*BLOCKS, Figure(drawn, "Une image"))))))
    fonts = [font.get_object() for page in reader.pages for font in page["/Resources"]["/Font"].values()]
    assert {str(font["/BaseFont"]).partition("+")[2].partition("-")[0] for font in fonts} == {FONT.replace(" ", "")}
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert all({"/FontFile2", "/FontFile3"} & set(one) for one in descriptors)


def test_the_file_is_tagged_dated_and_made_to_last() -> None:
    reader = pypdf.PdfReader(io.BytesIO(typeset(document(french(*BLOCKS)))))
    root = reader.trailer["/Root"]
    assert (root["/Lang"], bool(root["/MarkInfo"]["/Marked"])) == ("fr", True)
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.creation_date) == ("Note", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    told = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in told
    assert "<pdfaid:part>2</pdfaid:part>" in told


def test_each_language_numbers_its_own_pages() -> None:
    many = [Paragraph("mot " * 400)] * 5
    arabic = Part("ar", "مذكرة", "الدعم الاجتماعي المباشر", "كرامة", [Heading("التكاليف"), Paragraph("الكلفة 12,345")])
    texts = pages(typeset(document(french(*many), arabic)))
    assert [text.rpartition("\n")[2][-5:] for text in texts[:-1]] == [
        f"{n} / {len(texts) - 1}" for n in range(1, len(texts))
    ]
    assert "1 / 1" in texts[-1]
    assert all(word in texts[-1] for word in ("مذكرة", "التكاليف", "12,345", "كرامة"))


def test_a_heading_of_a_table_comes_back_on_the_next_page() -> None:
    rows = [[str(number), "x"] for number in range(100)]
    texts = pages(typeset(document(french(Table([Column("Prestation"), Column("Montant")], rows)))))
    assert len(texts) > 1
    assert all("Prestation" in text for text in texts)


def test_a_row_of_another_length_than_the_heading_is_refused() -> None:
    with pytest.raises(ValueError, match="row 2 of the table has 1 cells for 2 columns"):
        Table([Column("a"), Column("b")], [["1", "2"], ["3"]])


def test_a_script_that_the_fonts_do_not_have_is_an_error_that_names_the_text() -> None:
    with pytest.raises(BadInputError, match="ⵜ"):
        typeset(document(french(Paragraph("ⵜⴰⵎⴰⵣⵉⵖⵜ"))))


def test_nothing_is_written_when_a_document_cannot_be_typeset(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        write_document(document(french(Paragraph("ⵜ"))), tmp_path / "note.pdf")
    (tmp_path / "folder.pdf").mkdir()
    with pytest.raises(StorageError, match="is a folder"):
        write_document(document(french()), tmp_path / "folder.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["folder.pdf"]


def test_a_chart_measures_its_words_with_the_fonts_of_the_house() -> None:
    know_fonts(FONTS)
    rows = {"rows": [{"name": "إعانة الطفولة", "value": 1234567}]}
    chart = named_rows("rows").mark_bar().encode(x="value:Q", y="name:N")
    drawn = {language: draw(chart, rows, language, FONT) for language in ("fr", "ar")}
    assert all(f'font-family="{FONT}"' in svg for svg in drawn.values())
    assert "1,200,000" in drawn["ar"]
    assert "1,200,000" not in drawn["fr"]
