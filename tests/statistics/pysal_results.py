r"""Results of PySAL's `inequality` for the tests, as JSON on standard output.

PySAL is no dependency of the tests: with what it needs (matplotlib, geopandas, scikit-learn …) it weighs half a
gigabyte, for three functions.  So this file is run by hand, and what it prints is kept in `pysal_results.json`:

    uv run --isolated --no-project --python 3.11 --with inequality==1.1.2 --with numpy==2.4.6 \
        python tests/statistics/pysal_results.py > tests/statistics/pysal_results.json

It has no weights; a household of four persons is four equal values.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

import numpy as np
from inequality.atkinson import atkinson
from inequality.gini import Gini
from inequality.theil import Theil


def households(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Spending per person and size of households, skewed and without a random draw."""
    number = np.arange(1, count + 1)
    return 4000 + (number * 7919 % 2003) ** 2 // 50, 1 + number * 31 % 7


def main() -> None:
    """Print the indices of persons in 40 and in 300 households."""
    found: dict[str, object] = {"library": f"PySAL inequality {version('inequality')}, BSD 3-Clause"}
    for count in (40, 300):
        spending, size = households(count)
        persons = np.repeat(spending, size).astype(np.float64)
        found[str(count)] = {
            "spending": spending.tolist(),
            "size": size.tolist(),
            "gini": float(Gini(persons).g),
            "theil": float(Theil(persons).T),
            "atkinson_half": float(atkinson(persons, 0.5)),
            "atkinson_one": float(atkinson(persons, 1)),
        }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
