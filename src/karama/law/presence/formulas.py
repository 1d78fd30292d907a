"""Presence in a month (counting rule 1)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from karama.foundation.languages import Label
from karama.law.engine.expressions import Entity
from karama.law.engine.formulas import formula
from karama.law.engine.language import case, first_day, last_day

if TYPE_CHECKING:
    from karama.law.engine.expressions import Node

PERSON = Entity.PERSON
FAR_FUTURE = dt.date(9999, 12, 31)


@formula(
    entity=PERSON,
    label=Label("présent dans le mois", "حاضر خلال الشهر", "present in the month"),
    reference="counting rule 1",
)
def is_present(birth_date: Node, death_date: Node, birth_month_counts: Node, death_month_counts: Node) -> Node:
    """Born by the end of the month and not dead before it; the months of birth and death count by default."""
    born = birth_date <= case((birth_month_counts, last_day()), otherwise=first_day())
    alive = death_date.otherwise(FAR_FUTURE) >= case((death_month_counts, first_day()), otherwise=first_day(1))
    return born & alive
