"""One run: a state carried through the months, and the totals of each month in each simulated future."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from karama.foundation.errors import BadInputError
from karama.foundation.progress import steps
from karama.population.draws import Draws
from karama.simulation.forecast.agenda import MONTHS_A_YEAR, Agenda
from karama.simulation.forecast.deciding import Decider, connected, law_of_month
from karama.simulation.forecast.happenings import take_place
from karama.simulation.forecast.lives import Year, plan_year
from karama.simulation.forecast.schooling import SEPTEMBER, start_school_year
from karama.simulation.forecast.state import day
from karama.simulation.forecast.take_up import claim, plan_claims, refresh_scores, register_households

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.law.engine.inputs import Inputs
    from karama.law.engine.parameters import Clock
    from karama.population.draws import Floats
    from karama.simulation.forecast.assumed import Rates
    from karama.simulation.forecast.deciding import Figures
    from karama.simulation.forecast.measures import Measured
    from karama.simulation.forecast.state import Array, Flags, State

LIVED = (
    "milieu", "claim_month", "score", "score_effective_from", "previous_score", "role", "sex", "birth_date",
    "death_date", "marital_status", "enrolled", "school_level", "severe_disability", "father_deceased", "mother_id",
    "live_birth_order", "birth_order", "birth_grant_claim_date", "receives_family_allowance", "receives_state_pay",
    "receives_pension",
)  # fmt: skip
"""Columns that the events of a forecast read or write."""


def check_inputs(inputs: Inputs, programme: str) -> None:
    """Refuse a programme whose register has not the columns that change with the years.

    Raises:
        BadInputError: names the first one that is missing.
    """
    for name in LIVED:
        if inputs.get(name) is None:
            message = (
                f"programme '{programme}': its register has no column '{name}', which a forecast needs: forecast a"
                f" programme of households such as asd"
            )
            raise BadInputError(message)


@dataclass
class Totals:
    """Sums over households, by month and future: amounts of each benefit, its recipients, and each category.

    Arrays have the shape (months, futures); amounts are centimes.  Weights make them floating-point numbers; without
    weights they are whole.
    """

    months: list[Month]
    amounts: dict[str, Floats] = field(default_factory=dict)
    recipients: dict[str, Floats] = field(default_factory=dict)
    counts: dict[str, Floats] = field(default_factory=dict)
    legal: Floats = field(default_factory=lambda: np.zeros((0, 1)))
    decided: list[int] = field(default_factory=list)


@dataclass
class Run:
    """What a run is made of; ``futures`` is the number of simulated futures in the state."""

    state: State
    measured: Measured
    start: Month
    months: int
    clock: Clock
    rates: Rates
    seed: int
    futures: int = 1
    events: bool = True
    """Whether anything happens; without, only the law and the dates move."""
    legal_too: bool = True
    """Whether the amounts of the legal clock are computed where they differ from those paid."""


def run(one: Run, label: str = "forecast") -> Totals:
    """Carry the state through the months, in place.

    Raises:
        BadInputError: the programme starts after the first month.
        LawError: the law has no value for a month.
    """
    draws, agenda = Draws(one.seed), Agenda()
    planned = plan_claims(one.state, one.start, one.rates, draws)
    months = [one.start + turn for turn in range(one.months)]
    totals = Totals(months, legal=np.zeros((one.months, one.futures)))
    with steps(label, one.months) as progress, connected() as connection:
        decider = Decider(one.measured, one.clock, connection)
        for turn, month in enumerate(months):
            touched = restated = np.zeros(one.state.households, np.bool_)
            if one.events:
                touched, restated = _advance(one, month, agenda, planned, draws)
            before = len(decider.decided)
            figures = decider.decide(one.state, month, touched, restated)
            totals.decided.append(sum(decider.decided[before:]))
            _tally(one, totals, turn, figures)
            if one.legal_too:
                totals.legal[turn] = _legal(one, month, totals, turn)
            progress.advance()
    return totals


def _advance(one: Run, month: Month, agenda: Agenda, planned: Array, draws: Draws) -> tuple[Flags, Flags]:
    """Let the month happen; the first month is the register as it stands."""
    state, passed = one.state, month - one.start
    if passed == 0:
        nobody = np.zeros(state.households, np.bool_)
        return nobody, nobody
    if passed % MONTHS_A_YEAR == 1:
        year = Year(state, month, one.rates, draws, passed // MONTHS_A_YEAR)
        register_households(year)
        plan_year(year, agenda)
    touched = take_place(state, month, agenda, one.rates, draws)
    if month.month == SEPTEMBER:
        touched |= start_school_year(state, month, one.rates, draws)
    restated = refresh_scores(state, month, one.start, one.rates, draws)
    restated |= claim(state, planned, (one.start, month), one.rates, draws)
    return touched, restated


def _tally(one: Run, totals: Totals, turn: int, figures: Figures) -> None:
    """Add up the figures of a month, by future."""
    measured = one.measured
    for benefit, column in measured.money.items():
        values = figures.columns[column]
        _put(totals.amounts, benefit, one, turn, values)
        _put(totals.recipients, benefit, one, turn, values != 0)
    eligible = figures.columns[measured.programme.eligible] != 0
    _put(totals.counts, "families", one, turn, eligible)
    for aid, column in measured.aids.items():
        _put(totals.counts, f"families_{aid}_aid", one, turn, figures.columns[column])
    for category, column in measured.counts.items():
        _put(totals.counts, category, one, turn, figures.columns[column] * eligible)
        if category == "widows" and "child" in measured.aids:
            with_child = figures.columns[column] * figures.columns[measured.aids["child"]]
            _put(totals.counts, "widows_with_children", one, turn, with_child)
    _put(totals.counts, "households", one, turn, (members := _members(one.state, totals.months[turn])) > 0)
    _put(totals.counts, "persons_in_register", one, turn, members)


def _members(state: State, month: Month) -> Array:
    """Living members of each household of the register."""
    persons = state.persons
    there = (persons["death_date"] >= day(month.first_day)) & (persons["home"] >= 0)
    there &= persons["birth_date"] <= day(month.last_day)
    members = np.bincount(persons["home"][there], minlength=state.households)
    return np.where(state.homes["entered"] <= month.index, members, 0)


def _put(table: dict[str, Floats], name: str, one: Run, turn: int, values: Array) -> None:
    if name not in table:
        table[name] = np.zeros((one.months, one.futures))
    homes = one.state.homes
    if one.futures == 1 and homes["weight"].max(initial=1) == 1:
        table[name][turn, 0] = int(values.sum(dtype=np.int64))
    else:
        weighted = values * homes["weight"]
        table[name][turn] = np.bincount(homes["draw"], weights=weighted, minlength=one.futures)


def _legal(one: Run, month: Month, totals: Totals, turn: int) -> Floats:
    """What the law gives in the month, by the dates from which it is law."""
    paid: Floats = np.sum([values[turn] for values in totals.amounts.values()], axis=0)
    ours, theirs = (law_of_month(one.measured, month, clock) for clock in ("paid", "legal"))
    if one.clock == "legal" or (
        ours.binding.values == theirs.binding.values and ours.graph.definitions == theirs.graph.definitions
    ):
        return paid
    with connected() as connection:
        other = Decider(one.measured, "legal", connection)
        nobody = np.zeros(one.state.households, np.bool_)
        figures = other.decide(one.state, month, nobody, nobody)
    table: dict[str, Floats] = {}
    for column in one.measured.money.values():
        _put(table, column, one, turn, figures.columns[column])
    due: Floats = np.sum([values[turn] for values in table.values()], axis=0)
    return due
