"""``karama law``: explain a household, score it, list the parameters, export the law, write its reference."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from karama.cli.choices import Amounts, Format, Tongue
from karama.cli.light import LightCommand, LightGroup

if TYPE_CHECKING:
    from karama.foundation.months import Month

app = typer.Typer(
    cls=LightGroup, no_args_is_help=True, help="The law as dated data and formulas: what it says, and why."
)

MonthOption = Annotated[str, typer.Option("--month", help="Month asked, YYYY-MM.")]
ProgrammeOption = Annotated[
    str, typer.Option(help="Programme: asd, asd_institution, amo_tadamon, rsu_score, bolsa_familia, winter_heating.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="Text for people, JSON for programs.")]
LanguageOption = Annotated[Tongue, typer.Option("--lang", help="Language of the words.")]
AmountsOption = Annotated[Amounts, typer.Option(help="Rates as paid, or as the text dates them.")]


def _print_json(content: object) -> None:
    from karama.law.engine.values import json_text

    typer.echo(json_text(content))


@app.command("explain", cls=LightCommand)
def explain_command(
    household: Annotated[Path | None, typer.Argument(metavar="HOUSEHOLD.json", help="One household.")] = None,
    *,
    month: MonthOption,
    programme: ProgrammeOption = "asd",
    amounts: AmountsOption = Amounts.PAID,
    lang: LanguageOption = Tongue.FRENCH,
    output: FormatOption = Format.TEXT,
    batch: Annotated[
        Path | None, typer.Option(help="A CSV or XLSX file of many households, one row per person.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="With --batch: CSV or XLSX file of answers.")] = None,
) -> None:
    """Tell what a household receives in a month, and why; or answer a whole file of households."""
    from karama.foundation.months import Month

    if (household is None) == (batch is None):
        raise typer.BadParameter("give either HOUSEHOLD.json or --batch FILE")
    if out is not None and (batch is None or output is Format.JSON):
        raise typer.BadParameter("--out goes with --batch, and writes a table: leave --format out")
    asked = Month.parse(month)
    if batch is not None:
        if output is Format.JSON:
            from karama.law.batch import answers

            _print_json(answers(batch, asked, programme=programme, amounts=amounts.value))
        else:
            _answer_batch(batch, out, asked, programme, amounts)
        return
    from karama.law import programme_named
    from karama.law.engine.explain import explain
    from karama.law.engine.household_file import load_household
    from karama.law.letter import as_text

    assert household is not None  # noqa: S101 - one of the two was given
    chosen = programme_named(programme)
    found = explain(chosen, load_household(household), asked, amounts.value, where=str(household))
    if output is Format.JSON:
        _print_json(found.as_dict(lang.value))
    else:
        typer.echo(as_text(found, lang.value), nl=False)


def _answer_batch(batch: Path, out: Path | None, month: Month, programme: str, amounts: Amounts) -> None:
    from karama.law.batch import answer_file

    written, counted = answer_file(batch, month, programme=programme, amounts=amounts.value, out=out)
    if out is None:
        typer.echo(written, nl=False)
    else:
        typer.echo(f"{out}: {counted:,} households answered")


@app.command("score", cls=LightCommand)
def score_command(
    household: Annotated[Path, typer.Argument(metavar="HOUSEHOLD.json", help="One household with score_inputs.")],
    month: Annotated[str, typer.Option("--month", help="Month of the ages, YYYY-MM; this month by default.")] = "",
    lang: LanguageOption = Tongue.FRENCH,
    output: FormatOption = Format.TEXT,
) -> None:
    """Compute the socio-economic score of a household, with the contribution of each variable."""
    from karama.cli.dates import month_or_now
    from karama.law.contributions import as_text, contributions
    from karama.law.engine.household_file import load_household

    found = contributions(load_household(household), month_or_now(month), where=str(household))
    if output is Format.JSON:
        _print_json(found.as_dict(lang.value))
    else:
        typer.echo(as_text(found, lang.value), nl=False)


@app.command("parameters", cls=LightCommand)
def parameters_command(
    month: Annotated[str, typer.Option("--month", help="Values in force in a month, YYYY-MM; all by default.")] = "",
    programme: ProgrammeOption = "asd",
    amounts: AmountsOption = Amounts.PAID,
    lang: LanguageOption = Tongue.FRENCH,
    output: FormatOption = Format.TEXT,
    *,
    unconfirmed: Annotated[bool, typer.Option("--unconfirmed", help="Only what a lawyer must check.")] = False,
) -> None:
    """List the dated parameters of the law with their act and status."""
    from karama.foundation.months import Month
    from karama.law import programme_named
    from karama.law.listing import as_text, listing

    asked = Month.parse(month) if month else None
    rows = listing(programme_named(programme), asked, amounts.value, unconfirmed_only=unconfirmed)
    if output is Format.JSON:
        _print_json([row.as_dict(lang.value) for row in rows])
    else:
        typer.echo(as_text(rows, lang.value), nl=False)


@app.command("export")
def export_command(
    openfisca: Annotated[Path, typer.Option(help="Folder to write, in the shapes OpenFisca users know.")],
    programme: ProgrammeOption = "asd",
    cases: Annotated[
        list[Path] | None, typer.Option(help="HOUSEHOLD.json to export as a test case (repeat for several).")
    ] = None,
    month: Annotated[str, typer.Option("--month", help="Month of the cases, YYYY-MM.")] = "",
) -> None:
    """Export parameters, and cases with their expected results, as YAML in OpenFisca's shapes."""
    from karama.cli.dates import month_or_now
    from karama.law import programme_named
    from karama.law.openfisca import export

    counts = export(programme_named(programme), openfisca, cases=cases or [], month=month_or_now(month))
    typer.echo(f"{openfisca}: {counts['parameters']} parameters, {counts['cases']} cases")


@app.command("reference")
def reference_command(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write the pages into.")],
) -> None:
    """Write the reference pages: each formula in words, parameters with dates and status, the column dictionary."""
    from karama.law.reference import write_reference

    for path in write_reference(out):
        typer.echo(str(path))
