"""``karama household``: a family's next months, "what if?", and the changes that can be asked."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from karama.cli.choices import Amounts, Format, Tongue
from karama.cli.light import LightCommand, LightGroup

app = typer.Typer(cls=LightGroup, no_args_is_help=True, help="One family ahead: its next months, and what if?")

HouseholdArgument = Annotated[Path, typer.Argument(metavar="HOUSEHOLD.json", help="One household.")]
MonthsOption = Annotated[int, typer.Option(help="How many months, 1 to 120.")]
ProgrammeOption = Annotated[
    str, typer.Option(help="Programme of households: asd, amo_tadamon, bolsa_familia, winter_heating.")
]
FormatOption = Annotated[Format, typer.Option("--format", help="Text for people, JSON for programs.")]
LanguageOption = Annotated[Tongue, typer.Option("--lang", help="Language of the words.")]
AmountsOption = Annotated[Amounts, typer.Option(help="Rates as paid, or as the text dates them.")]


def _print_json(content: object) -> None:
    from karama.law.engine.values import json_text

    typer.echo(json_text(content))


@app.command("next", cls=LightCommand)
def next_command(
    household: HouseholdArgument,
    *,
    first: Annotated[str, typer.Option("--from", help="First month, YYYY-MM; this month by default.")] = "",
    months: MonthsOption = 12,
    programme: ProgrammeOption = "asd",
    amounts: AmountsOption = Amounts.PAID,
    lang: LanguageOption = Tongue.FRENCH,
    output: FormatOption = Format.TEXT,
) -> None:
    """Tell what the family receives month by month, what changes and why, its facts held as they are today."""
    from karama.cli.dates import month_or_now
    from karama.law.engine.household_file import load_household
    from karama.simulation.household import next_months
    from karama.simulation.household.letter import as_text

    found = next_months(
        load_household(household), month_or_now(first), months, programme, amounts.value, where=str(household)
    )
    if output is Format.JSON:
        _print_json(found.as_dict(lang.value))
    else:
        typer.echo(as_text(found, lang.value), nl=False)


@app.command("what-if")
def what_if_command(
    household: HouseholdArgument,
    *,
    month: Annotated[str, typer.Option("--month", help="Month asked, YYYY-MM; this month by default.")] = "",
    change: Annotated[
        list[str],
        typer.Option(help="NAME,field=value,... as `karama household changes` lists them; repeat for several."),
    ],
    months: MonthsOption = 12,
    programme: ProgrammeOption = "asd",
    amounts: AmountsOption = Amounts.PAID,
    lang: LanguageOption = Tongue.FRENCH,
    output: FormatOption = Format.TEXT,
) -> None:
    """Compare the month asked and the following ones with changes of the family's life and without them."""
    from karama.cli.dates import month_or_now
    from karama.law.engine.household_file import load_household
    from karama.simulation.household import what_if
    from karama.simulation.household.letter import what_if_text

    changes = [_change(text, number) for number, text in enumerate(change, start=1)]
    found = what_if(
        load_household(household), month_or_now(month), changes, months, programme, amounts.value, where=str(household)
    )
    if output is Format.JSON:
        _print_json(found.as_dict(lang.value))
    else:
        typer.echo(what_if_text(found, lang.value), nl=False)


def _change(text: str, number: int) -> dict[str, Any]:
    """A change written NAME,field=value,..."""
    from karama.foundation.errors import BadInputError

    name, *fields = (part.strip() for part in text.split(","))
    found = {"change": name}
    for one in fields:
        field, equals, value = one.partition("=")
        if not equals:
            message = f"change {number} '{name}': '{one}' is no field=value: write for example person_id=P2"
            raise BadInputError(message)
        if field in found:
            message = f"change {number} '{name}': field '{field}' is given twice: keep one"
            raise BadInputError(message)
        found[field] = value
    return found


@app.command("changes", cls=LightCommand)
def changes_command(lang: LanguageOption = Tongue.FRENCH, output: FormatOption = Format.TEXT) -> None:
    """List the changes that can be asked, with their fields."""
    from karama.simulation.household import catalogue

    found = catalogue(lang.value)
    if output is Format.JSON:
        _print_json(found)
        return
    for one in found:
        typer.echo(f"{one['change']}: {one['label']}")
        for field in one["fields"]:
            choices = f" ({', '.join(field['choices'])})" if field["choices"] else ""
            name = field["name"] if field["required"] else f"[{field['name']}]"
            typer.echo(f"    {name}: {field['label']}{choices}")
