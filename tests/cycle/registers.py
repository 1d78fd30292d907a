"""Small registers on disk for the tests of the month, and files read back as rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from karama.cycle import MonthResult, run_month
from karama.foundation.months import Month
from tests.oracles.register_files import as_register, day

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
RABAT, RURAL = "044210106", "061810901"
WARD_COLUMNS = {
    "person_id": pa.string(),
    "establishment_id": pa.string(),
    "commune": pa.string(),
    "sex": pa.string(),
    "birth_date": pa.date32(),
    "category": pa.string(),
    "admitted": pa.date32(),
    "left_on": pa.date32(),
    "claim_month": pa.date32(),
}


def person(person_id: str, role: str, birth_date: str, **facts: object) -> Row:
    """A member of a household in the shape of HOUSEHOLD.json."""
    return {"person_id": person_id, "role": role, "sex": "F", "birth_date": birth_date, **facts}


def family(household_id: str, *children: str | Row, **facts: object) -> Row:
    """A mother and her children (a birth date, or further facts), with a right to the aid unless said otherwise."""
    members = [person(f"{household_id}-0", "head", "1985-03-01")]
    for number, child in enumerate(children, start=1):
        own = {"birth_date": child} if isinstance(child, str) else child
        members.append({**person(f"{household_id}-{number}", "child", "2015-01-01"), **own})
    household = {"household_id": household_id, "milieu": "urban", "commune": RABAT, "claim_month": "2023-12"}
    return {**household, "score": 9.1, "score_effective_from": None, "members": members, **facts}


def pupil(birth_date: str, **facts: object) -> Row:
    """A child at a public primary school."""
    return {"birth_date": birth_date, "enrolled": True, "school_level": "primary", **facts}


def ward(person_id: str, birth_date: str, **facts: object) -> Row:
    """A child in care, claimed for and admitted before the aid began."""
    row = {"person_id": person_id, "establishment_id": "E1", "commune": RABAT, "sex": "F", "birth_date": birth_date}
    return {**row, "category": "orphan", "admitted": "2020-05-10", "left_on": None, "claim_month": "2025-12", **facts}


def write_register(folder: Path, *households: Row, wards: list[Row] | None = None) -> Path:
    """A register month with these households, and children in care if given; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    as_register(list(households), folder)
    if wards is not None:
        dates = {name for name, kind in WARD_COLUMNS.items() if kind == pa.date32()}
        columns = {
            name: pa.array([day(row[name]) if name in dates else row[name] for row in wards], kind)
            for name, kind in WARD_COLUMNS.items()
        }
        pq.write_table(pa.table(columns), folder / "wards.parquet")
    return folder


def state(folder: Path, **facts: object) -> None:
    """Give a register a manifest of its own."""
    (folder / "manifest.json").write_text(json.dumps(facts), encoding="utf-8")


def rewrite(file: Path, query: str) -> None:
    """Replace a Parquet file by a query over its rows, which it calls ``rows``."""
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE rows AS SELECT * FROM read_parquet('{file}')")
        connection.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")


def decide(register: Path, month: str, out: Path, **options: object) -> MonthResult:
    """Run a month written YYYY-MM."""
    return run_month(register=register, month=Month.parse(month), out=out, **options)  # type: ignore[arg-type]


def rows(folder: Path, table: str, *columns: str) -> list[Any]:
    """The rows of a table of a month folder: dictionaries, or tuples of the columns asked for."""
    found = pq.read_table(folder / f"{table}.parquet").to_pylist()
    return [tuple(row[name] for name in columns) for row in found] if columns else found
