"""What decided claims change in where a household's money goes, and to whom: found, and told in the file's journal."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from karama.cycle.register import PAYMENT_COLUMNS
from karama.foundation.rib import masked
from karama.record import journal
from karama.record.scope import SYSTEM
from karama.registry.models import PaymentAccount

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from karama.delivery.claims.models import Claim

PAYMENT = "payment_account"
"""The fact, as a programme's file names it."""

Changed = Literal["recipient", "account", "both"]
_UNTOLD = (PAYMENT_COLUMNS[0].default, "")
"""How a household is paid of which nothing was told."""


@dataclass(frozen=True)
class PaymentChange:
    """A decided claim after which a household is paid otherwise than before."""

    claim: Claim
    what: Changed


def payments(claims: Sequence[Claim]) -> dict[int, PaymentAccount]:
    """How the household of each claim is paid in the claim's month, as known now; by claim; one query."""
    homes = {claim.household_id for claim in claims if claim.household_id}
    held = defaultdict[int, list[PaymentAccount]](list)
    for one in PaymentAccount.objects.filter(household_id__in=homes, known__endswith=None):
        held[one.household_id].append(one)
    return {
        claim.pk: one for claim in claims for one in held[claim.household_id or 0] if claim.claim_month in one.validity
    }


def payment_changes(
    claims: Sequence[Claim], before: Mapping[int, PaymentAccount], known_at: dt.datetime
) -> list[PaymentChange]:
    """The claims that changed something, each told in the journal: the account by its end, the recipient by number."""
    after, found = payments(claims), list[PaymentChange]()
    for claim in claims:
        now = after[claim.pk]
        what = _changed(before.get(claim.pk), now)
        if what is None:
            continue
        found.append(PaymentChange(claim, what))
        paid = {"channel": now.channel, "account": masked(now.account), "recipient": now.recipient_id}
        journal.write(
            kind="payment.changed",
            subject=("claim", claim.reference),
            by=SYSTEM,
            at=known_at,
            household_id=claim.household_id,
            data={"changed": what, **paid},
        )
    return found


def _changed(was: PaymentAccount | None, now: PaymentAccount) -> Changed | None:
    recipient = now.recipient_id != (None if was is None else was.recipient_id)
    account = (now.channel, now.account) != (_UNTOLD if was is None else (was.channel, was.account))
    if recipient:
        return "both" if account else "recipient"
    return "account" if account else None


__all__ = ["PAYMENT", "PaymentChange", "payment_changes", "payments"]
