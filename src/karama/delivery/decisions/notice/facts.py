"""What the record adds to an explanation before it becomes a notice: names, dates, references, deadlines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from karama.foundation.languages import Language
    from karama.foundation.months import Month
    from karama.law.engine.explain import Explanation

HEALTH_COLUMNS = frozenset({"severe_disability"})
"""Facts of health (law 09-08): never in a text of a telephone, and in a letter only for who may read them."""


@dataclass(frozen=True, slots=True)
class Name:
    """A person's or an establishment's name in Latin and in Arabic letters; one of them may be empty."""

    latin: str
    arabic: str = ""

    def get(self, language: Language) -> str:
        """The name as the reader of a language writes it, in the other letters where those are missing."""
        return (self.arabic or self.latin) if language == "ar" else (self.latin or self.arabic)


@dataclass(frozen=True, slots=True)
class Dated:
    """Since when a fact holds, and the day the service learned it; ``source`` where it is not the usual registry."""

    valid_from: dt.date | None
    known_on: dt.date | None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """The claim that a decision answers; ``benefit`` and ``person`` say which grant it asks for alone, and for whom."""

    reference: str
    made_on: dt.date
    benefit: str = ""
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Previous:
    """The decision before this one: what it gave a month, its refusals, and its explanation where it was replayed."""

    reference: str
    month: Month
    eligible: bool
    monthly_centimes: int
    reasons: tuple[str, ...] = ()
    explanation: Explanation | None = None


@dataclass(frozen=True)
class NoticeFacts:
    """The record's part of a notice.

    ``reference`` is the code of the decision; ``file_number`` the household's, or the establishment's for a child in
    care.  ``appeal_until`` is the last day of the appeal, None where there is nothing to appeal against (an
    announcement).  ``verification`` is the address where anybody checks the code.  ``people`` gives names by person
    identifier, ``dated`` the dates of facts by column and person (None: the household's).  ``with_health`` is False
    for a reader who may not see facts of health.
    """

    reference: str
    decided_on: dt.date
    file_number: str
    verification: str
    synthetic: bool
    appeal_until: dt.date | None = None
    answer_days: int = 30
    recipient: Name | None = None
    claim: Claim | None = None
    previous: Previous | None = None
    announced: bool = False
    people: Mapping[str, Name] = field(default_factory=dict)
    dated: Mapping[tuple[str, str | None], Dated] = field(default_factory=dict)
    with_health: bool = True
    corrected: bool = False
    """The law was corrected after the decision: what it decided is told, and not how it was reached."""
