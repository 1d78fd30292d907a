"""Many households in one CSV or XLSX file: a row per person, the household's fields repeated, one answer each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.money import from_centimes
from karama.law import decide_households, programme_named
from karama.law.engine.expressions import Entity
from karama.law.engine.household_file import read_value
from karama.law.engine.types import Kind
from karama.law.tables import ENDINGS, csv_text, read_table, write_table

if TYPE_CHECKING:
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.law.engine.evaluate import Decision
    from karama.law.engine.inputs import InputColumn, Inputs
    from karama.law.engine.parameters import Clock
    from karama.law.tables import Table

YES, NO = {"true", "1", "yes", "oui", "نعم"}, {"false", "0", "no", "non", "لا"}


@dataclass
class _Gathered:
    """A household gathered from its rows; a field keeps the first value met."""

    rows: list[int]
    values: dict[str, Any] = field(default_factory=dict)
    members: list[dict[str, Any]] = field(default_factory=list)


def answers(path: Path, month: Month, *, programme: str = "asd", amounts: Clock = "paid") -> list[dict[str, Any]]:
    """Decide every household of a file.

    Returns:
        A row per household in the order met: its identifier, month, eligible, aid, amount, reasons (a list).

    Raises:
        BadInputError: the file has another ending, or a row is wrong; names file, row, column, value and remedy.
    """
    chosen = programme_named(programme)
    inputs = chosen.law.inputs
    gathered = _gathered(path, read_table(path), inputs)
    raws = [
        {**one.values, inputs.members_field: one.members} if inputs.person_table else one.values
        for one in gathered.values()
    ]
    places = [_place(path, one) for one in gathered.values()]
    decisions = decide_households(raws, month, programme, amounts, places=places)
    return [_answer(one, inputs.household_key) for one in decisions]


def answer_file(
    path: Path, month: Month, *, programme: str = "asd", amounts: Clock = "paid", out: Path | None = None
) -> tuple[str, int]:
    """Decide every household of a file and write the answers to ``out``, or give them.

    Returns:
        The answers as CSV text (empty when ``out`` is given) and the number of households.

    Raises:
        BadInputError: a file has another ending, or a row is wrong; names file, row, column, value and remedy.
        StorageError: ``out`` cannot be written.
    """
    if out is not None and out.suffix.lower() not in ENDINGS:
        raise BadInputError(f"{out}: '{out.suffix}' is not written: end the name in .csv or .xlsx")
    rows = [
        {**one, "reasons": " ".join(one["reasons"])}
        for one in answers(path, month, programme=programme, amounts=amounts)
    ]
    columns = list(rows[0])
    if out is None:
        return csv_text(columns, rows), len(rows)
    write_table(out, columns, rows)
    return "", len(rows)


def _place(path: Path, one: _Gathered) -> str:
    first, last = one.rows[0], one.rows[-1]
    return f"{path}: row {first}" if first == last else f"{path}: rows {first} to {last}"


def _gathered(path: Path, table: Table, inputs: Inputs) -> dict[str, _Gathered]:
    """The rows as households in the order met; a cell left empty says that the fact is unknown, where it may be."""
    if not table.rows:
        raise BadInputError(f"{path}: holds no row: write a heading and one row per person")
    columns = {column.name: column for column in inputs.columns}
    households: dict[str, _Gathered] = {}
    for number, row in table.rows:
        given = {
            name: _cell(f"{path}: row {number}: column '{name}'", columns.get(name), raw) for name, raw in row.items()
        }
        key = given.get(inputs.household_key)
        if not key:
            raise BadInputError(f"{path}: row {number}: column '{inputs.household_key}' is empty: give its identifier")
        if not inputs.person_table and key in households:
            raise BadInputError(
                f"{path}: row {number}: column '{inputs.household_key}': '{key}' stands already in row"
                f" {households[key].rows[0]}: keep one row for each"
            )
        one = households.setdefault(key, _Gathered([]))
        one.rows.append(number)
        _same_facts(path, one, {name: given[name] for name in given if columns[name].entity is Entity.HOUSEHOLD})
        one.members.append({name: given[name] for name in given if columns[name].entity is Entity.PERSON})
    unknown = [name for name in table.heading if name in columns and _may_be_unknown(columns[name])]
    for one in households.values():
        one.values = {**dict.fromkeys(unknown), **one.values}
    return households


def _may_be_unknown(column: InputColumn) -> bool:
    return column.required and column.type.nullable and column.entity is Entity.HOUSEHOLD


def _same_facts(path: Path, one: _Gathered, own: dict[str, Any]) -> None:
    for name, value in own.items():
        if one.values.setdefault(name, value) != value:
            raise BadInputError(
                f"{path}: row {one.rows[-1]}: column '{name}': '{value}' differs from '{one.values[name]}', given"
                f" before for the same household: write the same value on all its rows"
            )


def _cell(where: str, column: InputColumn | None, raw: object) -> Any:  # noqa: ANN401 - a cell
    """The value of a filled cell, of the column's type."""
    if column is None:
        raise BadInputError(f"{where} is unknown: remove it or correct its heading")
    value = read_value(_as_written(raw, column), column, where)
    return value.strftime("%Y-%m") if column.month else value


def _as_written(raw: object, column: InputColumn) -> object:
    """What a person or a spreadsheet writes in a cell, as JSON would hold it."""
    kind = column.type.kind
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if kind is Kind.BOOLEAN:
        word = str(raw).lower()
        return word in YES if word in YES | NO else raw
    if kind in {Kind.TEXT, Kind.CHOICE}:
        return str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
    if not isinstance(raw, str):
        return raw
    if kind is Kind.INTEGER:
        digits = raw.removeprefix("-")
        return int(raw) if digits.isascii() and digits.isdigit() else raw
    if kind is Kind.DECIMAL and raw.count(",") == 1 and "." not in raw:
        return raw.replace(",", ".")  # the decimal comma of French spreadsheets
    return raw


def _answer(decision: Decision, key: str) -> dict[str, Any]:
    return {
        key: decision.household_id,
        "month": str(decision.month),
        "eligible": decision.eligible,
        "aid": decision.aid,
        "amount": from_centimes(decision.amount_centimes),
        "reasons": list(decision.reasons),
    }
