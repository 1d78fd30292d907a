"""Announcing what the law will do to a right on the facts known now: its end, or a lower monthly aid.

Nothing is decided: the same law reads the facts of the months to come as they are known today.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.timezone import localdate

from karama.delivery import procedure
from karama.delivery.decisions.many import outcomes
from karama.delivery.decisions.models import Notice
from karama.delivery.decisions.notice.outcome import Kind, Outcome
from karama.delivery.decisions.notices import CONTACT, Told, grants_of, tell
from karama.delivery.decisions.subjects import subjects_of
from karama.delivery.references import Subject, new_references
from karama.foundation.months import Month
from karama.law import programme_named
from karama.record.clock import now
from karama.record.scope import SYSTEM, acting_as
from karama.registry.facts import share_registry

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from karama.delivery.decisions.deciding import Outcome as Decided

CHUNK = 100_000
"""Rights of one batch."""

_OPEN_RIGHTS = """
    CREATE TEMPORARY TABLE rights ON COMMIT DROP AS
    SELECT d.{column} AS subject_id, d.monthly_centimes FROM decisions_decision d
    WHERE d.programme = %s AND d.eligible AND d.{column} > %s
        AND NOT EXISTS (SELECT 1 FROM decisions_decision n WHERE n.previous_id = d.id)
    ORDER BY d.{column} LIMIT %s"""


def announce(*, programme: str, ahead: int | None = None, most: int = CHUNK) -> int:
    """Announce the ends and the decreases of open rights that are to come in the months ahead, each once.

    ``ahead`` is the procedure's ``months_of_notice_before_an_end``, which is unconfirmed, unless it is given.  Each
    batch of rights is one transaction: who runs it again announces what is left.

    Returns:
        How many announcements were made.
    """
    after, count = 0, 0
    while True:
        with acting_as(SYSTEM):
            share_registry()
            at = now()
            rights = _open_rights(programme, after, most)
            if not rights:
                return count
            months = procedure.days("months_of_notice_before_an_end", localdate(at)) if ahead is None else ahead
            count += _Batch(programme, rights, at).announce(months)
            after = max(rights)


def _open_rights(programme: str, after: int, most: int) -> dict[int, int]:
    """The monthly centimes of the next open rights, by subject; the table ``rights`` holds them."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS rights")
        cursor.execute(_OPEN_RIGHTS.format(column=subjects_of(programme).column), [programme, after, most])
        cursor.execute("ANALYZE rights")
        cursor.execute("SELECT subject_id, monthly_centimes FROM rights")
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class _Batch:
    """Open rights of a programme with what each gives a month."""

    programme: str
    rights: dict[int, int]
    at: dt.datetime

    def announce(self, ahead: int) -> int:
        """What the coming months change for the worse, month after month; how many were told."""
        lowest, count = dict(self.rights), 0
        for month in Month.range(Month.of(localdate(self.at)) + 1, ahead):
            found = dict(self._worse(month, lowest))
            said = self._said(month, set(found))
            fresh = {key: one for key, one in found.items() if (key, _kind(one)) not in said}
            count += tell(list(self._told(month, fresh)), None, self.at) if fresh else 0
        return count

    def _worse(self, month: Month, lowest: dict[int, int]) -> Iterator[tuple[int, Decided]]:
        """The rights that end in a month, or fall under all that they gave before; ``lowest`` follows them."""
        for key, one in outcomes("SELECT subject_id FROM rights", self.programme, month, self.at):
            if key not in lowest:
                continue
            if not one.eligible:
                del lowest[key]
                yield key, one
            elif one.monthly_centimes < lowest[key]:
                lowest[key] = one.monthly_centimes
                yield key, one

    def _said(self, month: Month, keys: set[int]) -> set[tuple[int, str]]:
        """What was announced before of these, for the month."""
        column = subjects_of(self.programme).column
        kept = Notice.objects.filter(decision=None, programme=self.programme, month=month.first_day)
        return set(kept.filter(**{f"{column}__in": keys}).values_list(column, "kind"))

    def _told(self, month: Month, fresh: dict[int, Decided]) -> Iterator[Told]:
        pays = programme_named(self.programme).amount is not None
        names = new_references(Notice, Subject.ANNOUNCEMENT, len(fresh))
        reached = self._reached(sorted(fresh))
        for (key, found), (_, reference) in zip(sorted(fresh.items()), names, strict=True):
            outcome = Outcome(
                kind=_kind(found),
                programme=self.programme,
                month=month,
                aid=found.aid,
                monthly=found.monthly_centimes if pays else None,
                before=self.rights[key] if pays else None,
                grants=tuple(grants_of(self.programme, found.trace["lines"]).items()),
                reasons=found.reasons,
            )
            yield Told(reference, None, outcome, *reached[key])

    def _reached(self, keys: list[int]) -> dict[int, tuple[Any, ...]]:
        """Whom an announcement is about and how it reaches them: household, child, establishment, number, language."""
        subjects = subjects_of(self.programme)
        household, person = ("key", "NULL::bigint") if subjects.column == "household_id" else ("NULL::bigint", "key")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT key, {household}, {person}, p.establishment_id, k.phone, k.language"
                f" FROM unnest(%s::bigint[]) AS key LEFT JOIN ({subjects.placed}) p ON p.person_id = key"
                f" LEFT JOIN {CONTACT.format(household)}",
                [keys, localdate(self.at)],
            )
            return {key: tuple(rest) for key, *rest in cursor.fetchall()}


def _kind(found: Decided) -> Kind:
    return Kind.DECREASING if found.eligible else Kind.ENDING
