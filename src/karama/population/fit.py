"""Generated persons and households beside the census, cell by cell, before any choice of the registered ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.foundation.languages import Label
from karama.population.cells import MARITAL, SEXES, Cells
from karama.population.home_tables import AMENITIES, DWELLINGS, FUELS, OCCUPANCIES
from karama.population.person_tables import ACTIVITIES
from karama.population.schooling import LEVELS, UPPER_SECONDARY, VOCATIONAL
from karama.population.work import FAMILY_WORKER, IDLE
from karama.territory import AGE_GROUPS

if TYPE_CHECKING:
    from karama.population.draws import Flags, Floats, Ints
    from karama.population.registration import Generated

MARGINS: dict[str, Label] = {
    "households": Label("ménages (nombre)", "الأسر المعيشية (عدد)", "households (number)"),
    "persons": Label("personnes (nombre)", "الأشخاص (عدد)", "persons (number)"),
    "age": Label("âge quinquennal, par sexe", "الفئة العمرية الخماسية حسب الجنس", "five-year age, by sex"),
    "marital_status": Label("état matrimonial, par sexe", "الحالة الزواجية حسب الجنس", "marital status, by sex"),
    "disability": Label("handicap, par sexe", "الإعاقة حسب الجنس", "disability, by sex"),
    "schooling_6_to_11": Label(
        "scolarisation à 6-11 ans, par sexe", "التمدرس بين 6 و11 سنة حسب الجنس", "schooling at 6-11, by sex"
    ),
    "illiteracy_15_plus": Label(
        "analphabétisme à 15 ans et plus, par sexe",
        "الأمية عند 15 سنة فأكثر حسب الجنس",
        "illiteracy at 15 and over, by sex",
    ),
    "education": Label("niveau d'études, par sexe", "المستوى الدراسي حسب الجنس", "level of education, by sex"),
    "activity_rate": Label("taux d'activité, par sexe", "معدل النشاط حسب الجنس", "activity rate, by sex"),
    "employment_rate": Label("taux d'emploi, par sexe", "معدل الشغل حسب الجنس", "employment rate, by sex"),
    "employment_status": Label(
        "statut professionnel, par sexe", "الوضعية في الشغل حسب الجنس", "employment status, by sex"
    ),
    "dwelling_type": Label("type de logement", "نوع المسكن", "dwelling type"),
    "occupancy": Label("statut d'occupation", "صفة حيازة المسكن", "occupancy"),
    "amenities": Label("équipements du logement", "تجهيزات المسكن", "amenities"),
    "cooking_fuel": Label("combustible de cuisson", "وقود الطهي", "cooking fuel"),
    "household_size": Label("taille moyenne des ménages", "متوسط حجم الأسر المعيشية", "mean household size"),
    "people_per_room": Label("personnes par pièce", "عدد الأفراد في الغرفة", "persons per room"),
}
"""The margins compared, with their names as shown; shares but for `COUNTS` and `MEANS`."""

COUNTS = ("households", "persons")
"""Margins that are numbers; they are counted from the rows of the mean household size."""
MEANS = ("household_size", "people_per_room")


def census_fit(generated: Generated) -> pl.DataFrame:
    """What the census says and what was generated, for each cell, margin and category.

    Returns:
        One row per cell, sex (``all`` for households), margin and category: ``census`` (share, or mean for `MEANS`),
        ``base`` (persons or households generated of whom it is a share, or by which the mean is divided) and
        ``generated`` (how many of them).
    """
    frames = [*_people_margins(generated), *_household_margins(generated)]
    return pl.concat(frames)


def _people_margins(generated: Generated) -> list[pl.DataFrame]:
    """The margins of persons, by sex."""
    people, schooling, work = generated.census_people, generated.schooling, generated.work
    everybody = np.ones(len(people), np.bool_)
    adults, grown = people.months >= 15 * 12, people.months >= 10 * 12
    pupils = (people.months >= 6 * 12) & (people.months < 12 * 12)
    level = np.where(schooling.level == VOCATIONAL, UPPER_SECONDARY, schooling.level)
    listed: list[tuple[str, str, str, Flags, Flags]] = []
    for position, group in enumerate(AGE_GROUPS):
        column = "age_75_plus" if group == "75+" else f"age_{group.replace('-', '_')}"
        listed.append(("age", group, column, people.group == position, everybody))
    listed.extend(
        ("marital_status", status, f"marital_status_{status}", people.marital == position, adults)
        for position, status in enumerate(MARITAL)
    )
    listed.append(("disability", "disabled", "disability_prevalence", schooling.disabled, everybody))
    listed.append(("schooling_6_to_11", "enrolled", "schooling_rate_6_to_11", schooling.enrolled, pupils))
    listed.append(("illiteracy_15_plus", "illiterate", "illiteracy_rate_15_plus", ~schooling.literate, adults))
    listed.extend(
        ("education", name, f"education_{name}", level == position, grown)
        for position, name in enumerate(LEVELS)
        if position != VOCATIONAL
    )
    listed.append(("activity_rate", "active", "activity_rate", work.status != IDLE, adults))
    listed.append(("employment_rate", "employed", "employment_rate", work.employed, adults))
    listed.extend(
        ("employment_status", name, f"employment_status_{name}", work.status == code, work.employed)
        for code, name in enumerate(ACTIVITIES)
        if code >= FAMILY_WORKER
    )
    line = people.cell * len(SEXES) + people.sex
    return [
        _frame(
            generated.cells,
            margin,
            category,
            census=generated.cells.people_margins[column].reshape(-1),
            base=np.bincount(line[base], minlength=len(generated.cells) * 2),
            count=np.bincount(line[base & members], minlength=len(generated.cells) * 2),
        )
        for margin, category, column, members, base in listed
    ]


def _household_margins(generated: Generated) -> list[pl.DataFrame]:
    """The margins of households."""
    homes, cells = generated.census_homes, generated.cells
    count = len(cells)
    whole = np.bincount(homes.cell, minlength=count)
    listed: list[tuple[str, str, str, Flags]] = [
        ("dwelling_type", kind, f"dwelling_type_{kind}", homes.dwelling == position)
        for position, kind in enumerate(DWELLINGS)
    ]
    listed.extend(
        ("occupancy", kind, f"occupancy_{kind}", homes.occupancy == position)
        for position, kind in enumerate(OCCUPANCIES)
    )
    listed.extend(
        ("cooking_fuel", fuel, f"cooking_fuel_{fuel}", homes.fuel == position) for position, fuel in enumerate(FUELS)
    )
    listed.extend(("amenities", name, f"amenities_{name}", homes.amenities[name]) for name in AMENITIES)
    frames = [
        _frame(
            cells,
            margin,
            category,
            census=cells.household_margins[column],
            base=whole,
            count=np.bincount(homes.cell[owns], minlength=count),
        )
        for margin, category, column, owns in listed
    ]
    persons = np.bincount(generated.census_people.cell, minlength=count)
    rooms = np.zeros(count, np.int64)
    np.add.at(rooms, homes.cell, homes.rooms)
    frames.append(_frame(cells, "household_size", "mean", census=cells.mean_size, base=whole, count=persons))
    per_room = cells.household_margins["people_per_room"]
    frames.append(_frame(cells, "people_per_room", "mean", census=per_room, base=rooms, count=persons))
    return frames


def _frame(cells: Cells, margin: str, category: str, *, census: Floats, base: Ints, count: Ints) -> pl.DataFrame:
    """The rows of one category; twice as many rows as cells when the margin is by sex."""
    per_cell = len(census) // max(len(cells), 1)
    sexes = list(SEXES) * len(cells) if per_cell == len(SEXES) else ["all"] * len(cells)
    return pl.DataFrame(
        {
            "code": np.repeat(np.array(cells.code, dtype=object), per_cell).tolist(),
            "milieu": np.repeat(np.array(cells.milieu, dtype=object), per_cell).tolist(),
            "sex": sexes,
            "margin": [margin] * len(census),
            "category": [category] * len(census),
            "census": census,
            "base": np.asarray(base, dtype=np.int64),
            "generated": np.asarray(count, dtype=np.int64),
        },
        schema={
            "code": pl.String,
            "milieu": pl.String,
            "sex": pl.String,
            "margin": pl.String,
            "category": pl.String,
            "census": pl.Float64,
            "base": pl.Int64,
            "generated": pl.Int64,
        },
    )
