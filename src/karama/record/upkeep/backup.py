"""A backup: the database as at one moment and the lake, in one folder with the hash of every file."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING, Any

from karama import __version__
from karama.foundation.errors import BadInputError, IntegrityError
from karama.foundation.storage import file_digest, publish_folder, read_json, write_json
from karama.record.upkeep.contents import Address, programs_of, sums

if TYPE_CHECKING:
    from pathlib import Path

GENERATOR = "karama backup"
FORMAT = 1
MANIFEST, DATABASE, LAKE = "manifest.json", "database.dump", "lake"


def back_up(address: Address, lake: Path, folder: Path) -> dict[str, Any]:
    """Write a backup, whole or not at all, readable by its owner only.

    The figures of the manifest and the dump are of one snapshot.  The lake is read after it: its months appear whole
    and are not changed, so all that the database refers to is there.

    Returns:
        The manifest: the rows and a sum of values of each table, the size and SHA-256 of each file.

    Raises:
        BadInputError: the folder exists and holds something.
        StorageError: the disk is full, or the role may not read everything.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInputError(f"{folder}: holds files, which are kept: give a folder of its own to each backup")
    with publish_folder(folder) as draft:
        draft.chmod(0o700)
        database = _dump(address, draft / DATABASE)
        if lake.is_dir():
            shutil.copytree(lake, draft / LAKE)
        manifest = {
            "generator": GENERATOR,
            "format": FORMAT,
            "version": __version__,
            "made": dt.datetime.now(tz=dt.UTC).isoformat(timespec="seconds"),
            **database,
            "files": {str(one.relative_to(draft)): _file(one) for one in sorted(draft.rglob("*")) if one.is_file()},
        }
        write_json(draft / MANIFEST, manifest)
    return manifest


def _dump(address: Address, target: Path) -> dict[str, Any]:
    with address.connect() as connection:
        programs = programs_of(connection)
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        options = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}")
        address.run(programs, "pg_dump", *options)
        found = connection.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        return {
            "database": address.database,
            "postgresql": connection.info.parameter_status("server_version"),
            "migrations": [f"{app}.{name}" for app, name in found],
            "tables": sums(connection),
        }


def _file(path: Path) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": file_digest(path)}


def read_backup(folder: Path) -> dict[str, Any]:
    """The manifest of a backup whose files are all there as they were written.

    Raises:
        BadInputError: not a backup, or one of another format.
        IntegrityError: names each file that is missing, altered or not of the backup.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise BadInputError(f"{folder}: no backup: it has no {MANIFEST}; '{GENERATOR}' writes one")
    manifest = read_json(path)
    if not isinstance(manifest, dict) or manifest.get("generator") != GENERATOR or manifest.get("format") != FORMAT:
        raise BadInputError(f"{path}: not a backup of format {FORMAT}: give a folder that '{GENERATOR}' wrote")
    told: dict[str, Any] = manifest["files"]
    there = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()} - {MANIFEST}
    faults = [f"{name} is missing" for name in sorted(told.keys() - there)]
    faults += [f"{name} was added" for name in sorted(there - told.keys())]
    faults += [f"{name} was altered" for name in sorted(told.keys() & there) if _file(folder / name) != told[name]]
    if faults:
        raise IntegrityError(f"{folder}: not as it was written: {'; '.join(faults)}: use another backup")
    return manifest
