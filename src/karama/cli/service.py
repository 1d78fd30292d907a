"""``karama serve`` and ``karama migrate``: the service and its database."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from karama.cli.opened import SETTINGS, open_service, refuse_unmigrated
from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from karama.foundation.postgres import Server


def serve_command(
    host: Annotated[str, typer.Option(help="Address on which the service listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port on which the service listens.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Processes that answer requests.", min=1)] = 2,
    threads: Annotated[int, typer.Option(help="Requests that each process answers at a time.", min=1)] = 4,
) -> None:
    """Serve the pages and the API, and do the jobs, until Ctrl-C; a process that dies is started again.

    Without DATABASE_URL the bundled PostgreSQL runs meanwhile, its database migrated first. See the page on settings.
    """
    _key_of_a_demo()
    _free(host, port)
    with open_service(migrated=False) as server:
        _refuse_unsafe()
        if server:
            migrate()
        else:
            refuse_unmigrated()
        _refuse_a_strong_role()
        collect_files()
        _say(f"http://{host}:{port}/ (Ctrl-C stops)")
        keep_running(server, host=host, port=port, workers=workers, threads=threads)
    _say("stopped")


def keep_running(server: Server | None, *, host: str, port: int, workers: int, threads: int) -> None:
    """Answer requests and do the jobs until Ctrl-C; the bundled server is started again when it dies."""
    from karama.cli.processes import commands
    from karama.foundation.supervision import Supervisor

    supervisor = Supervisor(commands(address=f"{host}:{port}", workers=workers, threads=threads), _say)
    supervisor.run(look=(lambda: _keep(server)) if server else None)


def migrate_command(
    app: Annotated[str, typer.Argument(help="App to migrate alone; all of them when absent.")] = "",
    name: Annotated[str, typer.Argument(help="Migration to go to, forwards or back; 'zero' undoes all.")] = "",
) -> None:
    """Bring the database's tables to this version, and give the application's role its rights on them."""
    with open_service(migrated=False, owner=True):
        migrate(*(word for word in (app, name) if word))
        _refuse_a_strong_role()


def migrate(*target: str) -> None:
    """Apply the migrations as the owner, all or up to one, and give the application's role its rights."""
    from django.core.management import call_command
    from django.db import connections, transaction

    from karama.record.rights import grant
    from karama.record.upkeep.doctor import unapplied

    owner = connections["owner"]
    before = len(unapplied())
    call_command("migrate", *target, database="owner", verbosity=0, interactive=False)
    role = connections["default"].settings_dict["USER"]
    with transaction.atomic(using="owner"):
        tables = grant(owner, role)
    _say(f"{before - len(unapplied())} migrations applied; rights of {role} on {tables} tables")


def _refuse_unsafe() -> None:
    from django.core.checks import run_checks

    found = run_checks(tags=["karama"], include_deployment_checks=True)
    if faults := [str(one.msg) for one in found if one.is_serious()]:
        raise BadInputError(
            f"the service does not start: {'; '.join(faults)} (or KARAMA_MODE=demo for invented persons)"
        )


def _refuse_a_strong_role() -> None:
    from django.db import connection

    from karama.record.rights import faults_of_role

    if faults := faults_of_role(connection):
        raise BadInputError(f"DATABASE_URL: the role of the application {'; '.join(faults)}: give it another role")


def collect_files() -> None:
    """Gather the files of the pages, each named after its content and compressed; the processes then serve those."""
    from django.conf import settings
    from django.core.management import call_command

    settings.STORAGES["staticfiles"]["BACKEND"] = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    call_command("collectstatic", interactive=False, verbosity=0)


def _key_of_a_demo() -> None:
    """One key for all processes of a demo that was given none; it ends with them."""
    import secrets

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if os.environ.get("KARAMA_MODE") == "demo" and not os.environ.get("KARAMA_SECRET_KEY"):
        os.environ["KARAMA_SECRET_KEY"] = secrets.token_urlsafe(64)


def _free(host: str, port: int) -> None:
    """Say before the long work that the port cannot be had."""
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        reason = {errno.EADDRINUSE: "is used by another program", errno.EACCES: "is not allowed to this user"}
        why = reason.get(error.errno or 0, f"cannot be had ({error.strerror})")
        raise BadInputError(f"port {port} of {host} {why}: choose another with --port or --host") from error


def _keep(server: Server) -> None:
    from karama.foundation.errors import StorageError
    from karama.foundation.postgres import start_again

    with suppress(StorageError):  # said by the pages and by doctor until a later look succeeds
        if start_again(server):
            _say("the bundled PostgreSQL had died and runs again")


def _say(line: str) -> None:
    typer.echo(f"karama: {line}", err=True)
