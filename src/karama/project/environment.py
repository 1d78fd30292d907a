"""The settings of a deployment: one table, read from environment variables; the reference page is made from it.

Reading never raises for a value that is merely unsafe: ``faults`` names those, and whatever serves refuses to start
with one.  So a tool that only needs the models (the type checker, say) runs with nothing set.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.postgres import data_folder, server_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MODES = ("production", "demo")
SHORTEST_SECRET = 50
DEFAULT_SECRETS = ("change-me", "changeme", "django-insecure", "secret", "default", "demo")


@dataclass(frozen=True)
class Variable:
    """One variable of the environment: its name, what it says, what stands where it is absent, as words."""

    name: str
    says: str
    default: str


VARIABLES = (
    Variable("KARAMA_MODE", "`production`, or `demo`: invented persons only, unsafe settings allowed", "`production`"),
    Variable(
        "KARAMA_SECRET_KEY", f"signs sessions and links: {SHORTEST_SECRET} characters or more, kept secret", "none"
    ),
    Variable(
        "KARAMA_HOSTS", "names under which the service is reached, separated by commas", "`localhost`, `127.0.0.1`"
    ),
    Variable("KARAMA_DEBUG", "`1` shows errors with their code: in demo mode only", "`0`"),
    Variable("DATABASE_URL", "PostgreSQL 15 or later, as the application's role", "the bundled server"),
    Variable(
        "KARAMA_OWNER_DATABASE_URL",
        "the same database as the role that owns the tables: needed by `karama migrate` only",
        "the bundled server's owner; none where `DATABASE_URL` is given",
    ),
    Variable(
        "KARAMA_DATA",
        "folder of the bundled server, the lake and the proofs",
        "`/var/lib/karama` for root, else `karama` under `XDG_DATA_HOME`",
    ),
    Variable("KARAMA_POSTGRES_BIN", "folder of PostgreSQL's programs", "the package's, else the newest installed"),
)


@dataclass(frozen=True)
class Environment:
    """What the variables say, as values."""

    mode: str
    secret_key: str
    hosts: tuple[str, ...]
    debug: bool
    database_url: str
    owner_database_url: str | None
    data: Path

    @property
    def demo(self) -> bool:
        """Invented persons only."""
        return self.mode == "demo"


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """The values of the variables, or what stands in their absence.

    Raises:
        BadInputError: a value that is none of those allowed.
    """
    mode = variables.get("KARAMA_MODE", MODES[0])
    if mode not in MODES:
        raise BadInputError(f"KARAMA_MODE: {mode!r} is neither {' nor '.join(MODES)}: correct the environment")
    bundled = server_at()
    url = variables.get("DATABASE_URL")
    hosts = variables.get("KARAMA_HOSTS", "localhost,127.0.0.1")
    return Environment(
        mode=mode,
        # Without a key each process makes its own, which serves no two of them: `faults` refuses to serve so.
        secret_key=variables.get("KARAMA_SECRET_KEY") or f"absent-{secrets.token_urlsafe(64)}",
        hosts=tuple(one.strip() for one in hosts.split(",") if one.strip()),
        debug=_flag("KARAMA_DEBUG", variables),
        database_url=url or bundled.application_url(),
        owner_database_url=variables.get("KARAMA_OWNER_DATABASE_URL") or (None if url else bundled.owner_url()),
        data=data_folder(),
    )


def _flag(name: str, variables: Mapping[str, str]) -> bool:
    given = variables.get(name, "0")
    if given not in {"0", "1"}:
        raise BadInputError(f"{name}: {given!r} is neither 0 nor 1: correct the environment")
    return given == "1"


def faults(environment: Environment) -> list[str]:
    """What makes it unsafe to serve, each with its remedy; none of it counts in demo mode."""
    if environment.demo:
        return []
    key = environment.secret_key
    found = []
    if environment.debug:
        found.append("KARAMA_DEBUG is 1: errors would show code and data: remove it, or set KARAMA_MODE=demo")
    if key.startswith("absent-"):
        found.append("KARAMA_SECRET_KEY is absent: set one made by 'openssl rand -base64 48'")
    elif len(key) < SHORTEST_SECRET or len(set(key)) < 10 or key.lower().startswith(DEFAULT_SECRETS):  # noqa: PLR2004
        found.append(f"KARAMA_SECRET_KEY is shorter than {SHORTEST_SECRET} characters or can be guessed: set another")
    if "*" in environment.hosts or not environment.hosts:
        found.append("KARAMA_HOSTS admits any name or none: list the names under which the service is reached")
    return found


def database(url: str) -> dict[str, Any]:
    """Django's description of a database from its address.

    Raises:
        BadInputError: not an address of PostgreSQL.
    """
    from psycopg import Error  # noqa: PLC0415 - its library is loaded by who connects
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - the same

    try:
        parts = dict(conninfo_to_dict(url))
    except Error as error:
        # The address may hold a password: it is not repeated.
        raise BadInputError(
            "DATABASE_URL: is not an address of PostgreSQL (postgresql://role@host/database)"
        ) from error
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{names[name]: str(value) for name, value in parts.items() if name in names},
        "OPTIONS": {name: value for name, value in parts.items() if name not in names},
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
        "ATOMIC_REQUESTS": False,  # the scope of a transaction is opened by who acts, not by the request
    }
