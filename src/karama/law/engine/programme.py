"""A programme: a law with the names of what it decides, so that one engine explains and pays any of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from karama.foundation.languages import Label, Language
    from karama.foundation.months import Month
    from karama.law.engine.graph import Graph, Law


def as_given(raw: dict[str, Any], month: Month, where: str) -> dict[str, Any]:  # noqa: ARG001 - a hook's shape
    """The household as its file gives it."""
    return raw


class Translate(Protocol):
    """A citation, a note or a unit in the words of a reader; ``count`` stands before a unit."""

    def __call__(self, text: str, language: Language, count: int | None = None) -> str:
        """The words of the language."""


def as_written(text: str, language: Language, count: int | None = None) -> str:  # noqa: ARG001 - a hook's shape
    """A citation, a note or a unit in the words of its file."""
    return text


@dataclass(frozen=True)
class Condition:
    """A condition of eligibility: a boolean formula, the code and words of the refusal, and what it compares.

    ``value`` and ``required`` name the two sides to show; without them the condition itself is shown.
    ``correct_at`` says where a citizen corrects the fact.
    """

    formula: str
    refusal: str
    refusal_label: Label
    value: str | None = None
    required: str | None = None
    correct_at: Label | None = None


@dataclass(frozen=True)
class Benefit:
    """A benefit: a formula in centimes, per person or per household; its lines exist only where eligible.

    ``rank`` names the person's column shown beside the amount; ``one_off`` marks grants due once.
    """

    formula: str
    rank: str | None = None
    one_off: bool = False


@dataclass(frozen=True)
class Programme:
    """What a country decides with a law: conditions, benefits, the kind of aid, the amount.

    ``first_month`` is the first month the law knows.  ``trace`` names further household columns kept with a decision.
    ``prepare`` completes a household as read from JSON before its fields are checked (derived fields).  ``translate``
    says the citations, notes, units and sources of the law's files in the language of a reader.
    """

    name: str
    label: Label
    description: Label
    currency: str
    law: Law
    conditions: tuple[Condition, ...]
    benefits: tuple[Benefit, ...]
    first_month: Month
    trace: tuple[str, ...] = ()
    person_trace: tuple[str, ...] = ()
    eligible: str = "eligible"
    aid: str = "aid"
    amount: str | None = "amount"
    prepare: Callable[[dict[str, Any], Month, str], dict[str, Any]] = as_given
    aid_labels: Mapping[str, Label] = field(default_factory=dict)
    translate: Translate = as_written

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """Every column a decision needs."""
        names = [
            self.eligible,
            self.aid,
            *([self.amount] if self.amount else []),
            *(one.formula for one in self.conditions),
            *(name for one in self.conditions for name in (one.value, one.required) if name and self._computed(name)),
            *(one.formula for one in self.benefits),
            *(one.rank for one in self.benefits if one.rank),
            *self.trace,
            *self.person_trace,
        ]
        return tuple(dict.fromkeys(names))

    @cached_property
    def benefit_labels(self) -> dict[str, Label]:
        """The words of each benefit's formula, in the order of the benefits."""
        labels = {one.name: one.label for one in self.law.formulas}
        return {one.formula: labels[one.formula] for one in self.benefits}

    def _computed(self, name: str) -> bool:
        return any(one.name == name for one in self.law.formulas)

    def graph(self, month: Month) -> Graph:
        """The graph of the month.

        Raises:
            BadInputError: before the programme's first month.
        """
        if month < self.first_month:
            message = f"programme '{self.name}' starts in {self.first_month}: ask for that month or a later one"
            raise BadInputError(message)
        return self.law.graph(month, self.outputs)
