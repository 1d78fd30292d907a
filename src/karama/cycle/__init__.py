"""Floor 2: one month of one programme as a pure function: register in, decisions, lines, payments and changes out.

```
run_month()      decide a month of a register and write its folder
verify_month()   check a finished month against its manifest and a replay
run_month_at(), verify_month_at()   the same where a place may be an address of an object store
row_hash()       the hash of a table's rows, which no engine or file format changes
```
"""

from __future__ import annotations

from karama.cycle.duck import row_hash
from karama.cycle.lake import run_month_at, verify_month_at
from karama.cycle.manifests import read_manifest
from karama.cycle.month import MonthResult, run_month
from karama.cycle.verification import VerifyResult, verify_month

__all__ = [
    "MonthResult",
    "VerifyResult",
    "read_manifest",
    "row_hash",
    "run_month",
    "run_month_at",
    "verify_month",
    "verify_month_at",
]
