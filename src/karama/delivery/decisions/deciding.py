"""What the law says of the facts known: of one household through the generated function, of many through DuckDB.

Nothing is written here.  Both ways give the same outcome and the same trace, to the byte; the tests hold it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from karama.cycle.law_version import law_version
from karama.delivery.decisions.states import Right
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.law import programme_named
from karama.law.engine.evaluate import Line, decide_rows, read_rows, ready
from karama.law.engine.explain import explain
from karama.law.engine.expressions import Entity
from karama.record.scope import SYSTEM, acting_as
from karama.registry.queries import Known, child_as_known, household_as_known

if TYPE_CHECKING:
    import datetime as dt

    from karama.delivery.decisions.models import Decision
    from karama.law.engine.evaluate import Decision as Decided
    from karama.law.engine.evaluate import Ready
    from karama.law.engine.explain import Explanation
    from karama.law.engine.programme import Programme


@dataclass(frozen=True)
class Outcome:
    """What the law says of one household, or one child of an establishment, in one month."""

    eligible: bool
    aid: str
    amount_centimes: int
    monthly_centimes: int
    reasons: tuple[str, ...]
    trace: dict[str, Any]
    inputs_hash: str
    law_version: str

    @property
    def right(self) -> Right:
        """The right it gives in its month."""
        return Right(self.eligible, self.monthly_centimes, self.amount_centimes - self.monthly_centimes)


def outcome(subject: Subject, programme: str, month: Month, known_at: dt.datetime, *, ended: bool = False) -> Outcome:
    """Decide one subject on the facts of ``month`` as known at ``known_at``, whoever asks.

    ``ended``: one that lives nowhere any more, or is in no establishment, as it last was.

    Raises:
        BadInputError: nothing is known of it for that month, or the programme begins later.
    """
    prepared = ready(programme_named(programme), month)
    known = subject.known(programme, month, known_at, ended=ended)
    decided = decide_rows(prepared, *read_rows(prepared.programme, known.facts, month))
    return Outcome(
        eligible=decided.eligible,
        aid=decided.aid,
        amount_centimes=decided.amount_centimes,
        monthly_centimes=sum(
            line.amount_centimes for line in decided.lines if line.benefit not in one_off(prepared.programme)
        ),
        reasons=decided.reasons,
        trace=_trace(prepared, decided),
        inputs_hash=known.hash,
        law_version=version_of(programme, month),
    )


@dataclass(frozen=True)
class Explained:
    """A decision with why it was taken."""

    explanation: Explanation
    known: Known
    """The facts it read, as they are read again."""
    corrected: bool
    """Whether the law was corrected since and gives something else: outcome, refusals and lines are then those that
    were decided, and nothing tells how they were reached."""


def explanation_of(decision: Decision) -> Explained:
    """A decision told again from the facts it read.

    Raises:
        BadInputError: the facts it read cannot be read any more.
    """
    month = Month.of(decision.month)
    known = read_again(decision)
    explanation = explain(programme_named(decision.programme), known.facts, month)
    if decision.law_version == version_of(decision.programme, month):
        return Explained(explanation, known, corrected=False)
    with acting_as(SYSTEM):  # what of it a reader may see is for who shows it
        trace = decision.trace.content
    if trace == _trace(explanation.prepared, explanation.decision):
        return Explained(explanation, known, corrected=False)
    return Explained(_as_decided(explanation, decision, trace), known, corrected=True)


def read_again(decision: Decision) -> Known:
    """The facts that a decision read: where its subject was nowhere any more, those as it last was.

    Raises:
        BadInputError: they cannot be read any more.
    """
    read, month = Subject.of(decision).known, Month.of(decision.month)
    try:
        return read(decision.programme, month, decision.known_at)
    except BadInputError:
        return read(decision.programme, month, decision.known_at, ended=True)


def _as_decided(explanation: Explanation, decision: Decision, trace: dict[str, Any]) -> Explanation:
    return replace(
        explanation,
        decision=replace(
            explanation.decision,
            eligible=decision.eligible,
            aid=decision.aid,
            amount_centimes=decision.amount_centimes,
            reasons=tuple(decision.reasons),
            lines=tuple(Line(*one) for one in trace["lines"]),
        ),
        conditions=tuple(
            replace(one, met=one.condition.refusal not in decision.reasons, value=None, required=None)
            for one in explanation.conditions
        ),
        unconfirmed=(),
    )


@dataclass(frozen=True)
class Subject:
    """Whom a decision is about: a household, or a child of an establishment."""

    household_id: int | None = None
    person_id: int | None = None
    establishment_id: int | None = None

    @classmethod
    def of(cls, record: Any) -> Subject:  # noqa: ANN401 - a claim, a decision, an appeal: whatever is about somebody
        """The subject of a claim or of a decision."""
        if record.household_id is not None:
            return cls(household_id=record.household_id)
        return cls(person_id=record.person_id, establishment_id=record.establishment_id)

    def known(self, programme: str, month: Month, known_at: dt.datetime, *, ended: bool = False) -> Known:
        """The facts, read for the service: what an officer may see changes no decision."""
        with acting_as(SYSTEM):
            if self.household_id is not None:
                return household_as_known(self.household_id, month, known_at, programme, ended=ended)
            if self.person_id is None:
                raise ValueError("a subject is a household or a person")
            return child_as_known(self.person_id, month, known_at, programme, ended=ended)


def one_off(programme: Programme) -> frozenset[str]:
    """The benefits paid once, which the next month does not repeat."""
    return frozenset(one.formula for one in programme.benefits if one.one_off)


@lru_cache(maxsize=256)
def version_of(programme: str, month: Month) -> str:
    """The version of the law of a month, kept: the law does not change while the service runs."""
    prepared = ready(programme_named(programme), month)
    return law_version(prepared.programme, prepared.graph, prepared.binding)


def traced(prepared: Ready) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns a decision keeps: those of the household and those of each person, computed by the law."""
    programme, definitions = prepared.programme, prepared.graph.definitions
    names = [name for name in programme.outputs if name in definitions]
    personal = [name for name in names if definitions[name].formula.entity is Entity.PERSON]
    return tuple(name for name in names if name not in personal), tuple(personal)


def _trace(prepared: Ready, decided: Decided) -> dict[str, Any]:
    household, personal = traced(prepared)
    key = prepared.programme.law.inputs.person_key
    found: dict[str, Any] = {
        "household": {name: _plain(decided.values[name]) for name in household},
        "lines": [[one.benefit, one.person_id, one.rank, one.amount_centimes] for one in decided.lines],
    }
    if personal:
        found["persons"] = {one[key]: {name: _plain(one[name]) for name in personal} for one in decided.persons}
    return found


def _plain(value: Any) -> Any:  # noqa: ANN401 - a column of any type
    return str(value) if hasattr(value, "as_tuple") or hasattr(value, "isoformat") else value
