"""``karama user``: accounts opened and locked, roles given and taken away, on the service's own machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karama.cli.choices import Format, Tongue
from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from karama.record.states import Role

app = typer.Typer(no_args_is_help=True, help="Accounts and roles.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
RoleName = Annotated[str, typer.Argument(metavar="ROLE", help="A role, as the reference lists them.")]
Territory = Annotated[
    str, typer.Option(help="2 digits of a region, 5 of a province, 9 of a commune; the nation when absent.")
]


@app.command("add")
def add_command(
    name: Name,
    *,
    kind: Annotated[str, typer.Option(help="staff, citizen, or service for a partner's program.")] = "staff",
    email: Annotated[str, typer.Option(help="Electronic address.")] = "",
    language: Annotated[Tongue, typer.Option(help="Language of the screens.")] = Tongue.FRENCH,
    idcs: Annotated[str, typer.Option(help="A citizen's IDCS.")] = "",
    establishment: Annotated[str, typer.Option(help="Code of the establishment a director answers for.")] = "",
    password: Annotated[
        bool, typer.Option(help="Read a password from standard input; without it only the State's provider signs in.")
    ] = True,
) -> None:
    """Open an account; its password is read from standard input (asked for twice on a terminal)."""
    from karama.cli.opened import open_service

    given = _password() if password else None
    with open_service():
        from karama.record.actions import Identity, create_account
        from karama.record.clock import now
        from karama.record.scope import operator
        from karama.record.states import AccountKind

        if kind not in AccountKind.values:
            raise BadInputError(f"--kind {kind}: choose one of {', '.join(AccountKind.values)}")
        identity = Identity(
            username=name,
            kind=AccountKind(kind),
            email=email,
            language=language,
            idcs=idcs,
            establishment=establishment,
        )
        create_account(identity=identity, password=given, by=operator(), at=now())
    typer.echo(f"account '{name}' is open")


@app.command("role")
def role_command(
    name: Name,
    role: RoleName,
    territory: Territory = "",
    health: Annotated[
        bool, typer.Option("--health", help="With the right to health facts, read where every role over files has it.")
    ] = False,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take the role away instead.")] = False,
) -> None:
    """Give an account a role over a territory, or take it away."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.record.actions import grant_role, revoke_role
        from karama.record.clock import now
        from karama.record.queries import account_named
        from karama.record.scope import actor_of, operator

        asked, account = _role(role), account_named(name)
        read_health = actor_of(account).health
        if revoke:
            revoke_role(account=account, role=asked, territory=territory, by=operator(), at=now())
        else:
            grant_role(account=account, role=asked, territory=territory, health=health, by=operator(), at=now())
        reads_health = actor_of(account).health
    where = territory or "the nation"
    typer.echo(f"'{name}' {'no longer holds' if revoke else 'holds'} {role} over {where}")
    if read_health and not reads_health and not revoke:
        typer.echo(
            f"'{name}' reads health facts no longer: not every role over files has that right; revoke this one and give"
            " it with --health where it should be kept",
            err=True,
        )


@app.command("list")
def list_command(output: Annotated[Format, typer.Option("--format", help="Text, or JSON.")] = Format.TEXT) -> None:
    """Every account with its roles in force."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.record.queries import accounts

        found = accounts()
    if output is Format.JSON:
        from dataclasses import asdict
        from json import dumps

        typer.echo(dumps([asdict(one) for one in found], default=str, ensure_ascii=False))
        return
    for one in found:
        state = "locked" if one.locked else "open"
        typer.echo(f"{one.username:<24}  {one.kind:<8}  {state:<6}  {', '.join(one.roles) or 'no role'}")


@app.command("lock")
def lock_command(name: Name, reason: Annotated[str, typer.Option(help="Why; kept in the journal.")]) -> None:
    """Lock an account: its sessions end and it signs in no more."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.record.actions import lock_account
        from karama.record.clock import now
        from karama.record.queries import account_named
        from karama.record.scope import operator

        lock_account(account=account_named(name), reason=reason, by=operator(), at=now())
    typer.echo(f"account '{name}' is locked")


@app.command("unlock")
def unlock_command(name: Name) -> None:
    """Let a locked account sign in again."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.record.actions import unlock_account
        from karama.record.clock import now
        from karama.record.queries import account_named
        from karama.record.scope import operator

        unlock_account(account=account_named(name), by=operator(), at=now())
    typer.echo(f"account '{name}' is open")


@app.command("reset-mfa")
def reset_mfa_command(name: Name) -> None:
    """Forget an account's second factors: its holder sets up another at the next sign-in."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.record.actions import reset_second_factor
        from karama.record.clock import now
        from karama.record.queries import account_named
        from karama.record.scope import operator

        forgotten = reset_second_factor(account=account_named(name), by=operator(), at=now())
    typer.echo(f"{forgotten} second factors of '{name}' forgotten")


def _password() -> str:
    import sys

    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    given = sys.stdin.readline().rstrip("\n")
    if not given:
        raise BadInputError("no password on standard input: give one, or --no-password")
    return given


def _role(name: str) -> Role:
    from karama.record.states import Role

    if name not in Role.values:
        raise BadInputError(f"role '{name}': choose one of {', '.join(sorted(Role.values))}")
    return Role(name)
