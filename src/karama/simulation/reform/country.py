"""A register in one month, ready to be decided under the law and under any number of reforms.

Amounts and thresholds are left open, so a reform that changes only these is decided by the kinds of households, in a
tenth of a second for a country (see `kinds`).  Any other reform is decided by the whole law, household by household.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine.fold import fold
from karama.law.engine.graph import Law
from karama.law.engine.household_query import household_query
from karama.law.engine.opened import NotOpenError, open_law
from karama.law.engine.parameters import ParameterSet
from karama.law.engine.totals import total_of, with_totals
from karama.law.engine.types import common_type, decimal, literal_type
from karama.simulation.reform.groups import groupings
from karama.simulation.reform.homes import HOMES, Homes
from karama.simulation.reform.kinds import count_kinds
from karama.simulation.reform.new_scores import score_table
from karama.simulation.reform.outcomes import Outcome, columns_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from karama.law.engine.graph import Binding, Graph
    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Programme
    from karama.simulation.reform.groups import Grouping
    from karama.simulation.reform.kinds import Kinds
    from karama.simulation.scenario import Scenario

_OPEN = {"money", "decimal"}
"""Types of the parameters left open: amounts and thresholds."""
_CHILDREN = "counted_children"
_MOST_DIGITS = 18
"""Decimals up to so many digits are 64-bit numbers."""


@dataclass(frozen=True)
class Moment:
    """A month whose amounts and thresholds are in force, and the month on whose facts they are read."""

    month: Month
    facts: Month


@dataclass(frozen=True)
class Decided:
    """A moment of the country under a law: the outcome of every household, and the law."""

    moment: Moment
    programme: Programme
    outcome: Outcome
    binding: Binding
    by_kinds: bool

    @property
    def regular(self) -> list[str]:
        """The totals of the benefits that come every month."""
        return [total_of(one) for one in self.programme.benefits if not one.one_off]


class Country:
    """The households of a register folder, and what the law gives them in a month.

    Attributes:
        homes: the register.
        law: the programme as it is in force.
        programme: the same with the totals of its benefits.
        month: the month asked.
        amounts: the clock.
    """

    def __init__(
        self,
        register: Path,
        month: Month,
        *,
        programme: str = "asd",
        amounts: Clock = "paid",
        memory_limit: str | None = None,
    ) -> None:
        """Open the register.

        Raises:
            BadInputError: no such register or month, a file is not readable, or a column the law needs is missing.
            UnknownParameterError: no such programme.
        """
        self.law = programme_named(programme)
        self.programme = _with_room(with_totals(self.law))
        self.month = month
        self.amounts: Clock = amounts
        needed = self._graph(self.programme, month).input_columns
        self.homes = Homes(register, month, self.law.law.inputs, needed, memory_limit)
        self._kinds: dict[Month, Kinds | None] = {}
        self._baseline: dict[Moment, Decided] = {}
        self._groupings: list[Grouping] | None = None

    def groupings(self) -> list[Grouping]:
        """The ways to part the households, family types by the law in force."""
        if self._groupings is None:
            self._groupings = groupings(self.homes, self.baseline().outcome)
        return self._groupings

    def manifest(self) -> dict[str, Any]:
        """Where the figures come from."""
        return {
            **self.homes.manifest(),
            "programme": self.law.name,
            "amounts": self.amounts,
            "currency": self.law.currency,
        }

    # -------------------------------------------------------------------------------------------- the law
    def outputs(self, programme: Programme) -> list[str]:
        """The household columns asked of the law: right, kind of aid, amount, benefits, conditions."""
        further = [one for one in (_CHILDREN,) if any(known.name == one for known in programme.law.formulas)]
        return [
            programme.eligible,
            programme.aid,
            *([programme.amount] if programme.amount else []),
            *(total_of(one) for one in programme.benefits),
            *(one.formula for one in programme.conditions),
            *further,
        ]

    def _graph(self, programme: Programme, month: Month) -> Graph:
        return programme.law.graph(month, self.outputs(programme))

    def year(self, programmes: Sequence[Programme] = ()) -> dict[Moment, int]:
        """The year of the month asked: the different months the laws make of it, and how often each comes.

        Months in which the same formulas and the same values other than amounts and thresholds are in force are read
        on the facts of one of them, the nearest to the month asked.  So a grant of September needs the facts of that
        month, and a change of an amount within the year none but those of the month asked.
        """
        compared = [self.programme, *programmes]
        year = [Month(self.month.year, number) for number in range(1, 13)]
        year = [one for one in year if one >= self.programme.first_month]
        facts: dict[Any, Month] = {}
        found: dict[Any, tuple[Moment, int]] = {}
        for month in sorted(year, key=lambda one: abs(one - self.month)):
            rules, amounts = zip(*(self._in_force(one, month) for one in compared), strict=True)
            moment = Moment(month, facts.setdefault(rules, month))
            known, count = found.get((rules, amounts), (moment, 0))
            found[rules, amounts] = (known, count + 1)
        return dict(found.values())

    def _in_force(self, programme: Programme, month: Month) -> tuple[Any, Any]:
        """What a law computes in a month, as two keys: formulas and fixed values; amounts and thresholds.

        Where the formulas are those of the law in force, what the month leaves of them is told once, by the law.
        """
        graph = self._graph(programme, month)
        binding = programme.law.bind(graph, month, self.amounts)
        values = sorted((name, str(one)) for name, one in binding.values.items())
        fixed = tuple(one for one in values if one[0] not in self._open_names)
        own = programme is self.programme or self._graph_key(programme, month) != self._graph_key(self.programme, month)
        left = frozenset(fold(graph, binding.opened(self._open_names)).definitions) if own else None
        return (fixed, left), tuple(one for one in values if one[0] in self._open_names)

    def baseline(self, moment: Moment | None = None) -> Decided:
        """The law in force in the month asked, or in another moment of its year."""
        asked = moment or Moment(self.month, self.month)
        if asked not in self._baseline:
            self._baseline[asked] = self._decide(self.programme, asked, None)
        return self._baseline[asked]

    def decide(self, scenario: Scenario, moment: Moment | None = None) -> Decided:
        """The country under a scenario.

        Raises:
            BadInputError: the scenario breaks a rule, or its scores do not fit the register.
            UnknownParameterError: a parameter nobody defined.
            LawError: the formulas of the scenario do not hold together.
        """
        programme = with_totals(scenario.applied_to(self.law))
        return self._decide(programme, moment or Moment(self.month, self.month), scenario.new_scores)

    def decide_values(self, values: dict[str, Any]) -> Decided:
        """The month asked with other values of parameters, as the engine holds them (centimes, decimals)."""
        asked = Moment(self.month, self.month)
        binding = _with_values(self.baseline().binding, values)
        if all(name in self._open_names for name in values):
            found = self._by_kinds(self.programme, asked, binding)
            if found is not None:
                return found
        return self._whole(self.programme, asked, binding, None)

    def _decide(self, programme: Programme, moment: Moment, scores: Path | None) -> Decided:
        binding = self._bound(programme, moment)
        if scores is None and self._open_alone(programme, binding, moment):
            found = self._by_kinds(programme, moment, binding)
            if found is not None:
                return found
        return self._whole(programme, moment, binding, scores)

    def _bound(self, programme: Programme, moment: Moment) -> Binding:
        """The constants of the month whose facts are read, with the amounts and thresholds of the other."""
        graph = self._graph(programme, moment.facts)
        binding = programme.law.bind(graph, moment.facts, self.amounts)
        if moment.month == moment.facts:
            return binding
        parameters = programme.law.parameters
        named = self._open_names & set(binding.values)
        return _with_values(binding, {one: parameters.get(one).at(moment.month, self.amounts).value for one in named})

    def _open_alone(self, programme: Programme, binding: Binding, moment: Moment) -> bool:
        """Whether nothing but amounts and thresholds differs from the law."""
        if programme is self.programme:
            return True
        if self._graph_key(programme, moment.facts) != self._graph_key(self.programme, moment.facts):
            return False
        law = self._bound(self.programme, moment).values
        return all(
            self._fits(name, value) if name in self._open_names else law.get(name) == value
            for name, value in binding.values.items()
        )

    def _fits(self, name: str, value: object) -> bool:
        """Whether an open parameter can hold a value."""
        kind = self.programme.law.parameters.get(name).type
        return not isinstance(value, Decimal) or common_type([kind, literal_type(value)], name) == kind

    def _graph_key(self, programme: Programme, month: Month) -> tuple[Any, ...]:
        names = self.outputs(programme)
        versions = programme.law.versions(month)
        totals = {total_of(one) for one in programme.benefits}
        return (*names, *(one for name, one in versions.items() if name not in totals))

    @cached_property
    def _open_names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.programme.law.parameters if one.kind in _OPEN and one.key is None)

    def kinds(self, month: Month) -> Kinds | None:
        """The kinds of households in a month; None where the open law reads too much of a household."""
        if month not in self._kinds:
            graph = self._graph(self.programme, month)
            binding = self.programme.law.bind(graph, month, self.amounts)
            try:
                opened = open_law(graph, binding, self._open_names, self.outputs(self.programme))
            except NotOpenError:
                self._kinds[month] = None
            else:
                self._kinds[month] = count_kinds(self.homes.connection, opened, f"k{month.index}")
        return self._kinds[month]

    def _by_kinds(self, programme: Programme, moment: Moment, binding: Binding) -> Decided | None:
        kinds = self.kinds(moment.facts)
        return Decided(moment, programme, kinds.decide(binding), binding, by_kinds=True) if kinds else None

    def _whole(self, programme: Programme, moment: Moment, binding: Binding, scores: Path | None) -> Decided:
        """Every household under the whole law; equal answers are one case."""
        inputs = programme.law.inputs
        names = self.outputs(programme)
        key = inputs.household_key
        query = household_query(self._graph(programme, moment.facts), binding, [key, *names]).sql("duckdb")
        columns = ", ".join(f'"{name}"' for name in names)
        with score_table(self.homes.connection, inputs, scores, self.month):
            self.homes.connection.execute(
                f"CREATE OR REPLACE TEMP TABLE answers AS SELECT {key}, {columns} FROM ({query})"
            )
        self.homes.connection.execute(
            "CREATE OR REPLACE TEMP TABLE answer_cases AS SELECT CAST(row_number() OVER () - 1 AS INTEGER) AS number, *"
            f" FROM (SELECT DISTINCT {columns} FROM answers)"
        )
        same = " AND ".join(f'a."{name}" IS NOT DISTINCT FROM c."{name}"' for name in names)
        case = self.homes.connection.execute(
            f"SELECT c.number FROM answers a JOIN {HOMES} o USING ({key}) JOIN answer_cases c ON {same} ORDER BY o.home"
        ).to_arrow_table()
        rows = self.homes.connection.execute(f"SELECT {columns} FROM answer_cases ORDER BY number").to_arrow_table()
        self.homes.connection.execute("DROP TABLE answers")
        return Decided(
            moment, programme, Outcome(columns_of(rows), case.column("number").to_numpy()), binding, by_kinds=False
        )


def _with_room(programme: Programme) -> Programme:
    """The programme with decimals wide enough for the thresholds a reform may think of."""
    law = programme.law
    wide = {
        one.name: replace(one, type=decimal(one.type.digits + 5, one.type.places + 3))
        for one in law.parameters
        if one.kind == "decimal" and one.key is None and one.type.digits + 5 <= _MOST_DIGITS
    }
    return replace(programme, law=Law(law.inputs, law.formulas, ParameterSet({**law.parameters.by_name, **wide})))


def _with_values(binding: Binding, values: dict[str, Any]) -> Binding:
    return replace(binding, values={**binding.values, **values})
