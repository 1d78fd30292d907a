"""The manifest of a month folder: what went in, what came out, under which law, how long it took."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from karama.cycle.tables import CHANGES, DECISIONS, LINES, MANIFEST, PAYMENTS, REJECTED, WARD_DECISIONS, Table
from karama.foundation.errors import BadInputError
from karama.foundation.money import from_centimes
from karama.foundation.storage import read_json
from karama.law.engine.values import json_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from karama.cycle.engine import Engine

GENERATOR = "karama cycle run"
"""What the manifest of a month folder calls its maker."""

FORMAT = 2
"""Raised when a month folder of an older version could be misread."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a finished month.

    Raises:
        BadInputError: no month folder, or one of another format.
    """
    path = folder / MANIFEST
    if not path.exists():
        raise BadInputError(f"{folder}: no month folder: it has no {MANIFEST}; 'karama cycle run' writes one")
    manifest = read_json(path)
    if not isinstance(manifest, dict) or manifest.get("generator") != GENERATOR:
        raise BadInputError(f"{path}: not written by '{GENERATOR}': give a month folder")
    if manifest.get("format") != FORMAT:
        raise BadInputError(f"{path}: format {manifest.get('format')}, not {FORMAT}: run the month again")
    return manifest


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest; amounts keep their two decimals."""
    (folder / MANIFEST).write_text(json_text(manifest) + "\n", encoding="utf-8")


def refuse_foreign_folder(out: Path) -> None:
    """Refuse to replace what was not written here.

    Raises:
        BadInputError: a file, or a folder that holds something else than a month.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise BadInputError(f"{out}: is a file: give the name of a folder that may be written")
    if not any(out.iterdir()):
        return
    try:
        read_manifest(out)
    except BadInputError as error:
        message = f"{out}: holds files that '{GENERATOR}' did not write; they are kept: give another folder"
        raise BadInputError(message) from error


def overall_hash(hashes: Mapping[str, str]) -> str:
    """One hash for all the outputs: SHA-256 over ``name hash`` lines in the order of the names."""
    lines = "".join(f"{name} {hashes[name]}\n" for name in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()


def totals_of(engine: Engine, present: Collection[str]) -> dict[str, Any]:
    """Counts and amounts of the tables written, amounts in the currency's main unit.

    Args:
        engine: knows each table of the month by its name.
        present: names of the tables that the month has.
    """
    found: dict[str, Any] = {
        "by_aid": _grouped(engine, DECISIONS, "aid", "families"),
        "by_benefit": _grouped(engine, LINES, "benefit", "lines"),
        "by_payment": _grouped(engine, PAYMENTS, "kind", "payments"),
        "payments_held": _counted(engine, PAYMENTS, "held"),
        "changes": _change_kinds(engine),
        "change_reasons": _counted(engine, CHANGES, "unnest(reasons)"),
        "refusals": _counted(engine, DECISIONS, "unnest(reasons)"),
        "rejected": _counted(engine, REJECTED, "rule"),
    }
    if WARD_DECISIONS.name in present:
        found["children_in_care"] = _grouped(engine, WARD_DECISIONS, "aid", "children")
    found["eligible_families"] = sum(one["families"] for aid, one in found["by_aid"].items() if aid != "none")
    decided = [*found["by_aid"].values(), *found.get("children_in_care", {}).values()]
    found["amount"] = sum((one["amount"] for one in decided), start=from_centimes(0))
    return found


def _grouped(engine: Engine, table: Table, by: str, what: str) -> dict[str, Any]:
    """Per value of a column, how many rows and what amount."""
    rows = engine.rows(
        f"SELECT {by}, count(*), CAST(sum(amount_centimes) AS BIGINT) FROM {table.name} GROUP BY {by} ORDER BY {by}"
    )
    return {name: {what: count, "amount": from_centimes(amount)} for name, count, amount in rows}


def _counted(engine: Engine, table: Table, by: str) -> dict[str, int]:
    """How many rows have each value; those without one are not counted."""
    rows = engine.rows(
        f"SELECT name, count(*) FROM (SELECT {by} AS name FROM {table.name}) q WHERE name IS NOT NULL"
        f" GROUP BY name ORDER BY name"
    )
    return {name: count for name, count in rows}  # noqa: C416 - dict() of tuples of unknown length has no type


def _change_kinds(engine: Engine) -> dict[str, Any]:
    rows = engine.rows(
        f"SELECT kind, count(*), CAST(sum(amount_after_centimes - amount_before_centimes) AS BIGINT)"
        f" FROM {CHANGES.name} GROUP BY kind ORDER BY kind"
    )
    return {kind: {"changes": count, "amount": from_centimes(difference)} for kind, count, difference in rows}
