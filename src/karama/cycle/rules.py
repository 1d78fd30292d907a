"""The rules that a row of the register must keep, as data: where one is broken, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karama.cycle.engine import literal, quoted
from karama.cycle.register import PLACES, fitting
from karama.law.engine.types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.cycle.register import RegisterFile
    from karama.law.engine.inputs import InputColumn

REMEDIES = {
    "value_missing": "give the value",
    "code_not_allowed": "use one of the codes of the column dictionary",
    "number_out_of_bounds": "give a number within the bounds of the column dictionary",
    "not_a_number": "give a finite number, or leave it unknown",
    "too_many_places": "give at most nine decimals, exactly",
    "negative_number": "give a number of at least 0",
    "not_first_of_month": "write the first day of the month",
    "date_out_of_bounds": "give a date between 1880 and 2200",
    "commune_not_nine_digits": "write the nine-digit HCP code as text, with its leading zeros",
    "commune_unknown": "use the code of a commune or arrondissement of the RGPH 2024",
    "region_not_of_commune": "region is the first two digits of the commune",
    "province_not_of_commune": "province is the first five digits of the commune",
    "death_before_birth": "correct one of the two dates",
    "admission_before_birth": "correct one of the two dates",
    "left_before_admission": "correct one of the two dates",
    "duplicate_id": "keep one row for each identifier",
    "household_unknown": "add the household, or correct the person's household",
    "household_without_persons": "add its persons, or remove the household",
    "no_head": "name exactly one living head",
    "several_heads": "name exactly one living head",
    "ward_in_household": "a child in care belongs to no household: keep one of the two rows",
}
"""What to do about each rule; the keys are the codes of ``rejected.parquet``."""

_EARLIEST, _LATEST = "1880-01-01", "2200-12-31"
LARGEST = "1.7976931348623157e308"
"""The greatest finite float; only what is no number is beyond."""
BAD_COMMUNES = "bad_communes"
"""Relation of the texts found for a commune that are none of the census: ``code``, whether it has ``nine_digits``, and
whether it is ``well_formed``: nine digits that begin with a region."""
_DIGITS_OF = {"region": 2, "province": 5}


@dataclass(frozen=True)
class Rule:
    """One rule of a file: ``broken`` is SQL over the file's own columns, true where the rule does not hold."""

    code: str
    column: str
    broken: str


def row_rules(file: RegisterFile) -> Iterator[Rule]:
    """The rules that one row can be judged by alone, by its own values."""
    for column in file.present:
        yield from _column_rules(column, file.types[column.name])
    yield from _date_rules(file)


def place_rules(file: RegisterFile, *, bad_communes: bool) -> Iterator[Rule]:
    """The rules of places; with ``bad_communes``, the relation `BAD_COMMUNES` names those that are none."""
    known = "true"
    if bad_communes:
        without_digits = f"commune IN (SELECT code FROM {BAD_COMMUNES} WHERE NOT nine_digits)"
        yield Rule("commune_not_nine_digits", "commune", f"commune IS NULL OR {without_digits}")
        strange = f"commune IN (SELECT code FROM {BAD_COMMUNES} WHERE nine_digits)"
        yield Rule("commune_unknown", "commune", strange)
        known = f"commune IS NOT NULL AND commune NOT IN (SELECT code FROM {BAD_COMMUNES} WHERE NOT well_formed)"
    for name in PLACES:
        if name in file.types:
            differs = f"{name} IS DISTINCT FROM substr(commune, 1, {_DIGITS_OF[name]})"
            yield Rule(f"{name}_not_of_commune", name, f"{known} AND {differs}")


def _column_rules(column: InputColumn, found: str) -> Iterator[Rule]:
    name, kind = quoted(column.name), column.type.kind
    if column.name == "commune" or column.name in PLACES:
        return
    if not column.type.nullable:
        empty = f" OR {name} = ''" if kind is Kind.TEXT else ""
        yield Rule("value_missing", column.name, f"{name} IS NULL{empty}")
    if kind is Kind.CHOICE:
        codes = ", ".join(literal(code) for code in column.type.choices)
        yield Rule("code_not_allowed", column.name, f"{name} NOT IN ({codes})")
    elif kind is Kind.INTEGER:
        yield _bounds(column, name)
    elif kind is Kind.DECIMAL:
        yield from _decimal_rules(column, found)
    elif kind is Kind.DATE:
        within = f"{name} BETWEEN DATE '{_EARLIEST}' AND DATE '{_LATEST}'"
        yield Rule("date_out_of_bounds", column.name, f"NOT {within}")
        if column.month:
            yield Rule("not_first_of_month", column.name, f"{within} AND day({name}) <> 1")


def _bounds(column: InputColumn, name: str) -> Rule:
    broken = [f"({name} IS NOT NULL AND TRY_CAST({name} AS INTEGER) IS NULL)"]
    broken += [f"{name} < {column.least}"] if column.least is not None else []
    broken += [f"{name} > {column.most}"] if column.most is not None else []
    return Rule("number_out_of_bounds", column.name, " OR ".join(broken))


def _decimal_rules(column: InputColumn, found: str) -> Iterator[Rule]:
    """A float is accepted where it stands for a decimal of the column's places, and for no other number."""
    name, floating = quoted(column.name), found in {"DOUBLE", "FLOAT"}
    is_number = f"{name} BETWEEN -{LARGEST} AND {LARGEST}"  # not so for NaN, the greatest of all
    finite = f"{is_number} AND " if floating else ""
    fits, back = fitting(column, found), "DOUBLE" if floating else found
    if floating:
        yield Rule("not_a_number", column.name, f"NOT {is_number}")
    yield Rule("number_out_of_bounds", column.name, f"{finite}{name} IS NOT NULL AND {fits} IS NULL")
    yield Rule("too_many_places", column.name, f"{finite}TRY_CAST({fits} AS {back}) <> {name}")
    yield Rule("negative_number", column.name, f"{finite}{name} < 0")


def _date_rules(file: RegisterFile) -> Iterator[Rule]:
    for code, column, earlier in (
        ("death_before_birth", "death_date", "birth_date"),
        ("admission_before_birth", "admitted", "birth_date"),
        ("left_before_admission", "left_on", "admitted"),
    ):
        if column in file.types and earlier in file.types:
            yield Rule(code, column, f"{column} < {earlier}")
