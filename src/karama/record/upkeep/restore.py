"""A restore: into a new database, compared with the backup row for row, and only then in the place of the former one.

The journal is verified there from its first event.  A drill fails where it is not what was sealed; a restore after a
loss goes on and says so: what was backed up is all there is.

Nothing is lost on the way: a database that held something is renamed, never overwritten.
"""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from karama.foundation.errors import BadInputError, IntegrityError, StorageError
from karama.foundation.storage import publish_folder
from karama.record.journal.verifying import Report, counted, verify
from karama.record.upkeep.backup import DATABASE, LAKE, read_backup
from karama.record.upkeep.contents import Address, differences, programs_of, sums

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

MAINTENANCE = "postgres"
"""The database from which others are made and renamed."""


@dataclass(frozen=True)
class Restored:
    """What was restored and compared, its journal, and the name of the database that was put aside, if one was."""

    tables: int
    rows: int
    files: int
    journal: Report
    aside: str | None = None


def drill(address: Address, folder: Path) -> Restored:
    """Restore a backup into a database that is removed again; compare it with the manifest, and verify its journal.

    Raises:
        IntegrityError: a file, a table or the journal is not what it was.
        StorageError: the role may not make a database, or the programs fail.
    """
    manifest = read_backup(folder)
    with _in_words(address), _restored(address, folder, manifest) as (_, journal):
        if journal.findings:
            first = "; ".join(one.says for one in journal.findings[:3])
            raise IntegrityError(f"{folder}: its journal is not as it was written ({counted(journal)}): {first}")
        return _told(manifest, journal)


def restore(address: Address, lake: Path, folder: Path, *, replace: bool = False) -> Restored:
    """Put a backup in the place of the address's database and of the lake.

    Args:
        address: the owner's.
        lake: the folder of the lake; it must be absent or empty, unless ``replace``.
        folder: the backup.
        replace: put a database and a lake that hold something aside, under names with the hour.

    Raises:
        BadInputError: the database or the lake holds something.
        IntegrityError: a file or a table is not what it was; nothing has changed then.
        StorageError: the role may not make a database, or the programs fail.
    """
    manifest = read_backup(folder)
    stamp = f"{dt.datetime.now(tz=dt.UTC):%Y%m%d_%H%M%S}"
    if not replace:
        _refuse_what_holds_something(address, lake)
    aside = f"{address.database}_before_{stamp}"
    with (
        _in_words(address),
        _restored(address, folder, manifest) as (fresh, journal),
        _lake_restored(lake, folder, stamp),
        _maintaining(address) as server,
    ):
        kept = _holds_tables(address)
        _put_out(server, address.database)
        with server.transaction():  # both or neither: a service that comes between finds one of the two
            server.execute(_rename(address.database, aside))
            server.execute(_rename(fresh, address.database))
        if not kept:
            server.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(aside)))
    return _told(manifest, journal, aside if kept else None)


@contextmanager
def _restored(address: Address, folder: Path, manifest: Mapping[str, Any]) -> Iterator[tuple[str, Report]]:
    """The name of a new database that holds the backup, and its journal; removed at the end unless it is renamed."""
    fresh = f"{address.database}_restored_{dt.datetime.now(tz=dt.UTC):%Y%m%d_%H%M%S_%f}"
    name = sql.Identifier(fresh)
    with _maintaining(address) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'").format(name))
        try:
            there = Address({**address.parts, "dbname": fresh})
            with there.connect() as connection:
                programs = programs_of(connection)
            options = ("--single-transaction", "--no-owner", "--no-privileges", f"--dbname={fresh}")
            there.run(programs, "pg_restore", *options, str(folder / DATABASE))
            with there.connect() as connection:
                found = sums(connection)
                connection.execute("SELECT set_config('karama.scope', 'nation', true)")
                journal = verify(database=connection)
            if faults := list(differences(manifest["tables"], found)):
                raise IntegrityError(f"{folder}: restored, it is not what was backed up: {'; '.join(faults)}")
            yield fresh, journal
        finally:
            server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@contextmanager
def _maintaining(address: Address) -> Iterator[psycopg.Connection]:
    with Address({**address.parts, "dbname": MAINTENANCE}).connect(autocommit=True) as connection:
        yield connection


def _rename(before: str, after: str) -> sql.Composed:
    return sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(before), sql.Identifier(after))


def _put_out(server: psycopg.Connection, database: str) -> None:
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
        [database],
    )


def _holds_tables(address: Address) -> bool:
    with address.connect() as connection:
        asked = "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') LIMIT 1"
        return connection.execute(asked).fetchone() is not None


def _refuse_what_holds_something(address: Address, lake: Path) -> None:
    if _holds_tables(address):
        raise BadInputError(
            f"the database {address.database} holds tables, which are kept: name an empty database, or put "
            "it aside with --replace"
        )
    if lake.exists() and any(lake.iterdir()):
        raise BadInputError(f"{lake}: holds months, which are kept: name an empty lake, or put it aside with --replace")


@contextmanager
def _lake_restored(lake: Path, folder: Path, stamp: str) -> Iterator[None]:
    """The lake copied beside its place, and put there once the body has gone well; the former one is kept aside."""
    if not (folder / LAKE).is_dir():
        yield
        _put_lake_aside(lake, stamp)
        return
    with publish_folder(lake) as draft:
        shutil.copytree(folder / LAKE, draft, dirs_exist_ok=True)
        yield
        _put_lake_aside(lake, stamp)


def _put_lake_aside(lake: Path, stamp: str) -> None:
    if lake.exists() and any(lake.iterdir()):
        lake.rename(lake.with_name(f"{lake.name}_before_{stamp}"))
    elif lake.exists():
        lake.rmdir()


@contextmanager
def _in_words(address: Address) -> Iterator[None]:
    """What the server refuses, as an error of ours."""
    try:
        yield
    except psycopg.Error as error:
        raise StorageError(
            f"the database {address.database} is not restored, the former one and the lake are in their place"
            f" ({str(error).strip().partition(chr(10))[0]}): stop what is connected to it, look at the server's log,"
            " and try again"
        ) from error


def _told(manifest: Mapping[str, Any], journal: Report, aside: str | None = None) -> Restored:
    tables = manifest["tables"]
    return Restored(len(tables), sum(one["rows"] for one in tables.values()), len(manifest["files"]), journal, aside)
