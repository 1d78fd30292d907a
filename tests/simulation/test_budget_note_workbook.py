"""The workbook holds the tables of the forecast, and its formulas add up to them."""

from __future__ import annotations

import datetime as dt
import io
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from openpyxl import load_workbook

from karama.simulation.notes import words, write_xlsx
from karama.simulation.notes.workbook import workbook_bytes
from tests.simulation.forecast_tables import APPROPRIATIONS, BENEFITS, RATES, tables

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FULL = tables(start="2026-01", months=60)
SHEETS = [
    "Synthèse",
    "Coûts mensuels",
    "Effectifs en fin d'exercice",
    "Calendrier de trésorerie",
    "Dispersion du coût",
    "Dispersion par exercice",
    "Sensibilité",
    "Épreuve du passé",
    "Hypothèses et leur statut",
    "Notes de lecture",
]
SUMIFS = re.compile(r"=SUMIFS\((.+?),(.+?),([A-Z]+)\$(\d+),(.+?),\$([A-Z]+)(\d+)\)")
SUM = re.compile(r"=SUM\(([A-Z]+)(\d+):([A-Z]+)(\d+)\)")
WHERE_KNOWN = re.compile(r'=IF\(OR\(([A-Z]+\d+)="",([A-Z]+\d+)<12\),"",([A-Z]+\d+)([-/])([A-Z]+\d+)\)')
CHECK = re.compile(r"=ROUND\(([A-Z]+\d+)-([A-Z]+\d+),2\)")


def opened(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


@pytest.fixture(scope="module")
def book() -> Workbook:
    return opened(workbook_bytes(FULL))


class Spreadsheet:
    """The four shapes of formula of the workbook, computed as a spreadsheet program would."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.kinds: list[tuple[re.Pattern[str], Callable[[Worksheet, re.Match[str]], Any]]] = [
            (SUMIFS, self.sum_ifs),
            (SUM, self.sum_up),
            (WHERE_KNOWN, self.where_known),
            (CHECK, self.check),
        ]

    def value(self, sheet: Worksheet, place: str) -> Any:  # noqa: ANN401 - what a cell holds
        content = sheet[place].value
        if not isinstance(content, str) or sheet[place].data_type != "f":
            return Decimal(str(content)) if isinstance(content, int | float) else content
        for pattern, compute in self.kinds:
            if found := pattern.fullmatch(content):
                return compute(sheet, found)
        raise AssertionError(f"no such formula: {content}")

    def area(self, text: str) -> list[Any]:
        name, column, first, last = re.fullmatch(r"'(.+)'!\$([A-Z])\$(\d+):\$\2\$(\d+)", text).groups()  # type: ignore[union-attr]
        return [self.value(self.book[name], f"{column}{row}") for row in range(int(first), int(last) + 1)]

    def sum_ifs(self, sheet: Worksheet, found: re.Match[str]) -> Decimal:
        amounts, years, of_year, row, benefits, of_benefit, benefit_row = found.groups()
        year, benefit = self.value(sheet, f"{of_year}{row}"), self.value(sheet, f"{of_benefit}{benefit_row}")
        rows = zip(self.area(amounts), self.area(years), self.area(benefits), strict=True)
        return sum((amount for amount, one, name in rows if one == year and name == benefit), Decimal(0))

    def sum_up(self, sheet: Worksheet, found: re.Match[str]) -> Decimal:
        column, first, _, last = found.groups()
        return sum((self.value(sheet, f"{column}{row}") for row in range(int(first), int(last) + 1)), Decimal(0))

    def where_known(self, sheet: Worksheet, found: re.Match[str]) -> Decimal | str:
        appropriation, months, left, sign, right = found.groups()
        if self.value(sheet, appropriation) is None or self.value(sheet, months) < 12:
            return ""
        one, other = self.value(sheet, left), self.value(sheet, right)
        return one - other if sign == "-" else one / other

    def check(self, sheet: Worksheet, found: re.Match[str]) -> Decimal:
        return round(self.value(sheet, found[1]) - self.value(sheet, found[2]), 2)


def summary_rows(book: Workbook) -> dict[str, list[Any]]:
    """Row of the summary, by code or French words -> its computed values by year."""
    sheet, computed = book["Synthèse"], Spreadsheet(book)
    last = sheet.max_column
    return {
        row[0].value or row[1].value: [computed.value(sheet, cell.coordinate) for cell in row[3:last]]
        for row in sheet.iter_rows(min_row=3)
    }


def mad(centimes: int) -> Decimal:
    return Decimal(centimes) / 100


def test_the_formulas_add_up_to_the_forecast(book: Workbook) -> None:
    rows = summary_rows(book)
    sums = FULL.costs.group_by("benefit", pl.col("month").str.head(4).cast(int).alias("year")).agg(
        pl.col("amount_centimes").sum()
    )
    expected = {(name, year): mad(centimes) for name, year, centimes in sums.iter_rows()}
    years = range(2026, 2031)
    assert {name: rows[name] for name in BENEFITS} == {
        name: [expected[name, year] for year in years] for name in BENEFITS
    }
    assert rows["Total"] == [sum(expected[name, year] for name in BENEFITS) for year in years]
    assert rows["Contrôle (doit être 0)"] == [0] * 5
    assert rows["Mois comptés"] == [12] * 5


def test_the_appropriation_is_compared_where_it_is_known(book: Workbook) -> None:
    rows = summary_rows(book)
    opened = [mad(APPROPRIATIONS[2026]), mad(APPROPRIATIONS[2027])]
    assert rows["Crédits ouverts"] == [*opened, None, None, None]
    assert rows["Crédits moins coût"] == [*(a - t for a, t in zip(opened, rows["Total"], strict=False)), "", "", ""]
    assert rows["Part consommée"][:2] == [t / a for a, t in zip(opened, rows["Total"], strict=False)]


def test_another_appropriation_or_amount_changes_what_is_left() -> None:
    book = opened(workbook_bytes(FULL))
    before = summary_rows(book)
    sheet, costs = book["Synthèse"], book["Coûts mensuels"]
    row = next(row[0].row for row in sheet.iter_rows() if row[1].value == "Crédits ouverts")
    sheet[f"F{row}"] = 31_000_000_000
    costs["G3"] = float(costs["G3"].value) + 100
    after = summary_rows(book)
    assert after["Crédits moins coût"][0] == before["Crédits moins coût"][0] - 100
    assert after["Crédits moins coût"][2] == 31_000_000_000 - before["Total"][2]
    assert after["Contrôle (doit être 0)"] == [100, 0, 0, 0, 0]


def test_a_year_that_is_not_whole_is_not_compared() -> None:
    rows = summary_rows(opened(workbook_bytes(tables(start="2026-04", months=12))))
    assert rows["Mois comptés"] == [9, 3]
    assert rows["Crédits moins coût"] == ["", ""]


def table_of(book: Workbook, sheet: str) -> list[list[Any]]:
    """The rows of a sheet below its heading."""
    return [[cell.value for cell in row] for row in book[sheet].iter_rows(min_row=3)]


def test_every_table_stands_on_its_sheet_to_the_centime(book: Workbook) -> None:
    assert book.sheetnames == SHEETS
    for row, told in zip(FULL.costs.iter_rows(named=True), table_of(book, "Coûts mensuels"), strict=True):
        assert (told[0].strftime("%Y-%m"), told[2], told[5]) == (row["month"], row["benefit"], row["recipients"])
        assert Decimal(str(told[6])) == mad(row["amount_centimes"])
    fan = {(row["month"], row["percentile"]): row["amount_centimes"] for row in FULL.fan.iter_rows(named=True)}
    for told in table_of(book, "Dispersion du coût"):
        expected = [mad(fan[told[0].strftime("%Y-%m"), one]) for one in (5, 25, 50, 75, 95)]
        assert [Decimal(str(value)) for value in told[1:]] == expected
    cash = [[Decimal(str(value)) for value in row[1:]] for row in table_of(book, "Calendrier de trésorerie")]
    assert cash == [[mad(value) for value in row] for row in FULL.cash.drop("month").iter_rows()]
    people = {(row["month"], row["category"]): row["count"] for row in FULL.caseload.iter_rows(named=True)}
    last = table_of(book, "Effectifs en fin d'exercice")[-1]
    assert (last[0], last[2]) == (dt.datetime(2030, 12, 1), people["2030-12", "families"])  # noqa: DTZ001 - as Excel keeps it
    assert len(table_of(book, "Dispersion par exercice")) == 5


def test_sensitivity_is_told_as_costs_and_as_differences(book: Workbook) -> None:
    central = FULL.costs["amount_centimes"].sum()
    for row, told in zip(FULL.tornado.iter_rows(named=True), table_of(book, "Sensibilité"), strict=True):
        low, high = row["cost_low_centimes"], row["cost_high_centimes"]
        assert told[:3] == [row["assumption"], row["label_fr"], row["label_ar"]]
        expected = [mad(low), mad(high), mad(low - central), mad(high - central)]
        assert [Decimal(str(value)) for value in told[5:]] == expected


def test_assumptions_are_numbers_with_meaning_source_and_status(book: Workbook) -> None:
    sheet, rows = book["Hypothèses et leur statut"], table_of(book, "Hypothèses et leur statut")
    for (name, value, french, arabic, status), told in zip(RATES, rows, strict=True):
        assert told[0] == name
        assert told[1].startswith(words.STATUSES[status].fr)
        assert told[2:5] == [pytest.approx(number) for number in (value, value * 0.8, value * 1.2)]
        assert told[5:] == ["share", french, arabic, f"what {name} means", "HCP RGPH 2024"]
    fills = [cell.fill.fgColor.rgb for (cell,) in sheet.iter_rows(min_row=3, min_col=2, max_col=2)]
    sure = {"confirmed", "published"}
    assert [fill.endswith("FDF1DC") for fill in fills] == [status not in sure for *_, status in RATES]


def test_published_figures_stand_beside_the_forecast(book: Workbook) -> None:
    rows = table_of(book, "Épreuve du passé")
    assert [row[4:7] for row in rows] == [
        [row["published"], row["forecast"], pytest.approx(row["relative_error"])]
        for row in FULL.backtest.iter_rows(named=True)
    ]
    assert rows[0][7:] == ["seulement comparé", "barlamane 2025-05"]


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_is_frozen_filtered_bilingual_marked_and_ready_to_print(book: Workbook, name: str) -> None:
    sheet = book[name]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.fitToHeight) == ("A3", "$2:$2", 0)
    assert sheet.auto_filter.ref.startswith("A2:")
    assert "synthétiques" in sheet["A1"].value
    assert "synthétiques" in sheet.oddHeader.center.text
    heads = [cell.value for cell in sheet[2]]
    assert all(re.search(r"\n.*[\u0600-\u06ff]", head) for head in heads if isinstance(head, str))


def test_amounts_counts_and_shares_have_the_formats_of_their_kind(book: Workbook) -> None:
    assert book["Coûts mensuels"]["G3"].number_format == "#,##0.00"
    assert book["Coûts mensuels"]["A3"].number_format == "yyyy-mm"
    assert book["Effectifs en fin d'exercice"]["B3"].number_format == "#,##0"
    assert book["Épreuve du passé"]["G3"].number_format == "0.0%"


def test_what_was_not_computed_is_told_on_its_sheet() -> None:
    names = ("caseload", "cash", "fan", "fan_years", "tornado", "backtest", "assumptions")
    book = opened(workbook_bytes(FULL.without(*names)))
    assert book.sheetnames == SHEETS
    for sheet in SHEETS[2:9]:
        assert book[sheet]["A3"].value.startswith("Non calculé : la prévision n'a pas produit ce tableau.")
        assert "لم يحتسب" in book[sheet]["A3"].value


def test_a_text_is_never_a_formula() -> None:
    odd = FULL.assumptions.with_columns(pl.lit('=HYPERLINK("http://example.org")').alias("label_fr"))
    changed = FULL.without()
    object.__setattr__(changed, "assumptions", odd)
    cell = opened(workbook_bytes(changed))["Hypothèses et leur statut"]["G3"]
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://example.org")')


def test_real_data_bear_no_mark() -> None:
    book = opened(workbook_bytes(tables(months=12, synthetic=False)))
    assert "synthétiques" not in book["Synthèse"]["A1"].value
    assert not book["Synthèse"].oddHeader.center.text


def test_the_same_forecast_gives_the_same_file_which_asks_to_be_computed(tmp_path: Path) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    write_xlsx(FULL, first)
    write_xlsx(tables(start="2026-01", months=60), second)
    assert first.read_bytes() == second.read_bytes()
    book = load_workbook(first)
    assert book.calculation.fullCalcOnLoad
    assert book.properties.modified == dt.datetime(2026, 1, 1)  # noqa: DTZ001 - as the file keeps it
