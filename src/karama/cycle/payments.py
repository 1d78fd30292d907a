"""What to pay this month, to whom and how; and what the totals are by territory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from karama.cycle.duck import literal, parquet, value, write
from karama.cycle.hashes import columns_of
from karama.cycle.tables import DECISIONS, PAYMENTS, TERRITORY, WARD_DECISIONS
from karama.foundation.errors import IntegrityError

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

    from karama.cycle.deciding import Chosen

_WARD_KINDS = (
    ("blocked_deposit", "institution_aid"),
    ("majority_top_up", "institution_top_up"),
    ("capital_release", "CASE WHEN release > 0 THEN capital ELSE 0 END"),
)
"""Payments of a child in care and the amount of each; the capital released was deposited month by month before."""


def write_payments(connection: duckdb.DuckDBPyConnection, chosen: Chosen, draft: Path) -> None:
    """Write the payments, and check that they add up to the decisions.

    Raises:
        IntegrityError: they do not.
    """
    inputs = chosen.programme.law.inputs
    name = literal(f"{chosen.programme.name}:{chosen.month}:")
    missing = "CASE WHEN payment_channel = 'bank_account' AND payment_account IS NULL THEN 'account_missing' END"
    of_households = (
        f"SELECT {name} || household_id || ':aid' AS payment_id, household_id,"
        f" CAST(NULL AS VARCHAR) AS establishment_id, CAST(NULL AS VARCHAR) AS person_id, 'aid' AS kind,"
        f" payment_channel AS channel, payment_account AS account, amount_centimes, {missing} AS held"
        f" FROM {parquet(draft / DECISIONS.file)} JOIN {inputs.household_table} USING (household_id)"
        f" WHERE amount_centimes > 0"
    )
    parts = [of_households]
    if (draft / WARD_DECISIONS.file).exists():
        parts += [
            f"SELECT {name} || person_id || ':{kind}', NULL, establishment_id, person_id, '{kind}', 'blocked_account',"
            f" NULL, CAST({amount} AS BIGINT), NULL FROM {parquet(draft / WARD_DECISIONS.file)}"
            f" WHERE eligible AND {amount} > 0"
            for kind, amount in _WARD_KINDS
        ]
    write(connection, " UNION ALL ".join(parts), draft / PAYMENTS.file, PAYMENTS.key)
    paid = value(
        connection,
        f"SELECT sum(amount_centimes) FROM {parquet(draft / PAYMENTS.file)} WHERE kind <> 'capital_release'",
    )
    if (paid or 0) != (decided := decided_total(connection, draft)):
        raise IntegrityError(f"{PAYMENTS.file}: payments of {paid} centimes for decisions of {decided}: report it")


def decided_total(connection: duckdb.DuckDBPyConnection, draft: Path) -> int:
    """Sum of all the amounts decided, in centimes."""
    files = [draft / table.file for table in (DECISIONS, WARD_DECISIONS) if (draft / table.file).exists()]
    query = "SELECT CAST(COALESCE(sum(amount_centimes), 0) AS BIGINT) FROM "
    return sum(int(value(connection, query + parquet(file))) for file in files)


def write_territory(connection: duckdb.DuckDBPyConnection, draft: Path) -> None:
    """Write the totals by commune, milieu and kind of aid."""
    decisions = parquet(draft / DECISIONS.file)
    children = "sum(counted_children)" if "counted_children" in columns_of(connection, decisions) else "0"
    of_households = (
        f"SELECT commune, milieu, aid, count(*) AS families, {children} AS children, sum(members) AS persons,"
        f" sum(amount_centimes) AS amount FROM {decisions} GROUP BY commune, milieu, aid"
    )
    parts = [of_households]
    if (draft / WARD_DECISIONS.file).exists():
        parts.append(
            f"SELECT commune, NULL, aid, 0, count_if(eligible), count(*), sum(amount_centimes)"
            f" FROM {parquet(draft / WARD_DECISIONS.file)} GROUP BY commune, aid"
        )
    both = (
        f"SELECT commune, milieu, aid, sum(families) AS families, sum(children) AS children, sum(persons) AS persons,"
        f" sum(amount) AS amount FROM ({' UNION ALL '.join(parts)}) GROUP BY commune, milieu, aid"
    )
    counted = ", ".join(f"CAST({name} AS BIGINT) AS {name}" for name in ("families", "children", "persons"))
    write(
        connection,
        f"SELECT substr(commune, 1, 2) AS region, substr(commune, 1, 5) AS province, commune, milieu, aid, {counted},"
        f" CAST(amount AS BIGINT) AS amount_centimes FROM ({both})",
        draft / TERRITORY.file,
        TERRITORY.key,
    )
