"""What changed since the previous month: who enters, leaves, receives more or less, and why.

The reasons are read off the two months' traces; only those whose amount or right moved are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from karama.cycle.engine import literal, quoted, union
from karama.cycle.intake import FAULTS
from karama.cycle.reasons import (
    ABSENCES,
    ENTRY_CODES,
    HOUSEHOLD_REASONS,
    OTHER,
    PERSON_REASONS,
    Reason,
    grant_reasons,
)
from karama.cycle.register import ROW_NUMBER
from karama.cycle.tables import CHANGES, DECISIONS, PERSONS_TRACE, REJECTED, WARD_DECISIONS, Table
from karama.law.engine.expressions import Entity

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from karama.cycle.deciding import Chosen
    from karama.cycle.engine import Engine, Part
    from karama.foundation.months import Month


@dataclass(frozen=True)
class Earlier:
    """The earlier month that a run is compared with: its folder and its number."""

    folder: Path
    month: Month

    def open(self, engine: Engine) -> None:
        """Name the tables of the month, as far as it has them."""
        for table in _COMPARED:
            if self.has(table):
                engine.open(f"earlier_{table.name}", self.folder / table.file)

    def has(self, table: Table) -> bool:
        """Whether the month has the table."""
        return (self.folder / table.file).exists()


@dataclass(frozen=True)
class Months:
    """The two months compared in one part: where their rows are, and which columns both have."""

    engine: Engine
    earlier: Earlier
    chosen: Chosen
    present: frozenset[str]
    """Names of the tables decided in the present month."""

    def rows(self, table: Table) -> tuple[str, str]:
        """The rows of a table then and now, in SQL; none where the month has no such table."""
        then, now = f"part_{table.name}", table.name
        if not self.earlier.has(table):
            then = f"(SELECT * FROM {now} WHERE false)"
        if table.name not in self.present:
            now = f"(SELECT * FROM {then} WHERE false)"
        return then, now

    def shared(self, table: Table) -> set[str]:
        """The columns of a table that both months have."""
        names = [f"part_{table.name}"] if self.earlier.has(table) else []
        names += [table.name] if table.name in self.present else []
        return set.intersection(*(set(self.engine.columns(name)) for name in names))


_COMPARED = (DECISIONS, WARD_DECISIONS, PERSONS_TRACE, REJECTED)


def write_changes(
    engine: Engine, compared: Sequence[Chosen], earlier: Earlier | None, part: Part, present: frozenset[str]
) -> None:
    """Write the changes of a part for all the programmes compared; none without an earlier month.

    Args:
        engine: knows the tables of the present month's part.
        compared: the programmes of which one of the two months may have decisions.
        earlier: the month to compare with.
        part: the households compared.
        present: names of the tables decided in the present month.
    """
    found = []
    for chosen in compared:
        if earlier is not None and (earlier.has(chosen.table) or chosen.table.name in present):
            _name_earlier_rows(engine, chosen, earlier, part)
            found.append(_changes(Months(engine, earlier, chosen, present)))
    if not found:
        found.append(CHANGES.nothing)
    engine.emit(CHANGES, union(found))


def _name_earlier_rows(engine: Engine, chosen: Chosen, earlier: Earlier, part: Part) -> None:
    """Name the earlier month's rows of a part."""
    for table in (chosen.table,) if chosen.alone else (chosen.table, PERSONS_TRACE):
        if earlier.has(table):
            condition = "true" if chosen.alone else part.holds(table.key[0])
            columns = ", ".join(quoted(name) for name in engine.columns(f"earlier_{table.name}") if name != ROW_NUMBER)
            engine.define(f"part_{table.name}", f"SELECT {columns} FROM earlier_{table.name} WHERE {condition}")


def _changes(months: Months) -> str:
    """The query of a programme's changes; those who moved are kept under a name of their own."""
    chosen, key = months.chosen, months.chosen.table.key[0]
    moved = f"moved_{chosen.table.name}"
    months.engine.define(moved, _moved(months), kept=True)
    reasons = [
        f"SELECT {key}, {_entry_reasons(months)} AS reasons FROM {moved} WHERE kind = 'entry'",
        f"SELECT {key}, {_exit_reasons(months)} AS reasons FROM {moved} WHERE kind = 'exit'",
    ]
    amounts = [_household_reasons(months, moved)]
    if not chosen.alone:
        amounts += _person_reasons(months, moved)
    flat = union([f"SELECT {key}, unnest(reasons) AS reason FROM ({query}) q" for query in amounts])
    grouped = f"SELECT {key}, list_sort(array_agg(DISTINCT reason)) AS reasons FROM ({flat}) q GROUP BY {key}"
    reasons.append(grouped)
    unknown = "CAST(NULL AS VARCHAR)"
    who = (
        f"{unknown} AS household_id, m.establishment_id, m.{key} AS person_id"
        if chosen.alone
        else f"m.{key} AS household_id, {unknown} AS establishment_id, {unknown} AS person_id"
    )
    told = f"CASE WHEN array_length(r.reasons) > 0 THEN r.reasons ELSE ['{OTHER}'] END AS reasons"
    return (
        f"SELECT {who}, m.kind, {told}, m.aid_before, m.aid_after, m.amount_before_centimes, m.amount_after_centimes"
        f" FROM {moved} m LEFT JOIN ({union(reasons)}) r ON m.{key} = r.{key}"
    )


def _moved(months: Months) -> str:
    """Those whose right or amount is not the same in the two months, with what their reasons need."""
    chosen, key = months.chosen, months.chosen.table.key[0]
    before, now = months.rows(chosen.table)
    fell = "n.score_in_force < p.score_in_force" if "score_in_force" in months.shared(chosen.table) else "false"
    was, is_now = "COALESCE(p.eligible, false)", "COALESCE(n.eligible, false)"
    establishment = "COALESCE(n.establishment_id, p.establishment_id) AS establishment_id," if chosen.alone else ""
    return (
        f"SELECT COALESCE(n.{key}, p.{key}) AS {key}, {establishment} CASE WHEN NOT {was} THEN 'entry'"
        f" WHEN NOT {is_now} THEN 'exit'"
        f" WHEN n.amount_centimes > p.amount_centimes THEN 'increase' ELSE 'decrease' END AS kind,"
        f" p.{key} IS NOT NULL AS known_before, n.{key} IS NOT NULL AS known_now, {fell} AS score_fell,"
        f" COALESCE(p.reasons, []) AS refusals_before, COALESCE(n.reasons, []) AS refusals_now,"
        f" COALESCE(p.aid, 'none') AS aid_before, COALESCE(n.aid, 'none') AS aid_after,"
        f" COALESCE(p.amount_centimes, 0) AS amount_before_centimes,"
        f" COALESCE(n.amount_centimes, 0) AS amount_after_centimes"
        f" FROM {before} p FULL JOIN {now} n ON p.{key} = n.{key}"
        f" WHERE {was} <> {is_now} OR ({was} AND {is_now} AND p.amount_centimes <> n.amount_centimes)"
    )


def _entry_reasons(months: Months) -> str:
    cases = "".join(f" WHEN code = '{code}' THEN '{reason}'" for code, reason in ENTRY_CODES.items())
    fell = "WHEN code = 'score_above_threshold' AND score_fell THEN 'score_fell'"
    ended = f"list_transform(refusals_before, code -> CASE{cases} {fell} ELSE code || '_ended' END)"
    rejected = _rejected(months.chosen, "earlier_rejected") if months.earlier.has(REJECTED) else "false"
    new = ABSENCES["entry_of_all" if months.earlier.month < months.chosen.programme.first_month else "entry"]
    return (
        f"CASE WHEN known_before THEN {ended} WHEN {rejected} THEN ['{ABSENCES['entry_after_rejection']}']"
        f" ELSE ['{new}'] END"
    )


def _exit_reasons(months: Months) -> str:
    return (
        f"CASE WHEN known_now THEN refusals_now WHEN {_rejected(months.chosen, FAULTS)}"
        f" THEN ['{ABSENCES['exit_by_rejection']}'] ELSE ['{ABSENCES['exit']}'] END"
    )


def _rejected(chosen: Chosen, listed: str) -> str:
    """Whether one was left out for a fault listed in a relation."""
    column, own = "household_id", ""
    if chosen.alone:
        column, own = '"key"', f" AND file = '{chosen.programme.law.inputs.household_table}.parquet'"
    return f"{chosen.table.key[0]} IN (SELECT {column} FROM {listed} WHERE {column} IS NOT NULL{own})"


def _codes(reasons: Sequence[Reason], condition: str) -> str:
    """A list of the codes that hold, in SQL; ``condition`` wraps each test."""
    cases = ", ".join(f"CASE WHEN {condition.format(one.holds)} THEN '{one.code}' END" for one in reasons)
    return f"list_filter([{cases or 'NULL'}], code -> code IS NOT NULL)"


def _usable(months: Months, reasons: Sequence[Reason], table: Table) -> list[Reason]:
    """The reasons whose columns both months have."""
    shared = months.shared(table)
    return [one for one in reasons if set(one.columns) <= shared]


def _grants(chosen: Chosen, entity: Entity) -> list[Reason]:
    definitions = chosen.plan.graph.definitions
    once = [one.formula for one in chosen.programme.benefits if one.one_off]
    return [
        reason for benefit in once if definitions[benefit].formula.entity is entity for reason in grant_reasons(benefit)
    ]


def _household_reasons(months: Months, moved: str) -> str:
    """Reasons seen on the household's own row."""
    chosen, key = months.chosen, months.chosen.table.key[0]
    before, now = months.rows(chosen.table)
    usable = _usable(months, (*HOUSEHOLD_REASONS, *_grants(chosen, Entity.HOUSEHOLD)), chosen.table)
    changed = f"(SELECT {key} FROM {moved} WHERE kind IN ('increase', 'decrease'))"
    return (
        f"SELECT m.{key}, {_codes(usable, '{}')} AS reasons FROM {changed} m"
        f" JOIN {before} p ON m.{key} = p.{key} JOIN {now} n ON m.{key} = n.{key}"
    )


def _person_reasons(months: Months, moved: str) -> list[str]:
    """Reasons seen on the rows of persons, gathered by household."""
    chosen = months.chosen
    if not (months.earlier.has(PERSONS_TRACE) and PERSONS_TRACE.name in months.present):
        return []
    usable = _usable(months, (*PERSON_REASONS, *_grants(chosen, Entity.PERSON)), PERSONS_TRACE)
    if not usable:
        return []
    shared = months.shared(PERSONS_TRACE)
    monthly = [one.formula for one in chosen.programme.benefits if not one.one_off and one.formula in shared]
    sums = [" + ".join(f"COALESCE({row}.{name}, 0)" for name in monthly) or "0" for row in ("p", "n")]
    day = f"DATE {literal(str(months.earlier.month.last_day))}"
    moves = f" AND {sums[0]} <> {sums[1]}"
    stated = [
        replace(one, holds=f"({one.holds.replace('$previous_last_day', day)}){moves if one.moves_amount else ''}")
        for one in usable
    ]
    needed = dict.fromkeys([*(name for one in usable for name in one.columns), *monthly])
    columns = ", ".join(f"t.{quoted(name)}" for name in ("household_id", "person_id", *needed))
    changed = f"SEMI JOIN (SELECT household_id FROM {moved} WHERE kind IN ('increase', 'decrease')) m"
    before, now = (
        f"(SELECT {columns} FROM {rows} t {changed} ON t.household_id = m.household_id)"
        for rows in months.rows(PERSONS_TRACE)
    )
    query = (
        f"SELECT COALESCE(p.household_id, n.household_id) AS household_id, {_codes(stated, 'bool_or({})')} AS reasons"
        f" FROM {before} p FULL JOIN {now} n ON p.household_id = n.household_id AND p.person_id = n.person_id"
        f" GROUP BY COALESCE(p.household_id, n.household_id)"
    )
    return [query]
