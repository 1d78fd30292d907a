"""Tables of a CSV or XLSX file: rows with their number, written and read as spreadsheets do."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError, StorageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Table:
    """A heading, and the rows by heading with their number in the file; empty cells are left out."""

    heading: list[str]
    rows: list[tuple[int, dict[str, Any]]]


ENDINGS = (".csv", ".xlsx")


def read_table(path: Path) -> Table:
    """The table of a CSV (comma or semicolon, UTF-8) or of the first sheet of an XLSX file; empty rows are left out.

    Raises:
        BadInputError: no such file, another ending, not readable, a column without heading or with one given twice.
    """
    if not path.is_file():
        raise BadInputError(f"{path}: no such file: check the path")
    readers = {".csv": _csv_rows, ".xlsx": _xlsx_rows}
    if path.suffix.lower() not in readers:
        raise BadInputError(f"{path}: '{path.suffix}' is not read: save the table as .csv (UTF-8) or .xlsx")
    numbered = [(number, cells) for number, cells in readers[path.suffix.lower()](path) if any(map(_filled, cells))]
    if not numbered:
        return Table([], [])
    (_, first), *others = numbered
    heading = [str(cell).strip() if _filled(cell) else "" for cell in first]
    _check_heading(path, heading)
    return Table(heading, [(number, _by_heading(path, number, heading, cells)) for number, cells in others])


def _filled(cell: object) -> bool:
    return cell is not None and not (isinstance(cell, str) and not cell.strip())


def _check_heading(path: Path, heading: list[str]) -> None:
    twice = [name for name in heading if name and heading.count(name) > 1]
    if twice:
        raise BadInputError(f"{path}: row 1: column '{twice[0]}' stands twice: keep one")


def _by_heading(path: Path, number: int, heading: list[str], cells: Sequence[Any]) -> dict[str, Any]:
    row = {}
    for place, cell in enumerate(cells):
        if not _filled(cell):
            continue
        if place >= len(heading) or not heading[place]:
            raise BadInputError(f"{path}: row {number}: {cell!r} stands in column {place + 1}, which has no heading")
        row[heading[place]] = cell.strip() if isinstance(cell, str) else cell
    return row


def _csv_rows(path: Path) -> list[tuple[int, list[Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: is not UTF-8 text ({error.reason}): save it as CSV UTF-8") from error
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=";" if heading.count(";") > heading.count(",") else ","
    )
    rows, start = [], 1
    try:
        for cells in reader:
            rows.append((start, list[Any](cells)))
            start = reader.line_num + 1
    except csv.Error as error:
        raise BadInputError(f"{path}: row {start}: is no CSV ({error}): save the table again") from error
    return rows


def _xlsx_rows(path: Path) -> list[tuple[int, list[Any]]]:
    from zipfile import BadZipFile  # noqa: PLC0415 - only for spreadsheets

    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise BadInputError(f"{path}: is no XLSX workbook ({error}): save it again as .xlsx") from error
    try:
        table = book.worksheets[0].iter_rows(values_only=True)
        return [(number, list(cells)) for number, cells in enumerate(table, start=1)]
    finally:
        book.close()


def csv_text(columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> str:
    """The rows as CSV."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def write_table(path: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    """Write a CSV (UTF-8 with the mark spreadsheets look for) or XLSX file, whole or not at all.

    Raises:
        BadInputError: another ending.
        StorageError: the file cannot be written.
    """
    if path.suffix.lower() not in ENDINGS:
        raise BadInputError(f"{path}: '{path.suffix}' is not written: end the name in .csv or .xlsx")
    draft = path.with_name(f".{path.stem}.part-{os.getpid()}{path.suffix}")
    try:
        if path.suffix.lower() == ".xlsx":
            _write_xlsx(draft, columns, rows)
        else:
            draft.write_text(csv_text(columns, rows), encoding="utf-8-sig")
        draft.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: cannot be written ({error.strerror}): choose another place") from error
    finally:
        draft.unlink(missing_ok=True)


def _write_xlsx(path: Path, columns: Sequence[str], rows: Sequence[dict[str, Any]]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - only for spreadsheets

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    for number, row in enumerate([dict(zip(columns, columns, strict=True)), *rows], start=1):
        for place, name in enumerate(columns, start=1):
            cell = sheet.cell(number, place, row[name])
            if isinstance(row[name], str):
                cell.data_type = "s"  # an identifier that begins with = is no formula
    book.save(path)
