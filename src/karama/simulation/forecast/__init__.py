"""Month by month for up to ten years: who will be covered and what it will cost, by the same law that pays.

```
forecast()   the central path, and with draws the fan and the tornado
write()      CSV, Parquet and JSON in a folder
as_json()    the same as one nesting of plain values
as_text()    a short table to read
```
"""

from __future__ import annotations

from karama.simulation.forecast.forecasting import forecast
from karama.simulation.forecast.results import Forecast
from karama.simulation.forecast.text import as_text
from karama.simulation.forecast.writing import as_json, write

__all__ = ["Forecast", "as_json", "as_text", "forecast", "write"]
