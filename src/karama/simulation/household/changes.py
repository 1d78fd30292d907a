"""Changes of a family's life read from what a person or a page gives, each fault named with its remedy."""

from __future__ import annotations

import datetime as dt
import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.law.engine.household_file import read_value
from karama.law.engine.types import Kind
from karama.simulation.household.catalogue import CHANGES
from karama.simulation.household.change_kinds import FROM, MEMBER, NEW_HEAD, member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.foundation.languages import Language
    from karama.simulation.household.change_kinds import ChangeKind, Field, Household, Values

_MONTH_LENGTH = len("2026-03")


@dataclass(frozen=True)
class Change:
    """A change with its fields filled in and the month from which it holds."""

    kind: ChangeKind
    values: Values = field(hash=False)
    start: Month
    where: str

    def applied_to(self, household: Mapping[str, Any], month: Month) -> Household:
        """The household of a month after the change; the one given is left as it is.

        Raises:
            BadInputError: the change cannot happen to this household.
        """
        if month < self.start:
            return dict(household)
        copy = {**household, "members": [dict(one) for one in household["members"]]}
        try:
            return self.kind.apply(copy, self.values, month)
        except BadInputError as error:
            message = f"{self.where}: {error}"
            raise BadInputError(message) from error

    def as_dict(self, language: Language = "fr") -> dict[str, Any]:
        """The change as given, with its words."""
        given = {name: value for name, value in self.values.items() if value is not None and name != FROM}
        return {"change": self.kind.name, "label": self.kind.label.get(language), FROM: str(self.start), **given}


def read_change(raw: Mapping[str, Any], household: Mapping[str, Any], month: Month, where: str) -> Change:
    """A change given as ``{"change": NAME, field: value...}``; ``month`` is that from which it holds unless it says.

    Raises:
        BadInputError: no such change or field, a field missing or of the wrong type, no such member, or not in the
            role the change needs; names the remedy.
    """
    name = raw.get("change")
    kind = CHANGES.get(str(name))
    if kind is None:
        near = difflib.get_close_matches(str(name), CHANGES, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"use one of {', '.join(CHANGES)}"
        message = f"{where}: change '{name}' is unknown: {hint}"
        raise BadInputError(message)
    where = f"{where} '{kind.name}'"
    given = {key: value for key, value in raw.items() if key != "change"}
    known = [one.name for one in kind.fields]
    for key in given:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"its fields are {', '.join(known)}"
            message = f"{where}: field '{key}' is unknown: {hint}"
            raise BadInputError(message)
    values: Values = {FROM: str(month)}
    for one in kind.fields:
        if one.name in given:
            values[one.name] = _value(one, given[one.name], where)
        elif one.required:
            message = f"{where}: field '{one.name}' is missing: give {one.name}=..."
            raise BadInputError(message)
        else:
            values.setdefault(one.name, str(month) if one.name == kind.starts else one.default)
    start = Month.parse(str(values[kind.starts])[:_MONTH_LENGTH])
    _check_members(kind, values, household, start, where)
    return Change(kind, values, start, where)


def _value(one: Field, raw: object, where: str) -> object:
    """A field as HOUSEHOLD.json holds it; numbers and yes or no may come as text."""
    column, where = one.column, f"{where}: field '{one.name}'"
    if one.name == FROM:
        if not isinstance(raw, str):
            message = f"{where}: {raw!r} is no month: write YYYY-MM"
            raise BadInputError(message)
        return str(Month.parse(raw))
    if column is None or one.name == MEMBER:
        return raw
    if isinstance(raw, str) and column.type.kind is Kind.BOOLEAN:
        raw = {"true": True, "false": False}.get(raw, raw)
    elif isinstance(raw, str) and column.type.kind is Kind.INTEGER and raw.isdecimal():
        raw = int(raw)
    read = read_value(raw, column, where)
    if isinstance(read, dt.date):
        return str(Month.of(read)) if column.month else read.isoformat()
    return read


def _check_members(kind: ChangeKind, values: Values, household: Mapping[str, Any], start: Month, where: str) -> None:
    for name in (MEMBER, NEW_HEAD):
        who = values.get(name)
        if who is None:
            continue
        found = member(household, who)
        listed = ", ".join(str(one.get(MEMBER)) for one in household["members"])
        if found is None:
            message = f"{where}: field '{name}': no member is '{who}': use one of {listed}"
            raise BadInputError(message)
        died = str(found.get("death_date") or "")
        if died and died < str(start.first_day):
            message = f"{where}: field '{name}': '{who}' died on {died}: name a living member"
            raise BadInputError(message)
        if name == MEMBER and kind.roles and found.get("role") not in kind.roles:
            message = (
                f"{where}: field '{name}': '{who}' is {found.get('role')}: name a member who is"
                f" {' or '.join(kind.roles)}"
            )
            raise BadInputError(message)
