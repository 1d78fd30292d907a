"""``karama forecast``: the population and the budget of the years ahead."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karama.cli.choices import Amounts

if TYPE_CHECKING:
    from karama.simulation.forecast import Forecast


class Printed(StrEnum):
    """How a forecast is given: printed, or as a document in the folder of ``--out``."""

    TEXT = "text"
    JSON = "json"
    PDF = "pdf"
    XLSX = "xlsx"


_Draws = Annotated[int, typer.Option(help="Simulated futures of the fan chart and the tornado; 0 leaves them out.")]
_Rates = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Assumptions given otherwise (YAML, a 'name: value' a line).")
]


def forecast_command(
    register: Annotated[
        Path, typer.Option("--register", metavar="DIR", help="Folder of the register's month, or the one above it.")
    ],
    start: Annotated[str, typer.Option("--from", metavar="YYYY-MM", help="First month, that of the register.")],
    years: Annotated[int, typer.Option(help="Years to forecast, 1 to 10.")],
    *,
    scenario: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A reform (YAML) in place of the law; see 'karama simulate'.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Also write every table as CSV, Parquet and JSON here.")
    ] = None,
    output: Annotated[
        Printed, typer.Option("--format", help="Text, JSON, or a budget note (PDF, XLSX) in the folder of --out.")
    ] = Printed.TEXT,
    programme: Annotated[str, typer.Option(help="Name of the programme.")] = "asd",
    amounts: Annotated[Amounts, typer.Option(help="Amounts as they are paid, or as the text says.")] = Amounts.PAID,
    rates: _Rates = None,
    draws: _Draws = 200,
    seed: Annotated[int, typer.Option(help="Seed of all draws: the same seed gives the same forecast.")] = 20_260_101,
) -> None:
    """Forecast caseload, cost and cash month by month from a register."""
    from karama.foundation.errors import BadInputError
    from karama.foundation.months import Month
    from karama.simulation.forecast import forecast, write
    from karama.simulation.forecast.assumed import read_rates
    from karama.simulation.forecast.writing import NAME
    from karama.simulation.scenario import load_scenario
    from karama.simulation.tables import check_folder

    if output in {Printed.PDF, Printed.XLSX} and out is None:
        raise BadInputError(f"--format {output.value} writes a document: give the folder to write with --out")
    if out is not None:
        check_folder(out, NAME)
    result = forecast(
        register,
        Month.parse(start),
        years,
        programme=programme,
        scenario=load_scenario(scenario) if scenario else None,
        amounts=amounts.value,
        draws=draws,
        seed=seed,
        rates=read_rates(rates) if rates else None,
    )
    if out is not None:
        write(result, out)
    _show(result, output, out)


def _show(result: Forecast, output: Printed, out: Path | None) -> None:
    """Print the forecast, or write its document."""
    from karama.simulation.forecast import as_json, as_text

    if output is Printed.JSON:
        typer.echo(json.dumps(as_json(result), ensure_ascii=False, indent=1, default=str))
        return
    typer.echo(as_text(result))
    if out is not None and output is not Printed.TEXT:
        from karama.simulation.notes import write_pdf, write_xlsx

        note = out / f"budget_note.{output.value}"
        make = write_pdf if output is Printed.PDF else write_xlsx
        make(result, note)
        typer.echo(f"{note}: written")
