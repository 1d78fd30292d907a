"""Reforms, budget forecasts and targeting performance (floor 2): the one law graph under changed parameters.

```
load_scenario(path)          a reform as data, checked like the law itself
scenario.applied_to(asd)     the programme as the scenario would have it
```
"""

from __future__ import annotations

from karama.simulation.changed_law import ParameterChange
from karama.simulation.scenario import Scenario, load_scenario

__all__ = ["ParameterChange", "Scenario", "load_scenario"]
