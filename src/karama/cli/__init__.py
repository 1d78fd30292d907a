"""Floor 7: thin commands that parse, call and print.  ``main`` is the ``karama`` command.

Exit codes: 0 done, 2 wrong call, others by class of error (see ``karama.foundation.errors``).
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from karama.cli import (
    audit,
    cycle,
    decide,
    demo,
    forecast,
    household,
    law,
    legacy,
    population,
    privacy,
    registry,
    service,
    simulate,
    token,
    upkeep,
    user,
)
from karama.cli.light import LightGroup
from karama.foundation.errors import InterruptedWorkError, KaramaError, StorageError

app = typer.Typer(
    cls=LightGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Karama: runs, explains, steers and evaluates a country's direct social aid.",
)
app.command("demo")(demo.demo_command)
app.command("forecast")(forecast.forecast_command)
app.command("simulate")(simulate.simulate_command)
app.command("refresh")(simulate.refresh_command)
app.command("serve")(service.serve_command)
app.command("migrate")(service.migrate_command)
app.command("doctor")(upkeep.doctor_command)
app.command("backup")(upkeep.backup_command)
app.command("restore")(upkeep.restore_command)
app.add_typer(audit.app, name="audit")
app.add_typer(cycle.app, name="cycle")
app.add_typer(decide.app, name="decide")
app.add_typer(household.app, name="household")
app.add_typer(law.app, name="law")
registry.app.add_typer(legacy.app, name="legacy")
app.add_typer(population.app, name="population")
app.add_typer(privacy.app, name="privacy")
app.add_typer(registry.app, name="registry")
app.add_typer(token.app, name="token")
app.add_typer(user.app, name="user")


def _show_version(asked: bool) -> None:
    if asked:
        from karama import __version__

        typer.echo(f"karama {__version__}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Karama: runs, explains, steers and evaluates a country's direct social aid."""


_STOPPED_BY_A_KEY = 130
"""With what Typer ends when somebody presses Ctrl-C."""


def main() -> None:
    """Run the command line; errors of users go to standard error in one line, without traceback."""
    try:
        app(standalone_mode=True)
    except KaramaError as error:
        sys.stderr.write(f"karama: {' '.join(str(error).splitlines())}\n")
        sys.exit(error.exit_code)
    except OSError as error:
        sys.stderr.write(f"karama: {error.filename or 'a file'}: {error.strerror or error}: choose another place\n")
        sys.exit(StorageError.exit_code)
    except SystemExit as ended:
        if ended.code != _STOPPED_BY_A_KEY:
            raise
        sys.stderr.write("karama: interrupted; nothing half-done was kept\n")
        sys.exit(InterruptedWorkError.exit_code)
