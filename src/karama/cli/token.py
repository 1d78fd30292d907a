"""``karama token``: tokens with which programs call the API, made, listed and ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from karama.cli.choices import Format
from karama.foundation.errors import BadInputError

if TYPE_CHECKING:
    from karama.record.models import Account

app = typer.Typer(no_args_is_help=True, help="Tokens with which programs call the API.")


@app.command("create")
def create_command(
    account: Annotated[str, typer.Argument(help="User name of the account for which the program acts.")],
    name: Annotated[str, typer.Option(help="Which program will hold it.")],
    scope: Annotated[list[str], typer.Option(help="What it may do, such as claims:read; repeat for several.")],
    days: Annotated[int, typer.Option(help="Days until it expires, at most 366.")] = 90,
) -> None:
    """Make a token of an account and show its secret, once."""
    from karama.cli.opened import open_service

    with open_service():
        from django.utils.timezone import localdate

        from karama.record.scope import operator
        from karama.record.tokens import create_token

        token, secret = create_token(account=_account(account), name=name, scopes=scope, days=days, by=operator())
        until = localdate(token.expires_at)
        typer.echo(f"token {token.pk} of {account}, until {until:%Y-%m-%d}; keep it, it is not shown again:")
        typer.echo(secret)


@app.command("list")
def list_command(
    account: Annotated[str, typer.Option(help="User name of one account; all by default.")] = "",
    output: Annotated[Format, typer.Option("--format", help="Text for people, JSON for programs.")] = Format.TEXT,
) -> None:
    """List the tokens, the newest first: account, scopes, end, last use."""
    import json

    from karama.cli.opened import open_service

    with open_service():
        from django.utils.timezone import localdate

        from karama.record.tokens import last_used, tokens_of

        found = [
            {
                "token": one.pk,
                "account": one.account.get_username(),
                "name": one.name,
                "scopes": " ".join(one.scopes),
                "expires": f"{localdate(one.expires_at):%Y-%m-%d}",
                "revoked": f"{localdate(one.revoked_at):%Y-%m-%d}" if one.revoked_at else None,
                "last_used": f"{used:%Y-%m-%d %H:%M}" if (used := last_used(one)) else None,
            }
            for one in tokens_of(_account(account) if account else None)
        ]
    if output is Format.JSON:
        typer.echo(json.dumps(found, ensure_ascii=False, indent=1))
        return
    for one in found:
        end = f"revoked {one['revoked']}" if one["revoked"] else f"until {one['expires']}"
        told = f"last used {one['last_used']}" if one["last_used"] else "never used"
        typer.echo(f"{one['token']}: {one['account']}, {one['name']}, {one['scopes']}, {end}, {told}")


@app.command("revoke")
def revoke_command(token: Annotated[int, typer.Argument(help="Number of the token, as `list` shows it.")]) -> None:
    """End a token now."""
    from karama.cli.opened import open_service

    with open_service():
        from karama.record.scope import operator
        from karama.record.tokens import revoke_token

        typer.echo(f"token {revoke_token(token_id=token, by=operator()).pk} is revoked")


def _account(name: str) -> Account:
    from karama.record.models import Account

    found = Account.objects.filter(username=name).first()
    if found is None:
        raise BadInputError(f"there is no account '{name}': `karama user` opens one")
    return found
