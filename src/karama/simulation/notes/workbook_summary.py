"""The summary of the workbook: totals by benefit and fiscal year as formulas over the monthly costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from karama.foundation.languages import Label
from karama.foundation.money import from_centimes
from karama.simulation.notes import budget_words as told
from karama.simulation.notes import words
from karama.simulation.notes.budget_sections import totals_by_year
from karama.simulation.notes.workbook_sheets import (
    COUNT,
    FIRST_ROW,
    HEAD_ROW,
    MONEY,
    PLAIN,
    RATE,
    TEXT,
    Field,
    cell_at,
    dress,
    put,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from typing import Any

    from openpyxl.worksheet.worksheet import Worksheet

    from karama.simulation.notes.shapes import ForecastTables
    from karama.simulation.notes.workbook_sheets import CostsRange

_FIRST_YEAR_COLUMN = 4
_YEAR = 12
_INPUT = "1F4E9C"
_LABELS: Mapping[str, Label] = {
    "total": told.ROWS["total"],
    "months": told.ROWS["months"],
    "appropriation": told.ROWS["appropriation"],
    "left": told.ROWS["left"],
    "used": told.ROWS["used"],
    "told": Label("Total donné par la prévision", "المجموع حسب التوقعات", "Total told by the forecast"),
    "check": Label("Contrôle (doit être 0)", "المراقبة (يجب أن تكون 0)", "Check (must be 0)"),
}
_FORMS = {"months": COUNT, "used": RATE}


def add_summary(sheet: Worksheet, forecast: ForecastTables, costs: CostsRange) -> None:
    """Write the formulas: benefits, their total, the appropriation (a cell to change), what is left, the check."""
    years = totals_by_year(forecast.years)
    benefits = list(dict.fromkeys(forecast.costs["benefit"]))
    fields = [
        Field(Label("code", "الرمز", "code"), TEXT, 24),
        Field(told.ROWS["benefit"], TEXT),
        Field(Label("prestation (arabe)", "الإعانة بالعربية", "benefit (Arabic)"), TEXT),
        *(Field(Label(*[str(year["fiscal_year"])] * 3), MONEY) for year in years),
    ]
    dress(sheet, told.TITLES["summary"], fields, forecast, len(benefits))
    labels = words.benefit_labels()
    for number, name in enumerate(benefits, start=FIRST_ROW):
        put(cell_at(sheet, number, 1), name, TEXT)
        put(cell_at(sheet, number, 2), words.word(labels, name, "fr"), TEXT)
        put(cell_at(sheet, number, 3), words.word(labels, name, "ar"), TEXT)
    below = FIRST_ROW + len(benefits)
    places = {name: below + step for step, name in enumerate(_LABELS)}
    for name, row in places.items():
        put(cell_at(sheet, row, 2), _LABELS[name].fr, TEXT)
        put(cell_at(sheet, row, 3), _LABELS[name].ar, TEXT)
    for place, year in enumerate(years, start=_FIRST_YEAR_COLUMN):
        _write_year(sheet, place, year, costs, places)
    for row in (places["total"], places["left"]):
        for cell in sheet[row]:
            cell.font = Font(bold=True)


def _write_year(
    sheet: Worksheet, place: int, year: Mapping[str, Any], costs: CostsRange, places: Mapping[str, int]
) -> None:
    """The cells of one fiscal year."""
    column = get_column_letter(place)
    head = cell_at(sheet, HEAD_ROW, place)
    head.value, head.number_format = int(year["fiscal_year"]), PLAIN
    of_year = f"{costs.years},{column}${HEAD_ROW}"
    for row in range(FIRST_ROW, places["total"]):
        cell = cell_at(sheet, row, place)
        cell.value = f"=SUMIFS({costs.amounts},{of_year},{costs.benefits},$A{row})"
        cell.number_format = MONEY
    at = {name: f"{column}{row}" for name, row in places.items()}
    unknown = f'OR({at["appropriation"]}="",{at["months"]}<{_YEAR})'
    written: dict[str, str | int | Decimal | None] = {
        "total": f"=SUM({column}{FIRST_ROW}:{column}{places['total'] - 1})",
        "months": int(year["months"]),
        "appropriation": None if year["appropriation"] is None else from_centimes(year["appropriation"]),
        "left": f'=IF({unknown},"",{at["appropriation"]}-{at["total"]})',
        "used": f'=IF({unknown},"",{at["total"]}/{at["appropriation"]})',
        "told": from_centimes(year["amount"]),
        "check": f"=ROUND({at['total']}-{at['told']},2)",
    }
    for name, value in written.items():
        cell = cell_at(sheet, places[name], place)
        cell.value, cell.number_format = value, _FORMS.get(name, MONEY)
    cell_at(sheet, places["appropriation"], place).font = Font(color=_INPUT)
