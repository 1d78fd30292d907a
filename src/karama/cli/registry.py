"""``karama registry``: take files into the record, list what was refused, give a month back as a register folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from karama.registry.models import Import

app = typer.Typer(no_args_is_help=True, help="The record of persons and households: files in, months out.")


@app.command("import")
def import_command(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="Register folder, or an update file.")],
    *,
    month: Annotated[str, typer.Option(help="Month of a register folder, YYYY-MM.")] = "",
    kind: Annotated[str, typer.Option(help="Kind of an update file: rnp_events, rsu_scores, ...")] = "",
    first: Annotated[bool, typer.Option("--first", help="Fill an empty record: much faster, by the owner.")] = False,
    rejections: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Where refused rows are written; beside PATH by default.")
    ] = None,
) -> None:
    """Take a register folder (--month) or an update file (--kind) into the record.

    The same content is taken in once. A run that was stopped goes on where it was when it is given again.
    """
    from karama.cli.opened import open_service
    from karama.foundation.errors import BadInputError

    if bool(month) == bool(kind):
        raise BadInputError("give --month for a register folder, or --kind for an update file")
    with open_service(owner=first):
        done = _import(path, month, kind, first=first)
        typer.echo(f"import {done.pk}: {done.rows:,} rows of {path.name}")
        for fact, counts in sorted(done.counts.items()):
            typer.echo(
                f"  {fact}: {', '.join(f'{count:,} {what}' for what, count in sorted(counts.items())) or 'none'}"
            )
        _tell_refused(done, path, rejections or path.parent)


def _import(path: Path, month: str, kind: str, *, first: bool) -> Import:
    from karama.foundation.months import Month
    from karama.record.scope import operator
    from karama.registry.imports import import_register, import_updates, load_first_register

    if kind:
        return import_updates(path, kind=kind, by=operator())
    load = load_first_register if first else import_register
    return load(path, month=Month.parse(month), by=operator())


def _tell_refused(done: Import, path: Path, folder: Path) -> None:
    from karama.record.scope import SYSTEM, acting_as
    from karama.registry.imports import ledger
    from karama.registry.imports.rejections import write_faults, write_folder, write_rows

    with acting_as(SYSTEM):
        refused = ledger.rejected(done)
    if not refused:
        return
    folder.mkdir(parents=True, exist_ok=True)
    faults = folder / f"{path.stem}.faults.csv"
    write_faults(done, faults)
    rows = folder / (f"{path.name}.rejected" if done.month else f"{path.stem}.rejected{path.suffix}")
    (write_folder if done.month else write_rows)(done, path, rows)
    typer.echo(f"{refused:,} rows refused: {faults} says why, {rows} holds them: correct and import it")


@app.command("rejections")
def rejections_command(
    number: Annotated[int | None, typer.Argument(metavar="IMPORT", help="Number of the import; the latest.")] = None,
    *,
    out: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Write them all to this file.")] = None,
    limit: Annotated[int, typer.Option(help="How many are shown.", min=1)] = 20,
) -> None:
    """Show the rows that an import refused: file, row, column, value, rule and remedy."""
    from itertools import islice

    from karama.cli.opened import open_service

    with open_service():
        from karama.registry.imports.rejections import faults_of, import_of, write_faults

        of = import_of(number)
        if out is not None:
            typer.echo(f"{out}: {write_faults(of, out):,} faults of import {of.pk}")
            return
        shown = list(islice(faults_of(of), limit))
        for file, row, _, key, column, value, rule, remedy in shown:
            typer.echo(f"{file}, row {row} ({key}): column '{column}' is {value!r}: {rule}: {remedy}")
        typer.echo(f"import {of.pk} ({of.name}): {len(shown)} faults shown" if shown else f"import {of.pk}: none")


@app.command("export")
def export_command(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder in which that of the month is written.")],
    month: Annotated[str, typer.Option(help="Month, YYYY-MM.")],
    *,
    known_at: Annotated[
        dt.datetime | None, typer.Option(help="As it was known at this time (UTC); now by default.")
    ] = None,
    changed_since: Annotated[
        dt.datetime | None, typer.Option(help="Only households about which something became known since (UTC).")
    ] = None,
) -> None:
    """Write a month of the record as a register folder, which 'karama cycle run' reads."""
    from karama.cli.opened import open_service
    from karama.foundation.months import Month

    with open_service():
        from karama.record import clock
        from karama.record.scope import SYSTEM, acting_as
        from karama.registry.export import export_month

        with acting_as(SYSTEM):
            at = known_at.replace(tzinfo=dt.UTC) if known_at else clock.now()
        since = changed_since.replace(tzinfo=dt.UTC) if changed_since else None
        rows = export_month(out, month=Month.parse(month), known_at=at, changed=since)["rows"]
    typer.echo(
        f"{out / month}: {rows['households']:,} households, {rows['persons']:,} persons, {rows['wards']:,} in"
        f" establishments, as known at {at:%Y-%m-%d %H:%M:%S} UTC"
    )
