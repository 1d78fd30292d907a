"""A register folder read into a `State`: columns checked, identifiers replaced by row numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

from karama.foundation.errors import BadInputError
from karama.foundation.storage import month_folder
from karama.law.engine.expressions import Entity
from karama.law.engine.types import Kind
from karama.population.register import MEMBERS_NUMBERED, NEVER, UNKNOWN
from karama.simulation.forecast.state import State, dtype_of

if TYPE_CHECKING:
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.law.engine.inputs import InputColumn, Inputs
    from karama.simulation.forecast.state import Array, Columns, Rows

GROUNDS = (
    ("other_family_allowance", "receives_family_allowance"),
    ("state_pay", "receives_state_pay"),
    ("pension", "receives_pension"),
)
"""Grounds of refusal that a household's column and its members' both tell."""


def register_month(register: Path, start: Month) -> Path:
    """The folder of the register month a forecast starts from.

    Raises:
        BadInputError: neither the folder nor its month holds the households.
    """
    return month_folder(register, start, "households.parquet")


def read_state(folder: Path, inputs: Inputs, start: Month, scores: Path | None = None) -> State:
    """Read the households and persons of a month; ``scores`` is a file of scores that replace the register's.

    Raises:
        BadInputError: a file is missing or unreadable, a needed column is missing, a value is none of the column's, a
            person's household is not there, an identifier stands twice; names file, column and remedy.
    """
    homes_file = _File.open(folder / f"{inputs.household_table}.parquet", list(inputs.of(Entity.HOUSEHOLD)))
    names = homes_file.texts(inputs.household_key)
    order = None if _increasing(names) else names.arg_sort().to_numpy().astype(np.int64)
    names = names if order is None else names[order]
    _refuse_repeated(homes_file, inputs.household_key, names)
    words: dict[str, pa.Array] = {}
    homes = homes_file.columns(order, words, without={inputs.household_key})
    if scores is not None:
        homes["score"] = _replaced(homes["score"], names, scores)
    persons = _persons(folder, inputs, names)
    count = len(names)
    homes |= {
        "key": np.arange(count, dtype=np.int64),
        "weight": np.ones(count, np.float64),
        "draw": np.zeros(count, np.int16),
        "entered": np.full(count, start.index, np.int32),
    }
    homes["level"] = homes["score"].copy() if "score" in homes else np.full(count, UNKNOWN, np.int64)
    _own_flags(homes, persons)
    return State(inputs, homes, persons, words)


def _replaced(scores: Array, names: pl.Series, path: Path) -> Array:
    """The scores of a file of ``household_id`` and ``score`` in place of the register's, where it has one."""
    given = pl.read_csv(path) if path.suffix == ".csv" else pl.read_parquet(path)
    if not {"household_id", "score"} <= set(given.columns):
        raise BadInputError(f"{path}: needs the columns household_id and score; it has {', '.join(given.columns)}")
    known = given.select(pl.col("household_id").cast(pl.String), pl.col("score").cast(pl.Decimal(28, 9)))
    found = pl.DataFrame({"household_id": names}).join(known, on="household_id", how="left", maintain_order="left")
    new = found["score"].to_physical().cast(pl.Int64)
    result: Array = np.where(new.is_null().to_numpy(), scores, new.fill_null(0).to_numpy())
    return result


def _own_flags(homes: Columns, persons: Columns) -> None:
    """Grounds of refusal that no member bears stay the household's; those of members end with the member's."""
    couple = (persons["home"] >= 0) & (persons["role"] <= 1) & (persons["death_date"] >= NEVER)
    for of_home, of_person in GROUNDS:
        if of_home in homes and of_person in persons:
            borne = np.zeros(len(homes[of_home]), np.bool_)
            borne[persons["home"][couple & persons[of_person]]] = True
            homes[of_home] = homes[of_home] & ~borne


def _persons(folder: Path, inputs: Inputs, households: pl.Series) -> Columns:
    """The persons' columns, with the row of their household and of their mother."""
    key, person = inputs.household_key, inputs.person_key
    owner = inputs.get(key)
    declared = [*inputs.of(Entity.PERSON), *([owner] if owner else [])]
    file = _File.open(folder / f"{inputs.person_table}.parquet", declared)
    home = _homes_of(file, key, person, households)
    names = file.texts(person)
    order = _order(home, names)
    if order is not None:
        home, names = home[order], names[order]
    table = file.columns(order, {}, without={key, person, "mother_id"})
    table["home"] = home
    place = np.arange(len(home)) - np.searchsorted(home, home)
    table["key"] = home.astype(np.int64) * MEMBERS_NUMBERED + place
    identity = names.hash(seed=1).to_numpy()
    _refuse_twins(file, person, names, identity)
    table["mother_id"] = np.full(len(home), UNKNOWN, np.int32)
    if "mother_id" in file.found:
        mothers = file.texts("mother_id")
        mothers = mothers if order is None else mothers[order]
        table["mother_id"] = _mothers(home, identity, mothers)
    table["births"] = _births(table)
    return table


def _homes_of(file: _File, key: str, person: str, households: pl.Series) -> Array:
    """Row of each person's household; persons mostly stand in the order of the households."""
    owners = file.texts(key)
    runs = owners.rle_id()
    starts = np.flatnonzero(np.diff(runs.to_numpy(), prepend=-1))
    if len(starts) == len(households) and owners[starts].equals(households, check_names=False):
        return runs.to_numpy().astype(np.int32)
    known = pl.DataFrame({"owner": households, "home": np.arange(len(households), dtype=np.int32)})
    found = pl.DataFrame({"owner": owners}).join(known, on="owner", how="left", maintain_order="left")["home"]
    if found.null_count():
        stranger = file.texts(person)[int(found.is_null().arg_max() or 0)]
        message = f"{file.path}: person '{stranger}' is of a household that the households' file does not hold: add it"
        raise BadInputError(message)
    return found.to_numpy().astype(np.int32)


def _order(home: Array, names: pl.Series) -> Rows | None:
    """The order by household, then identifier; None where the rows stand so."""
    if bool((np.diff(home) >= 0).all()) and _increasing_inside(home, names):
        return None
    frame = pl.DataFrame({"home": home, "name": names, "row": np.arange(len(home), dtype=np.int64)})
    return frame.sort("home", "name")["row"].to_numpy()


def _increasing(names: pl.Series) -> bool:
    return len(names) < 2 or bool((names[1:] > names[:-1]).all())  # noqa: PLR2004 - one row is in order


def _increasing_inside(home: Array, names: pl.Series) -> bool:
    if len(names) < 2:  # noqa: PLR2004 - one row is in order
        return True
    return bool(((names[1:] > names[:-1]).to_numpy() | (np.diff(home) > 0)).all())


def _mothers(home: Array, identity: Array, mothers: pl.Series) -> Array:
    """Row of each person's mother where she is of the same household: looked for at each distance."""
    wanted = mothers.hash(seed=1).to_numpy()
    result = np.full(len(home), UNKNOWN, np.int32)
    left = np.flatnonzero(mothers.is_not_null().to_numpy())
    for distance in range(1, int(np.bincount(home).max(initial=1))):
        for step in (-distance, distance):
            at = np.clip(left + step, 0, len(home) - 1)
            found = (home[at] == home[left]) & (identity[at] == wanted[left])
            result[left[found]] = at[found]
            left = left[~found]
    return result


def _births(persons: Columns) -> Array:
    """Live births of each mother: the greatest order among her children, or their number."""
    of = np.flatnonzero(persons["mother_id"] >= 0)
    mothers = persons["mother_id"][of]
    counted = np.bincount(mothers, minlength=len(persons["home"])).astype(np.int8)
    if "live_birth_order" in persons:
        np.maximum.at(counted, mothers, persons["live_birth_order"][of].astype(np.int8))
    return counted


def _refuse_repeated(file: _File, key: str, ordered: pl.Series) -> None:
    same = (ordered[1:] == ordered[:-1]).arg_true()
    if len(same):
        message = f"{file.path}: column '{key}': '{ordered[int(same[0])]}' stands in several rows: keep one"
        raise BadInputError(message)


def _refuse_twins(file: _File, key: str, names: pl.Series, identity: Array) -> None:
    if _increasing(names):
        return
    order = np.argsort(identity, kind="stable")
    same = np.flatnonzero(np.diff(identity[order]) == 0)
    if len(same):
        message = f"{file.path}: column '{key}': '{names[int(order[same[0]])]}' stands in several rows: keep one"
        raise BadInputError(message)


@dataclass(frozen=True)
class _File:
    """One file of the register, its declared columns, and the names and types found in it."""

    path: Path
    declared: list[InputColumn]
    found: dict[str, pl.DataType]

    @classmethod
    def open(cls, path: Path, declared: list[InputColumn]) -> _File:
        """Read the names of the columns, the needed ones being there."""
        if not path.exists():
            raise BadInputError(f"{path}: no such file: a register month needs it")
        try:
            found = dict(pl.read_parquet_schema(path))
        except (pl.exceptions.PolarsError, OSError) as error:
            message = f"{path}: not readable as Parquet ({str(error).splitlines()[0]}): copy or export the file again"
            raise BadInputError(message) from error
        for one in declared:
            if one.required and one.name not in found:
                message = f"{path}: no column '{one.name}' ({one.label.en}, {one.sql_type}); it has {', '.join(found)}"
                raise BadInputError(message)
        return cls(path, declared, found)

    def series(self, name: str) -> pl.Series:
        """One column as it stands."""
        try:
            return pl.read_parquet(self.path, columns=[name])[name]
        except (pl.exceptions.PolarsError, OSError) as error:
            message = f"{self.path}: not readable as Parquet ({str(error).splitlines()[0]}): copy or export the file"
            raise BadInputError(message) from error

    def texts(self, name: str) -> pl.Series:
        """A column of text."""
        return self._cast(self.series(name), pl.String(), name)

    def columns(self, order: Rows | None, words: dict[str, pa.Array], *, without: set[str]) -> Columns:
        """The declared columns as arrays; ``words`` receives the texts of text columns."""
        table: Columns = {}
        for one in self.declared:
            if one.name not in without:
                values = self._array(one, words)
                table[one.name] = values if order is None else values[order]
        return table

    def _array(self, column: InputColumn, words: dict[str, pa.Array]) -> Array:
        values = self._given(column)
        kind = column.type.kind
        if values.null_count() and not column.type.nullable:
            message = (
                f"{self.path}: column '{column.name}' ({column.label.en}): row {values.is_null().arg_max()} (from 0)"
                f" holds no {column.sql_type}: correct it"
            )
            raise BadInputError(message)
        if kind is Kind.BOOLEAN:
            return values.to_numpy().copy()
        if kind is Kind.TEXT:
            known = values.unique(maintain_order=True).drop_nulls()
            words[column.name] = known.to_arrow().cast(pa.string())
            physical = values.cast(pl.Enum(known)).to_physical().cast(pl.Int32)
        elif kind is Kind.DATE:
            return values.cast(pl.Int32).fill_null(NEVER).to_numpy().copy()
        else:
            physical = values.to_physical().cast(pl.Int64 if kind is Kind.DECIMAL else pl.Int32)
        result: Array = physical.fill_null(UNKNOWN).to_numpy().astype(dtype_of(column))
        return result

    def _given(self, column: InputColumn) -> pl.Series:
        """The values in the law's type, defaults where the file has no such column."""
        kinds: dict[Kind, pl.DataType] = {
            Kind.BOOLEAN: pl.Boolean(),
            Kind.INTEGER: pl.Int32(),
            Kind.DATE: pl.Date(),
            Kind.TEXT: pl.String(),
            Kind.CHOICE: pl.Enum(column.type.choices),
            Kind.DECIMAL: pl.Decimal(28, column.type.places),
        }
        kind = kinds[column.type.kind]
        if column.name == "region" and "commune" in self.found:
            return self._cast(self.texts("commune").str.head(2), kind, column.name)
        if column.name not in self.found:
            height = pl.scan_parquet(self.path).select(pl.len()).collect().item()
            return pl.Series(column.name, [column.default], dtype=kind).extend_constant(column.default, height - 1)
        return self._cast(self.series(column.name), kind, column.name)

    def _cast(self, values: pl.Series, kind: pl.DataType, name: str) -> pl.Series:
        try:
            return values.cast(kind)
        except pl.exceptions.PolarsError as error:
            why = str(error).splitlines()[0]
            message = f"{self.path}: column '{name}' holds what is no {kind} ({why}): correct it"
            raise BadInputError(message) from error
