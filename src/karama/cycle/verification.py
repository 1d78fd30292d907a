"""A finished month verified: its files against its manifest, and all of it against a replay from the register."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from karama.cycle.duck import columns_of, failures, parquet, reading, row_hash
from karama.cycle.engine import quoted
from karama.cycle.manifests import overall_hash, read_manifest
from karama.cycle.month import run_month
from karama.cycle.tables import TABLE_NAMED, Table
from karama.foundation.errors import BadInputError, IntegrityError
from karama.foundation.months import Month

_SHOWN = 5
_THERE = '"(there)"'
"""A column that no table of a month has: whether a row is on that side."""
_REPLAYED = (
    "synthetic",
    "currency",
    "law_version",
    "inputs",
    "faults",
    "rows_left_out",
    "outputs",
    "outputs_sha256",
    "totals",
)
"""What a replay must find again in the manifest; times and memory may differ."""


@dataclass(frozen=True)
class VerifyResult:
    """A month that holds: the folder, its tables with their rows, and the hash of all of them."""

    folder: Path
    month: Month
    rows: dict[str, int]
    outputs_sha256: str


def verify_month(
    folder: Path,
    *,
    register: Path | None = None,
    previous: Path | None = None,
    engine: str = "duckdb",
    master: str | None = None,
) -> VerifyResult:
    """Recompute the hashes of a month folder, replay the month from its register and compare.

    Args:
        folder: a folder written by ``run_month``.
        register: the register, if it is no longer where the manifest says.
        previous: the previous month's folder, if it is no longer where the manifest says.
        engine: what replays it, whatever has run it.
        master: the cluster of ``spark``; without it this machine.

    Returns:
        What was verified.

    Raises:
        IntegrityError: a file is missing or changed, or the replay gives something else; names the files, and the
            first rows and columns that differ.
        BadInputError: no month folder, or no register to replay.
    """
    manifest = read_manifest(folder)
    with tempfile.TemporaryDirectory(prefix="karama-verify-") as scratch, failures(folder):
        at_work: dict[str, Any] = {"engine": engine, "master": master}
        at_work["memory_limit"] = manifest["engine"]["memory_limit"]
        replay = _replay(manifest, Path(scratch) / "replay", register, previous, at_work)
        with duckdb.connect() as connection:
            connection.execute("SET temp_directory = '" + str(Path(scratch) / "spill").replace("'", "''") + "'")
            found = _changed_files(connection, folder, manifest)
            found += _differences(connection, folder, Path(scratch) / "replay", manifest, replay)
    if found:
        raise IntegrityError(f"{folder} does not hold: {'; '.join(dict.fromkeys(found))}")
    rows = {name: one["rows"] for name, one in manifest["outputs"].items()}
    return VerifyResult(folder, Month.parse(manifest["month"]), rows, manifest["outputs_sha256"])


def _replay(
    manifest: dict[str, Any], out: Path, register: Path | None, previous: Path | None, at_work: dict[str, Any]
) -> dict[str, Any]:
    """Run the month again as its manifest says, with another engine perhaps; the new manifest."""
    before = manifest["previous"]
    at = {
        "register": register or Path(manifest["register"]["path"]),
        "previous": previous or (Path(before["path"]) if before else None),
    }
    for name, path in at.items():
        if path is not None and not path.exists():
            raise BadInputError(f"{path}: the {name} of the month is no longer there: say where it is with --{name}")
    run_month(
        register=at["register"] or Path(),
        month=Month.parse(manifest["month"]),
        out=out,
        previous=at["previous"],
        programme=manifest["programme"],
        amounts=manifest["amounts"],
        parameters=manifest["parameters"],
        **at_work,
    )
    return read_manifest(out)


def _changed_files(connection: duckdb.DuckDBPyConnection, folder: Path, manifest: dict[str, Any]) -> list[str]:
    """The files that are not what the manifest says."""
    found, hashes = [], {}
    for name, stated in manifest["outputs"].items():
        path = folder / TABLE_NAMED[name].file
        if not path.exists():
            found.append(f"{path.name}: is missing")
            continue
        try:
            with reading(path):
                hashes[name] = row_hash(connection, parquet(path), TABLE_NAMED[name].key)
        except BadInputError as error:
            found.append(str(error))
            continue
        except ValueError as error:
            found.append(f"{path.name}: holds a column of another type: {error}")
            continue
        if hashes[name] != stated["rows_sha256"]:
            found.append(f"{path.name}: its rows are not those of the manifest")
    if not found and overall_hash(hashes) != manifest["outputs_sha256"]:
        found.append("manifest.json: outputs_sha256 is not that of its outputs")
    return found


def _differences(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    replayed: Path,
    manifest: dict[str, Any],
    replay: dict[str, Any],
) -> list[str]:
    """What the replay finds otherwise, in the manifest and row by row in the files."""
    found = []
    if (before := manifest["previous"]) and before["outputs_sha256"] != replay["previous"]["outputs_sha256"]:
        found.append("previous: the previous month is no longer the one that was compared with")
    found += [
        f"manifest.json: '{name}' is not what the replay gives{_hint(name, manifest, replay)}"
        for name in _REPLAYED
        if manifest.get(name) != replay[name]
    ]
    for table in (TABLE_NAMED[name] for name in replay["outputs"]):
        if (folder / table.file).exists():
            found += _row_differences(connection, folder / table.file, replayed / table.file, table)
    return found


def _hint(name: str, manifest: dict[str, Any], replay: dict[str, Any]) -> str:
    if name == "law_version":
        return ": the law has changed since, in this version of the program"
    if name == "inputs":
        stated = manifest.get("inputs", {})
        differing = [one for one, found in replay["inputs"].items() if stated.get(one) != found]
        return f": the register's {', '.join(differing)} changed since"
    return ""


def _row_differences(connection: duckdb.DuckDBPyConnection, stored: Path, replayed: Path, table: Table) -> list[str]:
    """The first rows that are only in one of two files, or have another value, with their key."""
    try:
        with reading(stored):
            left, right = parquet(stored), parquet(replayed)
            columns = columns_of(connection, right)
            if columns_of(connection, left) != columns:
                return [f"{stored.name}: its columns are not those of the replay"]
            same = " AND ".join(f"a.{quoted(name)} IS NOT DISTINCT FROM b.{quoted(name)}" for name in table.key)
            names = [quoted(name) for name in columns]
            rows = connection.execute(
                f"WITH a AS (SELECT *, true AS {_THERE} FROM (FROM {left} EXCEPT ALL FROM {right})),"
                f" b AS (SELECT *, true AS {_THERE} FROM (FROM {right} EXCEPT ALL FROM {left}))"
                f" SELECT {', '.join(f'COALESCE(a.{quoted(name)}, b.{quoted(name)})' for name in table.key)},"
                f" {', '.join(f'a.{name}' for name in names)}, {', '.join(f'b.{name}' for name in names)},"
                f" a.{_THERE} IS NOT NULL, b.{_THERE} IS NOT NULL"
                f" FROM a FULL JOIN b ON {same} ORDER BY ALL LIMIT {_SHOWN}"
            ).fetchall()
    except BadInputError:
        return []  # already told: the file is unreadable
    return [_told(stored.name, row, table, list(columns)) for row in rows]


def _told(file: str, row: tuple[Any, ...], table: Table, columns: list[str]) -> str:
    """One row that differs, in words."""
    key, rest = row[: len(table.key)], row[len(table.key) :]
    stored, replayed = rest[: len(columns)], rest[len(columns) : 2 * len(columns)]
    named = " ".join(str(part) for part in key if part is not None)
    here, there = rest[-2], rest[-1]
    if not (here and there):
        return f"{file}: {named}: {'is not in the replay' if here else 'is missing'}"
    values = [
        f"{name} is {old!r}, the replay gives {new!r}"
        for name, old, new in zip(columns, stored, replayed, strict=True)
        if old != new
    ]
    return f"{file}: {named}: {', '.join(values)}"
