"""Households about which something became known, or ceased to hold, after a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.registry.facts import table_of
from karama.registry.models import FACTS

if TYPE_CHECKING:
    import datetime as dt


def changed_since(moment: dt.datetime) -> str:
    """A query of the numbers of these households, for ``MonthView.chosen``.

    A fact of a person changes every household that the person is or was a member of.
    """
    of_households = (
        f"SELECT f.household_id FROM {table_of(fact)} f WHERE {_fresh(moment)}"
        for fact in FACTS
        if "household_id" in fact.key
    )
    members = f"SELECT m.household_id FROM registry_membership m WHERE m.person_id IN ({persons_changed_since(moment)})"
    return " UNION ".join((*of_households, members))


def persons_changed_since(moment: dt.datetime) -> str:
    """A query of the numbers of persons about whom something became known, or ceased to hold."""
    return " UNION ".join(
        f"SELECT f.person_id FROM {table_of(fact)} f WHERE {_fresh(moment)}"
        for fact in FACTS
        if "person_id" in fact.key
    )


def _fresh(moment: dt.datetime) -> str:
    after = f"'{moment.isoformat()}'::timestamptz"
    return f"(lower(f.known) > {after} OR upper(f.known) > {after})"
