"""``karama population``: generate a synthetic register, and report its distance to the census."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from karama.cli.choices import Format, Tongue

app = typer.Typer(
    no_args_is_help=True, help="A synthetic register fitted to the census of 2024; no row is a real person."
)


@app.command("generate")
def generate_command(
    share: Annotated[float, typer.Option(help="Share of the census's 9,275,038 households to generate, in (0, 1].")],
    seed: Annotated[int, typer.Option(help="Seed of all draws: the same seed gives the same rows on any machine.")],
    out: Annotated[Path, typer.Option(help="Folder to write; a former synthetic register there is replaced.")],
    first_month: Annotated[str, typer.Option("--from", help="First month, YYYY-MM.")] = "2025-10",
    months: Annotated[int, typer.Option(help="Number of months, with life events between them.")] = 1,
) -> None:
    """Write a synthetic register, one folder per month."""
    from karama.foundation.months import Month
    from karama.population import generate

    manifest = generate(share=share, seed=seed, out=out, first_month=Month.parse(first_month), months=months)
    for month, rows in manifest["rows"].items():
        typer.echo(
            f"{out / month}: synthetic, {rows['households']:,} households, {rows['persons']:,} persons,"
            f" {rows['wards']:,} institution children"
        )


@app.command("report")
def report_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder written by 'karama population generate'.")],
    *,
    territory: Annotated[
        str,
        typer.Option("--unit", metavar="CODE", help="Only the units whose code begins so: region, province or unit."),
    ] = "",
    decided: Annotated[
        Path | None,
        typer.Option(
            "--decided", metavar="DIR", help="Folder of months decided from this register: compare their totals too."
        ),
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option("--rows", metavar="FILE.csv", help="Also write every unit, margin and category to this file."),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="A table of text, or JSON.")] = Format.TEXT,
    lang: Annotated[Tongue, typer.Option(help="Language of the table.")] = Tongue.ENGLISH,
) -> None:
    """Tell how far a synthetic register is from the census and from published figures."""
    from karama.population import as_text, distances, report

    result = report(folder, territory)
    if decided is not None:
        from karama.monitoring.published_distance import distances as decided_distances

        result["published"] = decided_distances(decided, folder).to_dicts()
    if rows is not None:
        distances(folder).write_csv(rows, float_precision=6)
    if output is Format.JSON:
        typer.echo(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        typer.echo(as_text(result, lang.value))
