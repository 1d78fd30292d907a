"""The facts that a claim brings, written as its programme's file says."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.timezone import localdate

from karama.delivery.programmes import programme
from karama.record import journal
from karama.record.scope import SYSTEM
from karama.registry import facts
from karama.registry.models import Membership
from karama.registry.states import Source

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from karama.delivery.claims.models import Claim
    from karama.delivery.programmes import FactBrought
    from karama.registry.models import Fact


def bring(claim: Claim, when: str, known_at: dt.datetime) -> list[str]:
    """Write the facts of a claim that are due ``when`` it is submitted or decided.

    Returns:
        The names of the facts written, for the journal.
    """
    kind = programme(claim.programme).kind(claim.kind)
    due = [one for one in kind.facts if one.when == when]
    for one in due:
        _write(claim, one, known_at)
    told = [one.fact for one in due]
    if "placement" in told:
        _take_from_home(claim, known_at)
    return told


def homes_of(claim: Claim) -> QuerySet[Membership, int]:
    """The households that a placed child is known to be in from the claim's month on."""
    held = Membership.objects.filter(person_id=claim.person_id or 0, known__endswith=None)
    return held.filter(validity__overlap=(claim.claim_month, None)).values_list("household_id", flat=True)


def _take_from_home(claim: Claim, known_at: dt.datetime) -> None:
    """A child whose placement was decided on counts in its family until the claim's month, and each file tells it."""
    for household in list(homes_of(claim)):
        key = {"person_id": claim.person_id, "household_id": household}
        facts.end(Membership, key=key, on=claim.claim_month, known_at=known_at)
        journal.write(
            kind="child.placed",
            subject=("person", claim.person_id),
            by=SYSTEM,
            at=known_at,
            household_id=household,
            data={"claim": claim.reference},
        )


def _write(claim: Claim, brought: FactBrought, known_at: dt.datetime) -> None:
    fact: type[Fact] = apps.get_model("registry", brought.fact.replace("_", ""))
    known = _known(claim, known_at)
    given = {name: _said(raw, known) for name, raw in brought.values.items()}
    subject = {"household_id": claim.household_id, "person_id": claim.person_id}
    key = {name: given.pop(name, subject.get(name)) for name in fact.key}
    begins = _said(brought.begins, known) if brought.begins.startswith("$") else known[brought.begins]
    facts.correct(
        fact,
        key=key,
        values=given,
        validity=(begins if isinstance(begins, dt.date) else dt.date.fromisoformat(begins), None),
        source=Source.ASD,
        proof=f"claim {claim.reference}",
        known_at=known_at,
    )


def _known(claim: Claim, known_at: dt.datetime) -> dict[str, Any]:
    """What `$name` may stand for in a programme's file."""
    return {
        **claim.answers,
        "programme": claim.programme,
        "claim_month": claim.claim_month,
        "submitted_on": localdate(claim.submitted_at or known_at),
        "establishment": claim.establishment_id,
        "declared": json.dumps(_declared(claim)),
    }


def _declared(claim: Claim) -> dict[str, Any]:
    """The answers that the law itself reads, by column."""
    asked = programme(claim.programme)
    fields = [one for one in asked.kind(claim.kind).form if one.column.name in asked.declared]
    return {one.column.name: claim.answers[one.name] for one in fields if one.name in claim.answers}


def _said(raw: object, known: dict[str, Any]) -> Any:  # noqa: ANN401 - a value of any column
    return known[raw[1:]] if isinstance(raw, str) and raw.startswith("$") else raw
