"""What is kept past its period: counted and told, never deleted by a program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from karama.delivery.privacy import PARAMETERS
from karama.foundation.months import Month
from karama.record.permissions import report_retention, require
from karama.record.scope import SYSTEM, acting_as
from karama.registry.facts import table_of
from karama.registry.models import FACTS

if TYPE_CHECKING:
    import datetime as dt

    from karama.foundation.languages import Label
    from karama.record.scope import Actor

_ENDED: dict[str, tuple[tuple[str, str], ...]] = {
    "superseded_facts_months": tuple((table_of(fact), "upper(known)") for fact in FACTS),
    "claims_months": (("claims_claim", "ended_at"),),
    "decisions_months": (("decisions_decision", "decided_at"),),
    "appeals_months": (("appeals_appeal", "ended_at"),),
    "complaints_months": (("appeals_complaint", "closed_at"),),
    "messages_months": (("outgoing_message", "created_at"),),
    "journal_months": (("record_event", "at"),),
    "accounts_months": (("record_account", "coalesce(last_login, date_joined)"),),
}
"""For each period, the tables it is about and the moment from which it runs; no moment, no period."""


@dataclass(frozen=True)
class Kept:
    """What is kept past one period."""

    parameter: str
    label: Label
    months: int
    status: str
    before: dt.date
    """The period has passed for what ended before this day."""
    rows: int
    oldest: dt.datetime | None


def kept_past_retention(*, on: dt.date, by: Actor) -> list[Kept]:
    """One line for each period, on a day.

    Raises:
        NotAllowedError: the actor has no right to it.
    """
    require(report_retention.test(by), "seeing what is kept past its retention period")
    with acting_as(SYSTEM):
        return [_counted(name, on) for name in _ENDED]


def _counted(name: str, on: dt.date) -> Kept:
    months = PARAMETERS.number_on(name, on)
    before = (Month.of(on) - months).first_day
    each = [
        f"SELECT {moment} AS ended FROM {table} WHERE {moment} < %(before)s AND {moment} IS NOT NULL"
        for table, moment in _ENDED[name]
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), min(ended) FROM ({' UNION ALL '.join(each)}) e", {"before": before})
        rows, oldest = cursor.fetchone() or (0, None)
    status = PARAMETERS.value_on(name, on).status.value
    return Kept(name, PARAMETERS.label(name), months, status, before, int(rows), oldest)
