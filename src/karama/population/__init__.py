"""Floor 2: a synthetic register fitted to the census of 2024, with life events from month to month.

```
generate()                write the register, one folder per month
report(), as_text()       distance to the census and to published figures
distances()               every unit, margin and category beside the census
published_figures()       the published figures, with their sources
compare_with_published()  totals of a cycle beside the published ones
assumptions()             every assumption, with its meaning and source
```
"""

from __future__ import annotations

from karama.population.assumptions import Assumption, assumptions
from karama.population.generation import generate
from karama.population.published import (
    FIGURE_UNITS,
    FIGURE_USES,
    compare_with_published,
    figure_labels,
    published_figures,
)
from karama.population.report import as_text, distances, report

__all__ = [
    "FIGURE_UNITS",
    "FIGURE_USES",
    "Assumption",
    "as_text",
    "assumptions",
    "compare_with_published",
    "distances",
    "figure_labels",
    "generate",
    "published_figures",
    "report",
]
