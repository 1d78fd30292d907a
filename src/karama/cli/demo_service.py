"""The service of ``karama demo``: a process of its own, in demo mode, on a database that is made anew each time.

``python -m karama.cli.demo_service REGISTER YYYY-MM PAGES [PORT]``: without a port it ends when all is prepared.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from karama.foundation.errors import KaramaError, NotAllowedError
from karama.foundation.months import Month

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from karama.delivery.demonstration import DemoAccount
    from karama.foundation.postgres import Server

HOST = "127.0.0.1"
FOLDER = "demo"
"""The folder of a demonstration below that of the service's data: whatever else is there is left alone."""
_NOT_OURS = ("DATABASE_URL", "KARAMA_OWNER_DATABASE_URL", "DJANGO_SETTINGS_MODULE", "KARAMA_MESSAGES")
"""Variables that name another service's things: a demonstration leaves those alone."""


def run(register: Path, month: Month, pages: Path, port: int | None) -> int:
    """Prepare the service in a process of its own, and serve it where a port is given; its exit code."""
    words = [str(register.absolute()), str(month), str(pages.absolute()), *([str(port)] if port else [])]
    command = [sys.executable, "-m", "karama.cli.demo_service", *words]
    with subprocess.Popen(command, env=_environment(pages, port)) as process:  # noqa: S603 - this program itself
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the child was told by the same key and stops its own processes first
                continue


def _environment(pages: Path, port: int | None) -> dict[str, str]:
    from karama.foundation.postgres import data_folder

    kept = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    return {
        **kept,
        "KARAMA_MODE": "demo",
        "KARAMA_DATA": str(data_folder() / FOLDER),
        "KARAMA_SECRET_KEY": secrets.token_urlsafe(64),
        "KARAMA_PAGES": str(pages.absolute()),
        **({"KARAMA_VERIFICATION": f"{HOST}:{port}/verifier"} if port else {}),
    }


def main(register: str, asked: str, pages: str, port: str = "") -> None:
    """Everything, in the process of its own."""
    from karama.cli.opened import open_service
    from karama.foundation.postgres import running_server

    month = Month.parse(asked)
    _forget_the_former()
    with running_server(durable=False), open_service(migrated=False, owner=True) as server:
        people = _prepare(Path(register), month, Path(pages))
        if port and server:
            _say_where(int(port), people)
            _serve(server, int(port))


def _forget_the_former() -> None:
    """Remove the database of a former demonstration: this folder holds no other.

    Raises:
        NotAllowedError: the folder is not that of a demonstration.
    """
    from karama.foundation.postgres import DATABASE, data_folder, drop_database, running_server, server_at

    if os.environ.get("KARAMA_MODE") != "demo" or data_folder().name != FOLDER:
        raise NotAllowedError(f"{data_folder()} is no demonstration's: its database is kept; use 'karama demo'")
    if not server_at().cluster.exists():
        return
    with running_server(durable=False) as server, server.connect_as_owner() as connection:
        drop_database(connection, DATABASE)


def _prepare(register: Path, month: Month, pages: Path) -> Mapping[str, DemoAccount]:
    from karama.cli.service import migrate

    with _timed("service: database made and migrated"):
        migrate()
    from karama.delivery.demonstration import live_a_month, load_register, make_accounts
    from karama.delivery.demonstration.story import DAYS, province_of_the_story
    from karama.record import clock

    end = _end_of_the_story(month)
    with _timed(f"service: register of {month} loaded"), clock.invented(end - dt.timedelta(days=DAYS)):
        load_register(register, month, pages / "service")
    with _timed("service: a month lived"):
        with clock.invented(end - dt.timedelta(days=DAYS - 1)):
            people = make_accounts(*province_of_the_story())
        counts = live_a_month(people, month, end)
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    typer.echo(f"\nThe service holds synthetic data alone: {told}")
    _say_people(people)
    return people


def _end_of_the_story(month: Month) -> dt.datetime:
    """Today, or where that is outside the month, late in it."""
    today = dt.datetime.now(tz=dt.UTC)
    first = dt.datetime.combine(month.first_day, dt.time(18), tzinfo=dt.UTC)
    return min(max(today, first + dt.timedelta(days=20)), first + dt.timedelta(days=27))


def _say_people(people: Mapping[str, DemoAccount]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title="Demo accounts (synthetic data)", title_justify="left")
    for name in ("account", "role", "territory", "password", "second factor (TOTP secret)"):
        table.add_column(name, no_wrap=True)
    for one in people.values():
        table.add_row(one.username, one.role, one.territory or "-", one.password, one.second_factor or "none needed")
    Console(highlight=False, width=130).print(table)


def _say_where(port: int, people: Mapping[str, DemoAccount]) -> None:
    from django.conf import settings

    address = f"http://{HOST}:{port}"
    typer.echo(
        f"\nStart page:           {address}/"
        f"\nReport of the months: {address}/demo/"
        f"\nSign in:              {address}/account/login/ (as {', '.join(people)})"
        f"\nCheck a notice:       {address}/verifier"
        f"\nAPI, described:       {address}/api/v1/openapi.json"
        f"\nText messages sent:   {settings.MESSAGES} (to numbers of nobody, within a minute)"
        "\nCtrl-C stops"
    )


def _serve(server: Server, port: int) -> None:
    from karama.cli.service import collect_files, keep_running

    collect_files()
    keep_running(server, host=HOST, port=port, workers=1, threads=4)


@contextmanager
def _timed(name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    typer.echo(f"{name}: {time.perf_counter() - started:.1f} s")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KaramaError as error:
        sys.stderr.write(f"karama: {error}\n")
        sys.exit(error.exit_code)
