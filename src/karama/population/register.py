"""The register in memory between two months, and the frames and files of one month.

State is two tables of arrays (households, persons) with rows sorted by number, and one table of score variables beside
the households.  Dates are days since 1970-01-01, months are counted from year 0, scores are billionths:
all whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from karama.population.cells import MARITAL, SEXES
from karama.population.schooling import LEVELS
from karama.territory import household_margins

if TYPE_CHECKING:
    from karama.foundation.months import Month
    from karama.population.draws import Flags, Ints

Table: TypeAlias = dict[str, NDArray[Any]]

UNKNOWN = -1
"""No score, no mother, no birth order."""
NEVER = 1 << 30
"""A day or month that has not come: no death, no claim."""
MEMBERS_NUMBERED = 100
"""A person's number is its household's number times this, plus its place in the household."""

ROLES = ("head", "spouse", "child", "kafala_child", "other")
HEAD, SPOUSE, CHILD, KAFALA_CHILD, OTHER = range(5)
CHANNELS = ("payment_establishment", "bank_account")
_SCORE_PLACES = 9


@dataclass(slots=True)
class Register:
    """Households and persons of the synthetic register at one moment."""

    homes: Table
    inputs: Table
    persons: Table

    def rows(self) -> Ints:
        """For each person the row of its household."""
        return np.searchsorted(self.homes["number"], self.persons["home"]).astype(np.int64)

    def find(self, numbers: Ints) -> Ints:
        """The row of each of these persons, -1 where there is none."""
        order = np.argsort(self.persons["number"], kind="stable")
        place = np.searchsorted(self.persons["number"], numbers, sorter=order)
        rows = order[np.minimum(place, len(order) - 1)] if len(order) else np.zeros(len(numbers), np.int64)
        found = self.persons["number"][rows] == numbers if len(order) else np.zeros(len(numbers), np.bool_)
        return np.where(found, rows, -1).astype(np.int64)

    def find_homes(self, numbers: Ints) -> Ints:
        """The row of each of these households, which must be there."""
        return np.searchsorted(self.homes["number"], numbers).astype(np.int64)

    def sort_homes(self) -> None:
        """Put households in the order of their numbers."""
        order = np.argsort(self.homes["number"], kind="stable")
        self.homes, self.inputs = take(self.homes, order), take(self.inputs, order)

    def sort_persons(self) -> None:
        """Put persons in the order of household and number."""
        self.persons = take(self.persons, np.lexsort((self.persons["number"], self.persons["home"])))

    def keep_homes(self, kept: Flags) -> None:
        """Drop the other households, with their members and score variables."""
        remaining = kept[self.rows()]
        self.homes = take(self.homes, kept)
        self.inputs = take(self.inputs, kept)
        self.persons = take(self.persons, remaining)

    def born(self, month: Month) -> Flags:
        """Persons born by the last day of the month whose birth is declared."""
        result: Flags = (self.persons["birth"] <= day_number(month.last_day)) & (
            self.persons["birth_known"] <= month.index
        )
        return result

    def present(self, month: Month) -> Flags:
        """Persons known to be born by the last day of the month and not known to have died before its first."""
        died = (self.persons["death"] < day_number(month.first_day)) & (self.persons["death_known"] <= month.index)
        result: Flags = self.born(month) & ~died
        return result

    def entered(self, month: Month) -> Register:
        """The households that are in the register in the month, with their members."""
        result = Register(self.homes, self.inputs, self.persons)
        kept = self.homes["entered"] <= month.index
        if not kept.all():
            result.keep_homes(kept)
        return result


def take(columns: Table, rows: Flags | Ints) -> Table:
    """The chosen rows of every column."""
    return {name: values[rows] for name, values in columns.items()}


def stack(parts: list[Table]) -> Table:
    """Tables of the same columns, one under another."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def day_number(date: Any) -> int:  # noqa: ANN401 - datetime.date, kept out of the signature for NumPy's sake
    """Days since 1970-01-01."""
    return int(np.datetime64(date, "D").astype(np.int64))


def month_days(months: Ints) -> Ints:
    """Day number of the first day of each month (counted from year 0)."""
    result: Ints = (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return result


def dates(days: NDArray[Any]) -> pl.Series:
    """Dates, unknown where the day has not come."""
    values = pl.Series(np.asarray(days, dtype=np.int64)).cast(pl.Int32)
    return values.set(values >= NEVER, None).cast(pl.Date)


def score_column(billionths: NDArray[Any]) -> pl.Series:
    """Scores as DECIMAL(12, 9), unknown where negative."""
    values = pl.Series(np.asarray(billionths, dtype=np.int64))
    values = values.set(values == UNKNOWN, None)
    # Integer to decimal by way of text would be slow: the scale is set on the integers themselves.
    whole = values.cast(pl.Decimal(precision=21, scale=_SCORE_PLACES))
    return (whole / pl.Series([1_000_000_000]).cast(pl.Decimal(precision=12, scale=0))).cast(
        pl.Decimal(precision=12, scale=_SCORE_PLACES)
    )


def coded(codes: NDArray[Any], words: tuple[str, ...]) -> pl.Series:
    """Words for positions; unknown (-1) stays unknown."""
    found = pl.Series(words).gather(pl.Series(np.maximum(codes, 0)))
    return found.set(pl.Series(codes < 0), None)


def household_names(numbers: NDArray[Any]) -> pl.Series:
    """Household identifiers: H and nine digits, in the order of the numbers."""
    return "H" + pl.Series(np.asarray(numbers, dtype=np.int64)).cast(pl.String).str.zfill(9)


def person_names(numbers: NDArray[Any]) -> pl.Series:
    """Person identifiers: P and eleven digits, unknown where the number is."""
    values = pl.Series(np.asarray(numbers, dtype=np.int64))
    names: pl.Series = "P" + values.cast(pl.String).str.zfill(11)
    return names.set(values == UNKNOWN, None)


def household_frame(register: Register, month: Month) -> pl.DataFrame:
    """The ``households`` table of one month, one row per household, columns and types of the register folder."""
    homes, persons = register.homes, register.persons
    cells = household_margins().select("code", "milieu")[homes["cell"]]
    present = register.present(month)
    row = register.rows()
    couple = present & (persons["role"] <= SPOUSE)
    flags = {
        column: np.bincount(row[couple & persons[source]], minlength=len(homes["number"])) > 0
        for column, source in (
            ("other_family_allowance", "family_allowance"),
            ("state_pay", "state_pay"),
            ("pension", "pension"),
        )
    }
    claimed = np.where(homes["claim"] <= month.index, month_days(np.minimum(homes["claim"], month.index)), NEVER)
    return pl.DataFrame(
        {
            "household_id": household_names(homes["number"]),
            "milieu": cells["milieu"],
            "commune": cells["code"],
            "province": cells["code"].str.head(5),
            "region": cells["code"].str.head(2),
            "size": pl.Series(np.bincount(row[present], minlength=len(homes["number"]))).cast(pl.Int32),
            "claim_month": dates(claimed),
            "score": score_column(homes["score"]),
            "score_effective_from": dates(month_days(homes["effective"])),
            "previous_score": score_column(homes["previous"]),
            "resident": homes["resident"],
            **flags,
            "fonds_entraide_familiale": homes["fonds"],
            "social_security_months": pl.Series(homes["declared_months"]).cast(pl.Int32),
            "payment_channel": coded(homes["channel"], CHANNELS),
            "payment_account": pl.Series(accounts(homes)),
        }
    )


def accounts(homes: Table) -> pl.Series:
    """Bank details (RIB, 24 digits with a right key) for those paid on an account, of a bank code that no bank has."""
    number = homes["number"].astype(np.int64)
    # RIB: bank 3, city 3, account 16, key 2; key = 97 - (the first 22 digits, twice shifted) modulo 97.
    head = 999_000 % 97
    power = pow(10, 16, 97)
    rest = ((head * power + number % 97) * 100) % 97
    digits = pl.Series(number).cast(pl.String).str.zfill(16)
    rib: pl.Series = "999000" + digits + pl.Series(97 - rest).cast(pl.String).str.zfill(2)
    return rib.set(pl.Series(homes["channel"] == 0), None)


def person_frame(register: Register, month: Month) -> pl.DataFrame:
    """The ``persons`` table of one month: all known to be born by its last day, the dead not yet struck off too."""
    last = day_number(month.last_day)
    persons = take(register.persons, register.born(month))
    happened = {
        "death": np.where(persons["death_known"] <= month.index, persons["death"], NEVER),
        "grant_claim": np.where(persons["grant_claim"] <= last, persons["grant_claim"], NEVER),
    }
    return pl.DataFrame(
        {
            "household_id": household_names(persons["home"]),
            "person_id": person_names(persons["number"]),
            "role": coded(persons["role"], ROLES),
            "sex": coded(persons["sex"], SEXES),
            "birth_date": dates(persons["birth"]),
            "death_date": dates(happened["death"]),
            "in_rnp": persons["in_rnp"],
            "marital_status": coded(persons["marital"], MARITAL),
            "enrolled": persons["enrolled"],
            "school_level": coded(persons["level"], LEVELS),
            "public_school": persons["public"],
            "severe_disability": persons["severe"],
            "father_deceased": persons["father_deceased"],
            "mother_id": person_names(persons["mother"]),
            "live_birth_order": _orders(persons["live_order"]),
            "birth_order": _orders(persons["birth_order"]),
            "birth_grant_claim_date": dates(happened["grant_claim"]),
            "receives_family_allowance": persons["family_allowance"],
            "receives_state_pay": persons["state_pay"],
            "receives_pension": persons["pension"],
        }
    )


def _orders(values: NDArray[Any]) -> pl.Series:
    """Ranks of birth, unknown where negative."""
    ranks = pl.Series(values).cast(pl.Int32)
    return ranks.set(ranks == UNKNOWN, None)


def input_frame(register: Register) -> pl.DataFrame:
    """The ``score_inputs`` table: flags as booleans, the rest as integers."""
    columns: dict[str, Any] = {"household_id": household_names(register.homes["number"])}
    for name, values in register.inputs.items():
        flag = name.startswith(("has_", "head_", "at_most", "dwelling_", "single_", "more_", "member_"))
        columns[name] = values.astype(np.bool_) if flag else pl.Series(values).cast(pl.Int32)
    return pl.DataFrame(columns)
