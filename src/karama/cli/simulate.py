"""``karama simulate`` and ``karama refresh``: what a reform, or a refresh of the scores, would change."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karama.cli.choices import Amounts, Format, Tongue

if TYPE_CHECKING:
    from karama.simulation.reform import Comparison, Solution

RegisterOption = Annotated[
    Path, typer.Option("--register", metavar="DIR", help="Folder of the register's month, or the one above it.")
]
MonthOption = Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="Month asked.")]
AmountsOption = Annotated[Amounts, typer.Option(help="Amounts as they are paid, or as the text says.")]
FormatOption = Annotated[Format, typer.Option("--format", help="Text for people, JSON for programs.")]
MemoryOption = Annotated[str | None, typer.Option(help="Memory of the engine, for example 4GB.")]


def simulate_command(
    scenarios: Annotated[
        list[Path], typer.Argument(metavar="SCENARIO.yaml…", help="One to five scenarios, set beside the law.")
    ],
    *,
    register: RegisterOption,
    month: MonthOption,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Also write tables (CSV, Parquet, JSON) and pictures.")
    ] = None,
    output: FormatOption = Format.TEXT,
    lang: Annotated[Tongue, typer.Option("--lang", help="Language of the pictures.")] = Tongue.FRENCH,
    programme: Annotated[str, typer.Option(help="Name of the programme.")] = "asd",
    amounts: AmountsOption = Amounts.PAID,
    year: Annotated[bool, typer.Option("--year/--no-year", help="Tell the cost of the year too.")] = True,
    proposal: Annotated[
        Path | None,
        typer.Option("--proposal", metavar="FILE.pdf", help="Write the last scenario as a note to the Government."),
    ] = None,
    solve_for: Annotated[
        list[str] | None,
        typer.Option("--solve", metavar="PARAMETER", help="Seek its value that keeps the cost (repeat for several)."),
    ] = None,
    budget: Annotated[
        str | None, typer.Option(metavar="MAD", help="With --solve: budget of the month; else what the law costs.")
    ] = None,
    memory_limit: MemoryOption = None,
) -> None:
    """Change the law and see the cost, the people, who gains and who loses, poverty before and after."""
    from karama.foundation.months import Month
    from karama.simulation import load_scenario
    from karama.simulation.reform import Country, compare, solve
    from karama.simulation.reform.results import NAME
    from karama.simulation.tables import check_folder

    if budget is not None and not solve_for:
        raise typer.BadParameter("--budget goes with --solve PARAMETER")
    if out is not None:
        check_folder(out, NAME)
    read = [load_scenario(path) for path in scenarios]
    for one in read:
        one.check(programme)
    country = Country(
        register, Month.parse(month), programme=programme, amounts=amounts.value, memory_limit=memory_limit
    )
    if solve_for:
        _show_solution(solve(country, solve_for, month_budget=_mad(budget), under=read[-1]), output)
    else:
        _show(compare(country, read, year=year), out, proposal, output, lang)


def _show(comparison: Comparison, out: Path | None, proposal: Path | None, output: Format, lang: Tongue) -> None:
    """Write what was asked for, and print the comparison."""
    from karama.law.engine.values import json_text
    from karama.simulation.reform.results import as_text, write_comparison
    from karama.simulation.tables import as_json

    if out is not None:
        write_comparison(comparison, out, lang.value)
    if proposal is not None:
        from karama.simulation.notes import write_proposal

        write_proposal(comparison, comparison.scenarios[-1], proposal)
    if output is Format.JSON:
        typer.echo(json_text(as_json(comparison.frames(), comparison.manifest)))
    else:
        typer.echo(as_text(comparison), nl=False)


def _show_solution(found: Solution, output: Format) -> None:
    typer.echo(_solution_json(found) if output is Format.JSON else _solution_text(found), nl=False)


def refresh_command(
    scores: Annotated[Path, typer.Argument(metavar="SCORES", help="Parquet or CSV: household_id and new score.")],
    *,
    register: RegisterOption,
    month: MonthOption,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Also write the tables (CSV, Parquet, JSON).")
    ] = None,
    output: FormatOption = Format.TEXT,
    amounts: AmountsOption = Amounts.PAID,
    memory_limit: MemoryOption = None,
) -> None:
    """Preview a refresh of the scores: who would leave and enter, how near the threshold, and softer rules."""
    from karama.foundation.months import Month
    from karama.law.engine.values import json_text
    from karama.simulation.reform import Country
    from karama.simulation.reform.refresh import REFRESH, preview_scores, refresh_text
    from karama.simulation.tables import as_json, check_folder, write_tables

    if out is not None:
        check_folder(out, REFRESH)
    country = Country(register, Month.parse(month), amounts=amounts.value, memory_limit=memory_limit)
    preview = preview_scores(country, scores)
    tables = {
        name: getattr(preview, name) for name in ("options", "territories", "distances", "by_territory", "movers")
    }
    if out is not None:
        write_tables(out, REFRESH, tables, country.manifest())
    if output is Format.JSON:
        typer.echo(
            json_text(as_json({name: one for name, one in tables.items() if name != "movers"}, country.manifest()))
        )
    else:
        typer.echo(refresh_text(preview, country), nl=False)


def _mad(given: str | None) -> Decimal | None:
    if given is None:
        return None
    try:
        return Decimal(given)
    except InvalidOperation as error:
        raise typer.BadParameter(f"--budget: '{given}' is no amount: write MAD, for example 2200000000") from error


def _solution_text(found: Solution) -> str:
    from karama.foundation.money import from_centimes

    values = "\n".join(f"{name}: {value}" for name, value in found.values.items())
    return (
        f"{values}\nbudget of the month: {from_centimes(found.budget_centimes):,} MAD"
        f"\ncost at this value: {from_centimes(found.month_centimes):,} MAD"
        f"\ncost one step further: {from_centimes(found.next_centimes):,} MAD\nvalues tried: {len(found.tried)}\n"
    )


def _solution_json(found: Solution) -> str:
    from karama.foundation.money import from_centimes
    from karama.law.engine.values import json_text

    return json_text({
        "values": found.values, "budget": from_centimes(found.budget_centimes),
        "month": from_centimes(found.month_centimes), "one_step_further": from_centimes(found.next_centimes),
        "tried": [{"value": one.value, "month": from_centimes(one.month_centimes)} for one in found.tried],
    }) + "\n"  # fmt: skip
