"""A register folder as the rows to take in: judged by the same rules as a month's decisions, part after part."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.cycle.duck import DuckEngine
from karama.cycle.engine import literal, quoted, single
from karama.cycle.intake import FAULTS, Register, open_register
from karama.foundation.errors import BadInputError
from karama.foundation.storage import file_digest, month_folder, read_json
from karama.law.inputs import REGISTER, WARDS
from karama.law.rsu.score.variables import VARIABLES
from karama.registry.models import Civil
from karama.territory import units

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import duckdb

    from karama.cycle.engine import Part, Query
    from karama.cycle.register import RegisterFile
    from karama.foundation.months import Month

NAMES = tuple(name for name in Civil.values() if name.endswith(("_fr", "_ar", "birth_commune")))
"""Columns of a person that the law does not read: in persons.parquet, or in a names.parquet beside it."""
PARTIAL = "partial"
"""What the manifest of a folder says that holds some households only: who is not in it is not gone."""
FILES = ("households", "persons", "wards", "score_inputs", "names")
MEMORY = "768MB"
_WIDEST = {"household_id": 32, "person_id": 32, "mother_id": 32, "establishment_id": 32, "payment_account": 40}
_VARIABLES = {one.column: "BOOLEAN" if one.kind == "flag" else "INTEGER" for one in VARIABLES if not one.derived}


class _Reading(DuckEngine):
    """DuckDB as the month's engine uses it, without the hashes of what was read: the files' own name them here."""

    def digest(self, name: str, query: Query, key: Sequence[str]) -> None:
        """Leave it."""

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Where the relations are."""
        return self._connection


def manifest_of(folder: Path) -> dict[str, Any]:
    """What a register folder says of itself; nothing where it has no manifest."""
    path = folder / "manifest.json"
    return dict(read_json(path)) if path.exists() else {}


def content_digest(folder: Path) -> str:
    """SHA-256 of the contents of a register folder, whatever its name; a part of a register is another content."""
    found = [f"{name} {file_digest(path)}\n" for name in FILES if (path := folder / f"{name}.parquet").exists()]
    if manifest_of(folder).get(PARTIAL):
        found.append(PARTIAL)
    return hashlib.sha256("".join(found).encode()).hexdigest()


@dataclass
class Folder:
    """An open register folder of one month.

    ``stage`` names a part's good rows ``staged_households``, ``staged_persons``, ``staged_wards`` and
    ``staged_score_inputs``, in the law's types, with ``number`` or ``idcs`` and ``since``, the first day they hold.
    """

    path: Path
    month: Month
    engine: _Reading
    register: Register
    synthetic: bool
    partial: bool
    inputs: dict[str, str]
    names: str | None
    scratch: Path

    @classmethod
    def open(cls, given: Path, month: Month, scratch: Path) -> Folder:
        """Open and check the files' columns.

        Raises:
            BadInputError: a file is missing, unreadable or empty, a column missing or of another type.
        """
        path = month_folder(given, month, "households.parquet")
        engine = _Reading(scratch, MEMORY)
        engine.connection.execute("SET threads = 2")
        manifest = manifest_of(path)
        synthetic, partial = bool(manifest.get("synthetic")), bool(manifest.get(PARTIAL))
        register = open_register(engine, path, REGISTER, WARDS, frozenset(units()["code"]), partial=partial)
        folder = cls(path, month, engine, register, synthetic, partial, {}, None, scratch)
        folder.inputs = folder._open_inputs()
        folder.names = folder._open_names()
        folder._refuse_long_texts()
        return folder

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        """Where the staged relations are."""
        return self.engine.connection

    @property
    def rows(self) -> int:
        """Rows of all its files of the law."""
        return sum(file.rows for file in self.register.files)

    def parts(self) -> list[Part]:
        """Ranges of households; the same for the same content."""
        return list(self.engine.parts(self.register.households.whole, self.register.households.key))

    def file(self, name: str) -> RegisterFile | None:
        """One of the law's files, if it is there."""
        return self.register.file(name)

    def present(self, name: str) -> frozenset[str]:
        """Columns that a file really has."""
        if name == "score_inputs":
            return frozenset(self.inputs)
        file = self.file(name)
        found = {column.name for column in file.present} if file else set()
        return frozenset(found | (set(NAMES) if name == "persons" and self.names else set()))

    def stage(self, part: Part) -> None:
        """Judge a part and name its good rows; its faults are in the relation `FAULTS`."""
        self.register.take_in(self.engine, part, self.month)
        day = f"DATE '{self.month.first_day}'"
        self._keep(
            "households", f"SELECT household_id AS number, * EXCLUDE household_id, {day} AS since FROM households"
        )
        born = f"greatest({day}, birth_date) AS since"
        named, joined = self._naming()
        self._keep(
            "persons",
            "SELECT p.household_id AS number, p.person_id AS idcs, p.* EXCLUDE (household_id, person_id),"
            f" {named}, {born} FROM persons p {joined}",
        )
        if self.file("wards") is not None and part.first:
            self._keep(
                "wards",
                f"SELECT person_id AS idcs, establishment_id AS establishment, * EXCLUDE (person_id, establishment_id),"
                f" {born} FROM wards",
            )
        if self.inputs:
            columns = ", ".join(f"TRY_CAST({quoted(name)} AS {kind}) AS {name}" for name, kind in self.inputs.items())
            condition = part.holds("household_id")
            self._keep(
                "score_inputs",
                f"SELECT household_id AS number, {day} AS since, {columns} FROM whole_score_inputs SEMI JOIN households"
                f" USING (household_id) WHERE {condition}",
            )

    def staged(self, part: Part) -> list[str]:
        """The tables that ``stage`` names for a part."""
        there = {"households": True, "persons": True, "wards": self.file("wards") is not None and part.first}
        return [name for name, has in {**there, "score_inputs": bool(self.inputs)}.items() if has]

    def faults(self) -> str:
        """The faults of the part staged last, in the columns of the record's rejections."""
        return (
            'SELECT file, "row", coalesce(household_id, \'\') AS owner, coalesce("key", \'\') AS key, "column",'
            f" left(value, 200) AS value, rule, remedy FROM {FAULTS}"
        )

    def listed(self, name: str) -> str:
        """A query of all identifiers in a file, those of rows at fault too."""
        file = self.file(name)
        return f"SELECT DISTINCT {quoted(file.key)} AS listed FROM {file.whole}" if file else ""

    def close(self) -> None:
        """Give back what was used."""
        self.engine.close()

    def _keep(self, name: str, query: str) -> None:
        self.engine.define(f"staged_{name}", query, kept=True)

    def _naming(self) -> tuple[str, str]:
        """The columns of names, and the join that brings them."""
        if self.names is None:
            return ", ".join(f"'' AS {name}" for name in NAMES), ""
        has = self.engine.columns(self.names)
        told = ", ".join(
            f"coalesce(CAST(n.{name} AS VARCHAR), '') AS {name}" if name in has else f"'' AS {name}" for name in NAMES
        )
        key = self.register.files[1].key
        return told, f"LEFT JOIN {self.names} n ON n.{key} = p.{key}"

    def _open_inputs(self) -> dict[str, str]:
        path = self.path / "score_inputs.parquet"
        if not path.exists():
            return {}
        with self.engine.reading(path):
            self.engine.open("whole_score_inputs", path)
            found = self.engine.columns("whole_score_inputs")
        if "household_id" not in found:
            raise BadInputError(f"{path}: no column 'household_id': export the file again")
        return {name: kind for name, kind in _VARIABLES.items() if name in found}

    def _open_names(self) -> str | None:
        persons = self.register.files[1]
        if any(name in persons.types for name in NAMES):
            return persons.whole
        path = self.path / "names.parquet"
        if not path.exists():
            return None
        with self.engine.reading(path):
            self.engine.open("whole_names", path)
            if persons.key not in self.engine.columns("whole_names"):
                raise BadInputError(f"{path}: no column '{persons.key}': export the file again")
        return "whole_names"

    def _refuse_long_texts(self) -> None:
        """Refuse texts longer than the record keeps, rather than cut them."""
        checks = [(file.path, file.whole, set(file.types), _WIDEST) for file in self.register.files]
        if self.names:
            names = dict.fromkeys(NAMES, 100) | {"birth_commune": 9}
            checks.append((self.path, self.names, set(self.engine.columns(self.names)), names))
        for path, relation, found, widest in checks:
            for column in sorted(found & set(widest)):
                limit = widest[column]
                length = f"max(length(CAST({quoted(column)} AS VARCHAR)))"
                if (single(self.engine, f"SELECT {length} FROM {relation}") or 0) > limit:
                    raise BadInputError(
                        f"{path}: column {literal(column)} has texts of more than {limit} characters: correct the file"
                    )
