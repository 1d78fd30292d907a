"""Reads of the review: the queue, two persons side by side, the whole of a person that was merged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from karama.foundation.errors import BadInputError
from karama.record.clock import TODAY
from karama.registry.matching.comparisons import COMPARISONS
from karama.registry.matching.models import CandidatePair, Judgement

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from karama.foundation.languages import Label

_CIVIL = ("family_name_fr", "given_name_fr", "family_name_ar", "given_name_ar", "birth_date", "sex", "birth_commune")
_READ = {
    "given_name": ("given_name_fr", "given_name_ar"),
    "family_name": ("family_name_fr", "family_name_ar"),
    "birth_date": ("birth_date",),
    "sex": ("sex",),
    "birth_commune": ("birth_commune",),
    "commune": ("commune",),
    "mother": ("mother_idcs",),
}


@dataclass(frozen=True)
class Waiting:
    """One line of the queue; a person outside one's territory has no name here."""

    pair_id: int
    probability: float
    weight: float
    left: str
    right: str


@dataclass(frozen=True)
class Home:
    """A membership as it is known now."""

    household_id: int
    number: str
    commune: str
    role: str
    since: dt.date | None
    until: dt.date | None
    known_since: dt.datetime
    source: str
    proof: str


@dataclass(frozen=True)
class Side:
    """One of the two: what is known of the person, as far as one may see."""

    person_id: int
    idcs: str
    seen: bool
    facts: dict[str, str]
    homes: tuple[Home, ...]


@dataclass(frozen=True)
class Line:
    """One thing compared: what each side says, how near they are, what it weighs (bits; below 0 it speaks against)."""

    code: str
    label: Label
    left: str
    right: str
    outcome: Label
    weight: float


@dataclass(frozen=True)
class SideBySide:
    """A pair as the screen shows it."""

    pair: CandidatePair
    left: Side
    right: Side
    lines: tuple[Line, ...]
    judgements: tuple[Judgement, ...]


def review_queue(*, territory: str = "", after: tuple[float, int] | None = None, limit: int = 50) -> list[Waiting]:
    """Pairs to review that the transaction's actor may see, the most probable first; one query.

    Args:
        territory: prefix of a commune's code; a pair is in it when either person is a member of a household there.
        after: weight and number of the last line of the page before.
        limit: lines of a page.
    """
    place = (
        " AND EXISTS (SELECT 1 FROM registry_membership m JOIN registry_household h ON h.id = m.household_id"
        " WHERE m.person_id IN (q.left_id, q.right_id) AND starts_with(h.commune, %(territory)s))"
    )
    start = " AND (-q.weight, q.id) > (-%(weight)s::float8, %(last)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT q.id, q.probability, q.weight, {_name("a")}, {_name("b")} FROM (
                SELECT q.* FROM matching_candidatepair q
                WHERE q.state = 'proposed'{place if territory else ""}{start if after else ""}
                ORDER BY q.weight DESC, q.id LIMIT %(limit)s) q
            LEFT JOIN registry_civil a ON a.person_id = q.left_id AND upper_inf(a.known)
                AND a.validity @> {TODAY}
            LEFT JOIN registry_civil b ON b.person_id = q.right_id AND upper_inf(b.known)
                AND b.validity @> {TODAY}
            ORDER BY q.weight DESC, q.id""",
            {
                "territory": territory,
                "weight": after[0] if after else None,
                "last": after[1] if after else None,
                "limit": limit,
            },
        )
        return [Waiting(*row) for row in cursor.fetchall()]


def _name(alias: str) -> str:
    latin = f"trim({alias}.given_name_fr || ' ' || {alias}.family_name_fr)"
    arabic = f"trim({alias}.given_name_ar || ' ' || {alias}.family_name_ar)"
    return f"coalesce(nullif({latin}, ''), {arabic}, '')"


def side_by_side(pair_id: int) -> SideBySide:
    """Two persons beside each other, with what each comparison weighs; four queries.

    Raises:
        BadInputError: no such pair, or none that one may see.
    """
    pair = CandidatePair.objects.filter(pk=pair_id).first()
    if pair is None:
        raise BadInputError(f"pair {pair_id}: none of this number, or outside your territory")
    sides = _sides((pair.left_id, pair.right_id))
    left, right = sides[pair.left_id], sides[pair.right_id]
    by_code = {one.code: one for one in COMPARISONS}
    lines = []
    for told in pair.comparisons:
        comparison = by_code[told["code"]]
        outcome = next(level.label for level in comparison.levels if level.code == told["level"])
        one, other = _shown(left, comparison.code), _shown(right, comparison.code)
        lines.append(Line(comparison.code, comparison.label, one, other, outcome, told["weight"]))
    return SideBySide(pair, left, right, tuple(lines), tuple(pair.judgements.order_by("judged_at")))


def _shown(side: Side, code: str) -> str:
    return " · ".join(text for name in _READ[code] if (text := side.facts.get(name, "")))


def _sides(persons: Sequence[int]) -> dict[int, Side]:
    """What is known today of each; nothing of who is outside one's territory."""
    homes = _homes(persons)
    columns = ", ".join(f"c.{name}::text" for name in (*_CIVIL, "mother_idcs"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id, p.idcs, {columns} FROM registry_person p LEFT JOIN registry_civil c ON c.person_id = p.id"
            f" AND upper_inf(c.known) AND c.validity @> {TODAY} WHERE p.id = ANY(%s)",
            [list(persons)],
        )
        seen = {row[0]: row[1:] for row in cursor.fetchall()}
    sides = {}
    for key in persons:
        idcs, *told = seen.get(key, ("",))
        facts = {name: text or "" for name, text in zip((*_CIVIL, "mother_idcs"), told, strict=False)}
        own = tuple(homes.get(key, ()))
        facts["commune"] = own[0].commune if own else ""
        sides[key] = Side(key, idcs, key in seen, facts if key in seen else {}, own)
    return sides


def _homes(persons: Sequence[int]) -> dict[int, list[Home]]:
    """Memberships as known now, the one known first before the others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.person_id, h.id, h.number, h.commune, m.role, lower(m.validity), upper(m.validity),"
            " lower(m.known), m.source, m.proof FROM registry_membership m JOIN registry_household h"
            " ON h.id = m.household_id WHERE m.person_id = ANY(%s) AND upper_inf(m.known)"
            " ORDER BY upper(m.validity) IS NOT NULL, lower(m.known), m.id",
            [list(persons)],
        )
        told: dict[int, list[Home]] = {}
        for person, *row in cursor.fetchall():
            told.setdefault(person, []).append(Home(*row))
    return told


def whole_person(person_id: int) -> tuple[int, tuple[int, ...]]:
    """Who somebody is after all merges: the number of the person kept, and all numbers that are that person.

    The facts of each stay under its own number: read them all to see everything that was ever known.

    Raises:
        BadInputError: no such person, or none that one may see.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE up(id, next) AS (
                SELECT id, merged_into_id FROM registry_person WHERE id = %s
                UNION SELECT p.id, p.merged_into_id FROM registry_person p JOIN up ON p.id = up.next),
            down(id) AS (
                SELECT id FROM up WHERE next IS NULL
                UNION SELECT p.id FROM registry_person p JOIN down ON p.merged_into_id = down.id)
            SELECT (SELECT id FROM up WHERE next IS NULL), array_agg(id ORDER BY id) FROM down""",
            [person_id],
        )
        kept, numbers = cursor.fetchone() or (None, None)
    if kept is None or numbers is None:
        raise BadInputError(f"person {person_id}: none of this number, or outside your territory")
    return kept, tuple(numbers)
