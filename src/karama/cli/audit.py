"""``karama audit``: the journal sealed, verified from its first event, anchored elsewhere, read file by file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karama.cli.choices import Format
from karama.foundation.errors import IntegrityError, UnknownParameterError

if TYPE_CHECKING:
    from karama.record.journal.verifying import Report

app = typer.Typer(no_args_is_help=True, help="The journal: sealed, verified, anchored, read.")

Anchors = Annotated[
    str, typer.Option("--anchors", metavar="PLACE", help="Folder or address of the anchors, kept on another machine.")
]
Output = Annotated[Format, typer.Option("--format", help="Text, or JSON.")]


@app.command("seal")
def seal_command(anchors: Anchors = "") -> None:
    """Seal the events that wait, as the worker does every minute; with --anchors, publish the day's anchor."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.record.journal.anchoring import publish
        from karama.record.journal.sealing import seal_waiting
        from karama.record.scope import SYSTEM, acting_as

        sealed = [len(one.events) for one in seal_waiting()]
        typer.echo(f"{sum(sealed):,} events sealed in {len(sealed)} batches")
        if anchors:
            with acting_as(SYSTEM):
                anchor = publish(anchors)
            typer.echo(f"anchor of {anchor.day}: seal {anchor.seal}" if anchor else "nothing is sealed: no anchor")


@app.command("verify")
def verify_command(anchors: Anchors = "", output: Output = Format.TEXT) -> None:
    """Compute every hash of the journal again; name any event altered, missing, reordered or put in."""
    from karama.cli.opened import open_service
    from karama.foundation.progress import steps

    with open_service():
        from karama.record.journal.anchoring import read_anchors
        from karama.record.journal.verifying import verify
        from karama.record.models import Seal
        from karama.record.scope import SYSTEM, acting_as

        kept = read_anchors(anchors) if anchors else []
        with steps("seals", Seal.objects.count()) as bar, acting_as(SYSTEM):
            report = verify(kept, progress=lambda _: bar.advance())
    _tell(report, output)


def _tell(report: Report, output: Format) -> None:
    from karama.record.journal.verifying import counted

    if output is Format.JSON:
        from dataclasses import asdict
        from json import dumps

        typer.echo(dumps(asdict(report), ensure_ascii=False))
    else:
        for finding in report.findings:
            typer.echo(f"{finding.fault}: {finding.says}")
        typer.echo(
            f"{report.events:,} events in {report.seals:,} seals, {report.waiting:,} waiting,"
            f" {report.anchors} anchors: {counted(report)}"
        )
    if report.findings:
        raise IntegrityError(f"the journal is not as it was written: {counted(report)}; see 'karama audit verify'")


@app.command("timeline")
def timeline_command(
    household: Annotated[str, typer.Argument(metavar="HOUSEHOLD", help="Number of a household.")],
    output: Output = Format.TEXT,
) -> None:
    """What happened to a household's file and who of the staff read it; this reading is journaled too."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.record import clock, journal
        from karama.record.queries import timeline, told
        from karama.record.scope import acting_as, operator
        from karama.registry.models import Household

        by = operator()
        with acting_as(by):
            found = Household.objects.filter(number=household).first()
            if found is None:
                raise UnknownParameterError(f"no household has the number '{household}': compare it with the file")
            events = list(told(timeline(found.pk)))
            journal.read_of_file(household_id=found.pk, by=by, at=clock.now(), page="karama audit timeline")
    for one in events:
        if output is Format.JSON:
            from json import dumps

            typer.echo(dumps(one, ensure_ascii=False))
        else:
            typer.echo(f"{one['at'][:19]}  {one['actor']:<20}  {one['kind']:<28}  {one['subject']}")
