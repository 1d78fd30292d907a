"""The facts that claims bring, written as their programme's file says when the claims are decided, never before."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection
from django.utils.timezone import localdate

from karama.delivery.claims.payment_change import PAYMENT, PaymentChange, payment_changes, payments
from karama.delivery.claims.recipients import members_named
from karama.delivery.programmes import programme
from karama.record import journal
from karama.record.scope import SYSTEM
from karama.registry import facts
from karama.registry.amending import told
from karama.registry.imports.tellings import defaults
from karama.registry.models import Membership
from karama.registry.states import Source

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from karama.delivery.claims.models import Claim
    from karama.delivery.programmes import ClaimKind, FactBrought
    from karama.registry.models import Fact


def bring(kind: ClaimKind, claims: Sequence[Claim], known_at: dt.datetime) -> list[PaymentChange]:
    """Write the facts of claims of one kind, as sets; no two of them are about the same.

    Returns:
        The claims that changed where a household's money goes.

    Raises:
        BadInputError: a member whom a claim names died meanwhile, or left the household.
    """
    paying = any(one.fact == PAYMENT for one in kind.facts)
    before = payments(claims) if paying else {}
    for one in kind.facts:
        fact: type[Fact] = apps.get_model("registry", one.fact.replace("_", ""))
        _write(fact, [_row(fact, kind, one, claim, known_at) for claim in claims], known_at, amends=one.amends)
    if kind.about == "placed_person":
        for claim in claims:
            _take_from_home(claim, known_at)
    return payment_changes(claims, before, known_at) if paying else []


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


def _write(fact: type[Fact], rows: list[list[Any]], known_at: dt.datetime, *, amends: bool) -> None:
    names = (*fact.key, *fact.values(), "validity", "source", "proof")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS brought")
        cursor.execute(
            f"CREATE TEMPORARY TABLE brought ON COMMIT DROP AS SELECT {', '.join(names)}"
            f" FROM {facts.table_of(fact)} WITH NO DATA"
        )
        with cursor.copy(f"COPY brought ({', '.join(names)}) FROM STDIN") as copied:
            for row in rows:
                copied.write_row(row)
    if amends:
        given = {name: f"s.{name}" for name in fact.values()}
        query = told(fact, "brought", given, defaults(fact), fact.values(), all_later=True)
        facts.supersede(fact, query, known_at=known_at)
    else:
        facts.supersede(fact, "SELECT * FROM brought", known_at=known_at)


def _row(fact: type[Fact], kind: ClaimKind, brought: FactBrought, claim: Claim, known_at: dt.datetime) -> list[Any]:
    known = _known(kind, claim, known_at)
    subject = {"household_id": claim.household_id, "person_id": claim.person_id}
    given = subject | {name: _said(raw, known) for name, raw in brought.values.items()}
    begins = _said(brought.begins, known) if brought.begins.startswith("$") else known[brought.begins]
    return [
        *(given[name] for name in (*fact.key, *fact.values())),
        f"[{begins},)",
        Source.ASD,
        f"claim {claim.reference}",
    ]


def _known(kind: ClaimKind, claim: Claim, known_at: dt.datetime) -> dict[str, Any]:
    """What `$name` may stand for in a programme's file: a member named is the person's number."""
    return {
        **{one.name: one.unanswered(claim.answers) for one in kind.form},
        **claim.answers,
        **members_named(kind, claim.answers, claim.household_id, localdate(known_at)),
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
