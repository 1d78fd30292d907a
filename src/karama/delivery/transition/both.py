"""Who receives a former aid and the one that replaces it in the same month, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from karama.delivery.transition import both_aids, schemes
from karama.record import journal
from karama.record.clock import now
from karama.record.permissions import require, run_imports
from karama.record.scope import SYSTEM, acting_as
from karama.registry import facts
from karama.registry.models import LegacyAid
from karama.registry.places import known_since, placed_before_member

if TYPE_CHECKING:
    import datetime as dt
    from typing import Any

    from karama.foundation.months import Month
    from karama.record.scope import Actor


@dataclass(frozen=True)
class Both:
    """A person on a former list whose household is granted the aid that replaces it."""

    household: str
    person: str
    scheme: str
    former_centimes: int
    programme: str
    monthly_centimes: int
    decision: str


_DAY = "%(day)s::date"
HOME = f"""LATERAL (
    SELECT m.household_id AS id FROM registry_membership m
    WHERE m.person_id = l.person_id AND m.known @> %(known_at)s AND m.validity @> {_DAY}
        AND NOT EXISTS (SELECT 1 FROM registry_placement w WHERE w.person_id = m.person_id AND w.known @> %(known_at)s
            AND w.validity @> {_DAY} AND {placed_before_member("w", "m", _DAY)})
    ORDER BY {known_since("m", _DAY)}, m.household_id LIMIT 1)"""
"""The household on a day of the person of a row ``l``, as the law counts him: of two places the one known first."""

_BOTH = f"""
    SELECT h.id, l.person_id, h.number, p.idcs, l.scheme, l.amount_centimes, d.programme, d.monthly_centimes,
        d.reference
    FROM registry_legacyaid l
    JOIN registry_person p ON p.id = l.person_id
    CROSS JOIN {HOME} home
    JOIN registry_household h ON h.id = home.id
    JOIN unnest(%(schemes)s::text[], %(programmes)s::text[]) AS s(scheme, programme) ON s.scheme = l.scheme
    JOIN LATERAL (SELECT * FROM decisions_decision one WHERE one.household_id = h.id AND one.programme = s.programme
        AND one.month <= %(day)s ORDER BY one.id DESC LIMIT 1) d ON d.eligible
    WHERE l.known @> %(known_at)s AND l.validity @> %(day)s
    ORDER BY h.number, p.idcs, l.scheme"""


def both_in(month: Month, *, by: Actor) -> list[Both]:
    """Everybody the actor may see who is on a former list and granted its successor in the month; one query."""
    with acting_as(by):
        return [Both(*row[2:]) for row in _rows(month, now())]


def act_on_both(month: Month, *, by: Actor) -> int:
    """Do what the parameter says: put each to a person, in the file's timeline, or end the former aid in the month.

    The service does it for the whole register, whoever asked; the journal says who.

    Returns:
        How many it was done for; who was told of for the month already is not told of again.

    Raises:
        NotAllowedError: the actor runs no imports.
    """
    require(run_imports.test(by), "acting on two aids at once")
    said = both_aids(month).value
    with acting_as(SYSTEM):
        facts.hold_registry()
        at = now()
        _stage(month, at)
        done = 0
        if said == "end_former":
            query = "SELECT person_id, scheme, %s::date AS until FROM both_aids"
            done = facts.end_all(LegacyAid, query, [month.first_day], known_at=at).closed
        told = journal.write_many(
            "SELECT number, id, jsonb_build_object('month', %s::text, 'scheme', scheme, 'programme', programme,"
            " 'decision', reference, 'done', %s::text) FROM both_aids b WHERE NOT EXISTS (SELECT 1 FROM record_event e"
            " WHERE e.household_id = b.id AND e.kind = 'transition.both_aids' AND e.data ->> 'month' = %s"
            " AND e.data ->> 'scheme' = b.scheme)",
            [str(month), said, str(month)],
            kind="transition.both_aids",
            subject_type="household",
            by=by,
            at=at,
        )
        return max(done, told)


def _params(month: Month, known_at: dt.datetime) -> dict[str, Any]:
    pairs = [(one.name, one.replaced_by) for one in schemes().values()]
    names, programmes = (list(column) for column in zip(*pairs, strict=True))
    return {"day": month.first_day, "known_at": known_at, "schemes": names, "programmes": programmes}


def _rows(month: Month, known_at: dt.datetime) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_BOTH, _params(month, known_at))
        return list(cursor.fetchall())


def _stage(month: Month, known_at: dt.datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS both_aids")
        cursor.execute(f"CREATE TEMPORARY TABLE both_aids ON COMMIT DROP AS {_BOTH}", _params(month, known_at))
