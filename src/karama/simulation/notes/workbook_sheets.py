"""The sheets of the workbook that hold data: headings in French and Arabic, frozen, filtered and ready to print."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from openpyxl.cell.cell import MergedCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname

from karama.foundation.languages import Label
from karama.foundation.money import from_centimes
from karama.foundation.months import Month
from karama.population import FIGURE_UNITS, FIGURE_USES, figure_labels
from karama.simulation.notes import budget_words as told
from karama.simulation.notes import words
from karama.simulation.notes.budget import facts, is_synthetic
from karama.simulation.notes.shapes import said

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import polars as pl
    from openpyxl import Workbook
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from karama.foundation.languages import Language
    from karama.simulation.notes.shapes import ForecastTables

    Value = str | int | float | Decimal | dt.date | None

TITLE_ROW, HEAD_ROW, FIRST_ROW = 1, 2, 3
MONEY, COUNT, VALUE, RATE, MONTH, PLAIN, TEXT = "#,##0.00", "#,##0", "#,##0.0", "0.0%", "yyyy-mm", "General", "@"
_INK, _SOFT, _BAND, _WARM, _WARM_INK = "1D2A2B", "4B5A5C", "EEF2EE", "FDF1DC", "6B3D00"
_WIDTHS = {MONEY: 20.0, COUNT: 14.0, VALUE: 16.0, RATE: 11.0, MONTH: 11.0, PLAIN: 14.0, TEXT: 34.0}
_LINE = Border(bottom=Side(style="thin", color=_INK))
_BOTH: tuple[Language, Language] = ("fr", "ar")


@dataclass(frozen=True)
class Field:
    """A column of a sheet: its heading, the format of its cells, and its width where the format's does not do."""

    title: Label
    form: str
    width: float | None = None


@dataclass(frozen=True)
class CostsRange:
    """Where the monthly costs stand, for the formulas of the summary."""

    years: str
    benefits: str
    amounts: str


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """A cell to write in; no sheet of this workbook merges cells."""
    found = sheet.cell(row, column)
    if isinstance(found, MergedCell):
        raise TypeError(f"{sheet.title}: row {row}, column {column} is a part of a merged cell")
    return found


def put(cell: Cell, value: Value, form: str = PLAIN) -> None:
    """Write a value; a text is never a formula, whatever it begins with."""
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    cell.number_format = form
    cell.alignment = Alignment(vertical="top", wrap_text=form == TEXT)


def heading(title: Label) -> str:
    """A heading in French with Arabic below it."""
    return f"{title.fr}\n{title.ar}"


def dress(sheet: Worksheet, title: Label, fields: Sequence[Field], forecast: ForecastTables, rows: int) -> None:
    """Name the sheet, write its head, and set what shows and prints."""
    sheet.title = title.fr.partition(" (")[0].partition(" :")[0][:31]
    mark = f"  ·  {words.SYNTHETIC.fr}" if is_synthetic(forecast.manifest) else ""
    put(cell_at(sheet, TITLE_ROW, 1), f"{title.fr} · {title.ar}{mark}")
    cell_at(sheet, TITLE_ROW, 1).font = Font(bold=True, size=12, color=_WARM_INK if mark else _INK)
    for place, field in enumerate(fields, start=1):
        cell = cell_at(sheet, HEAD_ROW, place)
        put(cell, heading(field.title))
        style_head(cell)
        sheet.column_dimensions[get_column_letter(place)].width = field.width or _WIDTHS[field.form]
    sheet.row_dimensions[HEAD_ROW].height = 34
    sheet.freeze_panes = f"A{FIRST_ROW}"
    if fields and rows:
        sheet.auto_filter.ref = f"A{HEAD_ROW}:{get_column_letter(len(fields))}{HEAD_ROW + rows}"
    print_well(sheet, forecast)


def style_head(cell: Cell) -> None:
    """The look of a heading."""
    cell.font = Font(bold=True, color=_INK)
    cell.fill = PatternFill("solid", fgColor=_BAND)
    cell.border = _LINE
    cell.alignment = Alignment(wrap_text=True, vertical="center")


def print_well(page: Any, forecast: ForecastTables) -> None:  # noqa: ANN401 - a sheet; its types say None for parts it always has
    """A4 lying, as wide as the page, the heading on each page with the mark of synthetic data."""
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    if is_synthetic(forecast.manifest):
        page.oddHeader.center.text = words.SYNTHETIC.fr.replace("&", "&&")
    page.oddFooter.left.text = "Karama"
    page.oddFooter.center.text = "&A"
    page.oddFooter.right.text = "&P / &N"


def add_costs(book: Workbook, forecast: ForecastTables) -> CostsRange:
    """The monthly costs, one row per month and benefit, over which the summary adds."""
    labels = words.benefit_labels()
    fields = [
        Field(told.ROWS["month"], MONTH),
        Field(told.ROWS["year"], PLAIN),
        Field(Label("code", "الرمز", "code"), TEXT, 24),
        Field(Label("prestation", "الإعانة بالفرنسية", "benefit"), TEXT),
        Field(Label("prestation (arabe)", "الإعانة", "benefit (Arabic)"), TEXT),
        Field(told.ROWS["recipients"], COUNT),
        Field(told.ROWS["amount"], MONEY),
    ]
    rows = [
        [
            _day(row["month"]),
            Month.parse(row["month"]).year,
            row["benefit"],
            *(words.word(labels, row["benefit"], language) for language in _BOTH),
            row["recipients"],
            from_centimes(row["amount_centimes"]),
        ]
        for row in forecast.costs.iter_rows(named=True)
    ]
    sheet = _filled(book, "costs", fields, rows, forecast)
    last = HEAD_ROW + max(len(rows), 1)
    place = quote_sheetname(sheet.title)
    years, benefits, amounts = (f"{place}!${one}${FIRST_ROW}:${one}${last}" for one in "BCG")
    return CostsRange(years, benefits, amounts)


def add_tables(book: Workbook, forecast: ForecastTables) -> None:
    """Caseload, cash, spread, sensitivity, back-test and assumptions."""
    _add_wide(book, forecast, "caseload", ("month", "category", "count"), words.CATEGORIES)
    _add_cash(book, forecast)
    _add_wide(book, forecast, "fan", ("month", "percentile", "amount_centimes"), {})
    _add_wide(book, forecast, "fan_years", ("fiscal_year", "percentile", "amount_centimes"), {})
    _add_tornado(book, forecast)
    _add_backtest(book, forecast)
    _add_assumptions(book, forecast)


def _add_wide(
    book: Workbook, forecast: ForecastTables, name: str, columns: tuple[str, str, str], known: Mapping[str, Label]
) -> None:
    """A table of three columns as one row per month or year, and one column per category or percentile."""
    table: pl.DataFrame = getattr(forecast, name)
    row_name, column_name, value_name = columns
    form = MONEY if value_name.endswith("_centimes") else COUNT
    across = [one for one in known if one in set(table[column_name])] if len(table) else []
    across += sorted(set(table[column_name]) - set(across)) if len(table) else []
    found = {(row[row_name], row[column_name]): row[value_name] for row in table.iter_rows(named=True)}
    first = Field(told.ROWS["month"], MONTH) if row_name == "month" else Field(told.ROWS["year"], PLAIN)
    fields = [first, *(Field(_title(known, one), form) for one in across)]
    rows = []
    for one in sorted(set(table[row_name])) if len(table) else []:
        values = [found.get((one, column)) for column in across]
        rows.append([_day(one) if row_name == "month" else one, *(_cell(value, form) for value in values)])
    _filled(book, name, fields, rows, forecast)


def _title(known: Mapping[str, Label], one: str | float) -> Label:
    if isinstance(one, str):
        return known.get(one, Label(one, one, one))
    return Label(*(told.PERCENTILE.get(language).format(f"{one:g}") for language in ("fr", "ar", "en")))


def _add_cash(book: Workbook, forecast: ForecastTables) -> None:
    counted = [name for name in forecast.cash.columns if name.endswith("_centimes")]
    fields = [Field(told.ROWS["month"], MONTH), *(Field(words.CASH.get(n, Label(n, n, n)), MONEY) for n in counted)]
    rows = [
        [_day(row["month"]), *(_cell(row[name], MONEY) for name in counted)]
        for row in forecast.cash.iter_rows(named=True)
    ]
    _filled(book, "cash", fields, rows, forecast)


def _add_tornado(book: Workbook, forecast: ForecastTables) -> None:
    names = ("low", "high", "total_low", "total_high", "cost_low", "cost_high")
    fields = [
        Field(told.ROWS["name"], TEXT, 28),
        Field(told.ROWS["assumption"], TEXT),
        Field(Label("hypothèse (arabe)", "الفرضية بالعربية", "assumption (Arabic)"), TEXT),
        *(Field(told.ROWS[name], PLAIN if name in {"low", "high"} else MONEY) for name in names),
    ]
    central = int(forecast.costs["amount_centimes"].sum())
    rows = [
        [
            row["assumption"],
            *(said(row, "label", language) for language in _BOTH),
            *(as_number(row[side]) for side in ("low", "high")),
            *(from_centimes(row[f"cost_{side}_centimes"]) for side in ("low", "high")),
            *(from_centimes(row[f"cost_{side}_centimes"] - central) for side in ("low", "high")),
        ]
        for row in forecast.tornado.iter_rows(named=True)
    ]
    _filled(book, "tornado", fields, rows, forecast)


def _add_backtest(book: Workbook, forecast: ForecastTables) -> None:
    names = ("figure", "arabic", "date", "unit", "published", "forecast", "error", "use", "source")
    arabic = Label("chiffre publié (arabe)", "الرقم المنشور بالعربية", "published figure (Arabic)")
    forms = {"date": PLAIN, "published": VALUE, "forecast": VALUE, "error": RATE}
    fields = [
        Field(arabic if name == "arabic" else told.ROWS[name], forms.get(name, TEXT), 18 if name == "unit" else None)
        for name in names
    ]
    rows = [
        [
            *(words.word(figure_labels(), row["metric"], language) for language in _BOTH),
            row["date"],
            words.word(FIGURE_UNITS, row["unit"], "fr"),
            row["published"],
            row["forecast"],
            row["relative_error"],
            words.word(FIGURE_USES, row["use"], "fr"),
            words.cited(row["source"], "fr"),
        ]
        for row in forecast.backtest.iter_rows(named=True)
    ]
    _filled(book, "backtest", fields, rows, forecast)


def _add_assumptions(book: Workbook, forecast: ForecastTables) -> None:
    names = ("name", "status", "value", "low", "high", "unit", "label", "arabic", "meaning", "source")
    arabic = Label("libellé (arabe)", "التسمية بالعربية", "label (Arabic)")
    numbers = {"value", "low", "high"}
    fields = [
        Field(arabic if name == "arabic" else told.ROWS[name], PLAIN if name in numbers else TEXT) for name in names
    ]
    rows = [
        [
            row["name"],
            " · ".join(words.word(words.STATUSES, row["status"], language) for language in _BOTH),
            *(as_number(row.get(name)) for name in ("value", "low", "high")),
            row.get("unit"),
            *(said(row, "label", language) for language in _BOTH),
            said(row, "meaning", "fr"),
            said(row, "source", "fr"),
        ]
        for row in forecast.assumptions.iter_rows(named=True)
    ]
    sheet = _filled(book, "assumptions", fields, rows, forecast)
    unsure = [place for place, status in enumerate(forecast.assumptions["status"]) if status not in words.SURE]
    for place in unsure:
        cell_at(sheet, FIRST_ROW + place, names.index("status") + 1).fill = PatternFill("solid", fgColor=_WARM)


def add_notes(book: Workbook, forecast: ForecastTables) -> None:
    """What to know before using the sheets, and where the forecast comes from."""
    fields = [
        Field(Label("français", "بالفرنسية", "French"), TEXT, 70),
        Field(Label("arabe", "بالعربية", "Arabic"), TEXT, 70),
    ]
    labels = [*told.READING, *([words.SYNTHETIC] if is_synthetic(forecast.manifest) else [])]
    rows: list[list[Any]] = [[label.fr, label.ar] for label in labels]
    french, arabic = (facts(forecast, language) for language in _BOTH)
    rows += [[f"{one[0]} : {one[1]}", f"{other[0]}: {other[1]}"] for one, other in zip(french, arabic, strict=True)]
    sheet = _filled(book, "notes", fields, rows, forecast)
    for row in sheet.iter_rows(min_row=FIRST_ROW, min_col=2, max_col=2):
        row[0].alignment = Alignment(vertical="top", wrap_text=True, horizontal="right", readingOrder=2)


def _filled(
    book: Workbook, name: str, fields: Sequence[Field], rows: Sequence[Sequence[Any]], forecast: ForecastTables
) -> Worksheet:
    """A sheet with its rows, or with the words that they were not computed."""
    sheet: Worksheet = book.create_sheet()
    dress(sheet, told.TITLES[name], fields, forecast, len(rows))
    for number, row in enumerate(rows, start=FIRST_ROW):
        for place, (field, value) in enumerate(zip(fields, row, strict=True), start=1):
            put(cell_at(sheet, number, place), value, field.form)
    if not rows:
        absent = [words.NOT_COMPUTED.get(one).format(told.WHY[name].get(one)) for one in _BOTH]
        put(cell_at(sheet, FIRST_ROW, 1), " · ".join(absent))
        cell_at(sheet, FIRST_ROW, 1).font = Font(bold=True, color=_WARM_INK)
    return sheet


def _day(month: str) -> dt.date:
    return Month.parse(month).first_day


def _cell(value: float | None, form: str) -> Value:
    return from_centimes(int(value)) if value is not None and form == MONEY else value


def as_number(value: Value) -> Value:
    """A number written as text becomes one, so that the spreadsheet can count with it; other texts stay."""
    if not isinstance(value, str):
        return value
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    return number if number.is_finite() else value
