"""The joint table of persons of each cell and sex: age, marital status or school, education, literacy, activity.

Its shape is assumed once for the country; its margins are the census's of the cell.  The shape is a chain (state by
age, education by age and state, literacy by age and education, activity by age, state and education), so the fitted
table is the shape times one factor per category of each margin; only the factors are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from karama.population.assumptions import mapping, table
from karama.population.raking import ROUNDS, ratio
from karama.territory import PEOPLE_COLUMNS, household_margins, people_margins

if TYPE_CHECKING:
    from karama.population.draws import Floats, Ints

SEXES = ("F", "M")
AGES = 16
FIRST_TEEN_GROUP, FIRST_ADULT_GROUP = 2, 3
"""The age groups 10-14 and 15-19: the census asks the education from the one, the rest from the other."""
ADULT_AGES = AGES - FIRST_ADULT_GROUP
MARITAL = ("single", "married", "divorced", "widowed")
STATES = ("pupil", *MARITAL)
"""Pupils and students are single; the other single persons are out of school."""
EDUCATION = ("none", "preschool", "primary", "lower_secondary", "upper_secondary", "higher")
ACTIVITIES = (
    "inactive",
    "unemployed",
    "family_worker",
    "apprentice",
    "other",
    "cooperative_member",
    "self_employed",
    "private_sector",
    "employer",
    "public_sector",
)
"""What a person of 15 and over does, roughly from the least to the best paid."""

_PUPIL_GROUPS = 2
"""Adult age groups that have pupils: 15-19 and 20-24."""
_HIGHER = 5
_AGE_ROUNDS = 4
"""Age and marital status lie side by side in the table: they are settled by each other before the rest is looked at."""


@dataclass(frozen=True, slots=True)
class PersonTables:
    """The fitted tables of all cells of the country, in their order; every array has shape (cells, sexes, …)."""

    classes: Floats
    """Share of the cell's persons by age and marital status: (…, 16, 4), adding up to one over sexes too."""
    pupils: Floats
    """Fitted share of pupils among the single of 15-19 and 20-24, over the assumed one: (…, 2)."""
    education: Floats
    """Relative chances of each level for those out of school, by age from 10-14 and marital status: (…, 14, 4, 6)."""
    literate: Floats
    """Chance to read and write by age from 15-19 and level: (…, 13, 6)."""
    activity: Floats
    """Factor of each activity: (…, 10)."""


def activity_shape(sex: int) -> Floats:
    """Assumed relative chances of each activity for one sex: (13 ages, 5 states, 6 levels, 10 activities)."""
    odds = table("activity_men" if SEXES[sex] == "M" else "activity_women")[FIRST_ADULT_GROUP:]
    factor = mapping("activity_factors")
    married = factor["married_women"] if SEXES[sex] == "F" else factor["married_men"]
    by_state = np.array([factor["pupil"], 1, married, 1, 1])
    by_level = np.where(np.arange(len(EDUCATION)) == _HIGHER, factor["higher"], 1.0)
    employed = odds[:, None, None] * by_state[:, None] * by_level
    jobless = employed * table("unemployed_by_age")[:, None, None] * table("unemployed_by_education")
    statuses = table("status_by_education")[None, :, :] * table("status_by_age")[:, None, :]
    statuses = statuses / statuses.sum(axis=2, keepdims=True)
    shape = np.concatenate(
        [np.ones((*employed.shape, 1)), jobless[..., None], employed[..., None] * statuses[:, None, :, :]], axis=3
    )
    result: Floats = shape / shape.sum(axis=3, keepdims=True)
    return result


def _state_shape(sex: int, urban: int) -> Floats:
    """Assumed share of each state by adult age group: (13, 5)."""
    word = ("women", "men")[sex]
    single, divorced, widowed = (table(f"{kind}_{word}") for kind in ("never_married", "divorced", "widowed"))
    shape = np.stack([np.zeros(ADULT_AGES), single, 1 - single - divorced - widowed, divorced, widowed], axis=1)
    shape[:_PUPIL_GROUPS, 0] = single[:_PUPIL_GROUPS] * assumed_pupils()[urban]
    shape[:_PUPIL_GROUPS, 1] -= shape[:_PUPIL_GROUPS, 0]
    return shape


def assumed_pupils() -> Floats:
    """Assumed share of pupils among the single of 15-19 and 20-24, rural then urban: (2, 2)."""
    rates = np.stack([table("enrolment_rural"), table("enrolment_urban")])
    young = 0.6 * rates[:, 3] + 0.4 * rates[:, 4]
    older = 0.2 * rates[:, 4] + 0.8 * rates[:, 5]
    return np.stack([young, older], axis=1)


def _level_shape() -> Floats:
    """Assumed share of each level by adult age group and state: (13, 5, 6); pupils attend that of their age."""
    attended = table("level_attended_by_age")
    by_level = np.zeros((len(attended), len(EDUCATION)))
    # Preschool, primary, lower and upper secondary; vocational training counts as upper secondary.
    by_level[:, 1:5] = attended[:, :4]
    by_level[:, 4] += attended[:, 4]
    by_level[:, _HIGHER] = attended[:, 5]
    shape = np.repeat(table("education_out_of_school")[1:, None, :], len(STATES), axis=1)
    for group in range(_PUPIL_GROUPS):
        first = 11 + 5 * group
        shape[group, 0] = by_level[first : first + 5].mean(axis=0)
    return shape


def _teen_shape() -> Floats:
    """Assumed share of each level at 10-14, pupils then the others: (2, 6)."""
    attended = table("level_attended_by_age")[6:11]
    pupils = np.zeros(len(EDUCATION))
    pupils[1:4] = attended[:, :3].mean(axis=0)
    return np.stack([pupils, table("education_out_of_school")[0]])


@cache
def person_tables() -> PersonTables:
    """The tables of the country's cells, fitted once."""
    people = people_margins()
    rows = len(people) // len(SEXES)
    shape = (rows, len(SEXES))
    margins = {name: people[name].to_numpy().astype(np.float64).reshape(shape) for name in PEOPLE_COLUMNS}
    of_sex = people["population"].to_numpy().astype(np.float64).reshape(shape)
    sex_share = of_sex / np.maximum(of_sex[:, :1] + of_sex[:, 1:], 1)
    urban = (household_margins()["milieu"] == "urban").to_numpy().astype(np.int64)
    found = PersonTables(
        classes=np.zeros((*shape, AGES, len(MARITAL))),
        pupils=np.zeros((*shape, _PUPIL_GROUPS)),
        education=np.zeros((*shape, AGES - FIRST_TEEN_GROUP, len(MARITAL), len(EDUCATION))),
        literate=np.zeros((*shape, ADULT_AGES, len(EDUCATION))),
        activity=np.zeros((*shape, len(ACTIVITIES))),
    )
    for sex in range(len(SEXES)):
        for milieu in (0, 1):
            here = np.flatnonzero(urban == milieu)
            _Fitting(sex, milieu, {name: column[here, sex] for name, column in margins.items()}).into(found, here)
    found.classes[:] *= sex_share[:, :, None, None]
    return found


def _stacked(margins: dict[str, Floats], prefix: str, names: tuple[str, ...]) -> Floats:
    """Shares of a margin's categories, brought to one: (cells, categories)."""
    shares = np.stack([margins[f"{prefix}_{name}"] for name in names], axis=1)
    return ratio(shares, shares.sum(axis=1, keepdims=True))


class _Fitting:
    """The fitting of the cells of one milieu for one sex; factors stand beside the assumed shape."""

    def __init__(self, sex: int, milieu: int, margins: dict[str, Floats]) -> None:
        """Take the margins, each of shape (cells,), as parts of all persons of the sex."""
        self.sex, self.milieu = sex, milieu
        names = [name for name in PEOPLE_COLUMNS if name.startswith("age_")]
        self.age = _stacked(margins, "age", tuple(name.removeprefix("age_") for name in names))
        adults = self.age[:, FIRST_ADULT_GROUP:].sum(axis=1, keepdims=True)
        teens = self.age[:, FIRST_TEEN_GROUP]
        self.marital = _stacked(margins, "marital_status", MARITAL) * adults
        self.level = _stacked(margins, "education", EDUCATION) * (adults + teens[:, None])
        unread = margins["illiteracy_rate_15_plus"][:, None]
        self.reading = np.concatenate([unread, 1 - unread], axis=1) * adults
        self.doing = activity_margin(margins) * adults
        pupils = _teen_pupils(margins["schooling_rate_6_to_11"], milieu)
        self.teens = np.stack([pupils, 1 - pupils], axis=1) * teens[:, None]
        self.by_state = _state_shape(sex, milieu)
        self.by_level, self.teen_level = _level_shape(), _teen_shape()
        reads = np.repeat(table("literate_by_education")[None], ADULT_AGES, axis=0)
        self.by_reading = np.stack([1 - reads, reads], axis=2)
        self.by_activity = activity_shape(sex)
        self._fit()

    def _fit(self) -> None:
        """Go through all margins, round after round."""
        cells = len(self.age)
        self.f_level, self.f_reading = np.ones((cells, len(EDUCATION))), np.ones((cells, 2))
        self.f_activity, f_marital = np.ones((cells, len(ACTIVITIES))), np.ones((cells, len(MARITAL)))
        f_age = np.ones((cells, ADULT_AGES))
        wanted_age = self.age[:, FIRST_ADULT_GROUP:]
        for _ in range(ROUNDS):
            reading = np.einsum("aer,nr->nae", self.by_reading, self.f_reading)
            doing = np.einsum("asek,nk->nase", self.by_activity, self.f_activity)
            rest = self.by_state[..., None] * self.by_level * doing
            by_state = np.einsum("nase,nae,ne->nas", rest, reading, self.f_level)
            by_marital = _by_marital(by_state)
            for _ in range(_AGE_ROUNDS):
                f_age = ratio(wanted_age, np.einsum("nam,nm->na", by_marital, f_marital))
                f_marital = ratio(self.marital, np.einsum("nam,na->nm", by_marital, f_age))
            state = f_age[:, :, None] * np.concatenate([f_marital[:, :1], f_marital], axis=1)[:, None, :]
            level = np.einsum("nas,nase->nae", state, rest)
            self._fit_levels(level)
            read = np.einsum("aer,nr->nae", self.by_reading, self.f_reading) * self.f_level[:, None]
            weight = np.einsum("nas,nae,ase->nase", state, read, self.by_state[..., None] * self.by_level)
            self.f_activity = ratio(self.doing, np.einsum("nase,asek->nk", weight, self.by_activity))
        # Sexes and ages are met last: they are counted of everybody, the other margins of a sample.
        self.by_marital = by_marital * (f_marital[:, None, :] * f_age[:, :, None])
        self.by_marital *= ratio(wanted_age, self.by_marital.sum(axis=2))[:, :, None]
        self.pupil_share = ratio(by_state[:, :_PUPIL_GROUPS, 0], by_marital[:, :_PUPIL_GROUPS, 0])

    def _fit_levels(self, level: Floats) -> None:
        """Education, with the young of 10-14, and literacy."""
        for _ in range(2):
            teens = ratio(self.teens, np.einsum("te,ne->nt", self.teen_level, self.f_level))
            young = np.einsum("nt,te->ne", teens, self.teen_level)
            grown = np.einsum("nae,aer,nr->ne", level, self.by_reading, self.f_reading)
            self.f_level = ratio(self.level, young + grown)
            read = np.einsum("nae,aer,ne->nr", level, self.by_reading, self.f_level)
            self.f_reading = ratio(self.reading, read)

    def into(self, found: PersonTables, here: Ints) -> None:
        """Write what is kept of the fit in the rows of these cells."""
        found.classes[here, self.sex, :FIRST_ADULT_GROUP, 0] = self.age[:, :FIRST_ADULT_GROUP]
        found.classes[here, self.sex, FIRST_ADULT_GROUP:] = self.by_marital
        found.pupils[here, self.sex] = self.pupil_share / assumed_pupils()[self.milieu]
        reading = np.einsum("aer,nr->nae", self.by_reading, self.f_reading)
        doing = np.einsum("asek,nk->nase", self.by_activity[:, 1:], self.f_activity)
        left = self.by_level[:, 1:] * doing * (reading * self.f_level[:, None])[:, :, None]
        found.education[here, self.sex, 1:] = left
        found.education[here, self.sex, 0] = (self.teen_level[1] * self.f_level)[:, None]
        found.literate[here, self.sex] = ratio(self.by_reading[..., 1] * self.f_reading[:, None, 1:], reading)
        found.activity[here, self.sex] = self.f_activity


def _by_marital(by_state: Floats) -> Floats:
    """Pupils added to the other single persons."""
    single = by_state[:, :, :1] + by_state[:, :, 1:2]
    return np.concatenate([single, by_state[:, :, 2:]], axis=2)


def activity_margin(margins: dict[str, Floats]) -> Floats:
    """Share of each activity among those of 15 and over: (cells, 10)."""
    employed, active = margins["employment_rate"], margins["activity_rate"]
    statuses = _stacked(margins, "employment_status", ACTIVITIES[2:]) * employed[:, None]
    inactive = 1 - np.maximum(active, employed)
    return np.concatenate([inactive[:, None], (1 - inactive - employed)[:, None], statuses], axis=1)


def _teen_pupils(rate: Floats, milieu: int) -> Floats:
    """Share of pupils at 10-14: the census's rate at 10 and 11, the assumed one from 12 to 14."""
    older = table("enrolment_urban" if milieu else "enrolment_rural")[2]
    result: Floats = 0.4 * rate + 0.6 * older
    return result
