"""``karama backup``, ``restore`` and ``doctor``: the service kept in good health."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karama.cli.choices import Format
from karama.cli.opened import open_service
from karama.foundation.errors import BadInputError, IntegrityError, UnsoundServiceError

if TYPE_CHECKING:
    from karama.record.upkeep.contents import Address
    from karama.record.upkeep.restore import Restored


def backup_command(
    folder: Annotated[Path, typer.Argument(help="Folder to write; each backup has a folder of its own.")],
) -> None:
    """Write the database, as at one moment, and the lake to a folder, with the hash of every file.

    The service may run meanwhile. The folder holds everything the service knows: keep it as you keep the database.
    """
    from django.conf import settings

    from karama.foundation.storage import file_digest
    from karama.record.upkeep.backup import MANIFEST, back_up

    with open_service(owner=True):
        manifest = back_up(_address(), settings.LAKE, folder)
    rows = sum(one["rows"] for one in manifest["tables"].values())
    size = sum(one["bytes"] for one in manifest["files"].values())
    typer.echo(
        f"{folder}: {rows:,} rows of {len(manifest['tables'])} tables, {len(manifest['files'])} files, {size:,} B"
    )
    typer.echo(f"SHA-256 of the manifest, to keep elsewhere: {file_digest(folder / MANIFEST)}")


def restore_command(
    folder: Annotated[Path, typer.Argument(help="Folder that 'karama backup' wrote.")],
    *,
    drill: Annotated[
        bool, typer.Option("--drill", help="Restore into a database apart, compare, remove it: nothing else changes.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put a database and a lake that hold something aside, under another name.")
    ] = False,
) -> None:
    """Restore a backup: first into a new database, compared with the backup table by table, then in its place.

    Stop the service first, except for a drill.
    """
    from django.conf import settings

    if drill and replace:
        raise BadInputError("--drill and --replace: a drill replaces nothing: choose one")
    with open_service(migrated=False, owner=True):
        from karama.record.upkeep.restore import drill as try_out
        from karama.record.upkeep.restore import restore

        if drill:
            typer.echo(f"{_told(try_out(_address(), folder))}; the drill's database is removed")
            return
        restored = restore(_address(), settings.LAKE, folder, replace=replace)
        _give_rights()
        typer.echo(f"{_told(restored)}; run 'karama migrate', then 'karama doctor'")
        if restored.aside:
            typer.echo(f"the former database is kept under the name {restored.aside}")
        if restored.journal.findings:
            raise IntegrityError("the journal was not as it was written when it was backed up: 'karama audit verify'")


def doctor_command(
    output: Annotated[Format, typer.Option("--format", help="Lines of text, or JSON.")] = Format.TEXT,
    *,
    whole_journal: Annotated[
        bool,
        typer.Option(
            "--whole-journal", help="Compute every hash of the journal again; else those of the newest seals."
        ),
    ] = False,
) -> None:
    """Check settings, database, rights, migrations, clock, journal, jobs, lake, disk and law; change nothing.

    The chain of the journal's seals is always computed whole, and compared with the anchors of KARAMA_ANCHORS.
    Ends with an exit code of its own when a check fails; a warning does not.
    """
    import json
    from dataclasses import asdict

    from karama.foundation.errors import StorageError

    try:
        with open_service(migrated=False):
            from karama.record.upkeep.doctor import examine

            findings = [asdict(one) for one in examine(_unconfirmed(), whole_journal=whole_journal)]
    except StorageError as error:
        says, _, remedy = str(error).rpartition(": ")
        findings = [{"subject": "database", "status": "fail", "says": says, "remedy": remedy}]
    if output is Format.JSON:
        typer.echo(json.dumps(findings, ensure_ascii=False, indent=1))
    else:
        for one in findings:
            remedy = f": {one['remedy']}" if one["remedy"] else ""
            typer.echo(f"{one['status']:4}  {one['subject']:10}  {one['says']}{remedy}")
    failed = [one for one in findings if one["status"] == "fail"]
    if failed:
        raise UnsoundServiceError(f"{len(failed)} of {len(findings)} checks failed: see the lines that begin with fail")


def _unconfirmed() -> dict[str, int]:
    """How many unconfirmed values are in force today, by programme."""
    from django.utils.timezone import localdate

    from karama.delivery.programmes import entrusted
    from karama.foundation.months import Month
    from karama.law import programme_named
    from karama.law.listing import listing

    today = Month.of(localdate())
    return {name: len(listing(programme_named(name), today, unconfirmed_only=True)) for name in entrusted()}


def _address() -> Address:
    from django.db import connections

    from karama.record.upkeep.contents import Address

    connections["owner"].close()
    return Address.of(connections["owner"].settings_dict)


def _give_rights() -> None:
    from django.db import connections, transaction

    from karama.record.rights import grant

    connections.close_all()
    with transaction.atomic(using="owner"):
        grant(connections["owner"], connections["default"].settings_dict["USER"])


def _told(restored: Restored) -> str:
    from karama.record.journal.verifying import counted

    return (
        f"{restored.rows:,} rows of {restored.tables} tables and {restored.files} files, as they were backed up;"
        f" the journal's {restored.journal.events:,} sealed events: {counted(restored.journal)}"
    )
