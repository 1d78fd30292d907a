"""Dated parameters of the law, read from YAML files that a lawyer can correct.

One file holds a mapping from parameter name to its label, unit, type and values by date.  Each value has the month
from which the text applies (``legal_from``), the month from which it is paid (``paid_from``, the same unless said
otherwise), the act it comes from and the status of our knowledge of it.  The shape is checked by
``parameters.schema.json``; an unknown key is an error.
"""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal

import yaml

from karama.foundation.errors import BadInputError, LawError, UnknownParameterError
from karama.foundation.languages import Label
from karama.foundation.money import to_centimes
from karama.foundation.months import Month
from karama.law.engine import types
from karama.law.engine.expressions import Parameter
from karama.law.engine.schema import refuse_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from karama.law.engine.types import Type

Clock = Literal["paid", "legal"]
"""``paid``: values count from the month they are paid; ``legal``: from the month the text says."""

CLOCKS: tuple[Clock, ...] = ("paid", "legal")


class Status(Enum):
    """How sure a value is."""

    CONFIRMED = "confirmed"
    PRESS = "press"
    INFERRED = "inferred"
    UNKNOWN = "unknown"

    @property
    def unconfirmed(self) -> bool:
        """Whether a person with the official bulletin at hand must still check it."""
        return self is not Status.CONFIRMED


ParameterValue = bool | int | Decimal | str | dt.date
"""Money is in centimes, a month is its first day."""


@dataclass(frozen=True, slots=True)
class DatedValue:
    """One value of a parameter; ``value`` is a mapping by code when the parameter is keyed."""

    legal_from: Month
    paid_from: Month
    value: ParameterValue | Mapping[str, ParameterValue]
    status: Status
    reference: str
    note: str = ""
    paid_status: Status | None = None

    def on(self, clock: Clock) -> DatedValue:
        """The value with its status on a clock: an amount may be sure and the month it is first paid not."""
        if clock == "paid" and self.paid_status is not None:
            return replace(self, status=self.paid_status)
        return self

    def starts(self, clock: Clock) -> Month:
        """First month of the value on a clock."""
        return self.paid_from if clock == "paid" else self.legal_from


@dataclass(frozen=True)
class DatedParameter:
    """A parameter of the law with all its values, oldest first.

    ``alternatives`` are the other values a switch can take; ``key`` names what selects an entry of a table;
    ``choice_labels`` says each code of a choice in words.
    """

    name: str
    label: Label
    unit: str
    kind: str
    values: tuple[DatedValue, ...]
    file: str
    key: str | None = None
    choices: tuple[str, ...] = ()
    alternatives: tuple[ParameterValue | Mapping[str, ParameterValue], ...] = ()
    description: str = ""
    type: Type = field(default=types.INTEGER)
    choice_labels: Mapping[str, Label] = field(default_factory=dict)

    def at(self, month: Month, clock: Clock = "paid") -> DatedValue:
        """The value in force in a month.

        Raises:
            LawError: the parameter has no value yet in that month.
        """
        in_force = [one for one in self.values if one.starts(clock) <= month]
        if not in_force:
            first = min(one.starts(clock) for one in self.values)
            message = (
                f"{self.file}: parameter '{self.name}' has no value in {month} on the '{clock}' clock: its first"
                f" one starts in {first}; add an earlier value, or ask for a later month"
            )
            raise LawError(message)
        return max(in_force, key=lambda one: (one.starts(clock), one.legal_from)).on(clock)

    @property
    def is_switch(self) -> bool:
        """Whether the sources leave the rule open, so that another value is a possible reading."""
        return bool(self.alternatives)

    def node(self) -> Parameter:
        """The parameter as formulas read it."""
        return Parameter(self.name, self.type, self.key)

    def parse(self, raw: object) -> ParameterValue | dict[str, ParameterValue]:
        """Read one raw value as YAML or JSON gives it.

        Raises:
            BadInputError: not of the parameter's type, or finer; names parameter, value and what is expected.
        """
        entry = {"type": self.kind, "choices": self.choices, "key": self.key}
        where = f"{self.file}: parameter '{self.name}'"
        value = _value(raw, entry, where)
        if self.kind == "decimal":
            for one in _entries(value):
                if types.common_type([self.type, _literal(one)], where) != self.type:
                    message = f"{where}: {one} has more digits than the law's {self.type}: round it"
                    raise BadInputError(message)
        return value


if TYPE_CHECKING or not yaml.__with_libyaml__:  # noqa: SIM108 - a conditional expression is no base class for mypy
    _SafeLoader = yaml.SafeLoader
else:  # the parser written in C: the same rules, several times as fast
    _SafeLoader = yaml.CSafeLoader


class _Loader(_SafeLoader):
    """YAML with exact decimals, dates left as text, and no key given twice."""


def _mapping(loader: _Loader, raw: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key) for key, _ in raw.value]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        message = f"{raw.start_mark.name}, line {raw.start_mark.line + 1}: {sorted(twice)} given twice: keep one"
        raise BadInputError(message)
    return loader.construct_mapping(raw, deep=True)


def _decimal_scalar(loader: _Loader, raw: yaml.ScalarNode) -> Decimal:
    return Decimal(loader.construct_scalar(raw))


def _text_scalar(loader: _Loader, raw: yaml.ScalarNode) -> str:
    return loader.construct_scalar(raw)


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal_scalar)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text_scalar)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load_yaml(path: Path) -> Any:  # noqa: ANN401 - YAML is any nesting of plain values
    """Read YAML with exact decimals.

    Raises:
        BadInputError: not readable as YAML; names file and line.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            return yaml.load(stream, Loader=_Loader)  # noqa: S506 - a SafeLoader with stricter scalars
    except (OSError, yaml.YAMLError, UnicodeDecodeError, InvalidOperation) as error:
        message = f"{path}: not readable as YAML: {error}"
        raise BadInputError(message) from error


def load_parameters(path: Path) -> list[DatedParameter]:
    """Read one file of parameters.

    Raises:
        BadInputError: the file breaks the schema or a value its type; names file, parameter, place and rule.
    """
    content = load_yaml(path)
    refuse_faults(path, content)
    return [_parameter(name, entry, path) for name, entry in content.items()]


def _parameter(name: str, entry: dict[str, Any], path: Path) -> DatedParameter:
    where = f"{path}: parameter '{name}'"
    kind, choices = entry["type"], tuple(entry.get("choices", ()))
    values = tuple(sorted((_dated_value(one, entry, where) for one in entry["values"]), key=lambda v: v.legal_from))
    starts = [value.legal_from for value in values]
    if len(set(starts)) != len(starts):
        message = f"{where}: two values start in the same month: keep one"
        raise BadInputError(message)
    alternatives = tuple(_value(raw, entry, where) for raw in entry.get("alternatives", ()))
    labels = {code: Label(**label) for code, label in entry.get("choice_labels", {}).items()}
    if labels and set(labels) != set(choices):
        message = f"{where}: choice_labels names {', '.join(labels)}: give a label to each of {', '.join(choices)}"
        raise BadInputError(message)
    return DatedParameter(
        name=name,
        label=Label(**entry["label"]),
        unit=entry["unit"],
        kind=kind,
        values=values,
        file=f"{path.parent.name}/{path.name}",
        key=entry.get("key"),
        choices=choices,
        alternatives=alternatives,
        description=entry.get("description", ""),
        choice_labels=labels,
        type=_type(
            kind, choices, [one for value in (*(v.value for v in values), *alternatives) for one in _entries(value)]
        ),
    )


def _value(raw: object, entry: dict[str, Any], where: str) -> ParameterValue | dict[str, ParameterValue]:
    """One value as its type asks: a single one, or a table by code."""
    kind, choices = entry["type"], tuple(entry.get("choices", ()))
    if not entry.get("key"):
        return _parse(kind, raw, choices, where)
    if not isinstance(raw, dict) or not raw:
        message = f"{where}: is a table by '{entry['key']}': give a value for each code"
        raise BadInputError(message)
    return {str(code): _parse(kind, one, choices, where) for code, one in raw.items()}


def _dated_value(raw: dict[str, Any], entry: dict[str, Any], where: str) -> DatedValue:
    value = _value(raw["value"], entry, where)
    legal_from = Month.parse(raw["legal_from"])
    paid_from = Month.parse(raw["paid_from"]) if "paid_from" in raw else legal_from
    paid_status = Status(raw["paid_status"]) if "paid_status" in raw else None
    status, reference, note = Status(raw["status"]), raw["reference"], raw.get("note", "")
    return DatedValue(legal_from, paid_from, value, status, reference, note, paid_status)


def _entries(value: ParameterValue | Mapping[str, ParameterValue]) -> Iterator[ParameterValue]:
    if isinstance(value, dict):
        yield from value.values()
    else:
        yield value  # type: ignore[misc]


def _parse(kind: str, raw: object, choices: tuple[str, ...], where: str) -> ParameterValue:
    try:
        return _read(kind, raw, choices)
    except (TypeError, ValueError, InvalidOperation, BadInputError) as error:
        expected = f"one of {', '.join(choices)}" if kind == "choice" else f"a value of type {kind}"
        hint = f": write '{raw}', exact, instead of a float" if isinstance(raw, float) else ""
        message = f"{where}: {raw!r} is not {expected}{hint}"
        raise BadInputError(message) from error


def _read(kind: str, raw: object, choices: tuple[str, ...]) -> ParameterValue:  # noqa: PLR0911 - a table
    match kind, raw:
        case "boolean", bool():
            return raw
        case "integer", int() if not isinstance(raw, bool):
            return raw
        case "money", int() | Decimal() | str() if not isinstance(raw, bool):
            return to_centimes(raw)
        case "decimal", int() | Decimal() | str() if not isinstance(raw, bool) and Decimal(raw).is_finite():
            return Decimal(raw)
        case "choice", str() if raw in choices:
            return raw
        case "month", str():
            return Month.parse(raw).first_day
        case "date", str():
            return dt.date.fromisoformat(raw)
    raise TypeError(raw)


def _type(kind: str, choices: tuple[str, ...], values: Iterable[ParameterValue]) -> Type:
    if kind == "decimal":
        decimals = [types.as_decimal(_literal(value)) for value in values]
        return types.common_type(decimals, "a table of decimals").known()
    fixed = {"boolean": types.BOOLEAN, "integer": types.INTEGER, "money": types.INTEGER}
    return fixed.get(kind) or (types.choice(*choices) if kind == "choice" else types.DATE)


def _literal(value: ParameterValue) -> Type:
    exact = Decimal(value).normalize()  # type: ignore[arg-type]
    places = max(0, -int(exact.as_tuple().exponent))
    whole = max(1, exact.adjusted() + 1)
    return types.decimal(whole + places, places)


@dataclass(frozen=True)
class ParameterSet:
    """All parameters of a programme by name."""

    by_name: Mapping[str, DatedParameter]

    @classmethod
    def load(cls, paths: Iterable[Path]) -> ParameterSet:
        """Read several files.

        Raises:
            BadInputError: a file is wrong, or two files define the same parameter.
        """
        found: dict[str, DatedParameter] = {}
        for path in paths:
            for parameter in load_parameters(path):
                if parameter.name in found:
                    message = f"{path}: parameter '{parameter.name}' stands also in {found[parameter.name].file}"
                    raise BadInputError(message)
                found[parameter.name] = parameter
        return cls(found)

    def __iter__(self) -> Iterator[DatedParameter]:
        """The parameters, file by file."""
        return iter(self.by_name.values())

    def get(self, name: str) -> DatedParameter:
        """A parameter by its name.

        Raises:
            UnknownParameterError: nobody defined it; the nearest name is proposed.
        """
        if name in self.by_name:
            return self.by_name[name]
        near = difflib.get_close_matches(name, self.by_name, n=1)
        hint = f": did you mean '{near[0]}'?" if near else ""
        message = f"no parameter is called '{name}'{hint} ('karama law parameters' lists them)"
        raise UnknownParameterError(message)
