"""Telling decisions: the short texts stored, the message asked for, in the transaction that took the decision.

One way for one decision and for a hundred thousand: rows leave the database once, texts are written, rows return by
COPY.  Letters are made when somebody asks for one (``letters``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection
from django.utils.timezone import localdate

from karama.delivery import procedure
from karama.delivery.decisions.deciding import one_off
from karama.delivery.decisions.notice.outcome import Outcome, kind_of
from karama.delivery.decisions.notice.short_text import short_text
from karama.foundation.months import Month
from karama.law import programme_named
from karama.record import journal
from karama.record.messages.actions import text_hash
from karama.record.messages.segments import segments_of
from karama.record.messages.tasks import ask_to_send
from karama.record.scope import SYSTEM, acting_as

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

CONTACT = "registry_contact k ON k.household_id = {0} AND upper_inf(k.known) AND k.validity @> %s::date"

_DECISIONS = f"""
    SELECT d.id, d.reference, d.programme, d.month, d.eligible, d.aid, d.monthly_centimes, d.reasons,
        t.content -> 'lines', d.household_id, d.person_id, d.establishment_id, p.eligible, p.monthly_centimes,
        CASE WHEN d.kind = 'claim' THEN c.kind END, k.phone, k.language
    FROM decisions_decision d
    LEFT JOIN decisions_trace t ON t.decision_id = d.id
    LEFT JOIN decisions_decision p ON p.id = d.in_place_of_id
    LEFT JOIN claims_claim c ON c.id = d.claim_id
    LEFT JOIN {CONTACT.format("d.household_id")}
    WHERE d.id IN ({{chosen}}) AND NOT EXISTS (SELECT 1 FROM decisions_notice n WHERE n.decision_id = d.id)
    ORDER BY d.id"""

_COLUMNS = (
    "reference text, decision_id bigint, kind text, programme text, household_id bigint, person_id bigint,"
    " establishment_id bigint, month date, text_fr text, text_ar text, message_key text, phone text, language text,"
    " text_hash text, segments smallint, message_id bigint DEFAULT nextval(%s)"
)
"""The numbers of the messages are drawn with the rows: nothing is looked for by its key afterwards."""

_NOTICE = (
    "reference, decision_id, kind, programme, household_id, person_id, establishment_id, month, text_fr, text_ar,"
    " message_key"
)


_COPIED = f"{_NOTICE}, phone, language, text_hash, segments"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told to one household or establishment, before its words are written."""

    reference: str
    decision_id: int | None
    outcome: Outcome
    household_id: int | None
    person_id: int | None
    establishment_id: int | None
    phone: str | None
    language: str | None


def notify(chosen: str, params: list[Any] | None = None, *, at: dt.datetime) -> int:
    """Tell the decisions of the query ``chosen`` (of their ids) that were not told yet, in the transaction under way.

    Returns:
        How many notices were made.
    """
    with acting_as(SYSTEM):
        with connection.cursor() as cursor:
            cursor.execute(_DECISIONS.format(chosen=chosen), [localdate(at), *(params or [])])
            rows = cursor.fetchall()
        return tell((_of_decision(row) for row in rows), procedure.due("days_to_appeal", at), at)


def _of_decision(row: tuple[Any, ...]) -> Told:
    key, reference, programme, month, eligible, aid, monthly, reasons, lines, *rest = row
    household, person, establishment, had, before, claimed, phone, language = rest
    law = programme_named(programme)
    grants = grants_of(programme, json.loads(lines or "[]"))
    asked = claimed if claimed in law.benefit_labels else ""
    outcome = Outcome(
        kind=kind_of(
            eligible=eligible,
            monthly=monthly,
            grants=frozenset(grants),
            before=None if had is None else (had, before),
            asked=asked,
        ),
        programme=programme,
        month=Month.of(month),
        aid=aid,
        monthly=monthly if law.amount else None,
        before=before if law.amount else None,
        grants=tuple(grants.items()),
        reasons=tuple(reasons),
        asked=asked,
    )
    return Told(reference, key, outcome, household, person, establishment, phone, language)


def grants_of(programme: str, lines: Iterable[Sequence[Any]]) -> dict[str, int]:
    """The benefits due once among the lines of a trace, with their amounts in centimes."""
    once, grants = one_off(programme_named(programme)), dict[str, int]()
    for benefit, _, _, amount in lines:
        if benefit in once:
            grants[benefit] = grants.get(benefit, 0) + amount
    return grants


def tell(told: Iterable[Told], appeal_until: dt.date | None, at: dt.datetime) -> int:
    """Write notices, messages and their events; ask for the messages to be sent; in the service's transaction.

    Returns:
        How many notices were made.
    """
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS told")
        cursor.execute("SELECT pg_get_serial_sequence('outgoing_message', 'id')")
        (numbers,) = cursor.fetchone() or ("",)
        cursor.execute(f"CREATE TEMPORARY TABLE told ({_COLUMNS.replace('%s', repr(numbers))}) ON COMMIT DROP")
        with cursor.copy(f"COPY told ({_COPIED}) FROM STDIN") as rows:
            for one in told:
                rows.write_row(_row(one, appeal_until))
        cursor.execute(
            f"INSERT INTO decisions_notice ({_NOTICE}, synthetic, notified_at, appeal_until)"
            f" SELECT {_NOTICE}, %s, %s, %s FROM told",
            [settings.SYNTHETIC, at, appeal_until],
        )
        count = int(cursor.rowcount)
        messages = _ask(cursor, at)
    journal.write_many(
        "SELECT reference, household_id, jsonb_build_object('kind', kind, 'month', to_char(month, 'YYYY-MM'),"
        " 'message', nullif(message_key, ''), 'segments', segments, 'appeal_until', %s::date) FROM told",
        [appeal_until],
        kind="notice.made",
        subject_type="notice",
        by=SYSTEM,
        at=at,
    )
    if messages:
        ask_to_send()
    return count


def _ask(cursor: Any, at: dt.datetime) -> int:  # noqa: ANN401 - Django's cursor has no type of its own
    """The messages of the notices whose household has a number; the same notice never asks twice."""
    cursor.execute(
        "INSERT INTO outgoing_message (id, key, purpose, household_id, address, language, segments, text_hash,"
        " created_at, created_by)"
        " SELECT message_id, message_key, 'notice', household_id, phone, language, segments, text_hash, %s, %s"
        " FROM told WHERE message_key <> ''",
        [at, SYSTEM.name],
    )
    count = int(cursor.rowcount)
    if count:
        cursor.execute(
            "INSERT INTO outgoing_delivery (message_id, text, state, attempts, next_at, worker)"
            " SELECT message_id, CASE language WHEN 'fr' THEN text_fr ELSE text_ar END, 'queued', 0, %s, ''"
            " FROM told WHERE message_key <> ''",
            [at],
        )
    return count


def _row(one: Told, appeal_until: dt.date | None) -> tuple[Any, ...]:
    """A row of ``told``: the texts in both languages, and the message in the household's own."""
    french, arabic = (
        short_text(one.outcome, one.reference, appeal_until, language, synthetic=settings.SYNTHETIC)
        for language in ("fr", "ar")
    )
    sent = {"fr": french, "ar": arabic}.get(one.language or "") if one.phone else None
    return (
        one.reference,
        one.decision_id,
        str(one.outcome.kind),
        one.outcome.programme,
        one.household_id,
        one.person_id,
        one.establishment_id,
        one.outcome.month.first_day,
        french,
        arabic,
        f"notice:{one.reference}" if sent else "",
        one.phone,
        one.language,
        text_hash(sent) if sent else None,
        segments_of(sent).count if sent else None,
    )
