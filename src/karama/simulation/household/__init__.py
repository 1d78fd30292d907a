"""One family ahead: "my next twelve months" and "what if?", from the same graph as the decisions.

```python
from karama.foundation.months import Month
from karama.simulation.household import next_months, what_if

next_months(household, Month(2026, 3)).as_dict("fr")
what_if(household, Month(2026, 3), [{"change": "leaves_school", "person_id": "P2"}]).as_dict("fr")
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from karama.law import programme_named
from karama.simulation.household.catalogue import CHANGES
from karama.simulation.household.months import project
from karama.simulation.household.what_if import what_if as compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from karama.foundation.languages import Language
    from karama.foundation.months import Month
    from karama.law.engine.parameters import Clock
    from karama.simulation.household.months import Projection
    from karama.simulation.household.what_if import WhatIf


def next_months(  # noqa: PLR0917 - the same order as for one decision
    household: Mapping[str, Any],
    first: Month,
    months: int = 12,
    programme: str = "asd",
    amounts: Clock = "paid",
    where: str | None = None,
) -> Projection:
    """The coming months of a family given as in HOUSEHOLD.json, its facts held as they are.

    Raises:
        BadInputError: a field of the household is wrong, or the number of months is not from 1 to 120.
        UnknownParameterError: no such programme.
    """
    return project(programme_named(programme), lambda _: household, first, months, amounts, where)


def what_if(  # noqa: PLR0917 - the same order as for one decision
    household: Mapping[str, Any],
    month: Month,
    changes: Sequence[Mapping[str, Any]],
    months: int = 12,
    programme: str = "asd",
    amounts: Clock = "paid",
    where: str | None = None,
) -> WhatIf:
    """A family's months with changes of the catalogue and without them, the month asked first.

    A change is ``{"change": NAME, field: value...}``; it holds from the month asked unless it says ``from``.

    Raises:
        BadInputError: a field of the household or of a change is wrong, or a change makes an impossible household.
        UnknownParameterError: no such programme.
    """
    return compare(programme_named(programme), household, month, changes, months, amounts, where)


def catalogue(language: Language = "fr") -> list[dict[str, Any]]:
    """The changes that ``what_if`` knows, with their fields, as a page needs them to ask."""
    return [one.as_dict(language) for one in CHANGES.values()]


__all__ = ["catalogue", "next_months", "what_if"]
