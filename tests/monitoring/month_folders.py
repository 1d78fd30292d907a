"""Month folders of a few rows, written by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import polars as pl

from karama.foundation.storage import write_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LINES = {"household_id": pl.String, "benefit": pl.String, "amount_centimes": pl.Int64}
DECISIONS = {"household_id": pl.String, "milieu": pl.String, "aid": pl.String}
COUNTS = dict.fromkeys(("families", "children", "persons", "amount_centimes"), pl.Int64)
TERRITORY = {"region": pl.String, "milieu": pl.String, "aid": pl.String, **COUNTS}
AMOUNTS = dict.fromkeys(("amount_before_centimes", "amount_after_centimes"), pl.Int64)
CHANGES = {"kind": pl.String, "reasons": pl.List(pl.String), **AMOUNTS}
Rows: TypeAlias = "Sequence[tuple[Any, ...]]"


def write_month(
    folder: Path,
    *,
    lines: Rows = (),
    decisions: Rows = (),
    territory: Rows = (),
    changes: Rows = (),
) -> None:
    folder.mkdir(parents=True)
    tables = {"lines": (LINES, lines), "decisions": (DECISIONS, decisions)}
    tables |= {"territory": (TERRITORY, territory), "changes": (CHANGES, changes)}
    for name, (schema, rows) in tables.items():
        pl.DataFrame(list(rows), schema=schema, orient="row").write_parquet(folder / f"{name}.parquet")
    write_json(folder / "manifest.json", {"month": folder.name})
