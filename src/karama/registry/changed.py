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
    after = f"'{moment.isoformat()}'::timestamptz"
    fresh = f"(lower(f.known) > {after} OR upper(f.known) > {after})"
    of_households = (
        f"SELECT f.household_id FROM {table_of(fact)} f WHERE {fresh}" for fact in FACTS if "household_id" in fact.key
    )
    of_persons = " UNION ".join(
        f"SELECT f.person_id FROM {table_of(fact)} f WHERE {fresh}" for fact in FACTS if fact.key == ("person_id",)
    )
    members = f"SELECT m.household_id FROM registry_membership m WHERE m.person_id IN ({of_persons})"
    return " UNION ".join((*of_households, members))
