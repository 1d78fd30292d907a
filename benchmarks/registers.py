"""The register that the benchmarks read: any size, from a folder that exists or from a generated one.

A register of another size than its source is made by *resizing*: every k-th household is kept, or all are repeated
under new identifiers.  The page says which it was.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

MONTH = "2025-11"
SHARE, SEED = 0.01, 1
KEYS = {
    "households": ("household_id",),
    "persons": ("household_id", "person_id"),
    "score_inputs": ("household_id",),
    "wards": ("person_id",),
}
LINKS = {"persons": ("mother_id",), "wards": ()}
"""Columns that name another row, beside the keys."""


def prepare(*, register: Path | None, households: int | None, scratch: Path, share: float = SHARE) -> tuple[Path, str]:
    """A register folder of the size asked for, and in words where it comes from.

    Without ``register`` one is generated at ``share``; without ``households`` it is read as it is.
    """
    source = register or generated(share, scratch)
    origin = f"the register given ({_made(source)})" if register else f"generated at share {share:g}, seed {SEED}"
    own = count(source)["households"]
    if households is None or households == own:
        return source, origin
    folder = scratch / f"households-{households}"
    if households < own:
        kept = own // households
        return resized(source, folder, keep=households, step=kept), f"{origin}, one household in {kept} of {own:,}"
    copies = -(-households // own)
    return resized(source, folder, copies=copies), f"{origin}, its {own:,} households repeated {copies} times"


def generated(share: float, scratch: Path) -> Path:
    """The register of the month made by ``karama population generate``; made once for a scratch folder."""
    out = scratch / f"share-{share:g}"
    if not (out / MONTH / "manifest.json").exists():
        words = ["population", "generate", "--share", str(share), "--seed", str(SEED), "--from", MONTH]
        subprocess.run([sys.executable, "-m", "karama", *words, "--out", str(out)], check=True, capture_output=True)
    return out / MONTH


def resized(source: Path, folder: Path, *, keep: int | None = None, step: int = 1, copies: int = 1) -> Path:
    """Write the register with ``keep`` households, every ``step``-th, or all of them ``copies`` times."""
    if (folder / "manifest.json").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TEMP TABLE kept AS SELECT household_id FROM (SELECT household_id, row_number() OVER (ORDER BY"
            f" household_id) AS place FROM '{source / 'households.parquet'}') WHERE (place - 1) % {step} = 0"
            f" ORDER BY household_id LIMIT {keep or 'ALL'}"
        )
        for table in (name for name in KEYS if (source / f"{name}.parquet").exists()):
            _write(connection, source, folder, table, copies)
    about = {**manifest(source), "month": MONTH, "resized": {"step": step, "copies": copies}}
    (folder / "manifest.json").write_text(json.dumps(about, indent=1), encoding="utf-8")
    return folder


def _write(connection: duckdb.DuckDBPyConnection, source: Path, folder: Path, table: str, copies: int) -> None:
    renamed = [*KEYS[table], *LINKS.get(table, ())] if copies > 1 else []
    replaced = ", ".join(f"{name} || '-' || n AS {name}" for name in renamed)
    columns = f"t.* REPLACE ({replaced})" if renamed else "t.*"
    of_kept = "" if table == "wards" else "SEMI JOIN kept USING (household_id)"
    rows = f"(SELECT * FROM '{source / table}.parquet' {of_kept}) t, range({copies}) r(n)"
    order = ", ".join(KEYS[table])
    connection.execute(
        f"COPY (SELECT {columns} FROM {rows} ORDER BY {order}) TO '{folder / table}.parquet' (FORMAT parquet)"
    )


def count(folder: Path) -> dict[str, int]:
    """Rows of households and persons."""
    with duckdb.connect() as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM '{folder / table}.parquet'").fetchall()[0][0]
            for table in ("households", "persons")
        }


def manifest(folder: Path) -> dict[str, Any]:
    """How the register says it was made: its own words, then those of the folder above."""
    about: dict[str, Any] = {}
    for path in (folder.parent / "manifest.json", folder / "manifest.json"):
        if path.exists():
            about |= json.loads(path.read_text(encoding="utf-8"))
    named = ("generator", "share", "seed", "synthetic", "resized")
    return {name: about[name] for name in named if name in about}


def _made(folder: Path) -> str:
    """The same in words."""
    return ", ".join(f"{name} {value}" for name, value in manifest(folder).items() if name != "synthetic")
