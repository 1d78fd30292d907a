"""The coming months of one family, decided one by one with the law as it is dated today."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.money import from_centimes
from karama.foundation.months import Month
from karama.law.engine.evaluate import decide_rows
from karama.law.engine.explain import explain, plain
from karama.law.engine.speech import label_of, say_month
from karama.simulation.household.causes import Decided
from karama.simulation.household.differences import Distance, Ending, Otherwise, difference
from karama.simulation.household.sentences import FACTS_HELD, SCHOOL_UNKNOWN, Teller

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from karama.foundation.languages import Language
    from karama.law.engine.evaluate import Decision, Line
    from karama.law.engine.explain import Explanation
    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Programme
    from karama.simulation.household.differences import Difference

MOST_MONTHS = 120
SCHOOL_YEAR_STARTS, ENROLLED = "back_to_school_month", "enrolled"
"""The parameter that names the month of the new school year, and the fact that is unknown from then on."""


@dataclass(frozen=True)
class FamilyMonth:
    """One month: the decision with its explanation, what differs from the month before, what is assumed of schooling.

    ``change`` is None in the first month, which has no month before it.
    """

    explanation: Explanation
    change: Difference | None
    otherwise: tuple[Otherwise, ...]

    @property
    def month(self) -> Month:
        """Which month."""
        return self.decision.month

    @property
    def decision(self) -> Decision:
        """What the law says of it."""
        return self.explanation.decision

    @property
    def decided(self) -> Decided:
        """The decision with its law."""
        return Decided(self.explanation.prepared, self.decision)

    @cached_property
    def distances(self) -> tuple[Distance, ...]:
        """Of each condition that compares a number with a limit (the score with its threshold)."""
        return tuple(
            Distance(one.condition.formula, one.value, one.required)  # type: ignore[arg-type]
            for one in self.explanation.conditions
            if one.condition.required and one.value is not None and one.required is not None
        )

    def as_dict(self, language: Language = "fr") -> dict[str, Any]:
        """The month as JSON: amounts in the main unit with two decimals, sentences in one language."""
        decision, teller = self.decision, Teller(language)
        return {
            "month": str(self.month),
            "eligible": decision.eligible,
            "aid": decision.aid,
            "amount": from_centimes(decision.amount_centimes),
            "lines": [self._line(line, language) for line in decision.lines],
            "reasons": [
                {"code": code, "sentence": teller.refusal(code, self.explanation.programme)}
                for code in decision.reasons
            ],
            "change": None if self.change is None else teller.difference_dict(self.change),
            "distances": [
                {
                    "condition": one.condition,
                    "value": plain(one.value),
                    "limit": plain(one.limit),
                    "left": plain(one.left),
                    "sentence": teller.distance(one),
                }
                for one in self.distances
            ],
            "otherwise": [
                {
                    "person_id": one.person_id,
                    "enrolled": one.enrolled,
                    "amount": from_centimes(one.decision.amount_centimes),
                    "difference": from_centimes(one.decision.amount_centimes - decision.amount_centimes),
                    "sentence": teller.otherwise(one, self.decided),
                }
                for one in self.otherwise
            ],
            "unconfirmed": list(self.explanation.unconfirmed),
        }

    def _line(self, line: Line, language: Language) -> dict[str, Any]:
        programme, graph = self.explanation.programme, self.explanation.graph
        return {
            "benefit": line.benefit,
            "person_id": line.person_id,
            "rank": line.rank,
            "amount": from_centimes(line.amount_centimes),
            "one_off": any(one.one_off for one in programme.benefits if one.formula == line.benefit),
            "label": label_of(programme, graph, line.benefit).get(language),
        }


@dataclass(frozen=True)
class Projection:
    """The months of one family in a row; ``as_dict`` is their JSON, ``letter.as_text`` a page of text."""

    months: tuple[FamilyMonth, ...]

    @property
    def programme(self) -> Programme:
        """What was decided."""
        return self.months[0].explanation.programme

    @property
    def total_centimes(self) -> int:
        """All the amounts together, in centimes."""
        return sum(one.decision.amount_centimes for one in self.months)

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Names of the unconfirmed parameters that matter in any of the months."""
        return tuple(sorted({name for one in self.months for name in one.explanation.unconfirmed}))

    @cached_property
    def endings(self) -> tuple[Ending, ...]:
        """The rights that end, those paid once apart."""
        once = {one.formula for one in self.programme.benefits if one.one_off}
        found = []
        for one in self.months:
            change = one.change
            if not change:
                continue
            if change.before.decision.eligible and not change.after.decision.eligible:
                found.append(Ending(one.month, None, None, change))
            elif change.after.decision.eligible:
                found += [
                    Ending(one.month, line.benefit, line.person_id, change)
                    for line in change.lines
                    if line.after is None and line.benefit not in once
                ]
        return tuple(found)

    def remarks(self, language: Language) -> list[str]:
        """What the months take for granted."""
        found = [FACTS_HELD.get(language)]
        unknown = next((one.month for one in self.months if one.otherwise), None)
        if unknown:
            found.append(SCHOOL_UNKNOWN.get(language).format(month=say_month(unknown, language)))
        return found

    def as_dict(self, language: Language = "fr") -> dict[str, Any]:
        """The months as JSON, stable for the pages that show them: sentences in one language, codes beside them."""
        teller, first = Teller(language), self.months[0]
        return {
            "household_id": first.decision.household_id,
            "programme": first.decision.programme,
            "from": str(first.month),
            "to": str(self.months[-1].month),
            "total": from_centimes(self.total_centimes),
            "months": [one.as_dict(language) for one in self.months],
            "endings": [
                {
                    "month": str(one.month),
                    "benefit": one.benefit,
                    "person_id": one.person_id,
                    "sentence": teller.ending(one),
                    "causes": [teller.cause_dict(cause, one.change) for cause in one.change.causes],
                }
                for one in self.endings
            ],
            "unconfirmed": list(self.unconfirmed),
            "remarks": self.remarks(language),
        }


def project(  # noqa: PLR0917 - the same order as the public calls
    programme: Programme,
    household_in: Callable[[Month], Mapping[str, Any]],
    first: Month,
    months: int,
    amounts: Clock,
    where: str | None = None,
) -> Projection:
    """The months of a family whose facts in each month are given by a function.

    Raises:
        BadInputError: a field of the household is wrong, or the number of months is not from 1 to 120.
        LawError: the law has no value for a month.
    """
    if not 1 <= months <= MOST_MONTHS:
        message = f"months: {months} is not from 1 to {MOST_MONTHS}: ask for another number of months"
        raise BadInputError(message)
    found: list[FamilyMonth] = []
    next_school_year = False
    for month in Month.range(first, months):
        explanation = explain(programme, household_in(month), month, amounts, where)
        now = Decided(explanation.prepared, explanation.decision)
        change = difference(found[-1].decided, now) if found else None
        next_school_year = next_school_year or (bool(found) and _starts_school_year(now))
        found.append(FamilyMonth(explanation, change, _otherwise(now) if next_school_year else ()))
    return Projection(tuple(found))


def _starts_school_year(now: Decided) -> bool:
    return now.prepared.binding.values.get(SCHOOL_YEAR_STARTS) == now.prepared.month.month


def _otherwise(now: Decided) -> tuple[Otherwise, ...]:
    """The children whose schooling makes a difference to the month, with what it would be otherwise."""
    decision, inputs = now.decision, now.prepared.graph.inputs
    if inputs.get(ENROLLED) is None:
        return ()
    names = {one.name for one in inputs.columns}
    household = {name: value for name, value in decision.values.items() if name in names}
    persons = [{name: value for name, value in one.items() if name in names} for one in decision.persons]
    found = []
    for place, person in enumerate(persons):
        enrolled = not person[ENROLLED]
        others = [*persons[:place], {**person, ENROLLED: enrolled}, *persons[place + 1 :]]
        trial = decide_rows(now.prepared, household, others)
        if _told(trial) != _told(decision):
            found.append(Otherwise(person[inputs.person_key], enrolled, trial))
    return tuple(found)


def _told(decision: Decision) -> Decision:
    """A decision without what was computed on the way."""
    return replace(decision, values={}, persons=())
