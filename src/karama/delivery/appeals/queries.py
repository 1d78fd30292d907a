"""Reads of appeals and complaints: what waits for whom, what is late, territory by territory.

Whoever reads has opened the transaction with ``acting_as``: the walls of the database leave out what he may not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Prefetch, Q

from karama.delivery import procedure
from karama.delivery.appeals.deadlines import Clock
from karama.delivery.appeals.models import Appeal, Complaint, Evidence
from karama.delivery.appeals.states import OPEN_APPEALS, OPEN_COMPLAINTS, TO_EXECUTE
from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    import datetime as dt

    from django.db.models import QuerySet

PAGE = 50
"""Rows of a queue given at once."""

DIGITS = {"region": 2, "province": 5, "commune": 9}
"""How much of a commune's code names each kind of territory."""


@dataclass(frozen=True)
class WaitingAppeal:
    """An appeal in a queue, with the clock of its answer."""

    appeal: Appeal
    clock: Clock


@dataclass(frozen=True)
class WaitingComplaint:
    """A complaint in a queue, with the clock of its answer and the day on which it goes to the manager."""

    complaint: Complaint
    clock: Clock
    escalation: Clock


@dataclass(frozen=True)
class Load:
    """What waits in one territory on a day."""

    territory: str
    """Beginning of the codes of its communes."""
    open: int
    due_soon: int
    """Within the days of the reminder, today included; those whose day passed are not counted here."""
    late: int
    """Open, and the last day to answer has passed."""
    most_days_late: int
    other: int
    """Appeals: judgments not executed yet.  Complaints: those before the manager."""


def appeals_waiting(
    on: dt.date,
    *,
    territory: str = "",
    judge_id: int | None = None,
    after: tuple[dt.date, int] | None = None,
    most: int = PAGE,
) -> list[WaitingAppeal]:
    """Appeals that wait for an answer, those due first; of one judge, or of a territory; one query.

    ``after`` is the last day and the number of the last row of the page before.
    """
    rows = _in_place(Appeal.objects.filter(state__in=OPEN_APPEALS), territory)
    if judge_id is not None:
        rows = rows.filter(judge_id=judge_id)
    rows = rows.select_related("household", "establishment", "decision", "judge")
    return [WaitingAppeal(one, Clock.on(on, one.due_on)) for one in _page(rows, after, most)]


def appeals_to_execute(*, territory: str = "", most: int = PAGE) -> list[Appeal]:
    """Appeals upheld whose decision is not taken yet, the oldest judgment first; one query."""
    rows = _in_place(Appeal.objects.filter(state__in=TO_EXECUTE), territory)
    return list(rows.select_related("household", "establishment", "decision").order_by("judged_at", "id")[:most])


def appeals_of_file(household_id: int) -> list[Appeal]:
    """Every appeal of a household, the last first, with its decisions and what the reader may see of it.

    Its statements and its evidence (no contents); three queries.
    """
    rows = Appeal.objects.filter(household_id=household_id).select_related("decision", "executed_by_decision", "judge")
    return list(rows.prefetch_related("statements", _evidence()).order_by("-id"))


def complaints_waiting(
    on: dt.date,
    *,
    territory: str = "",
    assigned_to: int | None = None,
    category: str = "",
    after: tuple[dt.date, int] | None = None,
    most: int = PAGE,
) -> list[WaitingComplaint]:
    """Complaints that wait for an answer, those due first; one query."""
    asked = {"assigned_to_id": assigned_to, "category": category}
    given = {name: value for name, value in asked.items() if value}
    rows = Complaint.objects.filter(state__in=OPEN_COMPLAINTS, commune__startswith=territory, **given)
    rows = rows.select_related("household", "assigned_to")
    return [
        WaitingComplaint(one, Clock.on(on, one.due_on), Clock.on(on, one.escalate_on))
        for one in _page(rows, after, most)
    ]


def appeals_by_territory(on: dt.date, kind: str = "province") -> list[Load]:
    """How many appeals wait, are due soon and are late in each territory that is seen; one query."""
    source = """
        SELECT coalesce(h.commune, e.commune) AS commune, a.due_on, a.state = ANY (%(open)s) AS is_open,
            a.state = ANY (%(other)s) AS is_other
        FROM appeals_appeal a LEFT JOIN registry_household h ON h.id = a.household_id
        LEFT JOIN registry_establishment e ON e.id = a.establishment_id WHERE a.ended_at IS NULL"""
    return _loads(source, on, kind, {"open": list(OPEN_APPEALS), "other": list(TO_EXECUTE)})


def complaints_by_territory(on: dt.date, kind: str = "province", category: str = "") -> list[Load]:
    """How many complaints wait, are due soon and are late in each territory that is seen; one query."""
    source = """
        SELECT commune, due_on, state = ANY (%(open)s) AS is_open, state = 'escalated' AS is_other
        FROM appeals_complaint WHERE closed_at IS NULL AND (%(category)s = '' OR category = %(category)s)"""
    return _loads(source, on, kind, {"open": list(OPEN_COMPLAINTS), "category": category})


def _loads(source: str, on: dt.date, kind: str, params: dict[str, Any]) -> list[Load]:
    if kind not in DIGITS:
        raise BadInputError(f"'{kind}' is no territory: choose one of {', '.join(DIGITS)}")
    soon = on + timedelta(days=procedure.days("days_before_an_answer_is_due_to_remind", on))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT left(commune, %(digits)s), count(*) FILTER (WHERE is_open),
                count(*) FILTER (WHERE is_open AND due_on BETWEEN %(on)s AND %(soon)s),
                count(*) FILTER (WHERE is_open AND due_on < %(on)s),
                coalesce(max(%(on)s - due_on) FILTER (WHERE is_open AND due_on < %(on)s), 0),
                count(*) FILTER (WHERE is_other)
            FROM ({source}) AS waiting WHERE is_open OR is_other GROUP BY 1 ORDER BY 1""",
            {"on": on, "soon": soon, "digits": DIGITS[kind], **params},
        )
        return [Load(*row) for row in cursor.fetchall()]


def _in_place(rows: QuerySet[Appeal], territory: str) -> QuerySet[Appeal]:
    if not territory:
        return rows
    return rows.filter(Q(household__commune__startswith=territory) | Q(establishment__commune__startswith=territory))


def _page(rows: QuerySet[Any], after: tuple[dt.date, int] | None, most: int) -> QuerySet[Any]:
    if after is not None:
        day, key = after
        rows = rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=key))
    return rows.order_by("due_on", "pk")[:most]


def _evidence() -> Any:  # noqa: ANN401 - Django's own
    return Prefetch("evidence", Evidence.objects.defer("content").order_by("id"))
