"""What a row of a register folder tells, as data: facts, the columns they come from, what need not be written.

The expressions are read by DuckDB (a first load) and by PostgreSQL (every other import): they keep to what both know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from karama.law.inputs import REGISTER
from karama.registry.models import (
    BirthGrantClaim,
    Civil,
    Enrolment,
    Health,
    Income,
    Membership,
    PaymentAccount,
    Placement,
    Residence,
    RsuVariables,
    Schooling,
    Situation,
)
from karama.registry.states import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from karama.registry.models import Fact


@dataclass(frozen=True)
class Telling:
    """How a table of a register folder tells a fact.

    ``values`` gives the fact's columns as SQL over ``s``, a staged row; ``reads`` the columns of the file it needs: a
    value whose column the file does not have is not told.  ``ordinary`` is true where a value need not be written,
    ``absent`` where the row says that there is none.
    """

    fact: type[Fact]
    table: str
    source: Source
    values: Mapping[str, str]
    reads: Mapping[str, str] = field(default_factory=dict)
    ordinary: str = "false"
    absent: str = "false"


def _same(*names: str) -> dict[str, str]:
    return {name: f"s.{name}" for name in names}


def _plain(fact: type[Fact], table: str, source: Source, ordinary: str = "false") -> Telling:
    """A fact whose columns are called as in the file."""
    return Telling(fact, table, source, _same(*fact.values()), {name: name for name in fact.values()}, ordinary)


def default(name: str) -> str | None:
    """SQL of the value of a column of the law's dictionary that no file told; None where one must be told."""
    column = REGISTER.get(name)
    if column is None or column.required:
        return None
    if column.default is None:
        return "NULL"
    return f"'{column.default}'" if isinstance(column.default, str) else str(column.default).lower()


_NAMED = tuple(name for name in Civil.values() if name != "mother_idcs")

TELLINGS: tuple[Telling, ...] = (
    _plain(Residence, "households", Source.RSU),
    _plain(Situation, "households", Source.RSU),
    Telling(
        PaymentAccount,
        "households",
        Source.ASD,
        {"channel": "s.payment_channel", "account": "coalesce(s.payment_account, '')"},
        {"channel": "payment_channel", "account": "payment_account"},
    ),
    Telling(
        Enrolment,
        "households",
        Source.ASD,
        {"claim_month": "s.claim_month"},
        {"claim_month": "claim_month"},
        absent="s.claim_month IS NULL",
    ),
    Telling(
        Civil,
        "persons",
        Source.RNP,
        {**_same(*_NAMED), "mother_idcs": "s.mother_id"},
        {**{name: name for name in _NAMED}, "mother_idcs": "mother_id"},
    ),
    _plain(Membership, "persons", Source.RSU),
    _plain(
        Schooling,
        "persons",
        Source.MASSAR,
        "NOT s.enrolled AND s.school_level = 'none' AND s.public_school",
    ),
    _plain(Health, "persons", Source.ASD, "NOT s.severe_disability"),
    _plain(
        Income,
        "persons",
        Source.CNSS,
        "NOT s.receives_family_allowance AND NOT s.receives_state_pay AND NOT s.receives_pension",
    ),
    Telling(
        BirthGrantClaim,
        "persons",
        Source.ASD,
        {"claimed_on": "s.birth_grant_claim_date"},
        {"claimed_on": "birth_grant_claim_date"},
        absent="s.birth_grant_claim_date IS NULL",
    ),
    _plain(RsuVariables, "score_inputs", Source.RSU),
    Telling(Civil, "wards", Source.RNP, _same("sex", "birth_date"), {"sex": "sex", "birth_date": "birth_date"}),
    Telling(
        Placement,
        "wards",
        Source.ENTRAIDE,
        _same("establishment_id", "category", "admitted", "left_on", "claim_month"),
        {name: name for name in ("establishment_id", "category", "admitted", "left_on", "claim_month")},
    ),
)
"""All but the scores, whose days are told by the row itself: see `karama.registry.imports.scores`."""

ELSEWHERE = {"family_name_fr": "''", "given_name_fr": "''", "family_name_ar": "''", "given_name_ar": "''"} | {
    "birth_commune": "''",
    "mother_idcs": "NULL",
    "account": "''",
    "channel": "'payment_establishment'",
    "recipient_id": "NULL",
}
"""SQL of what stands where no file told a column that the law's dictionary does not hold under that name."""


def defaults(fact: type[Fact]) -> dict[str, str]:
    """SQL of each column of a fact that may be left untold."""
    found = {name: ELSEWHERE.get(name, default(name)) for name in fact.values()}
    return {name: value for name, value in found.items() if value is not None}
