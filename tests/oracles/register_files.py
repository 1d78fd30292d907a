"""Register folder of households given as dictionaries, so that the set-based engine can be run on them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SCORE = pa.decimal128(12, 9)


def day(text: str | None) -> date | None:
    """A date written YYYY-MM-DD or YYYY-MM (its first day), or nothing."""
    return None if text is None else date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def exact(score: float | None) -> Decimal | None:
    """The score as written, in nine places."""
    return None if score is None else Decimal(str(score)).quantize(Decimal("1e-9"))


# column: (type, value when absent, reading of the value as written)
Column = tuple[Any, Any, "Callable[[Any], Any] | None"]
HOUSEHOLD_COLUMNS: dict[str, Column] = {
    "household_id": (pa.string(), None, None),
    "milieu": (pa.string(), None, None),
    "commune": (pa.string(), None, None),
    "province": (pa.string(), None, None),
    "region": (pa.string(), None, None),
    "size": (pa.int32(), None, None),
    "claim_month": (pa.date32(), None, day),
    "score": (SCORE, None, exact),
    "score_effective_from": (pa.date32(), None, day),
    "previous_score": (SCORE, None, exact),
    "resident": (pa.bool_(), True, None),
    "other_family_allowance": (pa.bool_(), False, None),
    "state_pay": (pa.bool_(), False, None),
    "pension": (pa.bool_(), False, None),
    "fonds_entraide_familiale": (pa.bool_(), False, None),
    "social_security_months": (pa.int32(), 0, None),
    "payment_channel": (pa.string(), "payment_establishment", None),
    "payment_account": (pa.string(), None, None),
}
PERSON_COLUMNS: dict[str, Column] = {
    "household_id": (pa.string(), None, None),
    "person_id": (pa.string(), None, None),
    "role": (pa.string(), None, None),
    "sex": (pa.string(), None, None),
    "birth_date": (pa.date32(), None, day),
    "death_date": (pa.date32(), None, day),
    "in_rnp": (pa.bool_(), True, None),
    "marital_status": (pa.string(), None, None),
    "enrolled": (pa.bool_(), False, None),
    "school_level": (pa.string(), "none", None),
    "public_school": (pa.bool_(), True, None),
    "severe_disability": (pa.bool_(), False, None),
    "father_deceased": (pa.bool_(), False, None),
    "mother_id": (pa.string(), None, None),
    "live_birth_order": (pa.int32(), None, None),
    "birth_order": (pa.int32(), None, None),
    "birth_grant_claim_date": (pa.date32(), None, day),
    "receives_family_allowance": (pa.bool_(), False, None),
    "receives_state_pay": (pa.bool_(), False, None),
    "receives_pension": (pa.bool_(), False, None),
}


def table(rows: list[dict[str, Any]], columns: dict[str, Column]) -> pa.Table:
    """Rows as an Arrow table with exactly these columns, absent values at their defaults."""
    arrays = []
    for name, (kind, default, read) in columns.items():
        values = [row.get(name, default) for row in rows]
        arrays.append(pa.array(values if read is None else [read(value) for value in values], kind))
    return pa.table(arrays, names=list(columns))


def as_register(households: list[dict[str, Any]], folder: Path) -> None:
    """Write households.parquet and persons.parquet, sorted by their keys, into an existing folder.

    ``size`` is the number of members written down. A score given only by its inputs is left empty.
    """
    ordered = sorted(households, key=lambda h: h["household_id"])
    household_rows = [
        {**h, "size": len(h["members"]), "province": h["commune"][:5], "region": h["commune"][:2]} for h in ordered
    ]
    person_rows = [
        {**member, "household_id": h["household_id"]}
        for h in ordered
        for member in sorted(h["members"], key=lambda m: m["person_id"])
    ]
    pq.write_table(table(household_rows, HOUSEHOLD_COLUMNS), folder / "households.parquet")
    pq.write_table(table(person_rows, PERSON_COLUMNS), folder / "persons.parquet")
