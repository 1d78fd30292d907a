"""What a forecast counts: a programme's law with further household formulas, so that the one graph gives every figure.

A benefit of persons becomes its sum in the household; a category becomes a count.  Nothing here says who is entitled:
each formula only adds up columns that the programme already has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import Formula
from karama.law.engine.graph import Law
from karama.law.engine.language import case, count_of, sum_of, when, years_before

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from karama.law.engine.expressions import Node
    from karama.law.engine.programme import Programme

_LABEL = Label("compté par la prévision", "محتسب في التوقع", "counted by the forecast")
_REFERENCE = "forecast"
OLD_AGE = 60


@dataclass(frozen=True)
class Measured:
    """A programme whose law also computes the household columns a forecast adds up.

    ``money`` names the column of each benefit, ``aids`` that of each kind of aid (yes or no), ``counts`` that of each
    category counted among households with a right; ``one_off`` the benefits due once.
    """

    programme: Programme
    money: Mapping[str, str]
    aids: Mapping[str, str]
    counts: Mapping[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        """Every household column asked of the graph."""
        return (self.programme.eligible, *self.aids.values(), *self.money.values(), *self.counts.values())


def measured(programme: Programme) -> Measured:
    """The programme with the sums and counts of a forecast; a count whose columns the law lacks is left out."""
    entities = {one.name: one.entity for one in programme.law.formulas}
    known = set(entities) | {column.name for column in programme.law.inputs.columns}
    money = {one.formula: f"forecast_{one.formula}" for one in programme.benefits}
    further = [_benefit(name, column, programme, entities[name]) for name, column in money.items()]
    aids = {aid: f"forecast_aid_{aid}" for aid in programme.aid_labels if aid != "none"}
    further += [_aid(aid, column, programme.aid) for aid, column in aids.items()]
    counts: dict[str, str] = {}
    for category, arguments, build in _COUNTS:
        if set(arguments) <= known:
            counts[category] = f"forecast_{category}"
            further.append(_household(counts[category], arguments, build))
    law = Law(programme.law.inputs, (*programme.law.formulas, *further), programme.law.parameters)
    columns = (programme.eligible, *aids.values(), *money.values(), *counts.values())
    asked = replace(programme, law=law, trace=columns, person_trace=())
    return Measured(asked, money, aids, counts)


def _household(name: str, arguments: tuple[str, ...], build: Callable[..., Node]) -> Formula:
    return Formula(name, Entity.HOUSEHOLD, arguments, build, _LABEL, _REFERENCE, "simulation/forecast")


def _benefit(benefit: str, column: str, programme: Programme, entity: Entity) -> Formula:
    """What the household receives of a benefit: nothing without right."""

    def of_persons(eligible: Node, amount: Node) -> Node:
        return when(eligible, sum_of(amount))

    def of_household(eligible: Node, amount: Node) -> Node:
        return when(eligible, amount)

    build = of_persons if entity is Entity.PERSON else of_household
    return _household(column, (programme.eligible, benefit), build)


def _aid(aid: str, column: str, of: str) -> Formula:
    def has(kind: Node) -> Node:
        return kind.equals(aid)

    return _household(column, (of,), has)


def _present(is_present: Node) -> Node:
    return count_of(is_present)


def _old(is_present: Node, birth_date: Node) -> Node:
    return count_of(is_present & (birth_date <= years_before(OLD_AGE)))


def _widows(is_present: Node, role: Node, sex: Node, marital_status: Node) -> Node:
    widowed = marital_status.otherwise("single").equals("widowed")
    return count_of(is_present & role.equals("head") & sex.equals("F") & widowed)


def _some(amount: Node) -> Node:
    return count_of(amount > 0)


def _some_rural(amount: Node, milieu: Node) -> Node:
    return case((milieu.equals("rural"), count_of(amount > 0)), otherwise=0)


def _as_is(count: Node) -> Node:
    return count + 0


_COUNTS: tuple[tuple[str, tuple[str, ...], Callable[..., Node]], ...] = (
    ("children", ("counted_children",), _as_is),
    ("persons", ("is_present",), _present),
    ("persons_60_and_over", ("is_present", "birth_date"), _old),
    ("widows", ("is_present", "role", "sex", "marital_status"), _widows),
    ("pupils_with_grant", ("back_to_school_grant",), _some),
    ("rural_pupils_with_grant", ("back_to_school_grant", "milieu"), _some_rural),
    ("births_with_grant", ("birth_grant",), _some),
)
"""Categories, the columns they are counted from, and how; a widow is counted where she heads the household."""
