"""The law of a programme with the changes of a scenario: other values, other formulas, further benefits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError, LawError, UnknownParameterError
from karama.foundation.languages import Label
from karama.foundation.money import to_centimes
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import Formula
from karama.law.engine.graph import Law
from karama.law.engine.language import sum_of, when
from karama.law.engine.parameters import DatedValue, ParameterSet, Status, load_parameters
from karama.law.engine.types import common_type, decimal, literal_type

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.law.engine.expressions import Node
    from karama.law.engine.parameters import DatedParameter, ParameterValue
    from karama.law.engine.programme import Benefit, Programme
    from karama.law.engine.types import Type

_INDEXED_YEARS = 15
"""Yearly changes are written out for so many years: longer than any forecast."""
_YEAR = 12
_NUMBERS = {"money", "integer", "decimal"}


@dataclass(frozen=True)
class ParameterChange:
    """A parameter of the law that takes another value from a month on; ``until`` is included.

    Exactly one of ``value`` (written as in the law's files: money in MAD) and ``factor`` is given.  ``yearly`` says
    that the factor applies again every twelve months.  ``rounded_to`` is the step, in the parameter's unit, to which
    a product is rounded half up; without it a centime for money and the parameter's own places otherwise.
    """

    name: str
    first: Month
    value: Any = None
    factor: Decimal | None = None
    until: Month | None = None
    rounded_to: Decimal | None = None
    yearly: bool = False


def changed(
    programme: Programme,
    *,
    changes: Sequence[ParameterChange] = (),
    formulas: Sequence[Formula] = (),
    new_parameters: Path | None = None,
    benefits: Sequence[Benefit] = (),
    reference: str = "a proposal, not law",
) -> Programme:
    """The programme with changed parameters, formulas that replace others or are added, and further benefits.

    Raises:
        BadInputError: a value or a month breaks a rule; names parameter, value and remedy.
        UnknownParameterError: a parameter nobody defined; the nearest name is proposed.
        LawError: the formulas do not hold together.
    """
    law = programme.law
    parameters = _parameters(law.parameters, programme, changes, new_parameters, reference)
    made = replace(
        programme,
        law=Law(law.inputs, _formulas(law.formulas, formulas), parameters),
        benefits=(*programme.benefits, *benefits),
    )
    made = _with_benefits(made, benefits)
    made.graph(max([programme.first_month, *(one.first for one in changes)]))
    return made


# ------------------------------------------------------------------------------------------------- parameters
def _parameters(
    known: ParameterSet,
    programme: Programme,
    changes: Sequence[ParameterChange],
    new_parameters: Path | None,
    reference: str,
) -> ParameterSet:
    by_name = dict(known.by_name)
    for one in load_parameters(new_parameters) if new_parameters else []:
        if one.name in by_name:
            raise BadInputError(f"new_parameters: '{one.name}' is in the law already: change it under parameters")
        by_name[one.name] = one
    for change in changes:
        found = ParameterSet(by_name).get(change.name)
        if change.first < programme.first_month:
            message = (
                f"parameter '{change.name}': from {change.first} is before {programme.first_month}, the first month of"
                f" the law: give a later one"
            )
            raise BadInputError(message)
        by_name[change.name] = _changed_parameter(found, change, reference)
    return ParameterSet(by_name)


def _changed_parameter(known: DatedParameter, change: ParameterChange, reference: str) -> DatedParameter:
    """The parameter with other values from a month on; the values from before stay, on both clocks."""
    where = f"parameter '{known.name}'"
    if change.factor is not None and known.kind not in _NUMBERS:
        raise BadInputError(f"{where}: is of type {known.kind}, which cannot be multiplied: give a value")
    before = [_ended(one, change.first) for one in known.values if one.legal_from < change.first]
    paid = {one.legal_from: one.paid_from for one in known.values}
    new = [
        DatedValue(month, paid.get(month, month), value, Status.UNKNOWN, reference)
        for month, value in _new_values(known, change)
        if change.until is None or month <= change.until
    ]
    after: list[DatedValue] = []
    if change.until is not None:
        again = change.until + 1
        after = [replace(known.at(again, "legal"), legal_from=again, paid_from=again, paid_status=None)]
        after += [one for one in known.values if one.legal_from > again]
    for one in new:
        _refuse_negative(known, one.value, where)
    return replace(known, values=(*before, *new, *after), type=_type_of(known, new))


def _ended(value: DatedValue, first: Month) -> DatedValue:
    """A value from before a change, which may not begin to be paid after it."""
    return replace(value, paid_from=min(value.paid_from, first))


def _new_values(known: DatedParameter, change: ParameterChange) -> list[tuple[Month, Any]]:
    if change.factor is None:
        value = _widest(known).parse(change.value)
        _refuse_missing_codes(known, value)
        return [(change.first, value)]
    if change.yearly:
        moments = {change.first + _YEAR * year: change.factor ** (year + 1) for year in range(_INDEXED_YEARS)}
    else:
        moments = {change.first: change.factor}
    dated = {one.legal_from for one in known.values if one.legal_from > change.first}
    found = []
    for month in sorted({*moments, *dated}):
        factor = moments[max(one for one in moments if one <= month)]
        found.append((month, _times(known, known.at(month, "legal").value, factor, change.rounded_to)))
    return found


_WIDE = decimal(30, 15)
_MOST_PLACES = 9


def _widest(known: DatedParameter) -> DatedParameter:
    """The parameter able to hold any decimal a reform writes."""
    return replace(known, type=_WIDE) if known.kind == "decimal" else known


def _type_of(known: DatedParameter, new: Iterable[DatedValue]) -> Type:
    """The type that holds the law's values and the new ones."""
    if known.kind != "decimal":
        return known.type
    values: list[Any] = []
    for one in new:
        values += one.value.values() if isinstance(one.value, Mapping) else [one.value]
    found = common_type([known.type, *(literal_type(Decimal(each)) for each in values)], f"parameter '{known.name}'")
    if found.places > max(_MOST_PLACES, known.type.places):
        raise BadInputError(f"parameter '{known.name}': has {found.places} places: write at most {_MOST_PLACES}")
    return found


def _times(known: DatedParameter, value: object, factor: Decimal, step: Decimal | None) -> Any:  # noqa: ANN401 - as parameters are
    if isinstance(value, Mapping):
        return {code: _times(known, one, factor, step) for code, one in value.items()}
    product = Decimal(str(value)) * factor
    if known.kind == "money":
        unit = Decimal(to_centimes(step)) if step is not None else Decimal(1)
        return int((product / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit)
    unit = step or (Decimal(1) if known.kind == "integer" else Decimal(1).scaleb(-known.type.places))
    exact = (product / unit).quantize(Decimal(1), ROUND_HALF_UP) * unit
    return int(exact) if known.kind == "integer" else exact


def _refuse_missing_codes(known: DatedParameter, value: ParameterValue | Mapping[str, ParameterValue]) -> None:
    latest = known.values[-1].value
    if isinstance(value, Mapping) and isinstance(latest, Mapping) and set(value) != set(latest):
        raise BadInputError(f"parameter '{known.name}': is a table of {', '.join(latest)}: give a value for each")


def _refuse_negative(known: DatedParameter, value: Any, where: str) -> None:  # noqa: ANN401 - as parameters are
    """No number of the law is negative: amounts, ages, ranks, months, thresholds."""
    for one in value.values() if isinstance(value, Mapping) else (value,):
        if known.kind in _NUMBERS and one < 0:
            shown = Decimal(one) / 100 if known.kind == "money" else one
            raise BadInputError(f"{where}: {shown} is negative: {known.unit} cannot be; give 0 or more")


# ------------------------------------------------------------------------------------------------- formulas
def _formulas(known: Sequence[Formula], given: Sequence[Formula]) -> tuple[Formula, ...]:
    """The law's formulas, those of the same name ended where the scenario's begin."""
    result: list[Formula] = []
    for one in known:
        rivals = [new for new in given if new.name == one.name]
        if not rivals:
            result.append(one)
            continue
        starts = [new.valid_from for new in rivals]
        if any(start is None for start in starts):
            continue
        first = min(start for start in starts if start is not None)
        if one.valid_from is None or one.valid_from < first:
            last = first - 1
            ends = last if one.valid_until is None else min(one.valid_until, last)
            result.append(replace(one, valid_until=ends))
    return (*result, *given)


def _with_benefits(programme: Programme, benefits: Iterable[Benefit]) -> Programme:
    """The amount of the month with further benefits in it."""
    for benefit in benefits:
        if not any(one.name == benefit.formula for one in programme.law.formulas):
            raise UnknownParameterError(
                f"benefits: no formula is called '{benefit.formula}': declare it under formulas"
            )
        if programme.amount is None:
            raise LawError(f"benefits: programme '{programme.name}' pays no amount to which one could be added")
        programme = _added(programme, benefit, programme.amount)
    return programme


def _added(programme: Programme, benefit: Benefit, amount: str) -> Programme:
    earlier = f"{amount}_without_{benefit.formula}"

    def build(eligible: Node, former: Node, added: Node) -> Node:
        return former + when(eligible, sum_of(added) if added.entity is Entity.PERSON else added)

    formulas = [replace(one, name=earlier) if one.name == amount else one for one in programme.law.formulas]
    total = Formula(
        name=amount,
        entity=Entity.HOUSEHOLD,
        arguments=(programme.eligible, earlier, benefit.formula),
        build=build,
        label=Label("montant du mois", "مبلغ الشهر", "amount of the month"),
        reference="scenario, not law",
        file="scenario",
        unit="centimes",
    )
    return replace(programme, law=Law(programme.law.inputs, (*formulas, total), programme.law.parameters))
