"""Where the service keeps its data, and where the socket of its server lies.

The modes of folders that exist are never changed: what cannot be reached is refused, naming the folder in the way.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from karama.foundation.errors import StorageError
from karama.foundation.postgres.account import unreachable

if TYPE_CHECKING:
    import pwd

LONGEST_SOCKET = 100
"""Bytes of a socket's path; Linux takes 107, other systems 103."""

SOCKET = ".s.PGSQL.5432"


def data_folder() -> Path:
    """The folder of all that the service keeps on this machine: ``KARAMA_DATA``, or the usual place of its user.

    Root's is ``/var/lib/karama``; anybody else's is ``karama`` under ``XDG_DATA_HOME`` (``~/.local/share``).
    """
    if given := os.environ.get("KARAMA_DATA"):
        return Path(given).absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/karama")
    home = os.environ.get("XDG_DATA_HOME", "")
    # The specification of XDG has relative paths ignored.
    return (Path(home) if home.startswith("/") else Path.home() / ".local" / "share") / "karama"


def socket_folder(cluster: Path) -> Path:
    """The folder of the server's socket: beside its data, or a short one where that path is too long for a socket.

    Nothing is made: the answer is the same before and after the server has started.
    """
    beside = cluster.parent / "socket"
    if len(os.fsencode(beside / SOCKET)) <= LONGEST_SOCKET:
        return beside
    name = hashlib.sha256(os.fsencode(cluster)).hexdigest()[:12]
    return _runtime_folder() / name


def _runtime_folder() -> Path:
    if os.geteuid() == 0:
        return Path("/run/karama")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/") and Path(runtime).is_dir():
        return Path(runtime) / "karama"
    return Path(tempfile.gettempdir()) / f"karama-{os.geteuid()}"


def make_passable(folder: Path) -> None:
    """Make a folder through which the server's account may pass, and its missing parents; others stay as they are.

    Raises:
        StorageError: it cannot be made.
    """
    missing = [one for one in [*reversed(folder.parents), folder] if not one.exists()]
    for one in missing:
        try:
            one.mkdir()
        except FileExistsError:  # another process made it meanwhile
            continue
        except OSError as error:
            raise StorageError(
                f"{one}: cannot be made ({error.strerror}): choose another place with KARAMA_DATA"
            ) from error
        one.chmod(0o755)


def _make_owned(folder: Path, account: pwd.struct_passwd) -> None:
    """Make the folder under another name and put it in place whole: two processes may do so at once."""
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    os.chown(made, account.pw_uid, account.pw_gid)
    try:
        made.rename(folder)
    except OSError:  # the other one's already holds something
        made.rmdir()


def make_private(folder: Path, account: pwd.struct_passwd) -> None:
    """Make a folder of the server's account alone; its parents are passed, never changed.

    Raises:
        StorageError: a parent is closed to the account, or the folder is another's.
    """
    make_passable(folder.parent)
    if blocked := unreachable(folder.parent, account):
        raise StorageError(
            f"{blocked}: is closed to the account {account.pw_name}, which runs the database for root, and is left as "
            "it is: choose another place with KARAMA_DATA (by itself: /var/lib/karama)"
        )
    if not folder.exists():
        _make_owned(folder, account)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.pw_uid:
        raise StorageError(
            f"{folder}: is no folder of the account {account.pw_name}: remove it or choose another place"
        )
