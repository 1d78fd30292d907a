"""Whom a programme's decisions are about, in sets: households, or children placed in establishments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from karama.delivery.programmes import programme as entrusted
from karama.registry.changed import changed_since, persons_changed_since
from karama.registry.month_view import DOCUMENTS, WARD_DOCUMENTS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from karama.registry.month_view import MonthView


@dataclass(frozen=True)
class Subjects:
    """How the tables name the subjects of a programme."""

    column: str
    """The column of decisions and of notices that holds their key."""
    table: str
    """The table whose rows are held while they are decided."""
    claimants: str
    """The query of the keys of those who claimed; may read the parameter ``programme``."""
    learnt: Callable[[dt.datetime], str]
    """The query of the keys of those of whom something was learnt after a moment."""
    facts: Callable[[MonthView], dict[str, str]]
    """The queries of the facts of a month, by the temporary table that takes each; the subjects' own first."""
    documents: str
    """The query of each one's facts and their hash, from those tables."""
    placed: str = "SELECT NULL::bigint AS person_id, NULL::bigint AS establishment_id WHERE false"
    """The query of who is in which establishment, in the month read last."""


_HOUSEHOLDS = Subjects(
    column="household_id",
    table="registry_household",
    claimants="SELECT DISTINCT household_id AS id FROM registry_enrolment"
    " WHERE programme = %(programme)s AND upper_inf(known)",
    learnt=changed_since,
    facts=lambda view: {"homes": view.households, "members": view.persons},
    documents=DOCUMENTS,
)
_PLACED_CHILDREN = Subjects(
    column="person_id",
    table="registry_person",
    claimants="SELECT DISTINCT person_id AS id FROM registry_placement WHERE upper_inf(known)",
    learnt=persons_changed_since,
    facts=lambda view: {"wards": view.wards},
    documents=WARD_DOCUMENTS,
    placed="SELECT w.id AS person_id, e.id AS establishment_id FROM wards w"
    " JOIN registry_establishment e ON e.code = w.establishment_id",
)


def subjects_of(programme: str) -> Subjects:
    """Whom the decisions of a programme are about, as its file says.

    Raises:
        UnknownParameterError: no such programme.
    """
    return _PLACED_CHILDREN if entrusted(programme).of_placed_children else _HOUSEHOLDS
