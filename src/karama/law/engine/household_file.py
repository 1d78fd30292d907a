"""One household as JSON, checked field by field against the programme's inputs."""

from __future__ import annotations

import datetime as dt
import difflib
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.law.engine.expressions import Entity
from karama.law.engine.types import Kind
from karama.law.engine.values import exact_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from karama.law.engine.inputs import InputColumn, Inputs
    from karama.law.engine.types import Type

Row = dict[str, Any]

INTEGER_LIMIT = 2**31
"""Integers of a register are columns of 32 bits."""

_DAY_LENGTH = len("2026-03-01")
_Number = TypeVar("_Number", int, Decimal)


def load_household(path: Path) -> Any:  # noqa: ANN401 - JSON is any nesting of plain values
    """The content of a HOUSEHOLD.json file, its numbers exact.

    Raises:
        BadInputError: no such file, not JSON, a number that is none (NaN, Infinity), a field given twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        message = f"{path}: no such file: check the path"
        raise BadInputError(message) from error
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path}: cannot be read as UTF-8 text ({error}): give the path of a JSON file"
        raise BadInputError(message) from error
    if not text.strip():
        message = f"{path}: is empty: write {{...}} with the household's fields"
        raise BadInputError(message)

    return exact_json(text, str(path))


def read_household(raw: Mapping[str, Any], inputs: Inputs, where: str) -> tuple[Row, list[Row]]:
    """The household's row and its persons' rows, complete and typed.

    Args:
        raw: the content of a HOUSEHOLD.json file.
        inputs: the programme's columns.
        where: how messages call the household (a file, a row).

    Raises:
        BadInputError: a field is unknown, missing, of the wrong type or impossible; names it and the remedy.
    """
    table = _table_of(inputs, Entity.HOUSEHOLD)
    if not inputs.person_table:
        return table.row(raw, where), []
    members = raw.get(inputs.members_field, [])
    household = table.row({name: value for name, value in raw.items() if name != inputs.members_field}, where)
    if not isinstance(members, list) or not members:
        message = f"{where}: field '{inputs.members_field}' is missing or empty: list the household's persons"
        raise BadInputError(message)
    return household, _persons(members, inputs, where)


def _persons(members: Sequence[Any], inputs: Inputs, where: str) -> list[Row]:
    table, person_key = _table_of(inputs, Entity.PERSON), inputs.person_key
    persons, seen = [], set()
    for number, member in enumerate(members, start=1):
        place = f"{where}: member {number}"
        if not isinstance(member, dict):
            message = f"{place}: is no object: write {{...}} with the person's fields"
            raise BadInputError(message)
        row = table.row(member, place)
        key = row[person_key]
        if key in seen:
            message = f"{place}: field '{person_key}': '{key}' stands twice: give each person its own identifier"
            raise BadInputError(message)
        seen.add(key)
        persons.append(row)
    return persons


class _Table:
    """The columns of a table with a quick reader for each: what that refuses is read again and explained."""

    def __init__(self, columns: Sequence[InputColumn]) -> None:
        self._columns = columns
        self._readers = {column.name: quick_reader(column) for column in columns}
        self._defaults: Row = {column.name: column.default for column in columns}
        self._required = {column.name for column in columns if column.required}

    def row(self, raw: Mapping[str, Any], where: str) -> Row:
        """The typed row of an object, its defaults filled in."""
        row, readers = self._defaults.copy(), self._readers
        try:
            for name, value in raw.items():
                row[name] = readers[name](value)
        except (LookupError, ValueError, TypeError, ArithmeticError, BadInputError):
            return _row(raw, self._columns, where)
        return row if self._required <= raw.keys() else _row(raw, self._columns, where)


_TABLES: dict[tuple[int, Entity], tuple[Inputs, _Table]] = {}


def _table_of(inputs: Inputs, entity: Entity) -> _Table:
    key = (id(inputs), entity)
    if key not in _TABLES:
        _TABLES[key] = (inputs, _Table(list(inputs.of(entity))))
    return _TABLES[key][1]


def quick_reader(column: InputColumn) -> Callable[[Any], Any]:
    """A function that gives the value of a column as ``read_value`` does, or raises: then ``read_value`` knows better.

    Raises:
        ValueError, TypeError, LookupError, ArithmeticError: it is no value of the column, or one that is seldom met.
    """
    kind = column.type
    if kind.kind is Kind.CHOICE:
        codes: dict[str | None, str | None] = {code: code for code in kind.choices}
        return (codes | {None: None} if kind.nullable else codes).__getitem__
    readers: dict[Kind, Callable[[Any], Any]] = {
        Kind.BOOLEAN: _quick_boolean,
        Kind.TEXT: _quick_text,
        Kind.INTEGER: partial(_quick_integer, column),
        Kind.DECIMAL: partial(_quick_decimal, column),
        Kind.DATE: _quick_month if column.month else _quick_date,
    }
    read = readers[kind.kind]
    return partial(_or_unknown, read) if kind.nullable else read


def _or_unknown(read: Callable[[Any], Any], raw: object) -> Any:  # noqa: ANN401 - typed by the column
    return None if raw is None else read(raw)


def _quick_boolean(raw: object) -> bool:
    if raw is True or raw is False:
        return raw
    raise ValueError(raw)


def _quick_text(raw: object) -> str:
    if isinstance(raw, str) and raw:
        return raw
    raise ValueError(raw)


def _quick_integer(column: InputColumn, raw: object) -> int:
    if type(raw) is int and abs(raw) < INTEGER_LIMIT:
        return _bounded(column, raw)
    raise ValueError(raw)


def _quick_decimal(column: InputColumn, raw: object) -> Decimal:
    if type(raw) is bool:
        raise ValueError(raw)
    return _bounded(column, _decimal(raw, column.type))  # type: ignore[arg-type]


def _bounded(column: InputColumn, value: _Number) -> _Number:
    if (column.least is not None and value < column.least) or (column.most is not None and value > column.most):
        raise ValueError(value)
    return value


def _quick_date(raw: str) -> dt.date:
    if len(raw) == _DAY_LENGTH and raw[4] == raw[7] == "-":
        return dt.date.fromisoformat(raw)
    raise ValueError(raw)


@lru_cache(maxsize=1024)
def _quick_month(raw: object) -> dt.date:
    if isinstance(raw, str):
        return Month.parse(raw).first_day
    raise ValueError(raw)


def _row(raw: Mapping[str, Any], columns: Sequence[InputColumn], where: str) -> Row:
    row: Row = {}
    met = 0
    for column in columns:
        name = column.name
        if name in raw:
            row[name] = read_value(raw[name], column, f"{where}: field '{name}'")
            met += 1
        elif not column.required:
            row[name] = column.default
    if met < len(raw):
        raise _unknown(raw, [column.name for column in columns], where)
    if len(row) < len(columns):
        column = next(column for column in columns if column.name not in row)
        message = f"{where}: field '{column.name}' is missing: {column.label.en}, {column.type}"
        raise BadInputError(message)
    return row


def _unknown(raw: Mapping[str, Any], names: Sequence[str], where: str) -> BadInputError:
    name = next(name for name in raw if name not in names)
    near = difflib.get_close_matches(str(name), names, n=1)
    hint = f": did you mean '{near[0]}'?" if near else ": remove it"
    message = f"{where}: field '{name}' is unknown{hint}"
    return BadInputError(message)


def read_value(raw: object, column: InputColumn, where: str) -> Any:  # noqa: ANN401 - typed by the column
    """One value of a column from JSON or a text cell.

    Raises:
        BadInputError: not of the column's type or out of its bounds.
    """
    if raw is None:
        if column.type.nullable:
            return None
        message = f"{where}: is null but must be known: give {column.type}"
        raise BadInputError(message)
    try:
        value = _parse(raw, column.type, month=column.month)
    except (ValueError, TypeError, InvalidOperation, BadInputError) as error:
        shown = str(raw) if isinstance(raw, Decimal) else repr(raw)
        expected = "a month YYYY-MM" if column.month else str(column.type.known())
        message = f"{where}: {shown} is not {expected}{_form(column.type, month=column.month)}"
        raise BadInputError(message) from error
    too_small = column.least is not None and value < column.least
    if too_small or (column.most is not None and value > column.most):
        bounds = " and ".join(
            f"{word} {bound}"
            for word, bound in (("at least", column.least), ("at most", column.most))
            if bound is not None
        )
        message = f"{where}: {value} is outside its bounds, {bounds}: correct it"
        raise BadInputError(message)
    return value


def _form(kind: Type, *, month: bool) -> str:
    if kind.kind is Kind.DATE and not month:
        return ": write YYYY-MM-DD"
    plain = f": write a plain number with at most {kind.places} places"
    return {Kind.BOOLEAN: ": write true or false", Kind.DECIMAL: plain}.get(kind.kind, "")


def _parse(raw: object, kind: Type, *, month: bool) -> Any:  # noqa: ANN401 - one line per kind
    which = kind.kind
    if isinstance(raw, str):
        return _parse_text(raw, kind, month=month)
    if isinstance(raw, bool):
        if which is Kind.BOOLEAN:
            return raw
    elif which is Kind.INTEGER and isinstance(raw, int) and abs(raw) < INTEGER_LIMIT:
        return raw
    elif which is Kind.DECIMAL and isinstance(raw, (int, float, Decimal)):
        return _decimal(raw, kind)
    elif which is Kind.DATE and isinstance(raw, dt.date):
        return _month(raw) if month else _date(raw)
    raise TypeError(raw)


def _parse_text(raw: str, kind: Type, *, month: bool) -> Any:  # noqa: ANN401 - one line per kind
    which = kind.kind
    if which is Kind.DATE:
        return _month(raw) if month else _date(raw)
    if which is Kind.DECIMAL:
        return _decimal(raw, kind)
    if (which is Kind.CHOICE and raw in kind.choices) or (which is Kind.TEXT and raw):
        return raw
    raise TypeError(raw)


def _month(raw: dt.date | str) -> dt.date:
    return Month.parse(raw).first_day if isinstance(raw, str) else dt.date(raw.year, raw.month, 1)


def _date(raw: dt.date | str) -> dt.date:
    """A date as JSON, YAML or a spreadsheet gives it; of ISO's ways of writing only YYYY-MM-DD."""
    if not isinstance(raw, str):
        return dt.date(raw.year, raw.month, raw.day)
    found = dt.date.fromisoformat(raw)
    if found.isoformat() != raw:
        raise ValueError(raw)
    return found


def _decimal(raw: float | str | Decimal, kind: Type) -> Decimal:
    value = Decimal(str(raw))
    limit, step = _grid(kind.digits, kind.places)
    if not value.is_finite() or abs(value) >= limit or value != value.quantize(step):
        raise ValueError(raw)
    return value


@lru_cache(maxsize=64)
def _grid(digits: int, places: int) -> tuple[Decimal, Decimal]:
    """What a decimal stays under, and the step of its last place."""
    return Decimal(10) ** (digits - places), Decimal(1).scaleb(-places)
