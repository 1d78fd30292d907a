"""``karama registry legacy``: lists of aids of before, who receives two at once, the report of the transition."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="Aids of before: their lists, two aids at once, the transition.")

MonthOption = Annotated[str, typer.Option(metavar="YYYY-MM", help="Month looked at.")]


class Shape(StrEnum):
    """How the report is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


@app.command("import")
def import_command(
    path: Annotated[Path, typer.Argument(metavar="LIST", help="CSV or Parquet: idcs, name, scheme, amount, from, to.")],
    rejections: Annotated[Path | None, typer.Option(help="CSV file to write the rows left out to.")] = None,
) -> None:
    """Take in the list of an aid of before; the same list again changes nothing."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.delivery.transition.lists import import_list
        from karama.record.scope import SYSTEM, acting_as, operator
        from karama.registry.imports import ledger

        done = import_list(path, by=operator())
        with acting_as(SYSTEM):
            refused = ledger.rejected(done)
            left_out = list(done.rejections.values_list(*ledger.REJECTED))
    facts = done.counts.get("LegacyAid", {})
    typer.echo(
        f"import {done.pk}: {done.rows:,} rows, {facts.get('written', 0):,} facts written,"
        f" {facts.get('unchanged', 0):,} known already, {refused:,} rows left out"
    )
    if rejections:
        _write(rejections, ledger.REJECTED, left_out)


def _write(path: Path, header: tuple[str, ...], rows: list[tuple[object, ...]]) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


@app.command("both")
def both_command(
    month: MonthOption,
    act: Annotated[bool, typer.Option("--act", help="Also do what the parameter 'both_aids' says.")] = False,
) -> None:
    """List who receives an aid of before and the one that replaces it; with --act, put each to a person."""
    from karama.cli.opened import open_service
    from karama.foundation.money import format_money
    from karama.foundation.months import Month

    asked = Month.parse(month)
    with open_service():
        from karama.delivery.transition import both_aids
        from karama.delivery.transition.both import act_on_both, both_in
        from karama.record.scope import operator

        found = both_in(asked, by=operator())
        for one in found:
            former, new = format_money(one.former_centimes, "en"), format_money(one.monthly_centimes, "en")
            typer.echo(f"{one.household} {one.person} {one.scheme} {former} · {one.programme} {new} ({one.decision})")
        said = both_aids(asked)
        typer.echo(f"{len(found):,} in {month}; both aids: {said.value} [{said.status.value}]")
        if act:
            typer.echo(f"done for {act_on_both(asked, by=operator()):,}")


@app.command("report")
def report_command(
    month: MonthOption,
    output: Annotated[Shape, typer.Option("--format", help="Text, JSON or CSV.")] = Shape.TEXT,
) -> None:
    """Who was on a list, is in the registry, is eligible now; amounts before and after, who gains and who loses."""
    from karama.cli.opened import open_service
    from karama.foundation.months import Month

    asked = Month.parse(month)
    with open_service():
        from karama.delivery.transition import report
        from karama.record.scope import operator

        found = report.transition_report(asked, by=operator())
        written = {Shape.TEXT: report.as_text, Shape.JSON: report.as_json, Shape.CSV: report.as_csv}
        typer.echo(written[output](found).rstrip("\n"))
