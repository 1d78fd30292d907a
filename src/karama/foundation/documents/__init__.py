"""Documents to print: blocks of text, tables and pictures, typeset to PDF in French and Arabic.

A document is data.  Typst receives it as JSON and shows every text as it is: nothing that a user wrote becomes markup.
"""

from __future__ import annotations

from karama.foundation.documents.blocks import (
    Block,
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
)
from karama.foundation.documents.typesetting import FONT, FONTS, typeset, write_document

__all__ = [
    "FONT",
    "FONTS",
    "Block",
    "Callout",
    "Cards",
    "Column",
    "Document",
    "Facts",
    "Figure",
    "Heading",
    "Paragraph",
    "Part",
    "Table",
    "typeset",
    "write_document",
]
