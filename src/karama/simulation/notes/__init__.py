"""Notes to print and to send: the budget note with its workbook, and the proposal of a reform.

```
write_pdf(forecast, path)                   the budget note in French and Arabic
write_xlsx(forecast, path)                  its workbook, with live formulas for the totals
write_proposal(comparison, scenario, path)  a reform on two pages, in French and Arabic
```
"""

from __future__ import annotations

from karama.simulation.notes.budget import write_pdf
from karama.simulation.notes.proposal import write_proposal
from karama.simulation.notes.shapes import ComparisonTables, ForecastTables
from karama.simulation.notes.workbook import write_xlsx

__all__ = ["ComparisonTables", "ForecastTables", "write_pdf", "write_proposal", "write_xlsx"]
