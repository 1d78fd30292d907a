"""One month of one programme: register in, decisions, lines, payments and changes out."""

from __future__ import annotations

import resource
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

from karama.cycle.changes import write_changes
from karama.cycle.deciding import Chosen, choose, decide, write_lines
from karama.cycle.duck import failures, parquet, quoted, reading, working_in, write
from karama.cycle.hashes import row_hash
from karama.cycle.intake import FAULTS, take_in
from karama.cycle.manifests import (
    FORMAT,
    GENERATOR,
    counts_of,
    overall_hash,
    read_manifest,
    refuse_foreign_folder,
    totals_of,
    write_manifest,
)
from karama.cycle.payments import write_payments, write_territory
from karama.cycle.register import month_folder
from karama.cycle.tables import DECISIONS, MANIFEST, REJECTED, TABLE_NAMED
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.foundation.progress import Steps, steps
from karama.foundation.storage import publish_folder, read_json
from karama.law import programme_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import duckdb

    from karama.cycle.intake import Intake
    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Programme

ENGINES = ("duckdb",)
_ALONGSIDE = {"asd": "asd_institution"}
"""Programmes whose month also decides those who stand alone: children in care."""

_STEPS = ("intake", "input_hashes", "decisions", "lines", "payments", "changes", "territory", "output_hashes")


@dataclass(frozen=True)
class MonthResult:
    """A finished month: its folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def hashes(self) -> dict[str, str]:
        """Hash of the rows of each output, by table."""
        return {name: one["rows_sha256"] for name, one in self.manifest["outputs"].items()}


@dataclass(frozen=True)
class Asked:
    """What was asked: everything that, with the register, sets every row of the result."""

    register: Path
    month: Month
    previous: Path | None
    programme: Programme
    amounts: Clock
    strict: bool
    parameters: Mapping[str, Any]

    @property
    def alongside(self) -> Programme | None:
        """The programme of those who stand alone, if there is one yet."""
        name = _ALONGSIDE.get(self.programme.name)
        found = programme_named(name) if name else None
        return found if found and found.first_month <= self.month else None


def run_month(
    *,
    register: Path,
    month: Month,
    out: Path,
    previous: Path | None = None,
    programme: str = "asd",
    amounts: Clock = "paid",
    strict: bool = False,
    engine: str = "duckdb",
    memory_limit: str | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> MonthResult:
    """Decide a month of a register and write its folder, whole or not at all.

    Args:
        register: folder of the register's month, or the one above it (``YYYY-MM`` is then looked for inside).
        month: the month to decide.
        out: month folder to write; a former month there is replaced, anything else is kept and refused.
        previous: folder of an earlier month of the same programme and clock, or the one above the preceding month.
        programme: name of a programme of the law.
        amounts: the clock, ``paid`` or ``legal``.
        strict: refuse the register when any row is at fault, instead of leaving such rows out.
        engine: ``duckdb``.
        memory_limit: of the engine, for example ``4GB``; beyond it the work spills to the disk of ``out``.
        parameters: values of the law to replace by name, written as in its files.

    Returns:
        The folder and its manifest.  The same call on the same rows gives the same hashes.

    Raises:
        BadInputError: the register, the previous month or the call is wrong.
        UnknownParameterError: no such programme or parameter.
        LawError: the law has no value in the month.
        StorageError: the disk is full or the place cannot be written.
        InterruptedWorkError: stopped before the end; ``out`` is as it was.
    """
    if engine not in ENGINES:
        raise BadInputError(f"engine '{engine}' is not there: use {' or '.join(ENGINES)}")
    changed = dict(parameters or {})
    asked = Asked(register, month, previous, programme_named(programme), amounts, strict, changed)
    if asked.programme.law.inputs.person_table is None:
        raise BadInputError(f"programme '{programme}' has no households: run the one that it goes with")
    _check_parameters(asked)
    earlier = _earlier_month(asked)
    folder = month_folder(register, month, f"{asked.programme.law.inputs.household_table}.parquet")
    origin = _origin(folder, month)
    refuse_foreign_folder(out)
    with failures(out), publish_folder(out) as draft, steps(f"{programme} {month}", len(_STEPS)) as bar:
        manifest = _Run(asked, folder, earlier, draft, memory_limit, bar).manifest(origin)
        write_manifest(draft, manifest)
    return MonthResult(out, manifest)


def _check_parameters(asked: Asked) -> None:
    """Refuse a changed parameter that no programme of the month has."""
    others = asked.alongside
    for name in asked.parameters:
        if not (others and name in others.law.parameters.by_name):
            asked.programme.law.parameters.get(name)


def _earlier_month(asked: Asked) -> tuple[Path, Month] | None:
    """The folder and the month of the previous one, checked to be comparable."""
    if asked.previous is None:
        return None
    folder = month_folder(asked.previous, asked.month - 1, DECISIONS.file)
    manifest = read_manifest(folder)
    before = Month.parse(manifest["month"])
    if before >= asked.month:
        raise BadInputError(f"{folder}: is the month {before}, not before {asked.month}: give an earlier month")
    for name, wanted in (("programme", asked.programme.name), ("amounts", asked.amounts)):
        if manifest[name] != wanted:
            message = f"{folder}: {name} '{manifest[name]}', not '{wanted}': compare months of the same {name}"
            raise BadInputError(message)
    return folder, before


def _origin(folder: Path, month: Month) -> dict[str, Any]:
    """What the register's own manifest says of it.

    Raises:
        BadInputError: it is the register of another month.
    """
    path = folder / MANIFEST
    found = read_json(path) if path.exists() else {}
    if found.get("month", str(month)) != str(month):
        message = f"{folder}: is the register of {found['month']}, not of {month}: give the register of the month"
        raise BadInputError(message)
    return {
        "synthetic": bool(found.get("synthetic", False)),
        "generator": found.get("generator"),
        "seed": found.get("seed"),
    }


@dataclass
class _Run:
    """The steps of one run, in order, each timed."""

    asked: Asked
    folder: Path
    earlier: tuple[Path, Month] | None
    draft: Path
    memory_limit: str | None
    bar: Steps
    seconds: dict[str, float] = field(default_factory=dict)

    def manifest(self, origin: dict[str, Any]) -> dict[str, Any]:
        """Do all the work in the draft folder; the manifest to write beside it."""
        chosen = self._chosen()
        with working_in(self.draft, self.memory_limit) as connection:
            with self._step("intake"):
                intake = self._take_in(connection)
            with self._step("input_hashes"):
                inputs = self._input_hashes(connection, intake)
            present = [one for one in chosen if one.programme.law.inputs.household_table in inputs]
            self._decide(connection, present)
            with self._step("changes"):
                write_changes(connection, chosen, self.earlier, self.draft)
            with self._step("territory"):
                write_territory(connection, self.draft)
            with self._step("output_hashes"):
                outputs = self._output_hashes(connection)
            totals = totals_of(connection, self.draft)
        undecided = [one.programme.name for one in chosen if one not in present]
        head = {**self._head(chosen, origin), "undecided": undecided}
        return {**head, "inputs": inputs, **_taken(intake), "outputs": outputs,
            "outputs_sha256": overall_hash({name: one["rows_sha256"] for name, one in outputs.items()}),
            "totals": totals, **self._tail(),
        }  # fmt: skip

    def _chosen(self) -> list[Chosen]:
        programmes = [one for one in (self.asked.alongside, self.asked.programme) if one]
        return [choose(one, self.asked.month, self.asked.amounts, self.asked.parameters) for one in programmes]

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - started, 3)
        self.bar.advance()

    def _take_in(self, connection: duckdb.DuckDBPyConnection) -> Intake:
        asked, others = self.asked, self.asked.alongside
        inputs = asked.programme.law.inputs
        wards = others.law.inputs if others else None
        intake = take_in(connection, self.folder, asked.month, inputs, wards, strict=asked.strict)
        columns = ", ".join(quoted(name) for name in REJECTED.names)
        write(
            connection, f"SELECT {columns} FROM {FAULTS}", self.draft / REJECTED.file, (*REJECTED.key, "row", "value")
        )
        return intake

    def _input_hashes(self, connection: duckdb.DuckDBPyConnection, intake: Intake) -> dict[str, Any]:
        """Hash of what is read of each file, rows at fault included."""
        found = {}
        for file in intake.files:
            with reading(file.path):
                digest = row_hash(connection, file.typed, list(dict.fromkeys((file.owner, file.key))))
            found[file.name] = {"rows": file.rows, "rows_sha256": digest}
        return found

    def _decide(self, connection: duckdb.DuckDBPyConnection, chosen: list[Chosen]) -> None:
        with self._step("decisions"):
            for one in chosen:
                decide(connection, one, self.draft)
        with self._step("lines"):
            write_lines(connection, self.draft)
        with self._step("payments"):
            write_payments(connection, chosen[-1], self.draft)

    def _output_hashes(self, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
        rows = counts_of(connection, self.draft)
        return {
            name: {
                "rows": count,
                "rows_sha256": row_hash(
                    connection, parquet(self.draft / TABLE_NAMED[name].file), TABLE_NAMED[name].key
                ),
            }
            for name, count in rows.items()
        }

    def _head(self, chosen: list[Chosen], origin: dict[str, Any]) -> dict[str, Any]:
        asked = self.asked
        return {
            "generator": GENERATOR,
            "format": FORMAT,
            "synthetic": origin["synthetic"],
            "programme": asked.programme.name,
            "month": str(asked.month),
            "amounts": asked.amounts,
            "currency": asked.programme.currency,
            "strict": asked.strict,
            "parameters": dict(asked.parameters),
            "law_version": {one.programme.name: one.version for one in chosen},
            "register": {"path": str(asked.register), **origin},
            "previous": None if self.earlier is None else self._previous(*self.earlier),
        }

    def _previous(self, folder: Path, month: Month) -> dict[str, Any]:
        found = read_manifest(folder)
        return {
            "path": str(self.asked.previous),
            "month": str(month),
            "outputs_sha256": found["outputs_sha256"],
        }

    def _tail(self) -> dict[str, Any]:
        """What differs from run to run: nothing of it enters a hash."""
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "seconds": {**self.seconds, "all": round(sum(self.seconds.values()), 3)},
            "peak_memory_mb": most // (1024 * 1024 if sys.platform == "darwin" else 1024),
            "engine": {"name": "duckdb", "version": metadata.version("duckdb"), "memory_limit": self.memory_limit},
            "versions": {"karama": metadata.version("karama"), "python": sys.version.split()[0]},
        }


def _taken(intake: Intake) -> dict[str, Any]:
    return {"faults": intake.faults, "rows_left_out": intake.left_out}
