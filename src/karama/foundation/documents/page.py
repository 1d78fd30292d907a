"""A document as one page of HTML: the same blocks as in print, for a screen of any width and for a reader by ear.

Nothing is loaded from anywhere; the page prints on A4, each language on pages of its own.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

from karama.foundation.documents.blocks import Callout, Cards, Facts, Figure, Heading, Paragraph, Table
from karama.foundation.markup import Html, joined, tag

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from karama.foundation.documents.blocks import Block, Document, Part
    from karama.foundation.languages import Language

    Say = Callable[[str], str]

_STYLE = Path(__file__).parent / "page.css"
_LATIN, _ARABIC = re.compile(r"[A-Za-z\u00c0-\u024f]"), re.compile(r"[\u0600-\u06ff]")
_BEFORE_MARKS = re.compile(r" (?=[;:!?»])|(?<=«) ")
_TABLES: dict[Language, str] = {"fr": "Tableau", "ar": "جدول", "en": "Table"}


def as_html(document: Document, stylesheet: str | None = None) -> str:
    """The document as a whole page of HTML.

    ``stylesheet`` is the address of a style sheet to link, for a service whose pages may hold no style of their own;
    without it the style stands in the page, which can then be sent or kept as one file.
    """
    first = document.parts[0]
    link = tag("link", rel="stylesheet", href=stylesheet) if stylesheet else tag("style", Html(stylesheet_text()))
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="author", content=document.author),
        tag("title", document.title),
        link,
    )
    body = tag("body", tag("main", *(article(part) for part in document.parts)))
    page = tag("html", head, body, lang=first.language, dir=_direction(first.language))
    return joined(Html("<!doctype html>\n"), page)


@cache
def stylesheet_text() -> str:
    """The style sheet of the pages, logical properties only: it serves both directions of writing."""
    return _STYLE.read_text(encoding="utf-8")


def article(part: Part) -> Html:
    """One language of a document, with its own language and direction, to stand in a page."""
    say = _SAY.get(part.language, _as_it_is)
    return tag(
        "article",
        tag("p", say(part.mark), class_="mark") if part.mark else None,
        tag("header", tag("h1", say(part.title)), tag("p", say(part.subtitle), class_="subtitle")),
        *(_block(one, say, part.language) for one in part.blocks),
        tag("footer", tag("p", say(part.footer))),
        class_="document",
        lang=part.language,
        dir=_direction(part.language),
    )


def _direction(language: Language) -> str:
    return "rtl" if language == "ar" else "ltr"


def _joined_marks(text: str) -> str:
    """French puts a space before ``;``, ``:``, ``!``, ``?`` and inside its quotation marks; no line ends there."""
    return _BEFORE_MARKS.sub("\u00a0", text)


def _as_it_is(text: str) -> str:
    return text


def _isolated(text: str) -> str:
    """Latin words among Arabic ones keep their own order, their points and brackets included."""
    if _LATIN.search(text) and not _ARABIC.search(text):
        return tag("bdi", text, dir="ltr")
    return text


_SAY: Mapping[Language, Say] = {"fr": _joined_marks, "ar": _isolated}


def _block(block: Block, say: Say, language: Language) -> Html:  # noqa: PLR0911 - one case for each kind of block
    match block:
        case Heading():
            return tag("h2", say(block.text))
        case Paragraph():
            return tag("p", say(block.text), class_="small" if block.small else None)
        case Callout():
            return tag("p", say(block.text), class_="callout")
        case Facts():
            pairs = (tag("div", tag("dt", say(label)), tag("dd", say(value))) for label, value in block.rows)
            return tag("dl", *pairs)
        case Cards():
            cards = (tag("li", tag("strong", say(value)), tag("span", say(label))) for value, label in block.cards)
            return tag("ul", *cards, class_="cards")
        case Table():
            return _table(block, say, language)
        case Figure():
            return _figure(block, say)
        case _:
            assert_never(block)


def _table(table: Table, say: Say, language: Language) -> Html:
    """A table whose rows become cards on a narrow screen; the roles keep it a table for a reader by ear."""
    heads = (
        tag("th", say(one.title), scope="col", role="columnheader", class_="number" if one.numeric else None)
        for one in table.columns
    )
    rows = (_row(table, number, say) for number in range(len(table.rows)))
    return tag(
        "table",
        tag("caption", say(table.caption)) if table.caption else None,
        tag("thead", tag("tr", *heads, role="row"), role="rowgroup"),
        tag("tbody", *rows, role="rowgroup"),
        role="table",
        class_="small" if table.small else None,
        aria_label=None if table.caption else _TABLES[language],
    )


def _row(table: Table, number: int, say: Say) -> Html:
    cells = []
    for place, (column, text) in enumerate(zip(table.columns, table.rows[number], strict=True)):
        name, role, scope = ("th", "rowheader", "row") if place == 0 else ("td", "cell", None)
        cells.append(
            tag(
                name,
                tag("span", say(text)),
                scope=scope,
                role=role,
                data_label=column.title,
                class_="number" if column.numeric else None,
            )
        )
    return tag("tr", *cells, role="row", class_="strong" if number in table.strong else None)


def _figure(figure: Figure, say: Say) -> Html:
    legend = (
        tag("li", tag("i", style=f"background:{colour}", aria_hidden="true"), say(name))
        for colour, name in figure.legend
    )
    picture = tag("div", Html(figure.svg), role="img", aria_label=figure.alternative, dir="ltr")
    return tag("figure", picture, tag("ul", *legend, class_="legend") if figure.legend else None)
