"""Who runs the server: PostgreSQL refuses root, so root hands it to an account without rights."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING, Any

from karama.foundation.errors import StorageError

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNTS = ("karama", "postgres", "nobody")
"""The accounts root hands the server to: the first that exists, unless the data folder already belongs to another."""

_EXECUTE = 0o1


def server_account(cluster: Path) -> pwd.struct_passwd:
    """The account that runs the server of this data folder.

    Raises:
        StorageError: root, and the machine has none of the accounts.
    """
    if os.geteuid() != 0:
        return named_account(os.geteuid())
    if cluster.exists() and (owner := cluster.stat().st_uid):
        return named_account(owner)
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise StorageError(
        f"PostgreSQL does not run as root and this machine has no account {' or '.join(ACCOUNTS)}: "
        "make one (useradd --system karama)"
    )


def named_account(number: int) -> pwd.struct_passwd:
    """The account of a user's number.

    Raises:
        StorageError: the system has no name for it, as in some containers; PostgreSQL asks for one.
    """
    try:
        return pwd.getpwuid(number)
    except KeyError as error:
        raise StorageError(
            f"user {number} has no name on this machine and PostgreSQL does not run without one: add the user to "
            "/etc/passwd, or name a server in DATABASE_URL"
        ) from error


def as_account(account: pwd.struct_passwd) -> dict[str, Any]:
    """The arguments that make ``subprocess`` run a program as this account."""
    if account.pw_uid == os.geteuid():
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def unreachable(path: Path, account: pwd.struct_passwd) -> Path | None:
    """The first folder on the way to ``path`` (itself included) through which the account may not pass."""
    for folder in [*reversed(path.resolve().parents), path.resolve()]:
        if folder.exists() and not _may(folder, account, _EXECUTE):
            return folder
    return None


def _may(path: Path, account: pwd.struct_passwd, right: int) -> bool:
    if account.pw_uid == 0:
        return True
    found = path.stat()
    if found.st_uid == account.pw_uid:
        return bool(found.st_mode & (right << 6))
    if found.st_gid == account.pw_gid:
        return bool(found.st_mode & (right << 3))
    return bool(found.st_mode & right)
