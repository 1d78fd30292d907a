"""Tables of a report: on the page as a reader of the language writes numbers, beside it as CSV for programs."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from karama.foundation.languages import LANGUAGES
from karama.foundation.markup import Html, joined, tag
from karama.foundation.money import from_centimes
from karama.foundation.months import Month
from karama.foundation.wording import month_name, number, signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from karama.foundation.languages import Label, Language

Kind = Literal["text", "code", "month", "date", "count", "money", "money_difference", "value", "percent_difference"]
_NUMBERS = frozenset({"count", "money", "money_difference", "value", "percent_difference"})
_CENTIMES_IN_ONE = 100


@dataclass(frozen=True)
class Column:
    """One column: its name in the CSV file, its heading, what its values are, and the words of its codes."""

    name: str
    label: Label
    kind: Kind
    words: Mapping[str, Label] = field(default_factory=dict)

    def shown(self, value: Any, language: Language) -> str:  # noqa: ANN401, PLR0911 - one line per kind
        """A value as the page writes it; what is unknown is a dash."""
        if value is None:
            return "–"
        match self.kind:
            case "code":
                return self.words[value].get(language)
            case "month":
                return month_name(Month.parse(value), language) if "-" in value else str(value)
            case "count":
                return number(value, language)
            case "money" | "money_difference":
                write = number if self.kind == "money" else signed
                return write(from_centimes(value), language, 2 if value % _CENTIMES_IN_ONE else 0)
            case "value":
                return number(value, language, 0 if float(value).is_integer() else 1)
            case "percent_difference":
                return f"{signed(value, language, 1)} %"
            case _:
                return str(value)

    def headings(self) -> list[str]:
        """The headings in the CSV file; a code is followed by its words in the three languages."""
        name = self.name.removesuffix("_centimes") if self.is_money else self.name
        return [f"{name}_mad" if self.is_money else name, *self._word_headings()]

    def _word_headings(self) -> list[str]:
        return [f"{self.name}_{language}" for language in LANGUAGES] if self.words else []

    def cells(self, value: Any) -> list[str]:  # noqa: ANN401 - of the column's kind
        """The cells of one value in the CSV file: amounts in MAD with two decimals."""
        words = [self.words[value].get(language) if value else "" for language in LANGUAGES] if self.words else []
        if value is None:
            return ["", *words]
        return [str(from_centimes(value)) if self.is_money else str(value), *words]

    @property
    def is_money(self) -> bool:
        """Whether the values are centimes."""
        return self.kind in {"money", "money_difference"}

    @property
    def is_number(self) -> bool:
        """Whether the values stand to the end of their cell."""
        return self.kind in _NUMBERS


@dataclass(frozen=True)
class Table:
    """Columns and rows; the first column heads its row, and ``total`` is a last row of sums under its own heading."""

    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    total: Mapping[str, Any] | None = None
    total_label: Label | None = None

    def as_html(self, caption: str, language: Language) -> Html:
        """The table for a page."""
        head = tag("tr", *(tag("th", c.label.get(language), scope="col", class_=_side(c)) for c in self.columns))
        body = joined(*(self._row(row, language) for row in self.rows))
        heading = self.total_label.get(language) if self.total_label else None
        foot = tag("tfoot", self._row(self.total, language, heading)) if self.total else None
        table = tag("table", tag("caption", tag("span", caption)), tag("thead", head), tag("tbody", body), foot)
        return tag("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)

    def _row(self, row: Mapping[str, Any], language: Language, heading: str | None = None) -> Html:
        first, *rest = self.columns
        cells = [tag("td", one.shown(row[one.name], language), class_=_side(one)) for one in rest]
        head = tag("th", heading or first.shown(row[first.name], language), scope="row", class_=_side(first))
        return tag("tr", head, *cells)

    def write_csv(self, path: Path) -> None:
        """Write the rows, without the total, as UTF-8 with a mark that spreadsheets recognise."""
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([name for column in self.columns for name in column.headings()])
            writer.writerows(
                [cell for column in self.columns for cell in column.cells(row[column.name])] for row in self.rows
            )


def _side(column: Column) -> str | None:
    """How a cell stands: numbers to the end, months and dates on one line."""
    return "number" if column.is_number else ("month" if column.kind in {"month", "date"} else None)
