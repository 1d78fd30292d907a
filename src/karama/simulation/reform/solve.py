"""Which value of a parameter keeps the cost at a budget: found by halving, on the register itself."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.money import from_centimes, to_centimes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from karama.law.engine.parameters import DatedParameter
    from karama.simulation.reform.country import Country
    from karama.simulation.scenario import Scenario

_WIDEST = 10
"""The value is sought between nothing and so many times the law's."""


@dataclass(frozen=True)
class Step:
    """One value tried, as written in the law's files, and the month's cost under it."""

    value: Decimal
    month_centimes: int


@dataclass(frozen=True)
class Solution:
    """The largest value whose cost stays within the budget.

    ``values`` are the parameters' values, as written in the law's files (money in MAD); ``budget_centimes`` and
    ``month_centimes`` are of the month, multiplied by the register's weight.  ``next_centimes`` is the cost one step
    further: the budget lies between the two.  ``tried`` tells the way.
    """

    values: dict[str, Decimal]
    budget_centimes: int
    month_centimes: int
    next_centimes: int
    tried: tuple[Step, ...]


def solve(
    country: Country,
    names: Sequence[str],
    *,
    month_budget: Decimal | None = None,
    step: Decimal | None = None,
    under: Scenario | None = None,
) -> Solution:
    """Seek the largest common value of some parameters whose cost in the month keeps within a budget.

    Args:
        country: the register in the month asked.
        names: parameters of one type, amounts or thresholds; all take the value sought.
        month_budget: in MAD, for the month; without it what the law in force costs.
        step: of the value, 1 MAD for amounts and 0.000001 for thresholds by default.
        under: a scenario of other parameters in force at the same time, whose cost the value sought has to pay for.

    Raises:
        BadInputError: parameters of several types or of none that is an amount or a threshold; a step or a budget that
            is not above 0; a budget that no value between 0 and ten times the law's meets.
        UnknownParameterError: a parameter nobody defined.
    """
    known = [country.programme.law.parameters.get(name) for name in names]
    kinds = {one.kind for one in known}
    if kinds not in ({"money"}, {"decimal"}):
        told = ", ".join(f"'{one.name}' is of type {one.kind}" for one in known) or "none is named"
        raise BadInputError(f"solve: {told}: name amounts, or thresholds, not both")
    money = kinds == {"money"}
    unit = step if step is not None else (Decimal(1) if money else Decimal("0.000001"))
    budget = round(country.baseline().outcome.total(country.law.amount or "") * country.homes.weight)
    if month_budget is not None:
        budget = to_centimes(month_budget)
    if unit <= 0 or budget <= 0:
        raise BadInputError(f"solve: step {unit} and budget {from_centimes(budget)} MAD must be above 0")
    others = _values_under(country, under) if under is not None else {}

    def cost(steps: int) -> int:
        value = known[0].parse(unit * steps)
        decided = country.decide_values({**others, **dict.fromkeys(names, value)})
        return round(decided.outcome.total(country.law.amount or "") * country.homes.weight)

    most = int(max(_law_value(country, one) for one in known) * _WIDEST / unit) + 1
    found, following, tried = _largest(cost, most, budget, unit)
    return Solution(dict.fromkeys(names, unit * found), budget, tried[found], following, _steps(tried, unit))


def _values_under(country: Country, scenario: Scenario) -> dict[str, Any]:
    """The values of the month that a scenario of parameters alone changes."""
    if any(one.formulas or one.benefits or one.scores or one.new_parameters for one in scenario.chain):
        raise BadInputError(
            f"{scenario.place}: solve: changes more than parameters: give a scenario of parameters alone"
        )
    reformed = scenario.applied_to(country.law).law.parameters
    names = {change.name for one in scenario.chain for change in one.changes}
    return {name: reformed.get(name).at(country.month, country.amounts).value for name in sorted(names)}


def _law_value(country: Country, parameter: DatedParameter) -> Decimal:
    value = parameter.at(country.month, country.amounts).value
    return from_centimes(value) if parameter.kind == "money" else Decimal(value)  # type: ignore[arg-type]


def _steps(tried: dict[int, int], unit: Decimal) -> tuple[Step, ...]:
    return tuple(Step(unit * steps, cost) for steps, cost in tried.items())


def _largest(cost: Callable[[int], int], most: int, budget: int, unit: Decimal) -> tuple[int, int, dict[int, int]]:
    """The largest number of steps whose cost is within the budget, the cost one step further, all costs known."""
    tried = {0: cost(0), most: cost(most)}
    if tried[0] > budget:
        raise BadInputError(
            f"solve: even at 0 the month costs {from_centimes(tried[0])} MAD, over the budget of"
            f" {from_centimes(budget)}: raise the budget or take other parameters"
        )
    if tried[most] <= budget:
        raise BadInputError(
            f"solve: even at {unit * most} the month costs {from_centimes(tried[most])} MAD, within the budget of"
            f" {from_centimes(budget)}: the parameter does not reach it; take others"
        )
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        tried[middle] = cost(middle)
        if tried[middle] <= budget:
            low = middle
        else:
            high = middle
    return low, tried[high], tried
