"""What tells of health in an appeal, words and evidence: kept from who has no right to health facts.

It is said once and never taken back.  The database shows it to nobody else; that there is something is told, so that
the appeal can be passed to who may read it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from karama.delivery.appeals.models import Statement
from karama.foundation.errors import NotAllowedError
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

    from karama.delivery.appeals.models import Appeal
    from karama.delivery.appeals.states import StatementKind
    from karama.record.scope import Actor


@dataclass(frozen=True)
class Withheld:
    """How much of an appeal is kept from a reader because it tells of health."""

    words: int
    """Statements: the grounds, a question, the reasons."""
    evidence: int
    """Documents."""

    def __bool__(self) -> bool:
        """Whether anything is."""
        return bool(self.words or self.evidence)


def withheld_from(actor: Actor, appeal: Appeal) -> Withheld:
    """What ``actor``, for whom the transaction works, may not read of an appeal that he sees."""
    if actor.health:
        return Withheld(0, 0)
    seen = _counted(appeal)
    with acting_as(SYSTEM):
        held = _counted(appeal)
    return Withheld(held[0] - seen[0], held[1] - seen[1])


def require_whole(actor: Actor, appeal: Appeal) -> None:
    """Go on only with somebody who may read all of an appeal.

    Raises:
        NotAllowedError: a part of it tells of health, which he may not read.
    """
    if withheld_from(actor, appeal):
        raise NotAllowedError(
            f"appeal {appeal.reference}: a part of it tells of health, which this officer may not read: pass it to an"
            " appeals officer who may"
        )


def tells_of_health(appeal: Appeal) -> bool:
    """Whether a part of an appeal is walled, or the claim it is about."""
    with acting_as(SYSTEM):
        return _is_of_health(appeal)


def say(appeal: Appeal, kind: StatementKind, text: str, *, by: Actor, at: dt.datetime, health: bool) -> Statement:
    """Keep what was said; once a part of an appeal tells of health, what is said afterwards is walled with it."""
    with acting_as(SYSTEM):
        walled_at = at if health or _is_of_health(appeal) else None
        return Statement.objects.create(
            appeal=appeal, kind=kind, text=text, said_at=at, said_by_id=by.account_id, walled_at=walled_at
        )


def wall(parts: QuerySet[Any], at: dt.datetime) -> int:
    """Keep what was open of ``parts``, statements or evidence, from who has no right to health facts.

    Returns:
        How many were open until then.
    """
    with acting_as(SYSTEM):
        return parts.filter(walled_at=None).update(walled_at=at)


def _counted(appeal: Appeal) -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM appeals_statement WHERE appeal_id = %(one)s),"
            " (SELECT count(*) FROM appeals_evidence WHERE appeal_id = %(one)s)",
            {"one": appeal.pk},
        )
        statements, evidence = cursor.fetchone() or (0, 0)
        return statements, evidence


def _is_of_health(appeal: Appeal) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(c.health, false)"
            " OR EXISTS (SELECT 1 FROM appeals_statement WHERE appeal_id = a.id AND walled_at IS NOT NULL)"
            " OR EXISTS (SELECT 1 FROM appeals_evidence WHERE appeal_id = a.id AND walled_at IS NOT NULL)"
            " FROM appeals_appeal a JOIN decisions_decision d ON d.id = a.decision_id"
            " LEFT JOIN claims_claim c ON c.id = d.claim_id WHERE a.id = %s",
            [appeal.pk],
        )
        (told,) = cursor.fetchone() or (False,)
        return bool(told)
