"""Many households in one CSV or XLSX file: a row per person, the household's fields repeated, one answer each."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.money import from_centimes
from karama.law import decide_households, programme_named
from karama.law.engine.expressions import Entity
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.law.engine.evaluate import Decision
    from karama.law.engine.inputs import InputColumn, Inputs
    from karama.law.engine.parameters import Clock

YES, NO = {"true", "1", "yes", "oui", "نعم"}, {"false", "0", "no", "non", "لا"}
ANSWER_COLUMNS = ("household_id", "month", "eligible", "aid", "amount", "reasons")


def answer_file(
    path: Path, month: Month, *, programme: str = "asd", amounts: Clock = "paid", out: Path | None = None
) -> tuple[str, int]:
    """Decide every household of a file.

    Returns:
        The answers as CSV text (empty when ``out`` is an XLSX file) and the number of households.

    Raises:
        BadInputError: the file has another ending, or a row is wrong; names file, row, column, value and remedy.
    """
    inputs = programme_named(programme).law.inputs
    households = _grouped(path, _rows(path), inputs)
    decisions = decide_households(list(households.values()), month, programme, amounts)
    rows = [_answer(one) for one in decisions]
    if out is not None and out.suffix.lower() == ".xlsx":
        _write_xlsx(out, rows)
        return "", len(rows)
    text = _csv_text(rows)
    if out is not None:
        out.write_text(text, encoding="utf-8-sig")
    return text, len(rows)


def _rows(path: Path) -> Iterable[tuple[int, dict[str, Any]]]:
    """The rows of the file with their number, the heading being row 1."""
    suffix = path.suffix.lower()
    if not path.is_file():
        raise BadInputError(f"{path}: no such file")
    if suffix == ".csv":
        return _csv_rows(path)
    if suffix == ".xlsx":
        return _xlsx_rows(path)
    raise BadInputError(f"{path}: '{suffix}' is not read: save the table as .csv (UTF-8) or .xlsx")


def _csv_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path}: is not UTF-8 text ({error.reason}): save it as CSV UTF-8") from error
    heading = text.split("\n", 1)[0]
    delimiter = ";" if heading.count(";") > heading.count(",") else ","
    return list(enumerate(csv.DictReader(io.StringIO(text), delimiter=delimiter), start=2))


def _xlsx_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    from openpyxl import load_workbook  # noqa: PLC0415 - only for spreadsheets

    sheet = load_workbook(path, read_only=True, data_only=True).worksheets[0]
    table = list(sheet.iter_rows(values_only=True))
    if not table:
        return []
    heading = [str(cell) for cell in table[0]]
    return [(number, dict(zip(heading, cells, strict=False))) for number, cells in enumerate(table[1:], start=2)]


def _grouped(path: Path, rows: Iterable[tuple[int, dict[str, Any]]], inputs: Inputs) -> dict[str, dict[str, Any]]:
    """The rows as households in the order met; the household's fields are those of its first row."""
    columns = {column.name: column for column in inputs.columns}
    households: dict[str, dict[str, Any]] = {}
    for number, row in rows:
        values = {name: _cell(path, number, columns.get(name or ""), name, raw) for name, raw in row.items()}
        given = {name: value for name, value in values.items() if value is not None}
        key = given.get(inputs.household_key)
        if not key:
            raise BadInputError(f"{path}: row {number}: column '{inputs.household_key}' is empty: give its identifier")
        own = {name: value for name, value in given.items() if columns[name].entity is Entity.HOUSEHOLD}
        household = households.setdefault(str(key), {**own, inputs.members_field: []})
        _same_facts(path, number, household, own)
        if inputs.person_table:
            person = {name: value for name, value in given.items() if columns[name].entity is Entity.PERSON}
            household[inputs.members_field].append(person)
        else:
            household.pop(inputs.members_field, None)
    if not households:
        raise BadInputError(f"{path}: holds no row: write a heading and one row per person")
    return households


def _same_facts(path: Path, number: int, household: dict[str, Any], own: dict[str, Any]) -> None:
    for name, value in own.items():
        if household.get(name) != value:
            raise BadInputError(
                f"{path}: row {number}: column '{name}': {value!r} differs from {household.get(name)!r}, given before"
                f" for the same household: write the same value on all its rows"
            )


def _cell(path: Path, number: int, column: InputColumn | None, name: str | None, raw: Any) -> Any:  # noqa: ANN401
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    if column is None:
        raise BadInputError(f"{path}: row {number}: column '{name}' is unknown: remove it or correct its heading")
    text = raw.strip() if isinstance(raw, str) else raw
    try:
        return _typed(column, text)
    except (ValueError, TypeError) as error:
        raise BadInputError(
            f"{path}: row {number}: column '{name}': {raw!r} is not {column.type}: correct the cell"
        ) from error


def _typed(column: InputColumn, value: Any) -> Any:  # noqa: ANN401 - a cell
    kind = column.type.kind
    if kind is Kind.BOOLEAN and not isinstance(value, bool):
        word = str(value).lower()
        if word not in YES | NO:
            raise ValueError(value)
        return word in YES
    if kind is Kind.INTEGER:
        return int(value)
    if kind in {Kind.TEXT, Kind.CHOICE}:
        return str(value)
    if kind is Kind.DATE and hasattr(value, "date"):
        return value.date()
    return value


def _answer(decision: Decision) -> dict[str, Any]:
    return {
        "household_id": decision.household_id,
        "month": str(decision.month),
        "eligible": decision.eligible,
        "aid": decision.aid,
        "amount": from_centimes(decision.amount_centimes),
        "reasons": " ".join(decision.reasons),
    }


def _csv_text(rows: Sequence[dict[str, Any]]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, ANSWER_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _write_xlsx(out: Path, rows: Sequence[dict[str, Any]]) -> None:
    from openpyxl import Workbook  # noqa: PLC0415 - only for spreadsheets

    book = Workbook()
    sheet = book.active
    assert sheet is not None  # noqa: S101 - a new workbook has a sheet
    sheet.append(list(ANSWER_COLUMNS))
    for row in rows:
        sheet.append([row[name] for name in ANSWER_COLUMNS])
    book.save(out)
