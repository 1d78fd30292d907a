"""What to pay this month, to whom and how; and what the totals are by territory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.cycle.engine import literal, quoted, single, union
from karama.cycle.tables import PAYMENTS, TERRITORY
from karama.foundation.errors import IntegrityError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from karama.cycle.deciding import Chosen
    from karama.cycle.engine import Engine

_WARD_KINDS = (
    ("blocked_deposit", "institution_aid"),
    ("majority_top_up", "institution_top_up"),
    ("capital_release", "CASE WHEN release > 0 THEN capital ELSE 0 END"),
)
"""Payments of a child in care and the amount of each; the capital released was deposited month by month before."""
_TOTALS = "territory_of_parts"


def write_payments(engine: Engine, decided: Sequence[Chosen], programme: str) -> None:
    """Write the payments of a part, and check that they add up to the decisions.

    Raises:
        IntegrityError: they do not.
    """
    parts = [part for one in decided for part in (_ward_payments(one) if one.alone else [_aid(one)])]
    named = f"SELECT {literal(programme)} || ':' || payment_id AS payment_id"
    rest = ", ".join(quoted(name) for name in PAYMENTS.names[1:])
    engine.define(PAYMENTS.name, f"{named}, {rest} FROM ({union(parts)}) q", kept=True)
    engine.emit(PAYMENTS, f"SELECT * FROM {PAYMENTS.name}")
    total = "SELECT CAST(COALESCE(sum(amount_centimes), 0) AS BIGINT) AS total FROM"
    paid = single(engine, f"{total} {PAYMENTS.name} WHERE kind <> 'capital_release'")
    due = sum(int(single(engine, f"{total} {one.table.name}")) for one in decided)
    if paid != due:
        raise IntegrityError(f"{PAYMENTS.file}: payments of {paid} centimes for decisions of {due}: report it")


def _aid(chosen: Chosen) -> str:
    """Payments of the households; payment_id without the programme."""
    inputs = chosen.programme.law.inputs
    missing = "CASE WHEN h.payment_channel = 'bank_account' AND h.payment_account IS NULL THEN 'account_missing' END"
    return (
        f"SELECT {literal(f'{chosen.month}:')} || d.household_id || ':aid' AS payment_id, d.household_id,"
        f" CAST(NULL AS VARCHAR) AS establishment_id, CAST(NULL AS VARCHAR) AS person_id, 'aid' AS kind,"
        f" h.payment_channel AS channel, h.payment_account AS account, d.amount_centimes, {missing} AS held"
        f" FROM {chosen.table.name} d JOIN {inputs.household_table} h ON d.household_id = h.{inputs.household_key}"
        f" WHERE d.amount_centimes > 0"
    )


def _ward_payments(chosen: Chosen) -> list[str]:
    """Payments of the children in care, a query for each kind."""
    unknown = "CAST(NULL AS VARCHAR)"
    return [
        f"SELECT {literal(f'{chosen.month}:')} || person_id || ':{kind}' AS payment_id, {unknown} AS household_id,"
        f" establishment_id, person_id, '{kind}' AS kind, 'blocked_account' AS channel, {unknown} AS account,"
        f" CAST({amount} AS BIGINT) AS amount_centimes, {unknown} AS held"
        f" FROM {chosen.table.name} WHERE eligible AND {amount} > 0"
        for kind, amount in _WARD_KINDS
    ]


def add_territory(engine: Engine, decided: Sequence[Chosen]) -> None:
    """Add the totals of a part by commune, milieu and kind of aid."""
    parts = []
    for one in decided:
        milieu, families = ("CAST(NULL AS VARCHAR)", "0") if one.alone else ("milieu", "count(*)")
        children, persons = ("count_if(eligible)", "count(*)") if one.alone else ("0", "sum(members)")
        if not one.alone and one.computes(_CHILDREN):
            children = f"sum({_CHILDREN})"
        parts.append(
            f"SELECT commune, {milieu} AS milieu, aid, CAST({families} AS BIGINT) AS families,"
            f" CAST({children} AS BIGINT) AS children, CAST({persons} AS BIGINT) AS persons,"
            f" CAST(sum(amount_centimes) AS BIGINT) AS amount"
            f" FROM {one.table.name} GROUP BY commune{'' if one.alone else ', milieu'}, aid"
        )
    engine.add(_TOTALS, union(parts))


_CHILDREN = "counted_children"
"""Formula that counts a household's children; a programme without it has none."""


def write_territory(engine: Engine) -> None:
    """Write the totals of all parts."""
    sums = ", ".join(
        f"CAST(sum({name}) AS BIGINT) AS {alias}"
        for name, alias in (
            ("families", "families"),
            ("children", "children"),
            ("persons", "persons"),
            ("amount", "amount_centimes"),
        )
    )
    engine.emit(
        TERRITORY,
        f"SELECT substr(commune, 1, 2) AS region, substr(commune, 1, 5) AS province, commune, milieu, aid, {sums}"
        f" FROM {_TOTALS} GROUP BY commune, milieu, aid",
    )
