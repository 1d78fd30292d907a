"""One household of a register, chosen to show a change, written as HOUSEHOLD.json and explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.errors import BadInputError
from karama.law.engine.expressions import Entity
from karama.law.inputs import REGISTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from karama.foundation.months import Month

_FEWEST, _MOST = 2, 3


@dataclass(frozen=True)
class Example:
    """A household as `karama law explain` reads it, the month to explain, and what changed in that month, if anything.

    ``change`` holds kind, reasons, amount_before_centimes and amount_after_centimes.
    """

    household: dict[str, Any]
    month: Month
    change: Mapping[str, Any] | None


def widow_with_children(months: Path, register: Path, month: Month) -> Example:
    """A widow who heads a family of two or three counted children, fatherless ones first, with a change in the month.

    The choice is the same on every machine: a household whose amount rose in the month, of the widow and her children
    alone, in situations as different as can be (a child at school beside one who is not), then the first identifier; a
    household without change when none has all of that.

    Raises:
        BadInputError: the month has no such family.
    """
    folder = months / str(month)
    persons = pl.read_parquet(register / str(month) / "persons.parquet")
    decisions = pl.read_parquet(folder / "decisions.parquet")
    changes = pl.read_parquet(folder / "changes.parquet").filter(pl.col("kind") == "increase")
    widows = persons.filter(
        (pl.col("role") == "head") & (pl.col("sex") == "F") & (pl.col("marital_status") == "widowed")
    )
    orphans = persons.filter("father_deceased").group_by("household_id").len("orphans")
    situations = (
        persons.filter(pl.col("role") == "child")
        .group_by("household_id")
        .agg(
            pl.col("enrolled").n_unique().alias("at_school_or_not"),
            pl.struct("enrolled", "school_level").n_unique().alias("situations"),
        )
    )
    found = (
        decisions.filter((pl.col("aid") == "child") & pl.col("counted_children").is_between(_FEWEST, _MOST))
        .join(widows, on="household_id", how="semi")
        .join(orphans, on="household_id", how="left")
        .join(situations, on="household_id", how="left")
        .with_columns(pl.col("household_id").is_in(changes["household_id"].implode()).alias("changed"))
        .sort(
            "changed",
            pl.col("members") == pl.col("counted_children") + 1,
            pl.col("orphans").fill_null(0) == pl.col("counted_children"),
            "at_school_or_not",
            "situations",
            "counted_children",
            "household_id",
            descending=[True, True, True, True, True, True, False],
        )
    )
    if found.is_empty():
        raise BadInputError(f"{folder}: no widow with two or three children has an aid: give a larger share")
    household_id = found["household_id"][0]
    change = changes.filter(pl.col("household_id") == household_id).to_dicts()
    return Example(household_of(register / str(month), household_id), month, change[0] if change else None)


def household_of(register_month: Path, household_id: str) -> dict[str, Any]:
    """A household of a register folder in the shape of HOUSEHOLD.json, facts at their default left out.

    Raises:
        BadInputError: it is not in the register.
    """
    chosen = pl.col("household_id") == household_id
    rows = pl.scan_parquet(register_month / "households.parquet").filter(chosen).collect().to_dicts()
    if not rows:
        raise BadInputError(f"{register_month}: no household '{household_id}': take an identifier of the register")
    persons = pl.scan_parquet(register_month / "persons.parquet").filter(chosen).sort("person_id").collect()
    household = dict(_fields(rows[0], Entity.HOUSEHOLD))
    household.pop("region", None)
    return {**household, "members": [dict(_fields(one, Entity.PERSON)) for one in persons.to_dicts()]}


def _fields(row: Mapping[str, Any], entity: Entity) -> Iterator[tuple[str, Any]]:
    """The fields of a row that its file needs: required ones, and those that are not at their default."""
    for column in REGISTER.columns:
        value = row.get(column.name)
        if column.entity is not entity or column.name not in row:
            continue
        if column.required or value != column.default:
            yield column.name, _written(value, month=column.month)


def _written(value: Any, *, month: bool) -> Any:  # noqa: ANN401 - JSON is any plain value
    """A value as JSON holds it: months as YYYY-MM, dates as YYYY-MM-DD, decimals exact."""
    if month and value is not None:
        return f"{value:%Y-%m}"
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
