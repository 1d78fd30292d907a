"""Persons in two places, told in plain words: who, where, since when, who says so, what counts meanwhile."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.utils.timezone import localdate

from karama.foundation.errors import BadInputError
from karama.foundation.languages import Label
from karama.law.inputs import ROLE_LABELS
from karama.record.clock import TODAY
from karama.registry.matching.states import ContradictionKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.foundation.languages import Language

_WHY = {
    ContradictionKind.TWO_HOUSEHOLDS: Label(
        "Une personne ne peut compter que dans un ménage.",
        "لا يمكن احتساب شخص إلا في أسرة واحدة.",
        "A person can count in one household only.",
    ),
    ContradictionKind.CUSTODY: Label(
        "Un des parents est divorcé : il faut savoir qui a la garde (hadana).",
        "أحد الوالدين مطلق: يجب معرفة من له الحضانة.",
        "One of the parents is divorced: who has custody (hadana) must be known.",
    ),
    ContradictionKind.KAFALA: Label(
        "L'enfant est en kafala : il compte chez ceux qui l'ont recueilli ou dans sa famille, jamais dans les deux.",
        "الطفل مكفول: يحتسب لدى كافله أو في أسرته، وليس في كليهما.",
        "The child is in kafala: he counts with those who took him in or in his family, never in both.",
    ),
    ContradictionKind.INSTITUTION: Label(
        "L'enfant est placé dans un établissement : il n'appartient alors à aucun ménage.",
        "الطفل مودع في مؤسسة: فهو إذن لا ينتمي إلى أي أسرة.",
        "The child is placed in an establishment, and then belongs to no household.",
    ),
}
_SENTENCE = Label(
    "{who} : {first} ; {second}. {why} Les deux sont connus en même temps depuis le {since}. En attendant qu'une"
    " personne tranche, {who} compte là où cela a été connu d'abord : {meanwhile}. C'est un choix par défaut, pas la"
    " loi.",
    "{who}: {first}؛ {second}. {why} الأمران معروفان معا منذ {since}. في انتظار أن يبت شخص في ذلك، يُحتسب هذا الشخص"
    " حيث عُرف الأمر أولا: {meanwhile}. هذا اختيار افتراضي وليس قانونا.",
    "{who}: {first}; {second}. {why} Both hold since {since}. Until a person settles it, {who} counts where it was"
    " known first: {meanwhile}. This is a default, not law.",
)
_PLACE = Label(
    "{role} dans {place} depuis le {since} (source : {source}{proof}, connu le {known})",
    "{role} في {place} منذ {since} (المصدر: {source}{proof}، عُرف في {known})",
    "{role} in {place} since {since} (source: {source}{proof}, known on {known})",
)
_HOUSEHOLD = Label("le ménage {number}", "الأسرة {number}", "household {number}")
_ESTABLISHMENT = Label("l'établissement {number}", "المؤسسة {number}", "establishment {number}")
_PLACED = Label("enfant placé", "طفل مودع", "child placed")
_HIDDEN = Label(
    "un autre lieu, hors de votre territoire", "مكان آخر خارج مجالكم الترابي", "another place, outside your territory"
)
_LONG_AGO = Label("toujours", "البداية", "ever")

_COLUMNS = f"""
    SELECT c.id, c.kind, c.state, c.since, p.idcs,
        coalesce(nullif(trim(n.given_name_fr || ' ' || n.family_name_fr), ''),
        nullif(trim(n.given_name_ar || ' ' || n.family_name_ar), ''), '') AS name,
        to_jsonb(a) AS first, to_jsonb(b) AS second, to_jsonb(w) AS placed
    FROM matching_contradiction c
    JOIN registry_person p ON p.id = c.person_id
    LEFT JOIN registry_civil n ON n.person_id = c.person_id AND upper_inf(n.known) AND n.validity @> {TODAY}
"""
_MEMBER = """
    LEFT JOIN LATERAL (
        SELECT h.number, m.role, lower(m.validity) AS since, m.source, m.proof, lower(m.known) AS known
        FROM registry_membership m JOIN registry_household h ON h.id = m.household_id
        WHERE m.person_id = c.person_id AND m.household_id = c.{0} AND m.known @> c.found_at
            AND (upper(m.validity) IS NULL OR upper(m.validity) > c.since)
        ORDER BY m.validity LIMIT 1) {1} ON true
"""
_WARD = """
    LEFT JOIN LATERAL (
        SELECT e.code AS number, lower(m.validity) AS since, m.source, m.proof, lower(m.known) AS known
        FROM registry_placement m JOIN registry_establishment e ON e.id = m.establishment_id
        WHERE m.person_id = c.person_id AND m.known @> c.found_at ORDER BY m.validity LIMIT 1) w ON true
"""
_READ = _COLUMNS + _MEMBER.format("first_household_id", "a") + _MEMBER.format("second_household_id", "b") + _WARD


@dataclass(frozen=True)
class ContradictionInWords:
    """One contradiction, and what it says in each language."""

    contradiction_id: int
    kind: ContradictionKind
    state: str
    since: dt.date
    idcs: str
    text: Label


def contradictions(
    *, territory: str = "", after: tuple[dt.date, int] | None = None, limit: int = 50
) -> list[ContradictionInWords]:
    """The open ones that the transaction's actor may see, the oldest first; one query.

    Args:
        territory: prefix of a commune's code, of either household.
        after: day and number of the last line of the page before.
        limit: lines of a page.
    """
    place = (
        " AND EXISTS (SELECT 1 FROM registry_household h WHERE h.id IN (c.first_household_id, c.second_household_id)"
        " AND starts_with(h.commune, %(territory)s))"
    )
    return _told(
        f"{_READ} WHERE c.state = 'open'{place if territory else ''}"
        f"{' AND (c.since, c.id) > (%(since)s, %(last)s)' if after else ''} ORDER BY c.since, c.id LIMIT %(limit)s",
        {
            "territory": territory,
            "since": after[0] if after else None,
            "last": after[1] if after else None,
            "limit": limit,
        },
    )


def contradiction_in_words(contradiction_id: int) -> ContradictionInWords:
    """One of them, open or settled, as it was when it was found.

    Raises:
        BadInputError: no such contradiction, or none that one may see.
    """
    for one in _told(f"{_READ} WHERE c.id = %(id)s", {"id": contradiction_id}):
        return one
    raise BadInputError(f"contradiction {contradiction_id}: none of this number, or outside your territory")


def _told(query: str, params: dict[str, Any]) -> list[ContradictionInWords]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        rows = cursor.fetchall()
    return [_in_words(row) for row in rows]


def _in_words(row: Sequence[Any]) -> ContradictionInWords:
    key, kind, state, since, idcs, name, *places = row
    # Django leaves JSON as text.
    first, second, placed = (json.loads(one) if one else None for one in places)
    texts = {}
    for language in ("fr", "ar", "en"):
        texts[language] = _sentence(
            language,
            who=f"{name} ({idcs})" if name else idcs,
            why=_WHY[kind].get(language),
            since=since.isoformat(),
            places=[_place(language, *one) for one in ((first, True), (placed, False) if placed else (second, True))],
            earliest=_earliest(language, first, placed or second, is_home=not placed),
        )
    return ContradictionInWords(key, ContradictionKind(kind), state, since, idcs, Label(**texts))


def _sentence(language: Language, *, who: str, why: str, since: str, places: list[str], earliest: str) -> str:
    return _SENTENCE.get(language).format(
        who=who, first=places[0], second=places[1], why=why, since=since, meanwhile=earliest
    )


def _place(language: Language, told: dict[str, Any] | None, home: bool) -> str:  # noqa: FBT001 - a household or not
    if told is None:
        return _HIDDEN.get(language)
    return _PLACE.get(language).format(
        role=(ROLE_LABELS[told["role"]] if home else _PLACED).get(language),
        place=_name(language, told, is_home=home),
        since=told["since"] or _LONG_AGO.get(language),
        source=told["source"],
        proof=f", {told['proof']}" if told["proof"] else "",
        known=localdate(dt.datetime.fromisoformat(told["known"])).isoformat(),
    )


def _name(language: Language, told: dict[str, Any], *, is_home: bool) -> str:
    return (_HOUSEHOLD if is_home else _ESTABLISHMENT).get(language).format(number=told["number"])


def _earliest(language: Language, first: dict[str, Any] | None, other: dict[str, Any] | None, *, is_home: bool) -> str:
    """Where the person counts meanwhile: the household known first, or the establishment where that was before."""
    if first is None or (not is_home and other is not None and other["known"] < first["known"]):
        return _HIDDEN.get(language) if other is None or is_home else _name(language, other, is_home=False)
    return _name(language, first, is_home=True)
