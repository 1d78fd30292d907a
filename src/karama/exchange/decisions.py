"""`/decisions`: what was decided and why, each condition with the facts that were read, their source and date."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field

from karama.delivery.decisions.actions import replay
from karama.delivery.decisions.deciding import explanation_of
from karama.delivery.decisions.models import Decision
from karama.delivery.decisions.notice.private import REST, private_refusals, rest_of, without_health
from karama.exchange.claims import file_of
from karama.exchange.eligibility import Line, Value
from karama.exchange.operations import Call, operation
from karama.exchange.paging import Cursor, Limit, Page, page_of
from karama.exchange.telling import (
    NAME,
    Amount,
    CodeGiven,
    Day,
    Moment,
    amount,
    code_of,
    month,
    note_list,
    note_read,
    one_of,
    require_reader,
)
from karama.foundation.languages import Language
from karama.foundation.months import Month
from karama.law.engine.explain import plain
from karama.law.engine.speech import label_of
from karama.record.scope import SYSTEM, acting_as
from karama.record.states import TokenScope
from karama.registry.provenance import provenance

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from karama.law.engine.explain import ConditionExplained, Explanation
    from karama.registry.provenance import Provenance

router = Router(tags=["decisions"])
AskedLanguage = Annotated[Language, Query("fr", description="Language of the words.")]


class DecisionShort(Schema):
    """A decision in a list."""

    reference: str
    programme: str
    kind: str = Field(description="What asked for it: claim, reassessment, appeal.")
    change: str = Field(description="What it changes: grant, refusal, entry, exit, increase, decrease, same.")
    claim: str | None = Field(description="Reference of the claim it answers.")
    household: str | None
    person: str | None = Field(description="IDCS of the child, where an establishment claims.")
    establishment: str | None
    month: str = Field(description="Month from which it counts.")
    eligible: bool
    aid: str
    amount: Amount = Field(description="Of the month, one-off grants included.")
    monthly_amount: Amount = Field(description="Of every month like it.")
    reasons: list[str]
    decided_at: Moment


class FactRead(Schema):
    """A fact that was read: its value, who holds it, since when it holds and is known."""

    name: str
    label: str
    person: str | None
    value: Value
    source: str | None
    valid_from: Day | None
    known_on: Day | None


class ConditionRead(Schema):
    """A condition of the law with the facts that were read for it."""

    name: str
    met: bool
    value: Value
    required: Value
    citation: str
    label: str
    correct_at: str | None
    facts: list[FactRead]


class Why(Schema):
    """Why: conditions, lines, and what a lawyer must still check."""

    conditions: list[ConditionRead]
    lines: list[Line]
    unconfirmed: list[str]
    law_corrected: bool = Field(
        description="The law was corrected since: reasons and lines are those decided, without how they were reached."
    )


class DecisionOut(DecisionShort):
    """A decision in full."""

    known_at: Moment = Field(description="The facts were read as they were known then.")
    law_version: str
    inputs_hash: str
    previous: str | None = Field(description="Reference of the decision before.")
    next: str | None = Field(description="Reference of the decision that followed.")
    why: Why


class ReplayOut(Schema):
    """Whether the facts as they were known then and the law give the same decision again."""

    reference: str
    same: bool
    differs: list[str] = Field(description="What differs, by name; empty where nothing does.")


def told_short(decision: Decision, *, health: bool) -> dict[str, Any]:
    """A decision as lists show it."""
    hidden = frozenset() if health else private_refusals(decision.programme, Month.of(decision.month))
    return {
        "reference": decision.reference,
        "programme": decision.programme,
        "kind": decision.kind,
        "change": decision.change,
        "claim": decision.claim.reference if decision.claim else None,
        "household": decision.household.number if decision.household else None,
        "person": decision.person.idcs if decision.person else None,
        "establishment": decision.establishment.code if decision.establishment else None,
        "month": month(decision.month),
        "eligible": decision.eligible,
        "aid": decision.aid,
        "amount": amount(decision.amount_centimes),
        "monthly_amount": amount(decision.monthly_centimes),
        "reasons": [one for one in decision.reasons if one not in hidden],
        "decided_at": decision.decided_at,
    }


def seen() -> QuerySet[Decision]:
    """The decisions that the caller may see, with whom they are about."""
    return Decision.objects.select_related("claim", "household", "person", "establishment")


def decision_named(reference: str) -> Decision:
    """The decision of a reference code.

    Raises:
        ProblemError: none that the caller may see.
    """
    return one_of(seen().filter(reference=code_of(reference, "decision")), "decision")


@operation(router, "GET", "/decisions", gives=Page[DecisionShort], scope=TokenScope.DECISIONS_READ)
def list_decisions(  # noqa: PLR0917 - the filters of the address
    call: Call,
    cursor: Cursor,
    limit: Limit,
    programme: Annotated[str | None, Query(None, pattern=NAME, description="Name of a programme.")],
    household: Annotated[str | None, Query(None, min_length=1, max_length=32, description="Number of a household.")],
    eligible: Annotated[bool | None, Query(None, description="Granted, or refused.")],
    decided_since: Annotated[dt.date | None, Query(None, description="Decided on this day or later.")],
) -> dict[str, Any]:
    """List the decisions that the caller may see, the newest first."""
    given = {
        "programme": programme,
        "household__number": household,
        "eligible": eligible,
        "decided_at__date__gte": decided_since,
    }
    found = seen().filter(**{name: value for name, value in given.items() if value is not None})
    require_reader(call)
    page = page_of(found, cursor, limit)
    note_list(call, "decisions", page["items"])
    return {**page, "items": [told_short(one, health=call.actor.health) for one in page["items"]]}


@operation(router, "GET", "/decisions/{reference}", gives=DecisionOut, scope=TokenScope.DECISIONS_READ)
def read_decision(call: Call, reference: CodeGiven, language: AskedLanguage) -> dict[str, Any]:
    """Read one decision with its explanation.

    The facts are read again as they were known when it was taken; each says who holds it and since when it is known.
    """
    decision = decision_named(reference)
    note_read(call, "decision", decision.reference, file_of(decision))
    followed = Decision.objects.filter(previous=decision).values_list("reference", flat=True).first()
    before = Decision.objects.filter(next=decision).values_list("reference", flat=True).first()
    return {
        **told_short(decision, health=call.actor.health),
        "known_at": decision.known_at,
        "law_version": decision.law_version,
        "inputs_hash": decision.inputs_hash,
        "previous": before,
        "next": followed,
        "why": _why(decision, language, health=call.actor.health),
    }


@operation(router, "GET", "/decisions/{reference}/replay", gives=ReplayOut, scope=TokenScope.DECISIONS_READ)
def replay_decision(call: Call, reference: CodeGiven) -> dict[str, Any]:
    """Take a decision again from the facts it read, as they were known then, and say whether it is the same."""
    decision = decision_named(reference)
    note_read(call, "decision", decision.reference, file_of(decision), of="replay")
    found = replay(decision)
    return {
        "reference": decision.reference,
        "same": found.same,
        "differs": [one.partition(":")[0] for one in found.differences],
    }


# ------------------------------------------------------------------------------------------------------------ the why
def _why(decision: Decision, language: Language, *, health: bool) -> dict[str, Any]:
    found = explanation_of(decision)
    explanation = found.explanation
    inputs = explanation.programme.law.inputs
    persons = [str(one[inputs.person_key]) for one in explanation.decision.persons]
    if inputs.person_table is None:
        persons = [explanation.decision.household_id]
    with acting_as(SYSTEM):  # whoever may see the decision may see where its facts came from
        sources = provenance(
            household_id=decision.household_id,
            persons=persons,
            month=Month.of(decision.month),
            known_at=decision.known_at,
        )
    if not health:
        explanation = without_health(explanation)
    said = explanation.as_dict(language)
    conditions = [
        {**told, "facts": [] if found.corrected else _facts(explanation, one, sources, language)}
        for one, told in zip(explanation.conditions, said["conditions"], strict=True)
    ]
    if rest := rest_of(explanation):
        nobody: dict[str, Any] = {"person_id": None, "rank": None, "citation": "", "because": []}
        said["lines"].append({"benefit": "private", "label": REST.get(language), "amount": amount(rest), **nobody})
    if found.corrected:
        said["lines"] = [{**one, "because": []} for one in said["lines"]]
    why = {"conditions": conditions, "lines": said["lines"], "unconfirmed": said["unconfirmed"]}
    return {**why, "law_corrected": found.corrected}


def _facts(
    explanation: Explanation,
    condition: ConditionExplained,
    sources: Mapping[tuple[str, str | None], Provenance],
    language: Language,
) -> list[dict[str, Any]]:
    """The facts that a condition read."""
    inputs = explanation.programme.law.inputs
    alone = explanation.decision.household_id if inputs.person_table is None else None
    found = []
    for (name, person), value in explanation.finder.of(condition.condition.formula).inputs.items():
        if inputs.get(name) is None or name in {inputs.household_key, inputs.person_key}:
            continue
        came = sources.get((name, person or alone))
        found.append(
            {
                "name": name,
                "label": label_of(explanation.programme, explanation.graph, name).get(language),
                "person": person,
                "value": plain(value),
                "source": came.source if came else None,
                "valid_from": came.valid_from if came else None,
                "known_on": came.known_on if came else None,
            }
        )
    return found
