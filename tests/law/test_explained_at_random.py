"""Explanations of random households: they never fail, and say what the decision and the oracle say."""

from __future__ import annotations

import re
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from karama.foundation.languages import LANGUAGES
from karama.foundation.money import format_money, from_centimes
from karama.foundation.months import Month
from karama.law import decide_household, explain, programme_named
from karama.law.engine.doubts import doubts_of
from karama.law.engine.evaluate import ready
from karama.law.letter import as_text
from tests.oracles.asd_oracle import decide, decide_ward
from tests.oracles.random_households import (
    random_household,
    random_month_and_clock,
    random_score_household,
    random_ward,
    random_ward_month,
)

HOUSEHOLDS = 60
SEEDS = range(5)


def lines_of(found: dict[str, Any]) -> list[tuple[object, ...]]:
    return [(one["benefit"], one["person_id"], one["rank"], one["amount"]) for one in found["lines"]]


def check_outcome(found: dict[str, Any]) -> None:
    """What must hold inside any explanation."""
    refused = [one["name"] for one in found["conditions"] if not one["met"]]
    assert len(refused) == len(found["reasons"])
    assert found["eligible"] is (not refused)
    assert sum((line["amount"] for line in found["lines"]), Decimal(0)) == found["amount"]
    assert all(line["amount"].as_tuple().exponent == -2 for line in found["lines"])
    assert all(line["amount"] for line in found["lines"])
    assert found["unconfirmed"] == sorted(set(found["unconfirmed"]))


@pytest.mark.parametrize("seed", SEEDS)
def test_explanations_say_what_the_decision_and_the_oracle_say(seed: int) -> None:
    rng = Random(f"explained {seed}")
    for _ in range(HOUSEHOLDS):
        month, clock = random_month_and_clock(rng)
        household = random_household(rng, month)
        explained = explain(household, Month.parse(month), amounts=clock)  # type: ignore[arg-type]
        assert explained.decision == decide_household(household, Month.parse(month), amounts=clock)  # type: ignore[arg-type]
        found, expected = explained.as_dict("fr"), decide(household, month, clock)
        check_outcome(found)
        assert [found["eligible"], found["aid"], found["reasons"]] == [
            expected["eligible"],
            expected["aid"],
            expected["reasons"],
        ]
        assert lines_of(found) == [
            (one["benefit"], one["person_id"], one["rank"], from_centimes(one["amount_centimes"]))
            for one in expected["lines"]
        ]


@pytest.mark.parametrize("seed", SEEDS)
def test_letters_hold_the_amount_and_every_line_in_three_languages(seed: int) -> None:
    rng = Random(f"letters {seed}")
    for _ in range(HOUSEHOLDS // 3):
        month, clock = random_month_and_clock(rng)
        explained = explain(random_household(rng, month), Month.parse(month), amounts=clock)  # type: ignore[arg-type]
        for language in LANGUAGES:
            text = as_text(explained, language)
            assert format_money(explained.decision.amount_centimes, language) in text.splitlines()[2]
            told = re.findall(r"^  \+ (.+?) ?: ", text, re.MULTILINE)
            assert told == [format_money(line.amount_centimes, language) for line in explained.decision.lines]
            marks = re.findall(r"^  ([✓✗]) ", text, re.MULTILINE)
            assert marks == ["✓" if one.met else "✗" for one in explained.conditions]
            assert text.count("\n  ? ") == len(explained.unconfirmed)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_doubt_is_named_exactly_when_another_reading_changes_the_decision(seed: int) -> None:
    """The part of the graph that is computed again must give what the whole law gives."""
    rng = Random(f"doubts {seed}")
    asd = programme_named("asd").law.parameters
    switches = [one for one in asd if one.is_switch]
    for _ in range(HOUSEHOLDS // 4):
        month = Month.parse(random_month_and_clock(rng)[0])
        household = random_household(rng, str(month))
        explained = explain(household, month)
        told = outcome(explained.decision)
        for switch in switches:
            in_force = [value for value in switch.values if value.paid_from <= month]
            changes = any(
                outcome(decide_household(household, month, parameters={switch.name: written(value)})) != told
                for value in switch.alternatives
                if in_force
            )
            assert (switch.name in explained.unconfirmed) is changes, (switch.name, household)


def outcome(decision: Any) -> tuple[object, ...]:  # noqa: ANN401 - a decision
    return decision.eligible, decision.aid, decision.lines, decision.reasons


def written(value: object) -> object:
    """A value as the files write it."""
    return value if isinstance(value, (bool, int, str)) else str(value)


def test_doubts_are_prepared_once_for_a_month_and_a_clock() -> None:
    prepared = ready(programme_named("asd"), Month(2026, 3))
    assert ready(programme_named("asd"), Month(2026, 3)) is prepared
    assert doubts_of(prepared) is doubts_of(prepared)
    assert ready(programme_named("asd"), Month(2026, 3), "legal") is not prepared


def test_children_in_care_are_explained_as_the_oracle_accounts_for_them() -> None:
    rng = Random("wards")
    for _ in range(HOUSEHOLDS):
        month = max(random_ward_month(rng), "2025-12")
        child = random_ward(rng, month)
        explained = explain(child, Month.parse(month), "asd_institution")
        found, expected = explained.as_dict("ar"), decide_ward(child, month)
        check_outcome(found)
        assert found["amount"] == from_centimes(expected["amount_centimes"] + expected["top_up_centimes"])
        for language in LANGUAGES:
            assert child["person_id"] in as_text(explained, language).splitlines()[0]


def test_computed_scores_decide_and_are_explained() -> None:
    rng = Random("scored")
    for _ in range(HOUSEHOLDS // 3):
        month = random_month_and_clock(rng)[0]
        household = random_score_household(rng, month)
        for programme in ("asd", "amo_tadamon", "rsu_score"):
            explained = explain(household, Month.parse(month), programme)
            found = explained.as_dict("en")
            assert found["eligible"] or found["reasons"]
            assert all(as_text(explained, language) for language in LANGUAGES)
