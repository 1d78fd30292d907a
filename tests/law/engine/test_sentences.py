"""Sentences: a lawyer reads one meaning, in three languages."""

from __future__ import annotations

import re

import pytest

from karama.foundation.languages import LANGUAGES, Label
from karama.law.engine.expressions import Column, Entity, Node, Parameter, all_of, any_of, total
from karama.law.engine.language import (
    any_person,
    case,
    day_of,
    descending,
    first_day,
    last_day,
    least,
    months_since,
    rank,
    when,
)
from karama.law.engine.sentences import Phrases
from karama.law.engine.types import BOOLEAN, DATE, INTEGER, choice
from karama.law.engine.words import ENGLISH, WORDS

PERSON, HOUSEHOLD = Entity.PERSON, Entity.HOUSEHOLD
role = Column("role", choice("head", "child", "other"), PERSON)
born = Column("born", DATE, PERSON)
died = Column("died", DATE.or_unknown(), PERSON)
present = Column("present", BOOLEAN, PERSON)
enrolled = Column("enrolled", BOOLEAN, PERSON)
gain = Column("gain", INTEGER, PERSON)
children = Column("children", INTEGER, HOUSEHOLD)
limit = Parameter("limit", INTEGER)
ROLES = {"head": "chef de ménage", "child": "enfant", "other": "autre"}


def said(node: Node, language: str = "en") -> str:
    """The phrase of a node whose names label themselves."""
    return phrases(language).say(node)


def phrases(language: str) -> Phrases:
    """Phrases where every name is its own label and French roles have their words."""
    codes = ROLES if language == "fr" else {}
    return Phrases(language, lambda name: Label(name, name, name), lambda _, code: codes.get(code, code))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        (~present, "not “present”"),
        (~~present, "“present”"),
        (~(children <= limit), "“children” is more than [limit]"),
        (~(born <= last_day()), "“born” is after the last day of the month"),
        (~children.equals(0), "“children” is not 0"),
        (~role.among("head", "child"), "“role” is none of: head, child"),
        (~died.is_known(), "“died” is not known"),
        (~any_person(present & ~enrolled), "for no member, “present” and not “enrolled”"),
        (~any_of(present, enrolled), "not “present” and not “enrolled”"),
        (~all_of(present, enrolled), "not “present” or not “enrolled”"),
        (~case((present, enrolled), otherwise=True), "it is false that: (“enrolled” if “present”; otherwise yes)"),
    ],
)
def test_a_denial_is_said_in_the_shortest_exact_words(node: Node, sentence: str) -> None:
    assert said(node) == sentence


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        (present & any_of(enrolled, role.equals("child")), "“present” and (“enrolled” or “role” is child)"),
        (present & role.among("head", "child"), "“present” and (“role” is head or child)"),
        (
            when(children > 0, least(children, 6)),
            "(the least of: “children”; 6) if “children” is more than 0; otherwise 0",
        ),
        (
            died.otherwise(first_day(1)) >= first_day(),
            "“died” (if unknown: the first day of the next month) is not earlier than the first day of the month",
        ),
        (
            rank(present, descending(gain), within=(role,)),
            (
                "the rank among the members for whom “present”, ordered by “gain” (largest first), identifier,"
                " counted apart for each “role”"
            ),
        ),
        (
            rank(present, born, shared=True),
            "the rank among the members for whom “present”, ordered by “born” (earliest first), equals sharing a rank",
        ),
    ],
)
def test_brackets_leave_one_reading(node: Node, sentence: str) -> None:
    assert said(node) == sentence


def test_codes_are_said_in_the_words_of_their_column() -> None:
    assert said(role.among("head", "child"), "fr") == "« role » est chef de ménage ou enfant"


def test_french_articles_contract() -> None:
    assert said(months_since(born) <= day_of(born), "fr") == (
        "les mois écoulés depuis « born » est inférieur ou égal au jour du mois (« born »)"
    )


def test_a_long_formula_is_laid_out_as_a_list() -> None:
    heading, parts = phrases("en").laid_out(all_of(present, enrolled, role.equals("child")))
    assert (heading, parts) == ("all of these:", ["“present”", "“enrolled”", "“role” is child"])
    heading, parts = phrases("en").laid_out(any_of(present, enrolled, role.equals("child")))
    assert heading == "at least one of these:"
    heading, parts = phrases("en").laid_out(case((present, 1), (enrolled, 2), otherwise=3))
    assert (heading, parts) == (
        "the first case that applies:",
        ["if “present”: 1", "if “enrolled”: 2", "otherwise: 3"],
    )
    assert phrases("en").laid_out(total(children, limit, children)) == (
        "the sum of:",
        ["“children”", "[limit]", "“children”"],
    )
    assert phrases("en").laid_out(present) == ("“present”", [])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_words_with_the_same_places(language: str) -> None:
    words = WORDS[language]  # type: ignore[index]
    assert set(words) == set(ENGLISH)
    places = {key: set(re.findall(r"{\d}", text)) for key, text in words.items()}
    assert places == {key: set(re.findall(r"{\d}", text)) for key, text in ENGLISH.items()}
