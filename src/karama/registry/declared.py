"""What a law reads that no registry holds: the household's own claim declares it, and it is kept as a fact."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from karama.foundation.errors import LawError
from karama.law import programme_named
from karama.law.engine.expressions import Entity
from karama.law.engine.inputs import REQUIRED
from karama.law.inputs import REGISTER, WARDS

if TYPE_CHECKING:
    from karama.law.engine.inputs import InputColumn, Inputs


@cache
def declared_columns(programme: str) -> tuple[InputColumn, ...]:
    """The columns of a programme's law that stand in no register.

    Raises:
        LawError: one of them is of a person; a claim declares what holds for its household.
        UnknownParameterError: no such programme.
    """
    return in_no_register(programme_named(programme).law.inputs)


def in_no_register(inputs: Inputs) -> tuple[InputColumn, ...]:
    """The columns that neither the register of households nor that of children in care holds.

    Raises:
        LawError: one of them is of a person.
    """
    held = {one.name for one in (*REGISTER.columns, *WARDS.columns)}
    found = tuple(one for one in inputs.columns if one.name not in held)
    for one in found:
        if one.entity is not Entity.HOUSEHOLD:
            raise LawError(f"column '{one.name}' is of a person and in no register: a claim declares for its household")
    return found


def selected(programme: str) -> str:
    """SQL of the declared columns over ``x``, a row of declarations or none, in the types of the law."""
    return "".join(f", {_value(one)}::{one.sql_type} AS {one.name}" for one in declared_columns(programme))


def joined(programme: str) -> str:
    """SQL that brings ``x`` to the households ``h``; empty where the law reads registers only."""
    if not declared_columns(programme):
        return ""
    return (
        " LEFT JOIN registry_declaration x ON x.household_id = h.id AND x.programme = %(programme)s"
        " AND x.known @> %(known_at)s AND x.validity @> %(day)s"
    )


def _value(column: InputColumn) -> str:
    told = f"(x.declared ->> '{column.name}')"
    if column.default is REQUIRED or column.default is None:
        return told
    text = str(column.default).lower() if isinstance(column.default, bool) else str(column.default)
    return f"coalesce({told}, '{text}')"
