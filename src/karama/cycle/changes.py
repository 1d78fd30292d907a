"""What changed since the previous month: who enters, leaves, receives more or less, and why.

The reasons are read off the two months' traces; only those whose amount or right moved are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karama.cycle.duck import literal, parquet, write
from karama.cycle.hashes import columns_of
from karama.cycle.reasons import (
    ABSENCES,
    ENTRY_CODES,
    HOUSEHOLD_REASONS,
    OTHER,
    PERSON_REASONS,
    Reason,
    grant_reasons,
)
from karama.cycle.tables import CHANGES, PERSONS_TRACE, REJECTED, Table
from karama.law.engine.expressions import Entity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from karama.cycle.deciding import Chosen
    from karama.foundation.months import Month


@dataclass(frozen=True)
class Months:
    """The previous month, the folder that holds it, and the draft of the present one."""

    previous: Path
    month: Month
    draft: Path

    def rows(self, table: Table) -> tuple[str, str]:
        """The rows of a table then and now, in SQL; none where the month has no such file."""
        then, now = self.previous / table.file, self.draft / table.file
        nothing = f"(SELECT * FROM {parquet(now if now.exists() else then)} LIMIT 0)"
        return (parquet(then) if then.exists() else nothing, parquet(now) if now.exists() else nothing)


def write_changes(
    connection: duckdb.DuckDBPyConnection,
    decided: Sequence[Chosen],
    earlier: tuple[Path, Month] | None,
    draft: Path,
) -> None:
    """Write the changes of all the programmes decided; none without an earlier month (its folder and month)."""
    months = Months(*earlier, draft) if earlier else None
    columns = ", ".join(f'"{column.name}" {column.type}' for column in CHANGES.columns)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE changes ({columns})")
    for chosen in decided:
        if months is not None and any((one / chosen.table.file).exists() for one in (months.previous, draft)):
            _add_changes(connection, chosen, months)
    write(connection, "SELECT * FROM changes", draft / CHANGES.file, CHANGES.key)
    connection.execute("DROP TABLE changes")


def _add_changes(connection: duckdb.DuckDBPyConnection, chosen: Chosen, months: Months) -> None:
    key = chosen.table.key[0]
    connection.execute(f"CREATE OR REPLACE TEMP TABLE moved AS {_moved(connection, chosen, months)}")
    reasons = [
        f"SELECT {key}, {_entry_reasons(chosen, months)} AS reasons FROM moved WHERE kind = 'entry'",
        f"SELECT {key}, {_exit_reasons(chosen, months)} AS reasons FROM moved WHERE kind = 'exit'",
    ]
    amounts = [_household_reasons(connection, chosen, months)]
    if not chosen.alone:
        amounts += _person_reasons(connection, chosen, months)
    flat = " UNION ALL ".join(f"SELECT {key}, unnest(reasons) AS reason FROM ({query})" for query in amounts)
    reasons.append(f"SELECT {key}, list_sort(list(DISTINCT reason)) AS reasons FROM ({flat}) GROUP BY {key}")
    establishment = "establishment_id" if chosen.alone else "CAST(NULL AS VARCHAR)"
    who = f"CAST(NULL AS VARCHAR), {establishment}, {key}" if chosen.alone else f"{key}, {establishment}, NULL"
    connection.execute(
        f"INSERT INTO changes SELECT {who}, kind,"
        f" CASE WHEN len(reasons) > 0 THEN reasons ELSE ['{OTHER}'] END,"
        f" aid_before, aid_after, amount_before, amount_after"
        f" FROM moved LEFT JOIN ({' UNION ALL '.join(reasons)}) USING ({key})"
    )
    connection.execute("DROP TABLE moved")


def _moved(connection: duckdb.DuckDBPyConnection, chosen: Chosen, months: Months) -> str:
    """Those whose right or amount is not the same in the two months, with what their reasons need."""
    key = chosen.table.key[0]
    before, now = months.rows(chosen.table)
    shared = columns_of(connection, before).keys() & columns_of(connection, now).keys()
    score = "n.score_in_force < p.score_in_force" if "score_in_force" in shared else "false"
    was, is_now = "COALESCE(p.eligible, false)", "COALESCE(n.eligible, false)"
    establishment = "COALESCE(n.establishment_id, p.establishment_id) AS establishment_id," if chosen.alone else ""
    return (
        f"SELECT {key}, {establishment} CASE WHEN NOT {was} THEN 'entry' WHEN NOT {is_now} THEN 'exit'"
        f" WHEN n.amount_centimes > p.amount_centimes THEN 'increase' ELSE 'decrease' END AS kind,"
        f" p.{key} IS NOT NULL AS known_before, n.{key} IS NOT NULL AS known_now, {score} AS score_fell,"
        f" COALESCE(p.reasons, []) AS refusals_before, COALESCE(n.reasons, []) AS refusals_now,"
        f" COALESCE(p.aid, 'none') AS aid_before, COALESCE(n.aid, 'none') AS aid_after,"
        f" COALESCE(p.amount_centimes, 0) AS amount_before, COALESCE(n.amount_centimes, 0) AS amount_after"
        f" FROM {before} p FULL JOIN {now} n USING ({key})"
        f" WHERE {was} <> {is_now} OR ({was} AND {is_now} AND p.amount_centimes <> n.amount_centimes)"
    )


def _entry_reasons(chosen: Chosen, months: Months) -> str:
    cases = "".join(f" WHEN code = '{code}' THEN '{reason}'" for code, reason in ENTRY_CODES.items())
    fell = "WHEN code = 'score_above_threshold' AND score_fell THEN 'score_fell'"
    ended = f"list_transform(refusals_before, code -> CASE{cases} {fell} ELSE code || '_ended' END)"
    rejected = _rejected(chosen, months.previous)
    new = ABSENCES["entry_of_all" if months.month < chosen.programme.first_month else "entry"]
    return (
        f"CASE WHEN known_before THEN {ended} WHEN {rejected} THEN ['{ABSENCES['entry_after_rejection']}']"
        f" ELSE ['{new}'] END"
    )


def _exit_reasons(chosen: Chosen, months: Months) -> str:
    return (
        f"CASE WHEN known_now THEN refusals_now WHEN {_rejected(chosen, months.draft)}"
        f" THEN ['{ABSENCES['exit_by_rejection']}'] ELSE ['{ABSENCES['exit']}'] END"
    )


def _rejected(chosen: Chosen, folder: Path) -> str:
    """Whether one was left out for a fault in that month."""
    column, own = "household_id", ""
    if chosen.alone:
        column, own = '"key"', f" AND file = '{chosen.programme.law.inputs.household_table}.parquet'"
    listed = f"SELECT {column} FROM {parquet(folder / REJECTED.file)} WHERE {column} IS NOT NULL{own}"
    return f"{chosen.table.key[0]} IN ({listed})"


def _codes(reasons: Sequence[Reason], condition: str) -> str:
    """A list of the codes that hold, in SQL; ``condition`` wraps each test."""
    cases = ", ".join(f"CASE WHEN {condition.format(one.holds)} THEN '{one.code}' END" for one in reasons)
    return f"list_filter([{cases or 'NULL'}], code -> code IS NOT NULL)"


def _usable(connection: duckdb.DuckDBPyConnection, reasons: Sequence[Reason], before: str, now: str) -> list[Reason]:
    """The reasons whose columns both months have."""
    shared = columns_of(connection, before).keys() & columns_of(connection, now).keys()
    return [one for one in reasons if set(one.columns) <= shared]


def _grants(chosen: Chosen, entity: Entity) -> list[Reason]:
    definitions = chosen.plan.graph.definitions
    once = [one.formula for one in chosen.programme.benefits if one.one_off]
    return [
        reason for benefit in once if definitions[benefit].formula.entity is entity for reason in grant_reasons(benefit)
    ]


def _household_reasons(connection: duckdb.DuckDBPyConnection, chosen: Chosen, months: Months) -> str:
    """Reasons seen on the household's own row."""
    key = chosen.table.key[0]
    before, now = months.rows(chosen.table)
    usable = _usable(connection, (*HOUSEHOLD_REASONS, *_grants(chosen, Entity.HOUSEHOLD)), before, now)
    changed = f"(SELECT {key} FROM moved WHERE kind IN ('increase', 'decrease'))"
    return (
        f"SELECT {key}, {_codes(usable, '{}')} AS reasons FROM {changed} m"
        f" JOIN {before} p USING ({key}) JOIN {now} n USING ({key})"
    )


def _person_reasons(connection: duckdb.DuckDBPyConnection, chosen: Chosen, months: Months) -> list[str]:
    """Reasons seen on the rows of persons, gathered by household."""
    before, now = months.rows(PERSONS_TRACE)
    usable = _usable(connection, (*PERSON_REASONS, *_grants(chosen, Entity.PERSON)), before, now)
    if not usable:
        return []
    shared = columns_of(connection, before).keys() & columns_of(connection, now).keys()
    monthly = [one.formula for one in chosen.programme.benefits if not one.one_off and one.formula in shared]
    sums = [" + ".join(f"COALESCE({row}.{name}, 0)" for name in monthly) or "0" for row in ("p", "n")]
    day = f"DATE {literal(str(months.month.last_day))}"
    moves = f" AND {sums[0]} <> {sums[1]}"
    stated = [
        replace(one, holds=f"({one.holds.replace('$previous_last_day', day)}){moves if one.moves_amount else ''}")
        for one in usable
    ]
    changed = "SEMI JOIN (SELECT household_id FROM moved WHERE kind IN ('increase', 'decrease')) USING (household_id)"
    needed = dict.fromkeys([*(name for one in usable for name in one.columns), *monthly])
    columns = ", ".join(f'"{name}"' for name in ("household_id", "person_id", *needed))
    rows = f"(SELECT {columns} FROM {{}} {changed})"
    query = (
        f"SELECT household_id, {_codes(stated, 'bool_or({})')} AS reasons"
        f" FROM {rows.format(before)} p FULL JOIN {rows.format(now)} n USING (household_id, person_id)"
        f" GROUP BY household_id"
    )
    return [query]
