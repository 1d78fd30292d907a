"""Reforms on a register: what they cost, whom they reach, who gains and who loses.

```
Country(register, month)       a register in one month, ready to be decided under any number of laws
compare(country, scenarios)    the law beside up to five scenarios, in frames
solve(country, ...)            which value of a parameter keeps the cost at a budget
```
"""

from __future__ import annotations

from karama.simulation.reform.comparison import BASELINE, Comparison, compare
from karama.simulation.reform.country import Country, Decided, Moment
from karama.simulation.reform.solve import Solution, solve

__all__ = ["BASELINE", "Comparison", "Country", "Decided", "Moment", "Solution", "compare", "solve"]
