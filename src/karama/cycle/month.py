"""One month of one programme: register in, decisions, lines, payments and changes out."""

from __future__ import annotations

import resource
import sys
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from typing import TYPE_CHECKING, Any

from karama.cycle.changes import Earlier, write_changes
from karama.cycle.deciding import Chosen, choose, decide, write_lines
from karama.cycle.duck import DuckEngine, failures
from karama.cycle.engine import ENGINES
from karama.cycle.intake import open_register, rejected_query
from karama.cycle.manifests import (
    FORMAT,
    GENERATOR,
    overall_hash,
    read_manifest,
    refuse_foreign_folder,
    totals_of,
    write_manifest,
)
from karama.cycle.payments import add_territory, write_payments, write_territory
from karama.cycle.tables import DECISIONS, MANIFEST, PERSONS_TRACE, REJECTED
from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.foundation.progress import Steps, steps
from karama.foundation.storage import month_folder, publish_folder, read_json
from karama.law import programme_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from karama.cycle.engine import Engine, Part
    from karama.cycle.intake import Register
    from karama.law.engine.parameters import Clock
    from karama.law.engine.programme import Programme

_ALONGSIDE = {"asd": "asd_institution"}
"""Programmes whose month also decides those who stand alone: children in care."""

_STEPS_OF_A_PART = ("intake", "decisions", "lines", "payments", "changes", "territory")
_STEPS = ("opening", *_STEPS_OF_A_PART, "writing", "totals")


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
    master: str | None = None,
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
        engine: ``duckdb``, or ``spark`` where a country outgrows one machine; the rows and their hashes are the same.
        memory_limit: of the engine, for example ``4GB``; beyond it the work spills to the disk of ``out``.
        master: the cluster of ``spark``, for example ``spark://host:7077``; without it this machine.
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
        with closing(_engine(engine, draft, memory_limit, master)) as at_work, at_work.failures(out):
            manifest = _Run(asked, folder, earlier, at_work, bar).manifest(origin)
        write_manifest(draft, manifest)
    return MonthResult(out, manifest)


def _engine(name: str, draft: Path, memory_limit: str | None, master: str | None) -> Engine:
    """What computes the month, at work for the draft folder."""
    if name == "duckdb":
        return DuckEngine(draft, memory_limit)
    from karama.cycle.spark import SparkEngine  # noqa: PLC0415 - needs an extra

    return SparkEngine(draft, memory_limit, master)


def _check_parameters(asked: Asked) -> None:
    """Refuse a changed parameter that no programme of the month has."""
    others = asked.alongside
    for name in asked.parameters:
        if not (others and name in others.law.parameters.by_name):
            asked.programme.law.parameters.get(name)


def _earlier_month(asked: Asked) -> Earlier | None:
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
    return Earlier(folder, before)


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
    """The steps of one run, in order, each timed; a large country goes through them part after part."""

    asked: Asked
    folder: Path
    earlier: Earlier | None
    engine: Engine
    bar: Steps
    seconds: dict[str, float] = field(default_factory=dict)

    def manifest(self, origin: dict[str, Any]) -> dict[str, Any]:
        """Do all the work in the draft folder; the manifest to write beside it."""
        chosen = self._chosen()
        with self._step("opening"):
            register = self._open(chosen)
            parts = list(self.engine.parts(register.households.whole, register.households.key))
            self.bar.extend((len(parts) - 1) * len(_STEPS_OF_A_PART))
        for part in parts:
            self._take_in(register, part)
            if not (self.asked.strict and register.faults):
                self._decide(part, chosen, self._there(chosen, register))
        if self.asked.strict and register.faults:
            raise BadInputError(register.refusal(self.engine, self.folder))
        with self._step("writing"):
            write_territory(self.engine)
            self.engine.emit(REJECTED, rejected_query(faulty=bool(register.faults)))
            inputs, outputs = self.engine.finish()
        with self._step("totals"):
            totals = totals_of(self.engine, outputs)
        undecided = [one.programme.name for one in chosen if one not in self._there(chosen, register)]
        hashes = {name: one.rows_sha256 for name, one in outputs.items()}
        return {**self._head(chosen, origin), "undecided": undecided,
            "inputs": {name: one.as_dict() for name, one in inputs.items()},
            "faults": dict(sorted(register.faults.items())), "rows_left_out": dict(register.left_out),
            "outputs": {name: outputs[name].as_dict() for name in sorted(outputs)},
            "outputs_sha256": overall_hash(hashes), "totals": totals, **self._tail(),
        }  # fmt: skip

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = self.seconds.get(name, 0) + time.perf_counter() - started
        self.bar.advance()

    def _chosen(self) -> list[Chosen]:
        programmes = [one for one in (self.asked.alongside, self.asked.programme) if one]
        return [choose(one, self.asked.month, self.asked.amounts, self.asked.parameters) for one in programmes]

    @staticmethod
    def _there(chosen: Sequence[Chosen], register: Register) -> list[Chosen]:
        """The programmes whose rows the register has."""
        return [one for one in chosen if register.file(one.programme.law.inputs.household_table)]

    def _open(self, chosen: Sequence[Chosen]) -> Register:
        asked, others = self.asked, self.asked.alongside
        if self.earlier is not None:
            self.earlier.open(self.engine)
        inputs, wards = asked.programme.law.inputs, others.law.inputs if others else None
        columns = {column.name for one in chosen for column in one.programme.law.inputs.columns}
        communes = _communes() if "commune" in columns else None
        return open_register(self.engine, self.folder, inputs, wards, communes)

    def _take_in(self, register: Register, part: Part) -> None:
        with self._step("intake"):
            register.take_in(self.engine, part, self.asked.month)

    def _decide(self, part: Part, chosen: list[Chosen], there: list[Chosen]) -> None:
        """Everything about one part; those who stand alone are decided with the first."""
        now = [one for one in there if part.first or not one.alone]
        with self._step("decisions"):
            for one in now:
                decide(self.engine, one)
        with self._step("lines"):
            write_lines(self.engine, now)
        with self._step("payments"):
            write_payments(self.engine, now, self.asked.programme.name)
        with self._step("changes"):
            present = frozenset([*(one.table.name for one in now), PERSONS_TRACE.name])
            compared = [one for one in chosen if part.first or not one.alone]
            write_changes(self.engine, compared, self.earlier, part, present)
        with self._step("territory"):
            add_territory(self.engine, now)

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
            "previous": None if self.earlier is None else self._previous(self.earlier),
        }

    def _previous(self, earlier: Earlier) -> dict[str, Any]:
        found = read_manifest(earlier.folder)
        return {
            "path": str(self.asked.previous),
            "month": str(earlier.month),
            "outputs_sha256": found["outputs_sha256"],
        }

    def _tail(self) -> dict[str, Any]:
        """What differs from run to run: nothing of it enters a hash."""
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        seconds = {name: round(one, 3) for name, one in self.seconds.items()}
        return {
            "seconds": {**seconds, "all": round(sum(self.seconds.values()), 3)},
            "peak_memory_mb": most // (1024 * 1024 if sys.platform == "darwin" else 1024),
            "engine": self.engine.describe(),
            "versions": {"karama": metadata.version("karama"), "python": sys.version.split()[0]},
        }


def _communes() -> frozenset[str]:
    from karama.territory import units  # noqa: PLC0415 - another country's register needs none of it

    return frozenset(units()["code"])
