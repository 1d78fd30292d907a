"""A document typeset to PDF by Typst: the same bytes for the same document, fit to be read by ear and archived."""

from __future__ import annotations

import datetime as dt
import json
import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import typst

from karama.foundation.errors import BadInputError
from karama.foundation.storage import publish_file

if TYPE_CHECKING:
    from karama.foundation.documents.blocks import Document

FONT = "IBM Plex Sans Arabic"
FONTS = Path(__file__).parent / "fonts"
_TEMPLATE = Path(__file__).parent / "document.typ"
_STANDARDS: list[Literal["ua-1", "a-2a"]] = ["ua-1", "a-2a"]


def typeset(document: Document) -> bytes:
    """The document as PDF, of the standards PDF/UA-1 and PDF/A-2a.

    Raises:
        BadInputError: a text holds letters of a script that the fonts do not have.
    """
    midnight = dt.datetime.combine(document.day, dt.time(), tzinfo=dt.UTC)
    try:
        pdf = _compiler().compile(
            _TEMPLATE,
            format="pdf",
            sys_inputs={"document": json.dumps(document.as_dict(), ensure_ascii=False), "font": FONT},
            pdf_standards=[*_STANDARDS],
            timestamp=midnight,
        )
    except typst.TypstError as error:
        told = " ".join([error.message, *error.hints])
        raise BadInputError(f"document '{document.title}' cannot be typeset: {told}") from error
    if not isinstance(pdf, bytes):
        raise TypeError("Typst gave pages where one file was asked for")
    return pdf


def write_document(document: Document, path: Path) -> None:
    """Typeset the document into a file, which appears whole or not at all.

    Raises:
        BadInputError: a text cannot be typeset.
        StorageError: the file cannot be written.
    """
    publish_file(path, typeset(document))


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[os.fspath(FONTS)])
    return typst.Compiler(root=os.fspath(_TEMPLATE.parent), font_paths=fonts)
