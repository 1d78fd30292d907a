"""A service of a benchmark's own: bundled PostgreSQL in a scratch folder, migrated, with a synthetic register."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from karama.foundation.postgres import Server

SECRET = "for the benchmark only, and longer than the fifty characters asked for"


@contextmanager
def own_service(data: Path | None = None) -> Iterator[tuple[Path, Server]]:
    """A scratch folder, and the server of a migrated service in it.

    With ``data`` the service keeps its database in that folder, and goes on with one left there.
    """
    with tempfile.TemporaryDirectory(prefix="karama-bench-") as scratch:
        folder = Path(scratch)
        folder.chmod(0o755)
        os.environ.update(
            KARAMA_DATA=str(data or folder / "service"),
            KARAMA_MODE="demo",
            KARAMA_PROXIES="1",
            KARAMA_SECRET_KEY=SECRET,
        )
        os.environ.pop("DATABASE_URL", None)
        from karama.cli.opened import open_service

        with open_service(migrated=False, owner=True) as server:
            if server is None:
                sys.exit("the bundled server is needed")
            _migrate()
            yield folder, server


def _migrate() -> None:
    from django.core.management import call_command
    from django.db import connections, transaction

    from karama.record.rights import grant

    call_command("migrate", database="owner", verbosity=0)
    with transaction.atomic(using="owner"):
        grant(connections["owner"], connections["default"].settings_dict["USER"])


def register_of(share: float, month: str, folder: Path) -> Path:
    """A synthetic register of a month, generated into a folder; made again each time, the same for the same share."""
    out = folder / "r"
    words = ["population", "generate", "--share", str(share), "--seed", "1", "--from", month, "--out", str(out)]
    print(f"register of share {share} ...", flush=True)
    subprocess.run([sys.executable, "-m", "karama", *words], check=True, stdout=subprocess.DEVNULL)
    return out


def load(register: Path, month: str) -> None:
    """A register in the record of the service that is open."""
    from karama.foundation.months import Month
    from karama.record.scope import SYSTEM
    from karama.registry.imports import load_first_register

    print("loading ...", flush=True)
    load_first_register(register, month=Month.parse(month), by=SYSTEM)


def households() -> int:
    """How many the record holds."""
    from karama.record.scope import SYSTEM, acting_as
    from karama.registry.models import Household

    with acting_as(SYSTEM):
        return Household.objects.count()


def postgres_version() -> str:
    """Version of the server that is open."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return str((cursor.fetchone() or ("?",))[0])
