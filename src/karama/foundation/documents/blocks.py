"""The blocks of a document: plain data, every text already in the reader's language."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.foundation.languages import Language


@dataclass(frozen=True)
class Heading:
    """The heading of a section."""

    text: str


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``small`` for sources and reading notes."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Callout:
    """A sentence in a frame, that a reader must not miss."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Labels and their values, two pairs on a line."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Cards:
    """Large figures side by side, each with the words below it."""

    cards: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, whether it holds numbers, its share of the width (0: as wide as its words)."""

    title: str
    numeric: bool = False
    width: float = 0


@dataclass(frozen=True)
class Table:
    """Rows of texts below a heading that comes back on each page; ``strong`` lists the rows that are totals.

    Raises:
        ValueError: a row has more or fewer cells than there are columns.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    strong: Sequence[int] = ()
    small: bool = False
    caption: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that would slide into the next."""
        for number, row in enumerate(self.rows, start=1):
            if len(row) != len(self.columns):
                message = f"row {number} of the table has {len(row)} cells for {len(self.columns)} columns"
                raise ValueError(message)


@dataclass(frozen=True)
class Figure:
    """A picture as SVG text, the words that replace it for who cannot see it, and its colours with their names.

    ``width`` is its share of the page's.
    """

    svg: str
    alternative: str
    legend: Sequence[tuple[str, str]] = ()
    width: float = 1


Block = Heading | Paragraph | Callout | Facts | Cards | Table | Figure


@dataclass(frozen=True)
class Part:
    """The document in one language: its pages are numbered for themselves.

    ``mark`` stands at the head of every page (empty: nothing), ``footer`` at its foot; ``page_of`` is how a page
    says its number, with ``{page}`` and ``{pages}``.
    """

    language: Language
    title: str
    subtitle: str
    footer: str
    blocks: Sequence[Block]
    mark: str = ""
    page_of: str = "{page} / {pages}"

    def as_dict(self) -> dict[str, Any]:
        """The part as JSON, each block with its kind."""
        blocks = [{"kind": type(one).__name__.lower(), **asdict(one)} for one in self.blocks]
        return {**{name: value for name, value in vars(self).items() if name != "blocks"}, "blocks": blocks}


@dataclass(frozen=True)
class Document:
    """Parts one after the other, with the title, the author and the day that the file carries."""

    title: str
    author: str
    day: dt.date
    parts: Sequence[Part]

    def as_dict(self) -> dict[str, Any]:
        """The document as JSON."""
        day = [self.day.year, self.day.month, self.day.day]
        return {
            "title": self.title,
            "author": self.author,
            "day": day,
            "parts": [part.as_dict() for part in self.parts],
        }


_KINDS: dict[str, type[Block]] = {
    kind.__name__.lower(): kind for kind in (Heading, Paragraph, Callout, Facts, Cards, Table, Figure)
}
_PAIRS = {"rows", "cards", "legend"}


def document_from(told: dict[str, Any]) -> Document:
    """The document that ``as_dict`` told, from its JSON.

    Raises:
        KeyError: a block of a kind that is not known.
    """
    parts = [
        Part(**{**part, "blocks": [_block_from(dict(block)) for block in part["blocks"]]}) for part in told["parts"]
    ]
    return Document(told["title"], told["author"], dt.date(*told["day"]), parts)


def _block_from(told: dict[str, Any]) -> Block:
    kind = _KINDS[told.pop("kind")]
    if kind is Table:
        told["columns"] = [Column(**one) for one in told["columns"]]
    elif kind in {Facts, Cards, Figure}:
        told = {name: [tuple(one) for one in value] if name in _PAIRS else value for name, value in told.items()}
    return kind(**told)
