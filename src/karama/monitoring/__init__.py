"""Floor 5: what reads the programme and never writes to it: indicators and management reports.

```
write_report()       the pages of a run of months: index.html (French), ar.html, en.html, and their tables as CSV
MonthFigures.read()  the totals of finished months, from their folders
```
"""

from __future__ import annotations

from karama.monitoring.month_figures import MonthFigures
from karama.monitoring.report import Report, write_report

__all__ = ["MonthFigures", "Report", "write_report"]
