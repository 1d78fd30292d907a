"""``karama cycle``: decide a month of a register, and verify a finished month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from karama.cli.choices import Amounts, Format

if TYPE_CHECKING:
    from rich.table import Table

app = typer.Typer(no_args_is_help=True, help="The month: decisions, lines, payments and changes of a whole register.")

_MASTER = "Cluster of Spark, spark://host:7077 for example; else KARAMA_SPARK_MASTER, then this machine."


@app.command("run")
def run_command(
    *,
    register: Annotated[str, typer.Option(metavar="DIR", help="Register of the month, or the folder above it.")],
    month: Annotated[str, typer.Option(metavar="YYYY-MM", help="Month to decide.")],
    out: Annotated[str, typer.Option(metavar="DIR", help="Month folder to write; a former month there is replaced.")],
    previous: Annotated[
        str | None, typer.Option(metavar="DIR", help="Month folder to compare with, or the folder above it.")
    ] = None,
    programme: Annotated[str, typer.Option(help="Programme to apply.")] = "asd",
    amounts: Annotated[Amounts, typer.Option(help="Amounts as they are paid, or as the text says.")] = Amounts.PAID,
    strict: Annotated[bool, typer.Option("--strict", help="Stop when any row of the register is at fault.")] = False,
    engine: Annotated[str, typer.Option(help="Engine that computes: duckdb or spark.")] = "duckdb",
    memory_limit: Annotated[
        str | None, typer.Option(help="Memory of the engine, for example 4GB; it spills to the disk beyond.")
    ] = None,
    master: Annotated[str | None, typer.Option(metavar="URL", help=_MASTER)] = None,
    output: Annotated[Format, typer.Option("--format", help="Tables of text, or the manifest as JSON.")] = Format.TEXT,
) -> None:
    """Decide a month of a register and write its folder, whole or not at all.

    Each DIR is a folder, or an address that fsspec opens, s3://bucket/register for example.
    """
    from karama.cycle import run_month_at
    from karama.foundation.months import Month
    from karama.law.engine.values import json_text

    result = run_month_at(
        register=register,
        month=Month.parse(month),
        out=out,
        previous=previous,
        programme=programme,
        amounts=amounts.value,
        strict=strict,
        engine=engine,
        memory_limit=memory_limit,
        master=master,
    )
    for name in result.manifest["undecided"]:
        typer.echo(
            f"{register}: no file for programme '{name}': nothing was decided for it; add one, or an empty one",
            err=True,
        )
    if output is Format.JSON:
        typer.echo(json_text(result.manifest))
    else:
        _print_totals(result.manifest, out)


@app.command("verify")
def verify_command(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="Month folder written by 'karama cycle run'.")],
    *,
    register: Annotated[str | None, typer.Option(metavar="DIR", help="The register, if it has moved since.")] = None,
    previous: Annotated[
        str | None, typer.Option(metavar="DIR", help="The previous month's folder, if it has moved since.")
    ] = None,
    engine: Annotated[str, typer.Option(help="Engine that replays it: duckdb or spark.")] = "duckdb",
    master: Annotated[str | None, typer.Option(metavar="URL", help=_MASTER)] = None,
    output: Annotated[Format, typer.Option("--format", help="Text, or JSON.")] = Format.TEXT,
) -> None:
    """Check a finished month against its manifest, and against a replay from the register."""
    from karama.cycle import verify_month_at
    from karama.law.engine.values import json_text

    result = verify_month_at(folder, register=register, previous=previous, engine=engine, master=master)
    if output is Format.JSON:
        found = {"month": str(result.month), "rows": result.rows, "outputs_sha256": result.outputs_sha256}
        typer.echo(json_text({**found, "holds": True}))
    else:
        rows = sum(result.rows.values())
        typer.echo(
            f"{folder}: {result.month} holds: {rows:,} rows of {len(result.rows)} files as the replay gives them"
        )


def _print_totals(manifest: dict[str, Any], folder: str) -> None:
    """The totals as tables, one below the other."""
    from rich.console import Console

    synthetic = ", synthetic data" if manifest["synthetic"] else ""
    console = Console(highlight=False)
    console.print(f"{manifest['programme']} {manifest['month']} (amounts {manifest['amounts']}{synthetic})")
    totals, currency = manifest["totals"], manifest["currency"]
    console.print(_amounts("aid", "families", totals["by_aid"], currency))
    if "children_in_care" in totals:
        console.print(_amounts("children in care", "children", totals["children_in_care"], currency))
    console.print(_amounts("benefit", "lines", totals["by_benefit"], currency))
    console.print(_amounts("payment", "payments", totals["by_payment"], currency))
    if manifest["previous"]:
        console.print(_amounts("change", "changes", totals["changes"], currency))
        console.print(_counts("reason of change", "changes", totals["change_reasons"]))
    if totals["refusals"]:
        console.print(_counts("refusal", "families", totals["refusals"]))
    if totals["rejected"]:
        console.print(_counts("row at fault", "rows", totals["rejected"]))
    if totals["payments_held"]:
        console.print(_counts("payment held", "payments", totals["payments_held"]))
    left_out = manifest["rows_left_out"].get("households", 0)
    console.print(f"left out for a fault: {left_out:,} households; see {folder}/rejected.parquet" if left_out else "")
    console.print(f"{folder}: {manifest['seconds']['all']} s, {manifest['peak_memory_mb']:,} MB at most")


def _amounts(title: str, what: str, rows: dict[str, Any], currency: str) -> Table:
    """A table of counts and amounts with their total."""
    table = _table(title, what, f"amount ({currency})")
    for name, one in rows.items():
        table.add_row(name, f"{one[what]:,}", f"{one['amount']:,.2f}")
    table.add_section()
    count, amount = sum(one[what] for one in rows.values()), sum(one["amount"] for one in rows.values())
    table.add_row("all", f"{count:,}", f"{amount:,.2f}")
    return table


def _counts(title: str, what: str, rows: dict[str, int]) -> Table:
    """A table of counts, the largest first."""
    table = _table(title, what)
    for name, count in sorted(rows.items(), key=lambda one: (-one[1], one[0])):
        table.add_row(name, f"{count:,}")
    return table


def _table(title: str, *numbers: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(title, box=SIMPLE_HEAD, pad_edge=False)
    for name in numbers:
        table.add_column(name, justify="right")
    return table
