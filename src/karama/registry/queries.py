"""Reads of the registry: one household as the law reads it, as its facts stood and were known."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.record.planned import planned
from karama.record.scope import SYSTEM, acting_as
from karama.registry.models import Civil, PaymentAccount
from karama.registry.month_view import MonthView

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from karama.foundation.months import Month
    from karama.registry.models import Person

_MONTHS = ("claim_month", "score_effective_from")


@dataclass(frozen=True)
class Known:
    """What was known of one household, or one child of an establishment: the facts in the form of HOUSEHOLD.json."""

    id: int
    facts: dict[str, Any]
    hash: str


def households_as_known(
    ids: Sequence[int], month: Month, known_at: dt.datetime, programme: str, *, ended: bool = False
) -> dict[int, Known]:
    """The facts of ``month`` as known at ``known_at``, by household; one query.

    Households that lived nowhere on the reference day are left out, or with ``ended`` told as they last were.
    """
    view = MonthView(month, known_at, programme, ids, ended)
    return {one.id: one for one in _documents(view.documents, view.params)}


def household_as_known(
    household_id: int, month: Month, known_at: dt.datetime, programme: str, *, ended: bool = False
) -> Known:
    """One household as the law reads it; see ``households_as_known``.

    Raises:
        BadInputError: nothing is known of it for that month.
    """
    found = households_as_known([household_id], month, known_at, programme, ended=ended).get(household_id)
    if found is None:
        raise BadInputError(
            f"household {household_id}: no residence is known for {month} (as known on {known_at:%Y-%m-%d %H:%M}):"
            " record where it lives, or ask for another month"
        )
    return found


def child_as_known(
    person_id: int, month: Month, known_at: dt.datetime, programme: str, *, ended: bool = False
) -> Known:
    """One child of an establishment as the law reads it; one query.  ``ended``: one who is in none any more, too.

    Raises:
        BadInputError: no placement is known for that month.
    """
    view = MonthView(month, known_at, programme, [person_id], ended)
    for one in _documents(view.ward_documents, view.params):
        return one
    raise BadInputError(
        f"person {person_id}: no placement is known for {month} (as known on {known_at:%Y-%m-%d %H:%M}):"
        " record the establishment, or ask for another month"
    )


def person_named(idcs: str, birth_date: dt.date) -> Person | None:
    """Whom a document names by an IDCS and a day of birth, wherever in the country; None where they do not agree."""
    with acting_as(SYSTEM):
        known = Civil.objects.filter(person__idcs=idcs, known__endswith=None, birth_date=birth_date)
        found = known.select_related("person").first()
        return None if found is None else found.person


def payment_as_known(household_id: int, month: Month, known_at: dt.datetime) -> PaymentAccount | None:
    """How a household is paid, on which account and to whom, in ``month`` as known at ``known_at``; one query."""
    found = PaymentAccount.objects.select_related("recipient").filter(household_id=household_id)
    return found.filter(known__contains=known_at, validity__contains=month.first_day).first()


def _documents(query: str, params: dict[str, Any]) -> list[Known]:
    return [Known(key, _facts(document), told) for key, _, document, told in planned(query, params)]


def _facts(document: str) -> dict[str, Any]:
    """The facts with decimals as they are written and months as YYYY-MM."""
    facts: dict[str, Any] = json.loads(document, parse_float=str)
    for name in _MONTHS:
        if facts.get(name):
            facts[name] = facts[name][:7]
    return facts
