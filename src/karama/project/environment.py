"""The settings of a deployment: one table, read from environment variables; the reference page is made from it.

Reading never raises for a value that is merely unsafe: ``faults`` names those, and whatever serves refuses to start
with one.  So a tool that only needs the models (the type checker, say) runs with nothing set.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import BadInputError
from karama.foundation.postgres import data_folder, server_at

if TYPE_CHECKING:
    from collections.abc import Mapping

MODES = ("production", "demo")
SHORTEST_SECRET = 50
_FEWEST_CHARACTERS = 10
_GUESSED = ("change-me", "changeme", "django-insecure", "secret", "default", "demo", "karama")
_ABSENT = "absent-"


@dataclass(frozen=True)
class Variable:
    """One variable of the environment: its name, what it says, and what stands where it is absent."""

    name: str
    says: str
    default: str = ""
    shown: str = ""
    """The default as the reference shows it, where it is not a plain value."""


TABLE = (
    Variable(
        "KARAMA_MODE", "`production`; or `demo`: invented persons only, unsafe settings are allowed", "production"
    ),
    Variable("KARAMA_SECRET_KEY", f"signs sessions and links; {SHORTEST_SECRET} characters or more, kept secret"),
    Variable("KARAMA_FORMER_SECRET_KEYS", "keys still accepted after a change of key, separated by spaces"),
    Variable("KARAMA_HOSTS", "names under which the service is reached, separated by commas", "localhost,127.0.0.1"),
    Variable("KARAMA_DEBUG", "`1` shows an error with its code; refused outside `demo`", "0"),
    Variable("KARAMA_HTTPS", "`0` serves without HTTPS; refused outside `demo`", shown="`1`; `0` in `demo`"),
    Variable(
        "KARAMA_PROXIES", "number of reverse proxies in front that add `X-Forwarded-*`; what they say is believed", "0"
    ),
    Variable("DATABASE_URL", "PostgreSQL 15 or later, as the application's role", shown="the bundled server"),
    Variable(
        "KARAMA_OWNER_DATABASE_URL",
        "the same database as the role that owns the tables, for `migrate`, `restore` and loads of a whole register",
        shown="the bundled server's owner; none where `DATABASE_URL` is given",
    ),
    Variable(
        "KARAMA_DATA",
        "folder of the bundled server, the lake and the collected files of the pages",
        shown="`/var/lib/karama` for root, else `karama` in `XDG_DATA_HOME` (`~/.local/share`)",
    ),
    Variable("KARAMA_LAKE", "folder of the months decided", shown="`lake` in `KARAMA_DATA`"),
    Variable(
        "KARAMA_ANCHORS",
        "folder or address on another machine where the journal's chain is published each day",
        shown="none: `karama audit verify` then cannot find a whole rewriting",
    ),
    Variable(
        "KARAMA_POSTGRES_BIN",
        "folder of PostgreSQL's programs, for the bundled server, `backup` and `restore`",
        shown="those of the package, else the newest of `/usr/lib/postgresql`",
    ),
    Variable(
        "KARAMA_MESSAGES",
        "who carries SMS: `console:`, `file:/path`, `https://gateway/path` or `smpp://system_id@host:port`",
        shown="a file `messages` in `KARAMA_DATA` in `demo`; else none, and messages wait",
    ),
    Variable("KARAMA_MESSAGES_SECRET", "the gateway's bearer token, or the password of SMPP"),
    Variable("KARAMA_MESSAGES_ORIGIN", "the name under which an SMS appears, 11 letters at most", "Karama"),
    Variable(
        "KARAMA_VERIFICATION",
        "the address that letters print for checking their code",
        shown="`/verifier` on the first of `KARAMA_HOSTS`",
    ),
    Variable("KARAMA_PAGES", "folder of finished pages shown under `/demo/`; heeded in `demo` only"),
    Variable("KARAMA_OIDC_ISSUER", "address of the State's OpenID Connect provider; staff may sign in with it"),
    Variable("KARAMA_OIDC_CLIENT", "the name under which that provider knows this service"),
    Variable("KARAMA_OIDC_SECRET", "the secret shared with that provider"),
)
"""Every variable, in the order in which the reference shows them."""

_DEFAULTS = {one.name: one.default for one in TABLE}


@dataclass(frozen=True)
class SignInProvider:
    """An OpenID Connect provider."""

    issuer: str
    client: str
    secret: str


@dataclass(frozen=True)
class Environment:
    """What the variables say, as values."""

    mode: str
    secret_key: str
    former_secret_keys: tuple[str, ...]
    hosts: tuple[str, ...]
    debug: bool
    https: bool
    proxies: int
    database_url: str
    owner_database_url: str | None
    data: Path
    lake: Path
    anchors: str
    provider: SignInProvider | None
    messages: str
    messages_secret: str
    messages_origin: str
    verification: str
    pages: str

    @property
    def demo(self) -> bool:
        """Invented persons only."""
        return self.mode == "demo"


def read(variables: Mapping[str, str] = os.environ) -> Environment:
    """The values of the variables, or what stands in their absence.

    Raises:
        BadInputError: a value that is none of those allowed.
    """
    said = {name: variables.get(name) or default for name, default in _DEFAULTS.items()}
    if said["KARAMA_MODE"] not in MODES:
        raise BadInputError(f"KARAMA_MODE: {said['KARAMA_MODE']!r} is neither {' nor '.join(MODES)}: correct it")
    demo = said["KARAMA_MODE"] == "demo"
    bundled, data = server_at(), data_folder()
    external = said["DATABASE_URL"]
    return Environment(
        mode=said["KARAMA_MODE"],
        # Without a key each process makes its own, which serves no two of them: `faults` refuses to serve so.
        secret_key=said["KARAMA_SECRET_KEY"] or f"{_ABSENT}{secrets.token_urlsafe(64)}",
        former_secret_keys=tuple(said["KARAMA_FORMER_SECRET_KEYS"].split()),
        hosts=tuple(one.strip() for one in said["KARAMA_HOSTS"].split(",") if one.strip()),
        debug=_flag("KARAMA_DEBUG", said),
        https=_flag("KARAMA_HTTPS", said) if said["KARAMA_HTTPS"] else not demo,
        proxies=_count("KARAMA_PROXIES", said),
        database_url=external or bundled.application_url(),
        owner_database_url=said["KARAMA_OWNER_DATABASE_URL"] or (None if external else bundled.owner_url()),
        data=data,
        anchors=said["KARAMA_ANCHORS"],
        lake=Path(said["KARAMA_LAKE"]).absolute() if said["KARAMA_LAKE"] else data / "lake",
        provider=_provider(said),
        messages=said["KARAMA_MESSAGES"] or (f"file:{data / 'messages'}" if demo else ""),
        messages_secret=said["KARAMA_MESSAGES_SECRET"],
        messages_origin=said["KARAMA_MESSAGES_ORIGIN"],
        pages=said["KARAMA_PAGES"] if demo else "",
        verification=said["KARAMA_VERIFICATION"] or f"{said['KARAMA_HOSTS'].split(',')[0].strip()}/verifier",
    )


def _flag(name: str, said: Mapping[str, str]) -> bool:
    if said[name] not in {"0", "1"}:
        raise BadInputError(f"{name}: {said[name]!r} is neither 0 nor 1: correct it")
    return said[name] == "1"


def _count(name: str, said: Mapping[str, str]) -> int:
    if not (said[name].isascii() and said[name].isdigit()):
        raise BadInputError(f"{name}: {said[name]!r} is not a whole number: correct it")
    return int(said[name])


def _provider(said: Mapping[str, str]) -> SignInProvider | None:
    names = ("KARAMA_OIDC_ISSUER", "KARAMA_OIDC_CLIENT", "KARAMA_OIDC_SECRET")
    given = [name for name in names if said[name]]
    if not given:
        return None
    if missing := [name for name in names if not said[name]]:
        raise BadInputError(f"{', '.join(missing)}: missing beside {', '.join(given)}: set all three or none")
    return SignInProvider(*(said[name] for name in names))


def faults(environment: Environment) -> list[str]:
    """What makes it unsafe to serve, each with its remedy; none of it counts in demo mode."""
    if environment.demo:
        return []
    key = environment.secret_key
    found = []
    if environment.debug:
        found.append("KARAMA_DEBUG is 1, which shows code and data to whoever meets an error: remove it")
    if key.startswith(_ABSENT):
        found.append("KARAMA_SECRET_KEY is absent: set what `openssl rand -base64 48` prints, and keep it")
    elif len(key) < SHORTEST_SECRET or len(set(key)) < _FEWEST_CHARACTERS or key.lower().startswith(_GUESSED):
        found.append(f"KARAMA_SECRET_KEY can be guessed or has fewer than {SHORTEST_SECRET} characters: set another")
    if "*" in environment.hosts or not environment.hosts:
        found.append("KARAMA_HOSTS admits any name: list the names under which the service is reached")
    if not environment.https:
        found.append("KARAMA_HTTPS is 0, which sends passwords in clear: remove it and put a proxy with HTTPS in front")
    return found


def refuse_unsafe(environment: Environment) -> None:
    """Stop before serving with unsafe settings.

    Raises:
        BadInputError: names each of them and its remedy.
    """
    if found := faults(environment):
        raise BadInputError(
            f"the service does not start: {'; '.join(found)} (or KARAMA_MODE=demo for invented persons)"
        )


def database(url: str) -> dict[str, Any]:
    """Django's description of a database from its address.

    Raises:
        BadInputError: not an address of PostgreSQL.
    """
    from psycopg import Error  # noqa: PLC0415 - its library is loaded by who connects
    from psycopg.conninfo import conninfo_to_dict  # noqa: PLC0415 - the same

    try:
        parts = dict(conninfo_to_dict(url))
    except Error:
        # The address and the error may hold a password: neither is repeated.
        raise BadInputError("DATABASE_URL is not an address of PostgreSQL: postgresql://role@host/database") from None
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **{names[name]: str(value) for name, value in parts.items() if name in names},
        "OPTIONS": {name: value for name, value in parts.items() if name not in names},
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
        "ATOMIC_REQUESTS": False,  # the scope of a transaction is opened by who acts, not by the request
    }


def page() -> str:
    """The reference of the settings, as Markdown."""
    rows = "".join(
        f"| `{one.name}` | {one.says} | {one.shown or (f'`{one.default}`' if one.default else 'none')} |\n"
        for one in TABLE
    )
    return f"""# Settings

*Generated by `make reference`.* The service reads its settings from environment variables, and nothing from a file.

| variable | says | where it is absent |
|---|---|---|
{rows}
Outside `demo` mode the service refuses to start with `KARAMA_DEBUG=1`, without a secret key or with one that can be
guessed, with `KARAMA_HOSTS=*`, and with `KARAMA_HTTPS=0`. In every mode it refuses a `DATABASE_URL` whose role is a
superuser, owns the tables or bypasses row-level security. It says which of them it met and what to do.
"""
