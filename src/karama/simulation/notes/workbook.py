"""The workbook of a forecast: its tables on one sheet each, and a summary whose totals are formulas over them."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from typing import TYPE_CHECKING

from openpyxl import Workbook

from karama.foundation.storage import publish_file
from karama.simulation.notes import workbook_sheets as sheets
from karama.simulation.notes.budget import AUTHOR, start_of
from karama.simulation.notes.workbook_summary import add_summary

if TYPE_CHECKING:
    from pathlib import Path

    from karama.simulation.notes.shapes import ForecastTables

_CORE = "docProps/core.xml"
_DATES = re.compile(rb"(<dcterms:\w+ [^>]*>)[^<]*(</)")


def write_xlsx(forecast: ForecastTables, path: Path) -> None:
    """Write the workbook; the same forecast gives the same bytes.

    Amounts are MAD with two decimals, exact to the centime.  The formulas of the summary have no value until a
    spreadsheet program opens the file and computes them.

    Raises:
        StorageError: the file cannot be written.
    """
    publish_file(path, workbook_bytes(forecast))


def workbook_bytes(forecast: ForecastTables) -> bytes:
    """The workbook, dated with the first month of the forecast."""
    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = AUTHOR
    summary = book.create_sheet()
    costs = sheets.add_costs(book, forecast)
    add_summary(summary, forecast, costs)
    sheets.add_tables(book, forecast)
    sheets.add_notes(book, forecast)
    book.calculation.fullCalcOnLoad = True
    stream = io.BytesIO()
    book.save(stream)
    return _dated(stream.getvalue(), dt.datetime.combine(start_of(forecast).first_day, dt.time()))


def _dated(content: bytes, day: dt.datetime) -> bytes:
    """The same file with one date inside: what is written does not depend on when."""
    stream = io.BytesIO()
    stamp = day.strftime("%Y-%m-%dT%H:%M:%SZ")
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == _CORE:
                data = _DATES.sub(rb"\g<1>" + stamp.encode() + rb"\g<2>", data)
            new.writestr(
                zipfile.ZipInfo(entry.filename, (day.year, day.month, day.day, 0, 0, 0)), data, zipfile.ZIP_DEFLATED
            )
    return stream.getvalue()
