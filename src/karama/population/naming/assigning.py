"""Who is called what: drawn from the identifiers alone, so that the same register has the same names everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from karama.foundation.errors import BadInputError
from karama.population.draws import Draws
from karama.population.naming.lists import family_names, given_names
from karama.territory import household_margins

if TYPE_CHECKING:
    from karama.population.draws import Floats, Ints

_SEED = 2026
_MEMBERS_NUMBERED = 100
"""As in the register: a person's number is the number of the household it was born into times this, plus a place."""
_STEP = 0.6180339887498949
"""Brothers and sisters stand far apart in the list: fractions of the golden ratio never come close early."""

_CHILDREN = ("child", "kafala_child")
_BORN_AT_HOME = {"child": 0.85, "kafala_child": 0.5}
_BORN_AT_HOME_OTHERS = 0.5
"""Shares of persons born in the commune where they live: guesses, for the look of a register only."""


def names(persons: pl.DataFrame) -> pl.DataFrame:
    """Given and family names of the members of households.

    Children carry the name of the man of the couple at the head of the household, or, where there is none, that of the
    household into which they were born; a wife and a child in kafala carry another.  A name follows from identifiers,
    sex and role as they are in the frame: take them once, from the first month in which a person is seen.

    Args:
        persons: ``household_id``, ``person_id``, ``role``, ``sex``, one row each, as in a register folder; institution
            children may be given too, with a role and household of null.

    Returns:
        ``person_id``, ``family_name_fr``, ``given_name_fr``, ``family_name_ar``, ``given_name_ar``, in the order given.

    Raises:
        BadInputError: an identifier without digits, as no synthetic register has it.
    """
    people = persons.select("household_id", "person_id", "role", "sex").with_columns(
        number=_number(persons["person_id"])
    )
    own = pl.col("number") // _MEMBERS_NUMBERED
    man = (pl.col("sex") == "M") & pl.col("role").is_in(("head", "spouse"))
    fathers = people.filter(man).group_by("household_id").agg(father=own.min())
    lineage = pl.when(pl.col("role") == "child").then(pl.coalesce("father", own)).when(man).then(own).otherwise(-1)
    people = people.join(fathers, on="household_id", how="left", maintain_order="left").with_columns(lineage=lineage)
    return pl.concat(
        [people.select("person_id"), _family(people), _given(people)],
        how="horizontal",
    ).select("person_id", "family_name_fr", "given_name_fr", "family_name_ar", "given_name_ar")


def birth_communes(persons: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """Communes of birth: often the one lived in, else one of the country in proportion to its population.

    Args:
        persons: ``household_id``, ``person_id``, ``role``.
        households: ``household_id``, ``commune``.

    Returns:
        ``person_id``, ``birth_commune``, in the order given.
    """
    number = _number(persons["person_id"]).to_numpy()
    draws = Draws(_SEED)
    margins = household_margins().group_by("code", maintain_order=True).agg(pl.col("population").sum())
    elsewhere = margins["code"].gather(_picked(margins["population"].to_numpy(), draws.uniform("born where", number)))
    at_home = persons["role"].replace_strict(_BORN_AT_HOME, default=_BORN_AT_HOME_OTHERS, return_dtype=pl.Float64)
    lived = persons.select("person_id", "household_id").join(
        households.select("household_id", "commune"), on="household_id", how="left", maintain_order="left"
    )
    stayed = pl.Series(draws.uniform("born at home", number)) < at_home
    return lived.with_columns(elsewhere=elsewhere, stayed=stayed & lived["commune"].is_not_null()).select(
        "person_id", birth_commune=pl.when("stayed").then("commune").otherwise("elsewhere")
    )


def entries(persons: pl.DataFrame, households: pl.DataFrame) -> pl.DataFrame:
    """Persons as a register of the population tells them: names, birth, mother, and where they live.

    Args:
        persons: a register's ``persons``.
        households: its ``households``.

    Returns:
        ``person_id``, ``household_id``, ``role``, the four names, ``sex``, ``birth_date``, ``birth_commune``,
        ``commune`` (lived in), ``mother_idcs``; one row per person, in the order given.
    """
    lived = persons.join(
        households.select("household_id", "commune"), on="household_id", how="left", maintain_order="left"
    )
    called, born = names(persons).drop("person_id"), birth_communes(persons, households).select("birth_commune")
    facts = lived.select(
        "person_id", "household_id", "role", "sex", "birth_date", "commune", mother_idcs=pl.col("mother_id")
    )
    return pl.concat([facts, called, born], how="horizontal")


def _number(identifiers: pl.Series) -> pl.Series:
    """The number in an identifier of the synthetic register."""
    numbers = identifiers.str.extract(r"(\d+)$").cast(pl.Int64)
    if numbers.null_count():
        wrong = identifiers.filter(numbers.is_null())[0]
        raise BadInputError(
            f"persons: column person_id, value {wrong}: an identifier of the synthetic register ends in a number; "
            "names are drawn for synthetic registers only"
        )
    return numbers


def _picked(weights: Ints, where: Floats) -> Ints:
    """For each number in [0, 1) the position in a list whose items take room in proportion to their weights."""
    ends = np.cumsum(weights)
    found: Ints = np.searchsorted(ends, (where * ends[-1]).astype(np.int64), side="right").astype(np.int64)
    return found


def _family(people: pl.DataFrame) -> pl.DataFrame:
    """Family names: by lineage, or one's own."""
    draws, listed = Draws(_SEED), family_names()
    lineage, number = people["lineage"].to_numpy(), people["number"].to_numpy()
    where = np.where(lineage < 0, draws.uniform("own family name", number), draws.uniform("family name", lineage))
    rows = _picked(listed["weight"].to_numpy(), where)
    return pl.DataFrame(
        {"family_name_fr": listed["latin"].gather(rows), "family_name_ar": listed["arabic"].gather(rows)}
    )


def _given(people: pl.DataFrame) -> pl.DataFrame:
    """Given names: those of children of one family stand far apart in the list, so that few share one."""
    draws, number = Draws(_SEED), people["number"].to_numpy()
    place, family = number % _MEMBERS_NUMBERED, number // _MEMBERS_NUMBERED
    child = people["role"].is_in(_CHILDREN).fill_null(value=False).to_numpy()
    spaced = (draws.uniform("given names of a family", family) + place * _STEP) % 1.0
    where = np.where(child, spaced, draws.uniform("given name", number))
    women, men = _listed("F", where), _listed("M", where)
    woman = people["sex"] == "F"
    return pl.DataFrame(
        {
            "given_name_fr": women["latin"].zip_with(woman, men["latin"]),
            "given_name_ar": women["arabic"].zip_with(woman, men["arabic"]),
        }
    )


def _listed(sex: str, where: Floats) -> pl.DataFrame:
    """The given names of one sex at these places of the list."""
    listed = given_names().filter(pl.col("sex") == sex)
    return listed[_picked(listed["weight"].to_numpy(), where)]
