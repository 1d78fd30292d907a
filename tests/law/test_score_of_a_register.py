"""The score of a whole register is the score of each of its households."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from karama.foundation.errors import BadInputError
from karama.foundation.months import Month
from karama.law import decide_household
from karama.law.engine.evaluate import arrow_table, read_rows
from karama.law.engine.expressions import Entity
from karama.law.rsu import INPUTS, PROGRAMME, SCORE_COLUMNS, score_household, score_households
from tests.law.test_households_of_morocco import CHILD, HEAD, HOUSEHOLD

MONTH = Month(2026, 3)
SPOUSE = {"person_id": "P3", "role": "spouse", "sex": "M", "birth_date": "1980-12-31"}
DEAD = {"person_id": "P4", "role": "other", "sex": "F", "birth_date": "1940-01-01", "death_date": "2026-02-28"}
COUNTS = [
    column.name for column in SCORE_COLUMNS if column.unit != "MAD per year" and column.type.kind.value != "boolean"
]


def scored(name: str, members: list[dict[str, Any]], **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of a file
    own = [{**one, "person_id": f"{name}-{one['person_id']}"} for one in members]
    return {**HOUSEHOLD, "household_id": name, "score_inputs": {}, **more, "members": own}


REGISTER = [
    scored("A", [HEAD, CHILD]),
    scored("B", [HEAD, SPOUSE, CHILD, DEAD], milieu="urban", commune="071910501"),
    scored("C", [HEAD], score_inputs={"butane_spending_mad_per_year": 1_237}),
    scored("D", [HEAD, SPOUSE, CHILD], score_inputs=dict.fromkeys(COUNTS, 2), milieu="urban"),
]


def test_a_register_is_scored_like_its_households() -> None:
    rows = [read_rows(PROGRAMME, raw, MONTH) for raw in REGISTER]
    persons = [{**one, "household_id": home["household_id"]} for home, members in rows for one in members]
    named = {column.name for column in SCORE_COLUMNS}
    columns = list(INPUTS.of(Entity.HOUSEHOLD))
    homes = [home for home, _ in rows]
    with duckdb.connect() as connection:
        connection.register("households", arrow_table(homes, [one for one in columns if one.name not in named]))
        inputs = [one for one in columns if one.name in named or one.name == "household_id"]
        connection.register("score_inputs", arrow_table(homes, inputs))
        connection.register("persons", arrow_table(persons, list(INPUTS.of(Entity.PERSON)), {"household_id": ""}))
        score_households(connection, MONTH)
        found = dict(connection.execute("SELECT household_id, score FROM scores").fetchall())
        types = connection.execute("DESCRIBE scores").fetchall()
    assert [(name, kind) for name, kind, *_ in types] == [("household_id", "VARCHAR"), ("score", "DECIMAL(12,9)")]
    assert found == {raw["household_id"]: score_household(raw, MONTH) for raw in REGISTER}
    assert len(set(found.values())) == len(REGISTER)


def test_the_dead_count_no_more_and_the_living_do() -> None:
    without = scored("B", [HEAD, SPOUSE, CHILD], milieu="urban", commune="071910501")
    assert score_household(REGISTER[1], MONTH) == score_household(without, MONTH)
    assert score_household(REGISTER[1], MONTH - 1) != score_household(without, MONTH - 1)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"score_inputs": None}, "household 'A': field 'score_inputs': is missing: write {...} with the variables"),
        ({"score_inputs": 5}, "household 'A': field 'score_inputs': 5 is no object"),
        ({"score_inputs": {"members_15plus_no_diplom": 1}}, "unknown: did you mean 'members_15plus_no_diploma'?"),
        (
            {"score_inputs": {"members_15plus_no_diploma": 3}},
            "'score_inputs.members_15plus_no_diploma': 3 of 2 members",
        ),
        ({"members": "nobody"}, "household 'A': field 'members' is missing or empty"),
        ({"members": ["nobody"]}, "household 'A': member 1: is no object"),
        ({"region": "07"}, "field 'region': '07' is not the region of commune 061810901, which begins with '06'"),
    ],
)
def test_a_household_that_cannot_be_scored_is_told_why(change: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInputError) as error:
        score_household({**REGISTER[0], **change}, MONTH)
    assert says in str(error.value)


def test_the_region_may_be_given_if_it_is_the_commune_s() -> None:
    assert decide_household({**HOUSEHOLD, "region": "06"}, MONTH).eligible
    with pytest.raises(BadInputError, match="field 'region': '07' is not the region of commune 061810901"):
        decide_household({**HOUSEHOLD, "region": "07"}, MONTH)
