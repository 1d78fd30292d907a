"""``karama privacy``: what is kept too long, a person's own copy, extracts that name nobody (law 09-08)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from karama.cli.choices import Format

app = typer.Typer(no_args_is_help=True, help="Personal data: retention, a person's copy, research extracts.")


@app.command("retention")
def retention_command(output: Annotated[Format, typer.Option("--format", help="Text, or JSON.")] = Format.TEXT) -> None:
    """Count what is kept past its retention period; nothing is deleted."""
    from karama.cli.opened import open_service

    with open_service():
        from django.utils.timezone import localdate

        from karama.delivery.privacy.retention import kept_past_retention
        from karama.record.clock import now
        from karama.record.scope import operator

        found = kept_past_retention(on=localdate(now()), by=operator())
    if output is Format.JSON:
        from dataclasses import asdict
        from json import dumps

        typer.echo(dumps([asdict(one) for one in found], default=str, ensure_ascii=False))
        return
    for one in found:
        since = f", the oldest of {localdate(one.oldest):%Y-%m-%d}" if one.oldest else ""
        typer.echo(f"{one.rows:>12,}  {one.label.en}: {one.months} months ({one.status}){since}")


@app.command("copy")
def copy_command(
    idcs: Annotated[str, typer.Argument(metavar="IDCS", help="The person's identifier.")],
    out: Annotated[Path, typer.Option(help="Folder for data.json and page.html.")],
) -> None:
    """Write everything known of a person, for that person: as JSON, and as a page in French and Arabic."""
    from karama.cli.opened import open_service
    from karama.foundation.storage import publish_folder, write_json

    with open_service():
        from django.utils.timezone import localdate

        from karama.delivery.privacy.own_data import as_page, own_data
        from karama.record.clock import now
        from karama.record.scope import operator

        at = now()
        told = own_data(idcs=idcs, by=operator(), at=at)
        with publish_folder(out) as draft:
            write_json(draft / "data.json", told)
            (draft / "page.html").write_text(as_page(told, localdate(at)), encoding="utf-8")
    typer.echo(f"{sum(map(len, told['tables'].values()))} rows of {len(told['tables'])} tables in {out}")


@app.command("extract")
def extract_command(
    analyst: Annotated[str, typer.Argument(metavar="ANALYST", help="Account of the analyst who takes it.")],
    register: Annotated[Path, typer.Option(help="Register folder, as the registry exports it.")],
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="Month to tell.")],
    out: Annotated[Path, typer.Option(help="Folder to write.")],
    purpose: Annotated[str, typer.Option(help="What for; kept in the journal.")],
) -> None:
    """Write a pseudonymised extract of a month: no names, no dates, no communes, none whom few are like."""
    from karama.cli.opened import open_service
    from karama.foundation.months import Month

    asked = Month.parse(month)
    with open_service():
        from karama.delivery.privacy.extract import extract
        from karama.record.clock import now
        from karama.record.queries import account_named
        from karama.record.scope import actor_of

        by = actor_of(account_named(analyst))
        made = extract(register=register, month=asked, out=out, purpose=purpose, by=by, at=now())
    typer.echo(
        f"{made.households:,} households, {made.persons:,} persons; {made.told_by_region:,} told by their region,"
        f" {made.told_without_members:,} without their members,"
        f" {made.left_out:,} left out (fewer than {made.least} alike)"
    )
