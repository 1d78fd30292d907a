"""All months and both clocks, oracle against product: ``python -m tests.oracles.run_all_months [COUNT]``.

Prints one line per month and clock, the first differences in full, and ends with exit code 1 if there is any.
"""

from __future__ import annotations

import argparse
import sys
import time
from itertools import islice

from tests.oracles.comparison import GROUPS, differences, reduced, sample

SHOWN = 5


def main() -> int:
    """Compare COUNT households for each of the 74 groups; return 1 when a difference was found, else 0."""
    parser = argparse.ArgumentParser(description="Compare the law with the oracle in every month, on both clocks.")
    parser.add_argument("count", nargs="?", type=int, default=20_000, help="households per month and clock")
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    started, found, shown = time.perf_counter(), 0, 0
    for place, (month, clock) in enumerate(GROUPS, 1):
        households = sample(asked.seed, month, clock, asked.count)
        differing = list(differences(households, month, clock))
        found += len(differing)
        seconds = time.perf_counter() - started
        print(f"{place:2}/{len(GROUPS)} {month} {clock:5} {len(differing)} differences, {seconds:.0f} s", flush=True)
        for difference in islice(differing, SHOWN - shown):
            shown += 1
            print(reduced(difference), flush=True)
    total = asked.count * len(GROUPS)
    print(f"{total:,} households, {found} differences, {time.perf_counter() - started:.0f} s")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
