"""Reads of the registry: one household as the law reads it, as its facts stood and were known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

from karama.foundation.errors import BadInputError
from karama.registry.month_view import MonthView, these

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from karama.foundation.months import Month

_OWN = frozenset({"id", "household", "household_id", "province", "region", "payment_channel", "payment_account"})


def households_as_known(
    ids: Sequence[int], month: Month, known_at: dt.datetime, programme: str = "asd"
) -> dict[int, dict[str, Any]]:
    """The facts of ``month`` as known at ``known_at``, each household in the form of HOUSEHOLD.json; two queries.

    Households that lived nowhere on the reference day are left out.
    """
    view = MonthView(month, known_at, programme, these(ids))
    members: dict[int, list[dict[str, Any]]] = {}
    for row in _rows(f"{view.persons} ORDER BY m.household_id, c.birth_date, p.idcs", view.params):
        one = {name: _plain(value) for name, value in row.items() if name not in _OWN}
        members.setdefault(row["household"], []).append(one)
    return {
        row["id"]: {
            "household_id": row["household_id"],
            **{name: _plain(value) for name, value in row.items() if name not in _OWN},
            "claim_month": _month(row["claim_month"]),
            "score_effective_from": _month(row["score_effective_from"]),
            "members": members.get(row["id"], []),
        }
        for row in _rows(view.households, view.params)
    }


def household_as_known(
    household_id: int, month: Month, known_at: dt.datetime, programme: str = "asd"
) -> dict[str, Any]:
    """One household as the law reads it; see ``households_as_known``.

    Raises:
        BadInputError: nothing is known of it for that month.
    """
    found = households_as_known([household_id], month, known_at, programme).get(household_id)
    if found is None:
        raise BadInputError(
            f"household {household_id}: no residence is known for {month} (as known on {known_at:%Y-%m-%d %H:%M}):"
            " record where it lives, or ask for another month"
        )
    return found


def _rows(query: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    """A cell as JSON would hold it: dates and decimals as text."""
    return str(value) if hasattr(value, "isoformat") or hasattr(value, "as_tuple") else value


def _month(value: dt.date | None) -> str | None:
    return None if value is None else f"{value:%Y-%m}"
