"""Tables of results in a folder: each as Parquet and CSV, everything as JSON, whole or not at all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from karama.foundation.errors import BadInputError
from karama.foundation.storage import file_digest, publish_folder, read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_MANIFEST = "manifest.json"
_MONEY_PLACES = 2


def write_tables(
    out: Path,
    name: str,
    tables: Mapping[str, pl.DataFrame],
    manifest: Mapping[str, Any],
    further: Mapping[str, str] | None = None,
) -> None:
    """Write the folder, whole or not at all; a former one of the same command is replaced.

    Amounts are centimes in Parquet and MAD with two decimals in CSV and JSON.

    Args:
        out: the folder.
        name: of the command, which the manifest names as ``generator``; ``NAME.json`` holds all tables.
        tables: by name.
        manifest: where the figures come from.
        further: texts of other files, pictures for instance, by file name.

    Raises:
        BadInputError: the folder holds something else.
        StorageError: the disk is full or the place cannot be written.
    """
    check_folder(out, name)
    with publish_folder(out) as folder:
        for table, frame in tables.items():
            frame.write_parquet(folder / f"{table}.parquet")
            in_mad(frame).write_csv(folder / f"{table}.csv")
        for file, text in (further or {}).items():
            (folder / file).write_text(text, encoding="utf-8")
        write_json(folder / f"{name}.json", as_json(tables, manifest))
        files = {one.name: file_digest(one) for one in sorted(folder.iterdir())}
        write_json(folder / _MANIFEST, {**manifest, "generator": f"karama {name}", "files": files})


def check_folder(out: Path, name: str) -> None:
    """Refuse to replace what the command did not write.

    Raises:
        BadInputError: the folder holds files of something else, or is a file.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise BadInputError(f"{out}: is a file where a folder is to be written: choose another place")
    if not any(out.iterdir()):
        return
    manifest = out / _MANIFEST
    if not manifest.is_file() or read_json(manifest).get("generator") != f"karama {name}":
        message = f"{out}: holds files that 'karama {name}' did not write: they are kept; give another folder"
        raise BadInputError(message)


def in_mad(table: pl.DataFrame) -> pl.DataFrame:
    """The table with amounts in MAD of two decimals instead of centimes."""
    money = [name for name in table.columns if name.endswith("_centimes")]
    return table.with_columns(
        (pl.col(name).cast(pl.Decimal(38, 2)) / 100).cast(pl.Decimal(38, 2)) for name in money
    ).rename({name: f"{name.removesuffix('_centimes')}_mad" for name in money})


def as_json(tables: Mapping[str, pl.DataFrame], manifest: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest, and every table as a list of rows with amounts in MAD."""
    return {"manifest": dict(manifest), **{name: _rows(in_mad(table)) for name, table in tables.items()}}


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    plain = table.with_columns(
        pl.col(name).cast(pl.Float64) for name, kind in table.schema.items() if isinstance(kind, pl.Decimal)
    )
    return plain.to_dicts()


def text_table(table: pl.DataFrame) -> str:
    """The rows in columns under each other, words to the left, numbers to the right."""
    rows = [list(table.columns), *([_said(cell) for cell in row] for row in table.iter_rows())]
    words = [kind == pl.String for kind in table.dtypes]
    return in_columns(rows, words)


def _said(cell: object) -> str:
    if cell is None:
        return "-"
    if isinstance(cell, bool) or not isinstance(cell, (int, float, Decimal)):
        return str(cell)
    text = f"{cell:,f}" if isinstance(cell, Decimal) else f"{cell:,}"
    whole, _, places = text.partition(".")
    return f"{whole}.{places.rstrip('0') or '0'}" if len(places) > _MONEY_PLACES else text


def in_columns(rows: Sequence[Sequence[str]], words: Sequence[bool]) -> str:
    """Cells under each other below a heading; columns of words stand to the left."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = zip(row, widths, words, strict=True)
        lines.append("  ".join(one.ljust(width) if left else one.rjust(width) for one, width, left in cells).rstrip())
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
