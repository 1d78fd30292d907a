"""Where the facts of a month come from: since when each holds, since when it is known, who holds it; and names.

One query for a household and its members, as they were known at a time: what a letter shows beside each fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from karama.record.planned import planned
from karama.registry.models import FACTS, Civil

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from karama.foundation.months import Month
    from karama.registry.models import Fact


_NAMED = {
    "claimed_on": "birth_grant_claim_date",
    "effective_from": "score_effective_from",
    "mother_idcs": "mother_id",
}


@dataclass(frozen=True, slots=True)
class Provenance:
    """Since when a row of facts holds and is known, and the registry that holds it."""

    valid_from: dt.date | None
    known_on: dt.date
    source: str


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in Latin and in Arabic letters, as the civil status has it; either may be empty."""

    latin: str
    arabic: str


def provenance(
    *, household_id: int | None, persons: Sequence[str], month: Month, known_at: dt.datetime
) -> dict[tuple[str, str | None], Provenance]:
    """Each column's provenance, by column and IDCS (None: the household's own); one query.

    A column is named as in the tables; the claim's date of the birth grant also as the law calls it.
    """
    parts = []
    for fact in FACTS:
        table = fact._meta.db_table  # noqa: SLF001 - Django's own name for the table
        person = "person_id" in fact.key
        who, whose = ("who.idcs", "JOIN who ON who.id = f.person_id") if person else ("NULL", "")
        where = "true" if person else "f.household_id = %(household)s"
        parts.append(
            f"SELECT '{table}', {who}::text, lower(f.validity) AS since, lower(f.known), f.source"
            f" FROM {table} f {whose} WHERE {where} AND f.known @> %(known_at)s"
            " AND f.validity && daterange(%(first)s, %(next)s)"
        )
    query = (
        "WITH who AS MATERIALIZED (SELECT id, idcs FROM registry_person WHERE idcs = ANY(%(persons)s))"
        f" {' UNION ALL '.join(parts)} ORDER BY since DESC NULLS LAST"
    )
    params = {
        "household": household_id,
        "persons": list(persons),
        "known_at": known_at,
        "first": month.first_day,
        "next": (month + 1).first_day,
    }
    columns = {fact._meta.db_table: _columns(fact) for fact in FACTS}  # noqa: SLF001 - the same
    found: dict[tuple[str, str | None], Provenance] = {}
    for table, person, since, known, source in planned(query, params):
        told = Provenance(since, localdate(known), source)
        for column in columns[table]:
            found[column, person] = told
    return found


def names_of(persons: Sequence[str], known_at: dt.datetime) -> dict[str, PersonName]:
    """The names of persons by IDCS, as the civil status was known; nobody without a name."""
    rows = Civil.objects.filter(person__idcs__in=list(persons), known__contains=known_at).order_by("validity")
    found = {
        one.person.idcs: PersonName(
            f"{one.given_name_fr} {one.family_name_fr}".strip(), f"{one.given_name_ar} {one.family_name_ar}".strip()
        )
        for one in rows.select_related("person")
    }
    return {idcs: name for idcs, name in found.items() if name.latin or name.arabic}


def _columns(fact: type[Fact]) -> tuple[str, ...]:
    """The columns of a fact under the names of the law."""
    named = {
        "claimed_on": "birth_grant_claim_date",
        "effective_from": "score_effective_from",
        "mother_idcs": "mother_id",
    }
    return tuple(named.get(one, one) for one in fact.values())
