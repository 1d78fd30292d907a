"""A register in one month: its tables in DuckDB, and its households in the one order that all arrays have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from karama.foundation.errors import BadInputError
from karama.foundation.storage import month_folder, read_json
from karama.law.engine.expressions import Entity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from karama.foundation.months import Month
    from karama.law.engine.inputs import InputColumn, Inputs

HOMES = "homes"
"""Table of the register's households: key and ``home``, the place in the file, from 0; all arrays have that order."""


class Homes:
    """The households of a register folder.

    Attributes:
        connection: of DuckDB, with the register's tables under their names and `HOMES`.
        month: the month asked.
        weight: how many households each one of the register stands for: 1, or 1 / share of a synthetic register.
        synthetic: whether the register is.
    """

    def __init__(
        self,
        register: Path,
        month: Month,
        inputs: Inputs,
        needed: Iterable[InputColumn],
        memory_limit: str | None = None,
    ) -> None:
        """Open the register.

        Args:
            register: its folder, or the one above it (``YYYY-MM`` is then looked for inside).
            month: the month asked.
            inputs: names of its tables and keys.
            needed: the columns that the law reads.
            memory_limit: of DuckDB, for example ``4GB``.

        Raises:
            BadInputError: no such register or month, a file is not readable, or a needed column is missing.
        """
        self.month, self.inputs = month, inputs
        self.folder = month_folder(register, month, f"{inputs.household_table}.parquet")
        manifest = self.folder / "manifest.json"
        self.origin: dict[str, Any] = read_json(manifest) if manifest.exists() else {}
        self.synthetic = bool(self.origin.get("synthetic", False))
        self.share = float(self.origin.get("share", 1)) if self.synthetic else 1.0
        self.weight = 1 / self.share
        self.connection = duckdb.connect()
        if memory_limit is not None:
            self._limit(memory_limit)
        wanted = list(needed)
        tables = {Entity.HOUSEHOLD: inputs.household_table, Entity.PERSON: inputs.person_table}
        self.columns = {
            entity: self._open(table, [one.name for one in wanted if one.entity is entity])
            for entity, table in tables.items()
            if table is not None
        }
        self.connection.execute(
            f"CREATE TEMP TABLE {HOMES} AS SELECT {inputs.household_key}, CAST(file_row_number AS INTEGER) AS home"
            f" FROM read_parquet('{escaped(self.file)}', file_row_number = true)"
        )
        self._refuse_twins()

    def _refuse_twins(self) -> None:
        key = self.inputs.household_key
        twin = self.connection.execute(
            f"SELECT {key}, max(home) FROM {HOMES} GROUP BY {key} HAVING count(*) > 1 ORDER BY {key} LIMIT 1"
        ).fetchone()
        if twin:
            raise BadInputError(f"{self.file}: row {twin[1] + 1}: household {twin[0]} stands twice: keep one row of it")

    def _limit(self, memory_limit: str) -> None:
        try:
            self.connection.execute(f"SET memory_limit = '{memory_limit}'")
        except duckdb.Error as error:
            raise BadInputError(f"memory limit '{memory_limit}' is not understood: write for example 4GB") from error

    def _open(self, table: str, needed: Sequence[str]) -> frozenset[str]:
        """Name the rows of a file; its columns."""
        file = self.folder / f"{table}.parquet"
        try:
            present = frozenset(pq.read_schema(file).names)
        except (OSError, pa.ArrowInvalid) as error:
            reason = str(error).splitlines()[0]
            raise BadInputError(f"{file}: not readable as Parquet ({reason}): copy or export the file again") from error
        for name in dict.fromkeys([self.inputs.household_key, *needed]):
            if name not in present:
                raise BadInputError(
                    f"{file}: column '{name}' is missing, which the law reads: export it; the reference of the"
                    " register folder describes it"
                )
        self.connection.read_parquet(str(file)).create_view(table)
        return present

    @property
    def count(self) -> int:
        """Rows of the households' file."""
        found = self.connection.execute(f"SELECT count(*) FROM {HOMES}").fetchone()
        return int(found[0]) if found else 0

    def has(self, *names: str) -> bool:
        """Whether the households' file has all of these columns."""
        return set(names) <= self.columns[Entity.HOUSEHOLD]

    @property
    def file(self) -> Path:
        """The households' file."""
        return self.folder / f"{self.inputs.household_table}.parquet"

    def read(self, *names: str) -> pa.Table:
        """Columns of the households' file in the order of all arrays, which is its own."""
        return pq.read_table(self.file, columns=list(names))

    def manifest(self) -> dict[str, Any]:
        """Where the rows come from."""
        return {
            "register": str(self.folder),
            "register_month": self.origin.get("month"),
            "month": str(self.month),
            "households": self.count,
            "weight": self.weight,
            "share": self.share,
            "seed": self.origin.get("seed"),
            "synthetic": self.synthetic,
        }


def escaped(path: Path) -> str:
    """A path inside a quoted text of SQL."""
    return str(path).replace("'", "''")
